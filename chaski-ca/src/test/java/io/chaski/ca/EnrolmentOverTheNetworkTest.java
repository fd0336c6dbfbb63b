package io.chaski.ca;

import static io.chaski.ca.ServedAuthority.MILL;
import static io.chaski.ca.ServedAuthority.PUMP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.disk.LocalDisk;
import io.chaski.ca.internal.net.AuthorityCheck;
import io.chaski.ca.internal.net.AuthorityClient;
import io.chaski.ca.internal.net.ServerLimits;
import io.chaski.ca.internal.node.KnownAuthority;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.security.CertificateVerifier;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.RenewalAlarm;
import io.chaski.core.security.policy.SignedPolicy;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** U-CA-2 and U-CA-4: nodes and their authority over real sockets, at a time that stands still until it is moved. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EnrolmentOverTheNetworkTest {

    private static final Duration PATIENCE = Duration.ofSeconds(50);

    @TempDir
    Path folder;

    private ServedAuthority ca;

    @BeforeEach
    void serve() {
        ca = new ServedAuthority(folder.resolve("ca"));
    }

    @AfterEach
    void stop() {
        ca.close();
    }

    private Path home(String name) {
        return folder.resolve(name);
    }

    private static void assertProblem(ThrowingCallable call, EnrolmentProblem problem) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        EnrolmentException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Nested
    class A_node_with_a_token {
        @Test
        void gets_an_identity_that_its_peers_accept() {
            NodeEnrolment node = ca.node(home("mill"));
            NodeCredentials mill = node.enrol(ca.token(MILL));

            CertificateVerifier verifier =
                    new CertificateVerifier(Trust.of(TestAuthority.DOMAIN, Set.of(ca.authority.root())));
            for (Side side : Side.values()) {
                assertThat(verifier.verify(mill.chain(), side, ca.time).uri()).isEqualTo(MILL);
            }
            assertThat(mill.uri()).isEqualTo(MILL);
            assertThat(node.stored()).contains(mill);
            assertThat(node.storedRevocations())
                    .hasValueSatisfying(list -> assertThat(list.serials()).isEmpty());
        }

        @Test
        void does_not_ask_again_at_its_next_start() {
            String token = ca.token(MILL);
            NodeCredentials first = ca.node(home("mill")).enrol(token);
            ca.advance(Duration.ofHours(20)); // the token has ended long ago
            ca.stop();

            assertThat(ca.node(home("mill")).enrol(token)).isEqualTo(first);
            ca.start();
        }

        @Test
        void asks_with_a_new_token_when_its_certificate_has_ended() {
            String old = ca.token(MILL);
            ca.node(home("mill")).enrol(old);
            ca.advance(Duration.ofHours(25));

            assertProblem(() -> ca.node(home("mill")).enrol(old), EnrolmentProblem.TOKEN_EXPIRED);
            NodeCredentials next = ca.node(home("mill")).enrol(ca.token(MILL));
            assertThat(next.notAfter()).isAfter(ca.time);
        }

        @Test
        void keeps_out_of_the_directory_of_another() {
            ca.node(home("mill")).enrol(ca.token(MILL));

            assertProblem(() -> ca.node(home("mill")).enrol(ca.token(PUMP)), EnrolmentProblem.NAME_MISMATCH);
        }

        /** The directory is used again, and the numbers of its sets of roots are higher than those of the new authority. */
        @Test
        void forgets_what_another_authority_has_signed() throws IOException {
            ca.authority.signPolicy("{\"version\":4,\"domain\":\"plant-7.example\"}".getBytes(StandardCharsets.UTF_8));
            ca.authority.addRoot(ServedAuthority.PASSWORD);
            NodeEnrolment before = ca.node(home("mill"));
            before.enrol(ca.token(MILL));
            long number = before.signedBundle().orElseThrow().number();
            Files.delete(home("mill").resolve("identity.pem"));

            try (ServedAuthority other = new ServedAuthority(folder.resolve("other"))) {
                assertThat(other.authority.signedBundle().number()).isLessThan(number);
                NodeEnrolment node = other.node(home("mill"));
                node.enrol(other.token(MILL));

                assertThat(node.signedBundle().orElseThrow().roots()).containsExactly(other.authority.root());
                assertThat(node.signedPolicy()).isEmpty();
            }
        }

        @Test
        void does_not_follow_roots_that_somebody_has_changed() throws IOException {
            NodeEnrolment node = ca.node(home("mill"));
            node.enrol(ca.token(MILL));
            Path file = home("mill").resolve("identity.roots");
            byte[] content = Files.readAllBytes(file);
            content[content.length - 1] ^= 1; // in the signature
            Files.write(file, content);

            for (ThrowingCallable use : List.<ThrowingCallable>of(node::storedRoots, node::signedBundle, node::renew)) {
                assertThatThrownBy(use)
                        .isInstanceOfSatisfying(
                                AuthorityException.class,
                                e -> assertThat(e.problem()).isEqualTo(AuthorityException.Problem.DAMAGED))
                        .hasMessageContaining("the set of roots");
            }
            Files.delete(home("mill").resolve("identity.pem"));
            node.enrol(ca.token(MILL));
            assertThat(node.storedRoots()).containsExactly(ca.authority.root());
        }

        @Test
        void may_have_made_its_key_before() {
            NodeEnrolment node = ca.node(home("mill"));
            Fingerprint key = node.prepareKey();
            String token = ca.authority.createToken(MILL, ServedAuthority.QUARTER, Optional.of(key));

            assertProblem(() -> ca.node(home("thief")).enrol(token), EnrolmentProblem.KEY_REJECTED);
            assertThat(Fingerprint.of(node.enrol(token).chain().get(0).getPublicKey()))
                    .isEqualTo(key);
        }

        @Test
        void waits_for_an_authority_that_restarts() throws Exception {
            String token = ca.token(MILL);
            ca.stop();
            ExecutorService executor = Executors.newSingleThreadExecutor();
            try {
                Future<NodeCredentials> enrolled =
                        executor.submit(() -> ca.node(home("mill")).enrol(token, PATIENCE));
                ca.start();
                assertThat(enrolled.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).uri())
                        .isEqualTo(MILL);
            } finally {
                executor.shutdown();
            }
        }

        /** U-FUN-5. */
        @Test
        void is_told_when_nobody_answers() {
            String token = ca.token(MILL);
            ca.stop();

            assertThatThrownBy(() -> ca.node(home("mill")).enrol(token, Duration.ofMillis(700)))
                    .isInstanceOfSatisfying(
                            EnrolmentException.class,
                            e -> assertThat(e.problem()).isEqualTo(EnrolmentProblem.UNREACHABLE))
                    .hasMessageContaining("127.0.0.1:" + ca.port());
            assertThat(ca.node(home("mill")).stored()).isEmpty();
            ca.start();
        }

        @Test
        void is_told_which_clock_is_wrong() {
            for (Duration skew : List.of(Duration.ofMinutes(10), Duration.ofMinutes(-10), Duration.ofHours(30))) {
                String token = ca.authority.createToken(MILL, Duration.ofHours(24), Optional.empty());
                EnrolmentProblem expected =
                        skew.toHours() > 24 ? EnrolmentProblem.TOKEN_EXPIRED : EnrolmentProblem.CLOCK_SKEW;

                assertProblem(() -> ca.node(home("mill"), skew).enrol(token, Duration.ZERO), expected);
            }
            assertThat(ca.node(home("mill")).enrol(ca.token(MILL)).uri()).isEqualTo(MILL);
        }
    }

    @Nested
    class A_token {
        @Test
        void serves_one_key() {
            String token = ca.token(MILL);
            ca.node(home("mill")).enrol(token);

            assertProblem(() -> ca.node(home("thief")).enrol(token), EnrolmentProblem.TOKEN_USED);
            assertThat(ca.node(home("thief")).stored()).isEmpty();
            assertThat(ca.journal()).contains("\"event\":\"ALARM\"");
            assertThat(ca.authority.tokens())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.isUsed()).isTrue());
        }

        @Test
        void serves_one_of_those_that_use_it_at_once() throws Exception {
            String token = ca.token(MILL);
            List<Callable<Boolean>> attempts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Path home = home("racer-" + i);
                attempts.add(() -> isEnrolled(home, token));
            }
            ExecutorService executor = Executors.newFixedThreadPool(attempts.size());
            try {
                int winners = 0;
                for (Future<Boolean> each : executor.invokeAll(attempts, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    winners += each.get() ? 1 : 0;
                }
                assertThat(winners).isEqualTo(1);
            } finally {
                executor.shutdown();
            }
        }

        private boolean isEnrolled(Path home, String token) {
            try {
                return ca.node(home).enrol(token, PATIENCE).uri().equals(MILL);
            } catch (EnrolmentException e) {
                assertThat(e.problem()).isEqualTo(EnrolmentProblem.TOKEN_USED);
                return false;
            }
        }

        @Test
        void that_was_taken_back_is_of_no_use() {
            String token = ca.token(MILL);
            ca.authority.revokeToken(ca.authority.tokens().get(0).id(), "sent to the wrong person");

            assertProblem(() -> ca.node(home("mill")).enrol(token), EnrolmentProblem.TOKEN_INVALID);
            assertThat(ca.authority.tokens())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.isRevoked()).isTrue());
        }

        /** The token is not even sent: it is still good at the right one. */
        @Test
        void is_shown_to_no_other_authority() {
            String token = ca.token(MILL);
            ca.stop();
            try (ServedAuthority other =
                    new ServedAuthority(folder.resolve("other"), ca.port(), ServerLimits.STANDARD, Duration.ZERO)) {
                assertProblem(() -> ca.node(home("mill")).enrol(token), EnrolmentProblem.UNTRUSTED_CA);
                assertThat(other.journal()).doesNotContain("REFUSED", "ALARM");
            }
            ca.start();
            assertThat(ca.node(home("mill")).enrol(token).uri()).isEqualTo(MILL);
        }
    }

    /** Somebody may have its issuing key. Nothing but the nodes' own word is left then. */
    @Nested
    class An_authority_that_a_node_denies {
        private NodeEnrolment node;
        private Path deny;

        @BeforeEach
        void prepare() {
            node = ca.node(home("mill"));
            deny = home("mill").resolve("deny");
        }

        private void denyIssuingKey() throws IOException {
            Fingerprint key = Fingerprint.of(ca.authority.issuing().getPublicKey());
            Files.writeString(deny, "key:" + key + " # stolen\n");
        }

        private void assertDenied(ThrowingCallable call) {
            assertProblem(call, EnrolmentProblem.UNTRUSTED_CA);
            assertThatThrownBy(call).hasMessageContaining("denied here");
        }

        @Test
        void is_shown_no_token() throws IOException {
            String token = ca.token(MILL);
            node.prepareKey(); // makes the directory
            denyIssuingKey();

            assertDenied(() -> node.enrol(token));
            assertThat(ca.authority.tokens())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.isUsed()).isFalse());

            Files.delete(deny);
            assertThat(node.enrol(token).uri()).isEqualTo(MILL);
        }

        /** The limit may be hours, and somebody writes the file when he hears of the theft. */
        @Test
        void is_shown_no_token_either_if_it_is_denied_while_the_node_waits_for_an_answer() throws Exception {
            String token = ca.token(MILL);
            node.prepareKey();
            ca.stop();
            try (ServerSocket asked = new ServerSocket(ca.port(), 1, InetAddress.getLoopbackAddress())) {
                FutureTask<Boolean> between = new FutureTask<>(() -> {
                    asked.accept().close();
                    denyIssuingKey();
                    asked.close();
                    ca.start();
                    return true;
                });
                new Thread(between).start();

                assertProblem(() -> node.enrol(token, PATIENCE), EnrolmentProblem.UNTRUSTED_CA);
                assertThat(between.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            }
            assertThat(ca.authority.tokens())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.isUsed()).isFalse());
        }

        /** Whoever edits the file may write it in two steps. */
        @Test
        void is_asked_again_when_the_file_makes_sense_again_until_the_limit_is_over() {
            AuthorityException damaged =
                    new AuthorityException(AuthorityException.Problem.DAMAGED, "deny, line 2", null);
            KnownAuthority known = new KnownAuthority(
                    Set.of(Fingerprint.of(ca.authority.root())), TestAuthority.DOMAIN, DenyList.EMPTY);
            Request request =
                    Request.enrol(ca.token(MILL), ca.time, CertificateRequest.write(KeyPairs.generate(), MILL));
            AtomicBoolean isMended = new AtomicBoolean();
            AuthorityClient client = new AuthorityClient(List.of("127.0.0.1:" + ca.port()), Optional.empty(), () -> {
                if (!isMended.getAndSet(true)) {
                    throw damaged;
                }
                return new AuthorityCheck(known, ca.clock(Duration.ZERO));
            });

            assertThatThrownBy(() -> client.ask(request, Duration.ZERO)).isSameAs(damaged);
            isMended.set(false);
            assertThat(client.ask(request, PATIENCE)).isInstanceOf(Reply.Granted.class);
        }

        @Test
        void gives_no_certificate_to_who_has_one() throws IOException {
            NodeCredentials first = node.enrol(ca.token(MILL));
            ca.advance(Duration.ofHours(16));
            denyIssuingKey();

            assertDenied(node::renew);
            assertThat(node.stored()).contains(first);
            assertThat(ca.authority.list())
                    .filteredOn(entry -> entry.uri().equals(MILL))
                    .hasSize(1);
        }

        @Test
        void does_not_say_any_more_whom_to_trust_and_who_is_revoked() throws IOException {
            ca.authority.addRoot(ServedAuthority.PASSWORD);
            node.enrol(ca.token(MILL));
            assertThat(node.storedRoots()).hasSize(2);
            assertThat(node.storedRevocations()).isPresent();

            denyIssuingKey();

            assertThat(node.signedBundle()).isEmpty();
            assertThat(node.storedRoots())
                    .containsExactly(node.stored().orElseThrow().root());
            assertThat(node.storedRevocations()).isEmpty();
        }

        @Test
        void is_not_asked_while_the_file_makes_no_sense() throws IOException {
            String token = ca.token(MILL);
            node.prepareKey();
            Files.writeString(deny, "# the stolen one\nkey:12\n");

            assertThatThrownBy(() -> node.enrol(token))
                    .isInstanceOfSatisfying(
                            AuthorityException.class,
                            e -> assertThat(e.problem()).isEqualTo(AuthorityException.Problem.DAMAGED))
                    .hasMessageContaining("deny, line 2");
            assertThat(ca.authority.tokens())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.isUsed()).isFalse());
        }
    }

    @Nested
    class A_renewal {
        @Test
        void gives_the_next_certificate_for_another_key() {
            NodeEnrolment node = ca.node(home("mill"));
            NodeCredentials first = node.enrol(ca.token(MILL));
            ca.advance(Duration.ofHours(16));

            NodeCredentials next = node.renew();

            assertThat(next.uri()).isEqualTo(MILL);
            assertThat(next.notAfter()).isEqualTo(first.notAfter().plus(Duration.ofHours(16)));
            assertThat(next.chain().get(0).getPublicKey())
                    .isNotEqualTo(first.chain().get(0).getPublicKey());
            assertThat(node.stored()).contains(next);
        }

        @Test
        void comes_once_a_minute() {
            NodeEnrolment node = ca.node(home("mill"));
            node.enrol(ca.token(MILL));
            node.renew();

            assertThatThrownBy(node::renew).isInstanceOfSatisfying(EnrolmentException.class, e -> {
                assertThat(e.problem()).isEqualTo(EnrolmentProblem.RATE_LIMITED);
                assertThat(e.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60));
            });
        }

        @Test
        void is_refused_to_who_is_revoked() {
            NodeEnrolment node = ca.node(home("mill"));
            NodeCredentials first = node.enrol(ca.token(MILL));
            ca.authority.revoke(first.chain().get(0).getSerialNumber(), "stolen");

            assertProblem(node::renew, EnrolmentProblem.IDENTITY_REVOKED);
            assertThat(node.stored()).contains(first);
        }

        @Test
        void is_refused_after_the_end() {
            NodeEnrolment node = ca.node(home("mill"));
            node.enrol(ca.token(MILL));
            ca.advance(Duration.ofHours(25));

            assertProblem(node::renew, EnrolmentProblem.IDENTITY_EXPIRED);
        }

        /** Renews for two hours after the end. */
        private ServedAuthority lenient() {
            return new ServedAuthority(
                    folder.resolve("lenient"), ServedAuthority.freePort(), ServerLimits.STANDARD, Duration.ofHours(2));
        }

        @Test
        void is_given_after_the_end_where_that_is_allowed() {
            try (ServedAuthority lenient = lenient()) {
                NodeEnrolment node = lenient.node(home("laptop"));
                node.enrol(lenient.token(MILL));
                lenient.advance(Duration.ofHours(25));

                assertThat(node.renew().notAfter()).isAfter(lenient.time);
            }
        }

        /** Or each who asks would fill the ledger with one more certificate of its signer. */
        @Test
        void signs_the_policy_again_once_although_it_cannot_be_stored() throws IOException {
            byte[] text = "{\"version\":4,\"domain\":\"plant-7.example\"}".getBytes(StandardCharsets.US_ASCII);
            SignedPolicy first = ca.authority.signPolicy(text);
            ca.authority.rotateIssuing(ServedAuthority.PASSWORD, true);
            Files.createDirectories(ca.directory.resolve("policy.signed.new/in-the-way"));
            SignedPolicy again = ca.authority.presentPolicy().orElseThrow();
            String journal = ca.journal();

            assertThat(again).isNotEqualTo(first);
            assertThat(ca.authority.presentPolicy()).containsSame(again);
            assertThat(ca.journal()).isEqualTo(journal);
        }

        @Test
        void is_given_after_the_end_to_one_that_starts_again_with_its_old_token() {
            try (ServedAuthority lenient = lenient()) {
                String token = lenient.token(MILL);
                lenient.node(home("laptop")).enrol(token);
                lenient.advance(Duration.ofHours(25));

                assertThat(lenient.node(home("laptop")).enrol(token).notAfter()).isAfter(lenient.time);
            }
        }

        @Test
        void is_not_given_after_the_end_for_an_old_token_where_that_is_not_allowed() {
            String token = ca.token(MILL);
            ca.node(home("mill")).enrol(token);
            ca.advance(Duration.ofHours(25));

            assertThatThrownBy(() -> ca.node(home("mill")).enrol(token))
                    .isInstanceOfSatisfying(EnrolmentException.class, e -> {
                        assertThat(e.problem()).isEqualTo(EnrolmentProblem.TOKEN_EXPIRED);
                        assertThat(e.getSuppressed()).hasSize(1);
                    });
        }

        @Test
        void does_not_keep_a_start_waiting_that_needs_none() throws IOException {
            NodeEnrolment node = ca.node(home("mill"));
            String token = ca.token(MILL);
            NodeCredentials stored = node.enrol(token);
            try (Closeable held = new LocalDisk().lock(home("mill").resolve("identity.lock"))) {
                assertThat(held).isNotNull();
                assertThat(ca.node(home("mill")).enrol(token)).isEqualTo(stored);
            }
        }

        @Test
        void survives_a_restart_of_the_authority() {
            NodeEnrolment node = ca.node(home("mill"));
            node.enrol(ca.token(MILL));
            ca.stop();
            ca.start();

            assertThat(node.renew().uri()).isEqualTo(MILL);
        }

        @Test
        void is_not_given_to_who_belongs_to_another_authority() {
            try (ServedAuthority other = new ServedAuthority(folder.resolve("other"))) {
                NodeCredentials theirs = other.node(home("pump")).enrol(other.token(PUMP));
                NodeCredentials ours = ca.node(home("mill")).enrol(ca.token(MILL));

                assertProblem(() -> renew(theirs), EnrolmentProblem.UNREACHABLE);
                assertThat(renew(ours)).isInstanceOf(Reply.Granted.class);
            }
        }

        /** Whatever the other authority says, the one that is asked decides. */
        private Reply renew(NodeCredentials shown) {
            KnownAuthority known = new KnownAuthority(
                    Set.of(Fingerprint.of(ca.authority.root())), TestAuthority.DOMAIN, DenyList.EMPTY);
            AuthorityCheck check = new AuthorityCheck(known, ca.clock(Duration.ZERO));
            KeyPair next = KeyPairs.generate();
            return new AuthorityClient(List.of("127.0.0.1:" + ca.port()), Optional.of(shown), () -> check)
                    .ask(Request.renew(ca.time, CertificateRequest.write(next, shown.uri())), Duration.ZERO);
        }
    }

    /** What keeps a running node in certificates. */
    @Nested
    class A_node_that_is_kept_renewed {
        private final BlockingQueue<NodeCredentials> renewed = new LinkedBlockingQueue<>();
        private final BlockingQueue<RenewalAlarm> alarms = new LinkedBlockingQueue<>();
        private final NodeRenewal.Listener listener = new NodeRenewal.Listener() {
            @Override
            public void onRenewed(NodeCredentials credentials) {
                renewed.add(credentials);
            }

            @Override
            public void onAlarm(RenewalAlarm alarm, Instant notAfter) {
                alarms.add(alarm);
            }
        };

        @Test
        void is_handed_its_next_certificate_when_the_authority_is_back() throws InterruptedException {
            NodeEnrolment node = ca.node(home("mill"));
            NodeCredentials first = node.enrol(ca.token(MILL));
            ca.advance(Duration.between(ca.time, first.notAfter()).minusSeconds(8)); // so that pauses are short
            ca.stop();
            try (NodeRenewal renewal = node.keepRenewed(listener)) {
                assertThat(renewal).isNotNull();
                assertThat(alarms.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(RenewalAlarm.CRITICAL);
                assertThat(renewed).isEmpty();
                ca.start();

                NodeCredentials next = renewed.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertThat(next).isNotNull();
                assertThat(next.notAfter()).isAfter(first.notAfter());
                assertThat(node.stored()).contains(next);
            }
        }

        /** A node may believe it later only: when it has heard of another root, or its clock is right again. */
        @Test
        void is_handed_its_next_certificate_again_until_it_takes_it() {
            NodeEnrolment node = ca.node(home("mill"));
            NodeCredentials first = node.enrol(ca.token(MILL));
            List<NodeCredentials> offered = new ArrayList<>();
            NodeRenewal renewal = renewal(node, offered, 3);
            ca.advance(Duration.ofHours(18));
            for (int turn = 0; turn < 5; turn++) {
                renewal.turn();
            }

            NodeCredentials next = node.stored().orElseThrow();
            assertThat(next).isNotEqualTo(first);
            assertThat(offered).containsExactly(next, next, next);
        }

        /** Netty throws what nobody expects if there are no more file descriptors. */
        @Test
        void tries_again_after_whatever_was_thrown() {
            ca.node(home("mill")).enrol(ca.token(MILL));
            NodeEnrolment failing = new NodeEnrolment(
                    new LocalDisk(), home("mill"), ca.clock(Duration.ZERO), (client, request, limit) -> {
                        throw new IllegalStateException("failed to create a child event loop");
                    });
            NodeRenewal renewal = renewal(failing, new ArrayList<>(), 0);
            ca.advance(Duration.ofHours(18));

            assertThatCode(renewal::turn).doesNotThrowAnyException();
        }

        @Test
        void is_handed_none_that_has_ended() {
            NodeEnrolment node = ca.node(home("mill"));
            node.enrol(ca.token(MILL));
            List<NodeCredentials> offered = new ArrayList<>();
            NodeRenewal renewal = renewal(node, offered, Integer.MAX_VALUE);
            ca.advance(Duration.ofHours(18));
            renewal.turn();
            renewal.turn();
            ca.advance(Duration.ofHours(25));
            renewal.turn();

            assertThat(offered).hasSize(2);
        }

        /** Without a thread: the test says when it looks. */
        private NodeRenewal renewal(NodeEnrolment node, List<NodeCredentials> offered, int takenAt) {
            return NodeRenewal.of(node, ca.clock(Duration.ZERO), new NodeRenewal.Listener() {
                @Override
                public void onRenewed(NodeCredentials credentials) {
                    offered.add(credentials);
                    if (offered.size() < takenAt) {
                        throw new IllegalStateException("not yet");
                    }
                }

                @Override
                public void onAlarm(RenewalAlarm alarm, Instant notAfter) {}
            });
        }

        @Test
        void takes_what_somebody_has_renewed_by_hand() throws InterruptedException {
            NodeEnrolment node = ca.node(home("mill"));
            node.enrol(ca.token(MILL));
            ca.advance(Duration.ofHours(10));
            NodeCredentials before = node.stored().orElseThrow();
            NodeCredentials byHand = node.renew();
            before.write(home("mill").resolve("identity.pem"));
            ca.advance(Duration.ofHours(13));
            try (NodeRenewal renewal = node.keepRenewed(new NodeRenewal.Listener() {
                @Override
                public void onRenewed(NodeCredentials credentials) {
                    renewed.add(credentials);
                }

                @Override
                public void onAlarm(RenewalAlarm alarm, Instant notAfter) {
                    byHand.write(home("mill").resolve("identity.pem"));
                }
            })) {
                assertThat(renewal).isNotNull();
                assertThat(renewed.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(byHand);
            }
        }
    }
}
