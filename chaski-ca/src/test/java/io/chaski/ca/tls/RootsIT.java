package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.ConfigurationException;
import io.chaski.core.NodeBuilder;
import io.chaski.core.NodeEvent.OwnRootDropped;
import io.chaski.core.NodeEvent.TrustDocument;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.TrustFrame.Edition;
import io.chaski.core.internal.wire.TrustFrame.TrustRequest;
import io.chaski.core.internal.wire.TrustFrame.TrustState;
import io.chaski.core.internal.wire.TrustFrame.TrustUpdate;
import io.chaski.core.internal.wire.TrustKind;
import io.chaski.core.security.BundleRefusedException;
import io.chaski.core.security.BundleRefusedException.Problem;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.TrustMode;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.SignedPolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another root comes to be trusted, and the old one ceases to be, while nodes talk. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RootsIT {

    private final TlsNodes nodes = new TlsNodes();
    private final TestAuthority old = nodes.authority;
    private final TestAuthority next = new TestAuthority(2);
    private final SignedBundle both = signed(old, 2, old.root, next.root);
    private final SignedBundle finished = signed(next, 3, next.root);

    @AfterEach
    void close() {
        nodes.close();
    }

    private static SignedBundle signed(TestAuthority by, long number, X509Certificate... roots) {
        return signed(by.issuingKeys.getPrivate(), List.of(by.issuing, by.root), number, roots);
    }

    private static SignedBundle signed(
            PrivateKey key, List<X509Certificate> chain, long number, X509Certificate... roots) {
        return SignedBundle.sign(TestAuthority.DOMAIN, number, List.of(roots), key, chain);
    }

    private static Set<X509Certificate> roots(ChaskiNode node) {
        return ((TrustMode.Ca) node.security().mode()).trust().roots();
    }

    private Trust trust(X509Certificate... roots) {
        return Trust.of(TestAuthority.DOMAIN, Set.of(roots));
    }

    private void awaitTaken(ChaskiNode node, long number) {
        nodes.awaitTaken(node, TrustDocument.BUNDLE, number);
    }

    @Test
    void the_next_root_is_trusted_by_all_and_whoever_stays_below_the_old_one_is_out_at_the_end() throws Exception {
        ChaskiNode mill = nodes.start("mill");
        ChaskiNode saw = nodes.start("saw");
        ChaskiNode late = nodes.start("late");
        TlsNodes.connect(saw, mill);
        TlsNodes.connect(late, saw);

        assertThat(mill.security().update(both)).isTrue();
        for (ChaskiNode node : List.of(mill, saw, late)) {
            awaitTaken(node, 2);
            assertThat(node.security().bundle().orElseThrow().number()).isEqualTo(2);
        }
        ChaskiNode young = nodes.start(
                nodes.builder("young", TrustMode.ca(nodes.credentials(next, "young"), trust(old.root, next.root))));
        TlsNodes.connect(young, late);
        mill.security().update(nodes.credentials(next, "mill"));
        saw.security().update(nodes.credentials(next, "saw"));

        young.security().update(finished);

        TlsNodes.await("late is out", () -> nodes.ends(young, late).contains(CloseReason.UNTRUSTED));
        TlsNodes.connect(young, saw);
        awaitTaken(mill, 3);
        TlsNodes.await("late is out everywhere", () -> nodes.ends(saw, late).contains(CloseReason.UNTRUSTED));
        assertThat(roots(mill)).containsExactly(next.root);
        // At once, or by a new connection if the set came before the one with the next certificates had taken over.
        TlsNodes.await("saw and mill", () -> saw.isConnectedTo(mill.id()));
        assertThatThrownBy(() -> TlsNodes.connect(late, mill)).isInstanceOf(ExecutionException.class);
    }

    @Test
    void a_node_does_not_shut_itself_out_and_follows_when_it_has_another_certificate() {
        ChaskiNode mill = nodes.start("mill");
        SignedBundle withoutOurs = signed(old, 2, next.root);

        assertProblem(mill, withoutOurs, Problem.OWN_ROOT);
        assertThat(roots(mill)).containsExactly(old.root);

        mill.security().update(both);
        mill.security().update(nodes.credentials(next, "mill"));
        assertThat(mill.security().update(finished)).isTrue();
        assertThat(roots(mill)).containsExactly(next.root);
    }

    @Test
    void nothing_takes_back_what_was_signed() {
        ChaskiNode mill = nodes.start("mill");
        mill.security().update(both);

        assertThat(mill.security().update(both)).isFalse();
        assertProblem(mill, signed(old, 1, old.root), Problem.ROLLBACK);
        assertProblem(mill, signed(old, 2, old.root), Problem.CONFLICT);
        mill.security().update(nodes.trust()); // knows the old root only
        mill.security().update((TrustMode.Authenticated) nodes.ca("mill"));

        assertThat(roots(mill)).containsExactlyInAnyOrder(old.root, next.root);
    }

    private static void assertProblem(ChaskiNode node, SignedBundle bundle, Problem problem) {
        assertThatThrownBy(() -> node.security().update(bundle))
                .isInstanceOfSatisfying(
                        BundleRefusedException.class,
                        refused -> assertThat(refused.problem()).isEqualTo(problem));
    }

    /** What a neighbour sends that is not to be believed: dropped, its sender is counted, nothing else changes. */
    @Nested
    class Row_107 {

        private enum Forgery {
            /** The node may have missed that this root came, and its neighbours cannot know. */
            OF_A_STRANGER("trust.failed"),
            OF_A_LEAF("misbehaved.trust-refused"),
            OF_A_ROOT("misbehaved.trust-refused"),
            OF_THE_OLD_AUTHORITY_AFTER_THE_END("trust.failed"),
            WITH_ANOTHER_NUMBER_THAN_WAS_SIGNED("misbehaved.trust-refused"),
            ANOTHER_NUMBER_THAN_WAS_SAID("misbehaved.trust-refused"),
            GARBAGE("misbehaved.trust-refused");

            private final String counter;

            Forgery(String counter) {
                this.counter = counter;
            }
        }

        private byte[] document(Forgery forgery) {
            TestAuthority stranger = new TestAuthority(99);
            Credentials leaf = nodes.credentials(next, "mallory");
            return switch (forgery) {
                case OF_A_STRANGER ->
                    signed(stranger, 9, next.root, stranger.root).toBytes();
                case OF_A_LEAF ->
                    signed(leaf.key(), leaf.chain(), 9, next.root, stranger.root)
                            .toBytes();
                case OF_A_ROOT ->
                    signed(next.rootKeys.getPrivate(), List.of(next.root), 9, next.root, stranger.root)
                            .toBytes();
                case OF_THE_OLD_AUTHORITY_AFTER_THE_END ->
                    signed(old, 9, next.root, old.root).toBytes();
                case WITH_ANOTHER_NUMBER_THAN_WAS_SIGNED -> {
                    byte[] changed = finished.toBytes();
                    int number = 1 + 1 + TestAuthority.DOMAIN.name().length();
                    ByteBuffer.wrap(changed).putLong(number, 9);
                    yield changed;
                }
                case ANOTHER_NUMBER_THAN_WAS_SAID -> finished.toBytes();
                case GARBAGE -> new byte[] {1, 0, 0, 0, 5, 1};
            };
        }

        @Test
        void is_dropped_and_counted() throws Exception {
            ChaskiNode mill = nodes.start(nodes.builder("mill", nodes.ca(next, "mill")));
            mill.security().update(finished);

            int strangers = 0;
            for (Forgery forgery : Forgery.values()) {
                Map<String, Long> expected = new HashMap<>(counters(mill));
                expected.merge(forgery.counter, 1L, Long::sum);
                offer(
                        mill,
                        "mallory-" + ++strangers, // whoever was refused is not asked for a while
                        next,
                        document(forgery),
                        () -> counters(mill).equals(expected));
                assertThat(roots(mill)).as("%s", forgery).containsExactly(next.root);
                assertThat(mill.security().bundle().orElseThrow().number()).isEqualTo(3);
            }
        }

        private static Map<String, Long> counters(ChaskiNode node) {
            return Stream.of("trust.failed", "misbehaved.trust-refused")
                    .collect(Collectors.toMap(name -> name, name -> TlsNodes.counter(node, name)));
        }

        /** Whoever hands it on does what he should. */
        @Test
        void is_nobodys_fault_if_it_leaves_out_the_node_itself_which_is_told() throws Exception {
            ChaskiNode mill = nodes.start("mill");

            offer(
                    mill,
                    "press",
                    old,
                    signed(old, 9, next.root).toBytes(),
                    () -> nodes.events(mill, OwnRootDropped.class).equals(List.of(new OwnRootDropped(9))));

            TlsNodes.await("the count", () -> TlsNodes.counter(mill, "trust.failed") == 1);
            assertThat(TlsNodes.counter(mill, "misbehaved.trust-refused")).isZero();
            assertThat(roots(mill)).containsExactly(old.root);
        }

        /** A neighbour says that it has number 9, and hands something over when it is asked. */
        private void offer(ChaskiNode node, String name, TestAuthority of, byte[] document, Callable<Boolean> outcome)
                throws Exception {
            long renewal = next.issuing.getNotAfter().toInstant().getEpochSecond();
            Edition said = new Edition(TrustKind.BUNDLE.code(), 9, renewal);
            try (Stranger.Call call = new Stranger(nodes.credentials(of, name)).call(TlsNodes.addressOf(node))) {
                call.greet(nodes.cluster, TlsNodes.uri(name).nodeId(), 1_000);
                assertThat(call.isWelcome()).isTrue();
                call.acknowledge().send(new TrustState(List.of(said)));
                assertThat(call.await(TrustRequest.class).kind()).isEqualTo(TrustKind.BUNDLE.code());
                call.send(new TrustUpdate(said, document.length, 0, ArrayPayload.owning(document)));
                TlsNodes.await("the outcome of " + name, outcome);
            }
        }
    }

    @Nested
    class In_a_data_directory {

        @TempDir
        Path folder;

        private NodeBuilder mill(TrustMode mode) {
            return nodes.builder("mill", mode).dataDirectory(folder);
        }

        @Test
        void the_roots_are_trusted_again_and_keep_older_sets_out() throws Exception {
            try (ChaskiNode mill = nodes.start(mill(nodes.ca("mill")))) {
                mill.security().update(both);
                mill.security().update(nodes.credentials(next, "mill"));
                mill.security()
                        .update(nodes.signed(next, 7, nodes.clock.instant().plus(Duration.ofHours(1))));
            }

            ChaskiNode mill = nodes.start(mill(nodes.ca("mill"))); // knows the old root only
            ChaskiNode young = nodes.start(
                    nodes.builder("young", TrustMode.ca(nodes.credentials(next, "young"), trust(old.root, next.root))));
            TlsNodes.connect(young, mill);
            awaitTaken(young, 2);
            assertThat(((TrustMode.Ca) mill.security().mode())
                            .trust()
                            .revocations()
                            .orElseThrow()
                            .number())
                    .as("signed below the next root")
                    .isEqualTo(7);
            assertProblem(mill, signed(old, 1, old.root), Problem.ROLLBACK);
        }

        @Test
        void the_set_whose_signer_it_has_dropped_itself_is_believed_still() {
            try (ChaskiNode mill = nodes.start(mill(nodes.ca("mill")))) {
                mill.security().update(both);
                mill.security().update(nodes.credentials(next, "mill"));
                mill.security().update(signed(old, 4, next.root));
            }

            ChaskiNode mill = nodes.start(mill(nodes.ca(next, "mill")));
            assertThat(mill.security().bundle().orElseThrow().number()).isEqualTo(4);
            assertThatThrownBy(() -> mill.security().update(signed(old, 5, old.root, next.root)))
                    .isInstanceOf(CertificateRefusedException.class);
        }

        /** Follows all of a replacement. */
        private void replaceRoot() {
            try (ChaskiNode mill = nodes.start(mill(nodes.ca("mill")))) {
                mill.security().update(both);
                mill.security().update(nodes.credentials(next, "mill"));
                mill.security().update(finished);
            }
        }

        @Test
        void a_node_with_its_new_certificate_and_the_old_root_in_its_configuration_starts() throws Exception {
            replaceRoot();

            ChaskiNode mill = nodes.start(mill(TrustMode.ca(nodes.credentials(next, "mill"), trust(old.root))));
            assertThat(roots(mill)).containsExactly(next.root);
            ChaskiNode young = nodes.start(nodes.builder("young", nodes.ca(next, "young")));
            TlsNodes.connect(young, mill);
        }

        @Test
        void a_root_that_was_dropped_does_not_come_back_with_the_certificate_that_is_configured() throws Exception {
            replaceRoot();

            ChaskiNode mill = nodes.start(mill(nodes.ca("mill")));
            TlsNodes.await(
                    "the alarm", () -> nodes.events(mill, OwnRootDropped.class).equals(List.of(new OwnRootDropped(3))));
            assertThat(roots(mill)).containsExactly(next.root);
            ChaskiNode late = nodes.start("late"); // below the old root as well
            assertThatThrownBy(() -> TlsNodes.connect(late, mill)).isInstanceOf(ExecutionException.class);
            assertProblem(mill, signed(next, 2, old.root, next.root), Problem.ROLLBACK);

            mill.security().update((TrustMode.Authenticated)
                    TrustMode.ca(nodes.credentials(next, "mill"), trust(old.root, next.root)));
            ChaskiNode young = nodes.start(nodes.builder("young", nodes.ca(next, "young")));
            TlsNodes.connect(young, mill);
        }

        /** The directory is used again, with an identity that somebody else has given. */
        @Test
        void the_numbers_of_another_authority_do_not_count() {
            try (ChaskiNode mill = nodes.start(mill(nodes.ca("mill")))) {
                mill.security().update(both);
                mill.security().update(nodes.signed(500));
            }
            TestAuthority other = new TestAuthority(3);

            try (ChaskiNode mill = nodes.start(mill(nodes.ca(other, "mill")))) {
                assertThat(mill.security().bundle()).isEmpty();
                assertThat(mill.security().update(signed(other, 1, other.root))).isTrue();
                assertThat(mill.security().update(nodes.signed(other, 1, later())))
                        .isTrue();
            }

            ChaskiNode mill = nodes.start(mill(nodes.ca(other, "mill")));
            assertThat(mill.security().bundle().orElseThrow().number()).isEqualTo(1);
            assertThat(mill.security().update(nodes.signed(other, 1, later()))).isFalse();
            assertThat(nodes.events(mill, OwnRootDropped.class)).isEmpty();
        }

        private Instant later() {
            return nodes.clock.instant().plus(Duration.ofHours(1));
        }

        /** Whoever had the stolen key has chosen the numbers too. */
        @Test
        void what_was_signed_with_a_key_that_is_denied_by_now_is_not_followed_and_keeps_nothing_out() {
            TestAuthority thief = new TestAuthority(66);
            TestAuthority honest = old.withNextKey(4);
            try (ChaskiNode mill = nodes.start(mill(nodes.ca("mill")))) {
                mill.security().update(signed(old, 1_000_000, old.root, thief.root));
                mill.security().update(nodes.signed(1_000_000));
                mill.access().update(policy(old, 1_000_000, "**"));
                assertThat(mayCall(mill)).isTrue();
            }
            DenyList denied = new DenyList(Set.of(), Set.of(Fingerprint.of(old.issuing.getPublicKey())), Set.of());
            Trust denying = new Trust(TestAuthority.DOMAIN, Set.of(old.root), Optional.empty(), false, denied);

            ChaskiNode mill = nodes.start(mill(TrustMode.ca(nodes.credentials(honest, "mill"), denying)));
            assertThat(roots(mill)).containsExactly(old.root);
            assertThat(mill.security().update(signed(honest, 2, old.root, next.root)))
                    .isTrue();
            assertThat(mill.security().update(nodes.signed(honest, 7, later()))).isTrue();
            assertThat(roots(mill)).containsExactlyInAnyOrder(old.root, next.root);
            assertThat(mayCall(mill)).isFalse();
            mill.access().update(policy(honest, 2, "door"));
            assertThat(mayCall(mill)).isTrue();
        }

        private SignedPolicy policy(TestAuthority by, long version, String calls) {
            KeyPair keys = KeyPairs.generate();
            X509Certificate ana = by.leaf(
                    ChaskiUri.parse("chaski://plant-7.example/admin/ana"), keys.getPublic(), LeafUsage.BOTH, later());
            String text = "{\"version\":" + version + ",\"domain\":\"plant-7.example\",\"roles\":{\"all\":{\"match\":["
                    + "\"chaski://plant-7.example/node/*\"],\"rpc.call\":[\"" + calls + "\"]}}}";
            return SignedPolicy.sign(text.getBytes(StandardCharsets.UTF_8), keys.getPrivate(), by.chain(ana));
        }

        private static boolean mayCall(ChaskiNode node) {
            return node.access().decide(node.id(), Action.RPC_CALL, "door").isAllowed();
        }

        @Test
        void a_damaged_file_stops_the_start() throws IOException {
            try (ChaskiNode mill = nodes.start(mill(nodes.ca("mill")))) {
                mill.security().update(both);
            }
            Path file = folder.resolve("trust").resolve("bundle");
            byte[] content = Files.readAllBytes(file);
            for (byte[] damaged : List.of(Arrays.copyOf(content, content.length - 1), flipped(content))) {
                Files.write(file, damaged);
                assertThatThrownBy(() -> nodes.start(mill(nodes.ca("mill"))))
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessageContaining("bundle is damaged");
            }
        }

        /** In the signature, so that it can be read. */
        private static byte[] flipped(byte[] content) {
            byte[] flipped = content.clone();
            flipped[flipped.length - 1] ^= 1;
            return flipped;
        }
    }
}
