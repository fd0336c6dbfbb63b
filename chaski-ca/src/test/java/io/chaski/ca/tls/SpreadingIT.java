package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.chaski.ca.CapturedLog;
import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.EarlierPolicy;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.ConfigurationException;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.NodeBuilder;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.TrustDocument;
import io.chaski.core.NodeEvent.TrustUpdated;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.TrustFrame.Edition;
import io.chaski.core.internal.wire.TrustFrame.TrustRequest;
import io.chaski.core.internal.wire.TrustFrame.TrustState;
import io.chaski.core.internal.wire.TrustFrame.TrustUpdate;
import io.chaski.core.internal.wire.TrustKind;
import io.chaski.core.security.CertificateProblem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.RevocationList;
import io.chaski.core.security.SignedRevocationList;
import io.chaski.core.security.TrustMode;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.PolicyRefusedException;
import io.chaski.core.security.policy.SignedPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the authority has signed goes from node to node. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SpreadingIT {

    private final TlsNodes nodes = new TlsNodes();

    @AfterEach
    void close() {
        nodes.close();
    }

    private ChaskiNode start(String name, Credentials credentials) {
        return nodes.start(nodes.builder(name, TrustMode.ca(credentials, nodes.trust())));
    }

    /** A node that hands no list on, as it was given a later one. */
    private ChaskiNode startSilent(String name, Credentials credentials) {
        return nodes.start(nodes.builder(name, TrustMode.ca(credentials, nodes.revoking())));
    }

    /** Neighbours in a row, each of them also a neighbour of one more. */
    private List<ChaskiNode> line(ChaskiNode neighbourOfAll, List<String> names) throws Exception {
        List<ChaskiNode> line = new ArrayList<>();
        for (String name : names) {
            ChaskiNode node = nodes.start(name);
            if (!line.isEmpty()) {
                TlsNodes.connect(node, line.get(line.size() - 1));
            }
            TlsNodes.connect(neighbourOfAll, node);
            line.add(node);
        }
        return line;
    }

    /** Hands a list to the first one, and waits until none has an edge to the revoked node any more. */
    private void revoke(List<ChaskiNode> line, ChaskiNode revoked, SignedRevocationList list) {
        long startNanos = System.nanoTime();
        line.get(0).security().update(list);
        for (ChaskiNode node : line) {
            nodes.awaitTaken(node, TrustDocument.REVOCATIONS, 1);
            TlsNodes.await(
                    "the end at " + node.name(),
                    () -> nodes.ends(node, revoked).equals(List.of(CloseReason.UNTRUSTED)));
            NodeEvent taken = nodes.events(node, TrustUpdated.class).get(0);
            NodeEvent end = nodes.events(node, NodeEvent.EdgeDown.class).get(0);
            System.out.printf(
                    "%s has told of the end %d ms after it told of the list, %d ms after the first one was handed it%n",
                    node.name(), nodes.millisBetween(taken, end), nodes.millisFrom(startNanos, end));
        }
    }

    private void assertConnected(List<ChaskiNode> line) {
        for (int i = 1; i < line.size(); i++) {
            assertThat(line.get(i).isConnectedTo(line.get(i - 1).id())).isTrue();
        }
    }

    @Test
    void a_list_at_one_node_ends_the_edges_of_the_revoked_node_at_all() throws Exception {
        Credentials stolen = nodes.credentials("press");
        Credentials thiefs = nodes.credentials("thief");
        ChaskiNode press = startSilent("press", stolen);
        List<ChaskiNode> line = line(press, List.of("mill", "saw", "lathe", "drill"));
        ChaskiNode drill = line.get(3);
        Stranger thief = new Stranger(thiefs);
        long session = visit(thief, drill);

        revoke(line, press, nodes.signed(1, TlsNodes.serial(stolen), TlsNodes.serial(thiefs)));

        assertConnected(line);
        assertThatThrownBy(() ->
                        press.connect(TlsNodes.addressOf(drill)).get(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        ExecutionException.class,
                        failure -> assertThat(((ConnectFailedException) failure.getCause()).refusal())
                                .contains(CloseReason.UNTRUSTED));
        try (Stranger.Call call = thief.call(TlsNodes.addressOf(drill))) {
            call.greet(nodes.cluster, TlsNodes.uri("thief").nodeId(), 1);
            assertThat(call.end()).contains(CloseReason.UNTRUSTED);
            assertThat(call.socket.getSession().getCreationTime()).isGreaterThan(session);
        }
    }

    @Test
    @Tag("deep")
    void a_list_at_one_node_ends_the_edges_of_the_revoked_node_at_twenty_in_a_row() throws Exception {
        Credentials stolen = nodes.credentials("press");
        ChaskiNode press = startSilent("press", stolen);
        List<ChaskiNode> line = line(
                press, IntStream.rangeClosed(1, 20).mapToObj(i -> "node-" + i).toList());

        revoke(line, press, nodes.signed(1, TlsNodes.serial(stolen)));

        assertConnected(line);
    }

    /** Comes in and goes; the time at which its session was made. */
    private long visit(Stranger thief, ChaskiNode node) throws Exception {
        try (Stranger.Call call = thief.call(TlsNodes.addressOf(node))) {
            call.greet(nodes.cluster, TlsNodes.uri("thief").nodeId(), 1);
            assertThat(call.isWelcome()).isTrue();
            return call.socket.getSession().getCreationTime();
        }
    }

    private SignedPolicy policy(long version, String subscribe) {
        KeyPair keys = KeyPairs.generate();
        String text = "{\"version\":" + version + ",\"domain\":\"plant-7.example\",\"roles\":{\"all\":{\"match\":["
                + "\"chaski://plant-7.example/node/*\"],\"subscribe\":[\"" + subscribe + "\"],\"discover\":[\"**\"]}}}";
        return SignedPolicy.sign(text.getBytes(StandardCharsets.UTF_8), keys.getPrivate(), administrator(keys));
    }

    private List<X509Certificate> administrator(KeyPair keys) {
        return nodes.authority.chain(nodes.authority.leaf(
                ChaskiUri.parse("chaski://plant-7.example/admin/ana"),
                keys.getPublic(),
                LeafUsage.BOTH,
                nodes.clock.instant().plus(Duration.ofHours(1))));
    }

    private static boolean maySubscribe(ChaskiNode node, String topic) {
        return node.access().decide(node.id(), Action.SUBSCRIBE, topic).isAllowed();
    }

    @Test
    void a_policy_at_one_node_is_followed_by_all_and_by_who_comes_later() throws Exception {
        ChaskiNode mill = nodes.start("mill");
        ChaskiNode saw = nodes.start("saw");
        TlsNodes.connect(saw, mill);

        mill.access().update(policy(7, "news/**"));

        nodes.awaitTaken(saw, TrustDocument.POLICY, 7);
        ChaskiNode late = nodes.start("late");
        TlsNodes.connect(late, saw);
        nodes.awaitTaken(late, TrustDocument.POLICY, 7);
        for (ChaskiNode node : List.of(mill, saw, late)) {
            assertThat(maySubscribe(node, "news/today")).isTrue();
            assertThat(maySubscribe(node, "secrets")).isFalse();
        }
        assertThatThrownBy(() -> late.access().update(policy(6, "**"))).isInstanceOf(PolicyRefusedException.class);
    }

    @Test
    void an_update_is_told_when_it_holds() {
        List<Boolean> held = new CopyOnWriteArrayList<>();
        AtomicReference<ChaskiNode> started = new AtomicReference<>();
        ChaskiNode mill = nodes.start(nodes.builder("mill", nodes.ca("mill"))
                .callbackExecutor(Runnable::run) // so a listener hears of it before the update is over
                .onEvent(event -> {
                    if (event instanceof TrustUpdated updated) {
                        ChaskiNode node = started.get();
                        held.add(
                                updated.document() == TrustDocument.POLICY
                                        ? !maySubscribe(node, "secrets")
                                        : list(node).isPresent());
                    }
                }));
        started.set(mill);

        mill.access().update(policy(7, "news/**"));
        mill.security().update(nodes.signed(5));

        TlsNodes.await("two events", () -> held.size() == 2);
        assertThat(held).containsOnly(true);
    }

    @Test
    void a_list_of_an_authority_that_is_denied_or_listed_is_not_believed() {
        X509Certificate issuing = nodes.authority.issuing;
        SignedRevocationList list = nodes.signed(1);
        Trust plain = nodes.trust();
        DenyList byKey = new DenyList(Set.of(), Set.of(Fingerprint.of(issuing.getPublicKey())), Set.of());
        DenyList ofRoot = new DenyList(Set.of(), Set.of(Fingerprint.of(nodes.authority.root.getPublicKey())), Set.of());

        assertThat(list.verify(plain, nodes.clock.instant()).number()).isEqualTo(1);
        for (Trust trust : List.of(
                new Trust(plain.trustDomain(), plain.roots(), Optional.empty(), false, byKey),
                new Trust(plain.trustDomain(), plain.roots(), Optional.empty(), false, ofRoot),
                nodes.revoking(issuing.getSerialNumber()))) {
            assertThatThrownBy(() -> list.verify(trust, nodes.clock.instant()))
                    .isInstanceOfSatisfying(
                            CertificateRefusedException.class,
                            refused -> assertThat(refused.problem()).isEqualTo(CertificateProblem.REVOKED));
        }
    }

    private static Optional<RevocationList> list(ChaskiNode node) {
        return ((TrustMode.Ca) node.security().mode()).trust().revocations();
    }

    @Test
    void the_application_does_not_take_back_what_was_signed() throws Exception {
        Credentials stolen = nodes.credentials("press");
        ChaskiNode mill = nodes.start("mill");
        ChaskiNode press = start("press", stolen);

        assertThat(mill.security().update(nodes.signed(5, TlsNodes.serial(stolen))))
                .isTrue();
        assertThat(mill.security().update(nodes.signed(5, TlsNodes.serial(stolen))))
                .isFalse();
        assertThat(mill.security().update(nodes.signed(4))).isFalse();
        mill.security().update(nodes.trust()); // knows no list
        mill.security().update(nodes.credentials("mill"));

        assertThatThrownBy(
                        () -> press.connect(TlsNodes.addressOf(mill)).get(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class);
        assertThat(list(mill).orElseThrow().number()).isEqualTo(5);
    }

    @Nested
    class In_a_data_directory {

        @TempDir
        Path folder;

        private final Credentials own = nodes.credentials("mill");

        private NodeBuilder mill() {
            return nodes.builder("mill", TrustMode.ca(own, nodes.trust())).dataDirectory(folder);
        }

        @Test
        void what_came_from_a_neighbour_is_followed_again_and_keeps_older_ones_out() throws Exception {
            Credentials stolen = nodes.credentials("press");
            ChaskiNode saw = nodes.start("saw");
            try (ChaskiNode mill = nodes.start(mill())) {
                TlsNodes.connect(mill, saw);
                saw.security().update(nodes.signed(7, TlsNodes.serial(stolen)));
                saw.access().update(policy(3, "news/**"));
                nodes.awaitTaken(mill, TrustDocument.REVOCATIONS, 7);
                nodes.awaitTaken(mill, TrustDocument.POLICY, 3);
            }
            saw.close();
            nodes.clock.jump(Duration.ofHours(2)); // the list is overdue by now, and the signer of the policy has ended

            ChaskiNode mill = nodes.start(mill());
            ChaskiNode press = start("press", stolen);
            assertThat(maySubscribe(mill, "secrets")).isFalse();
            assertThat(mill.security().update(nodes.signed(6))).isFalse();
            assertThatThrownBy(() -> mill.access().update(policy(2, "**"))).isInstanceOf(PolicyRefusedException.class);
            assertThatThrownBy(() ->
                            press.connect(TlsNodes.addressOf(mill)).get(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class);
            assertThat(TlsNodes.counter(mill, "tls.REVOKED")).isEqualTo(1);
        }

        /** Whoever has stolen the key of an administrator has chosen the version too. */
        @Test
        void the_policy_of_who_was_revoked_since_is_not_followed_again_and_keeps_nothing_out() {
            SignedPolicy stolen = policy(1_000_000, "news/**");
            try (ChaskiNode mill = nodes.start(mill())) {
                mill.access().update(stolen);
                mill.security().update(nodes.signed(7, stolen.chain().get(0).getSerialNumber()));
            }

            ChaskiNode mill = nodes.start(mill());
            assertThat(maySubscribe(mill, "secrets")).as("as without a policy").isTrue();
            mill.access().update(policy(2, "news/**"));
            assertThat(maySubscribe(mill, "secrets")).isFalse();
        }

        @Test
        void a_policy_is_followed_again_by_who_waits_for_a_list() {
            try (ChaskiNode mill = nodes.start(mill())) {
                mill.access().update(policy(3, "news/**"));
            }

            try (CapturedLog log = new CapturedLog("io.chaski.core.internal.runtime.LiveAccess", Level.INFO)) {
                ChaskiNode mill = nodes.start(mill().requireRevocationList());
                assertThat(maySubscribe(mill, "secrets")).isFalse();
                assertThat(log.lines()).containsExactly("node mill follows a policy of version 3");
            }
        }

        /** What was taken by an earlier version must not keep the node from starting. */
        @Test
        void a_policy_with_a_pattern_that_comes_twice_is_followed_and_told_once_at_each_start() {
            try (CapturedLog log = new CapturedLog("io.chaski.core.internal.runtime.LiveAccess", Level.WARN)) {
                KeyPair keys = KeyPairs.generate();
                for (int start = 1; start <= 2; start++) {
                    try (ChaskiNode mill = nodes.start(mill())) {
                        mill.access().update(EarlierPolicy.signed(keys, administrator(keys)));
                        mill.access().update(EarlierPolicy.signed(keys, administrator(keys)));

                        assertThat(maySubscribe(mill, "news")).isFalse();
                        assertThat(log.lines()).hasSize(start).allMatch(line -> line.contains("comes twice"));
                    }
                }
            }
        }

        @Test
        void what_is_current_is_handed_on_after_a_restart() throws Exception {
            try (ChaskiNode mill = nodes.start(mill())) {
                mill.security().update(nodes.signed(7));
            }
            ChaskiNode mill = nodes.start(mill());
            ChaskiNode saw = nodes.start("saw");
            TlsNodes.connect(saw, mill);

            nodes.awaitTaken(saw, TrustDocument.REVOCATIONS, 7);
        }

        @Test
        void what_another_root_has_signed_is_not_handed_on_by_who_has_changed_roots() throws Exception {
            try (ChaskiNode mill = nodes.start(mill())) {
                mill.access().update(policy(7, "news/**"));
            }
            TestAuthority next = new TestAuthority(99);
            ChaskiNode mill =
                    nodes.start(nodes.builder("mill", nodes.ca(next, "mill")).dataDirectory(folder));
            ChaskiNode saw = nodes.start(nodes.builder("saw", nodes.ca(next, "saw")));
            TlsNodes.connect(saw, mill);

            mill.security()
                    .update(nodes.signed(
                            next, 1, nodes.clock.instant().plus(Duration.ofHours(1)))); // said together with all else
            nodes.awaitTaken(saw, TrustDocument.REVOCATIONS, 1);

            assertThat(TlsNodes.counter(saw, "trust.requests")).isEqualTo(1);
            assertThat(maySubscribe(mill, "secrets")).isTrue();
        }

        @Test
        void a_damaged_file_stops_the_start() throws IOException {
            try (ChaskiNode mill = nodes.start(mill())) {
                mill.security().update(nodes.signed(7));
            }
            Path file = folder.resolve("trust").resolve("revocations");
            byte[] content = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(content, content.length - 1));

            assertThatThrownBy(() -> nodes.start(mill()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("revocations is damaged");
        }
    }

    /** What a neighbour sends that is not to be believed: dropped, its sender is counted, nothing else changes. */
    @Nested
    class Row_107 {

        private final ChaskiNode mill = nodes.start("mill");

        private enum Mistake {
            BAD_SIGNATURE,
            OTHER_AUTHORITY,
            EXPIRED,
            SIGNED_BY_A_LEAF,
            ANOTHER_NUMBER_THAN_WAS_SAID,
            GARBAGE,
            A_POLICY_OF_A_NODE
        }

        private Instant later() {
            return nodes.clock.instant().plus(Duration.ofHours(1));
        }

        private byte[] document(Mistake mistake) throws Exception {
            SignedRevocationList good = nodes.signed(9);
            return switch (mistake) {
                case BAD_SIGNATURE -> {
                    byte[] list = good.list();
                    list[list.length - 1] ^= 1;
                    yield SignedRevocationList.of(list, good.issuers()).toBytes();
                }
                case OTHER_AUTHORITY ->
                    nodes.signed(new TestAuthority(99), 9, later()).toBytes();
                case EXPIRED ->
                    nodes.signed(nodes.authority, 9, nodes.clock.instant().minusSeconds(1))
                            .toBytes();
                case SIGNED_BY_A_LEAF -> {
                    Credentials leaf = nodes.credentials("mallory");
                    yield SignedRevocationList.of(
                                    nodes.authority
                                            .authority
                                            .sign(9, nodes.clock.instant(), later(), Map.of())
                                            .getEncoded(),
                                    leaf.chain())
                            .toBytes();
                }
                case ANOTHER_NUMBER_THAN_WAS_SAID -> nodes.signed(8).toBytes();
                case GARBAGE -> new byte[] {1, 0, 0, 0, 5, 1};
                case A_POLICY_OF_A_NODE -> {
                    Credentials leaf = nodes.credentials("mallory");
                    yield SignedPolicy.sign(
                                    "{\"version\":9,\"domain\":\"plant-7.example\"}".getBytes(StandardCharsets.UTF_8),
                                    leaf.key(),
                                    leaf.chain())
                            .toBytes();
                }
            };
        }

        @ParameterizedTest
        @EnumSource
        void is_dropped_and_counted(Mistake mistake) throws Exception {
            byte[] document = document(mistake);
            TrustKind kind = mistake == Mistake.A_POLICY_OF_A_NODE ? TrustKind.POLICY : TrustKind.REVOCATIONS;
            Edition said = new Edition(kind.code(), 9, 0);
            try (Stranger.Call call = new Stranger(nodes.credentials("mallory")).call(TlsNodes.addressOf(mill))) {
                call.greet(nodes.cluster, TlsNodes.uri("mallory").nodeId(), 1_000);
                assertThat(call.isWelcome()).isTrue();
                call.acknowledge().send(new TrustState(List.of(said)));
                assertThat(call.await(TrustRequest.class).kind()).isEqualTo(kind.code());
                call.send(new TrustUpdate(said, document.length, 0, ArrayPayload.owning(document)));

                // Of another authority a neighbour may know, and this node not.
                boolean isBlamed = mistake != Mistake.OTHER_AUTHORITY;
                String counter = isBlamed ? "misbehaved.trust-refused" : "trust.failed";
                TlsNodes.await("the mark", () -> TlsNodes.counter(mill, counter) == 1);
                assertThat(TlsNodes.counter(mill, "misbehaved.trust-refused")).isEqualTo(isBlamed ? 1 : 0);
                assertThat(mill.isConnectedTo(TlsNodes.uri("mallory").nodeId())).isTrue();
            }
            boolean isHarmless =
                    mistake == Mistake.ANOTHER_NUMBER_THAN_WAS_SAID; // the authority has signed it, after all
            assertThat(nodes.events(mill, TrustUpdated.class)).hasSize(isHarmless ? 1 : 0);
        }

        @Test
        void whoever_hands_one_over_is_told_what_is_wrong() throws Exception {
            SignedRevocationList expired =
                    nodes.signed(nodes.authority, 9, nodes.clock.instant().minusSeconds(1));
            SignedRevocationList foreign = nodes.signed(new TestAuthority(99), 9, later());

            assertProblem(expired, CertificateProblem.EXPIRED);
            assertProblem(foreign, CertificateProblem.UNTRUSTED);
        }

        private void assertProblem(SignedRevocationList list, CertificateProblem problem) {
            assertThatThrownBy(() -> mill.security().update(list))
                    .isInstanceOfSatisfying(
                            CertificateRefusedException.class,
                            refused -> assertThat(refused.problem()).isEqualTo(problem));
        }
    }

    @Nested
    class When_the_next_list_does_not_come {

        @Test
        void edges_stay_and_it_is_told_and_who_insists_lets_nobody_in() throws Exception {
            ChaskiNode mill = nodes.start("mill");
            ChaskiNode saw = nodes.start("saw");
            ChaskiNode strict =
                    nodes.start(nodes.builder("strict", nodes.ca("strict")).requireRevocationList());
            TlsNodes.connect(saw, mill);
            assertThatThrownBy(() -> TlsNodes.connect(strict, mill)).isInstanceOf(ExecutionException.class);
            mill.security().update(nodes.signed(1));
            strict.security().update(nodes.signed(1));
            TlsNodes.connect(strict, mill);
            nodes.awaitTaken(saw, TrustDocument.REVOCATIONS, 1);

            nodes.clock.jump(Duration.ofHours(2));

            TlsNodes.await(
                    "the alarm",
                    () -> nodes.events(saw, NodeEvent.RevocationsOverdue.class).size() == 1);
            TlsNodes.await(
                    "the end at who insists", () -> nodes.ends(strict, mill).contains(CloseReason.UNTRUSTED));
            assertThat(mill.isConnectedTo(saw.id())).isTrue();
            assertThat(TlsNodes.counter(strict, "tls.live.REVOCATIONS_UNKNOWN")).isPositive();

            strict.security().update(nodes.signed(2));
            TlsNodes.connect(strict, mill);
            nodes.awaitTaken(saw, TrustDocument.REVOCATIONS, 2);
        }
    }
}
