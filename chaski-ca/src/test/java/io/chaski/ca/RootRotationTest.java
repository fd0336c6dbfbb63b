package io.chaski.ca;

import static io.chaski.ca.ServedAuthority.MILL;
import static io.chaski.ca.ServedAuthority.PUMP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.CertificateAuthority.Surroundings;
import io.chaski.ca.internal.authority.Moment;
import io.chaski.ca.internal.authority.RemoteHost;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.disk.SimulatedDisk;
import io.chaski.ca.internal.disk.SimulatedDisk.Loss;
import io.chaski.ca.internal.disk.SimulatedDisk.PowerFailure;
import io.chaski.ca.internal.node.CertificateAnswer;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.policy.SignedPolicy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Another root in three steps: what nodes are told in each, what has to wait, and what is left when the power ends. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RootRotationTest {

    private static final Path DIRECTORY = Path.of("/ca");
    private static final PasswordSource PASSWORD = ServedAuthority.PASSWORD;
    private static final Duration DAY = Duration.ofDays(1);
    private static final KeyPair NODE = KeyPairs.generate();
    private static final KeyPair OTHER = KeyPairs.generate();

    private SimulatedDisk disk = new SimulatedDisk();
    private Instant time = TestAuthority.NOW;
    private long seed = 91;

    @BeforeEach
    void init() {
        CertificateAuthority.init(
                DIRECTORY, AuthorityOptions.builder(TestAuthority.DOMAIN).build(), PASSWORD, surroundings());
    }

    private Surroundings surroundings() {
        return new Surroundings(
                disk,
                TestAuthority.fastProtection(),
                () -> new Moment(time, time.toEpochMilli() * 1_000_000),
                new Random(seed++));
    }

    private CertificateAuthority open() {
        return CertificateAuthority.open(DIRECTORY, PASSWORD, surroundings());
    }

    private Reply.Granted enrol(CertificateAuthority authority, ChaskiUri name, KeyPair keys) {
        return enrol(authority, authority.createToken(name, Duration.ofMinutes(15), Optional.empty()), name, keys);
    }

    private Reply.Granted enrol(CertificateAuthority authority, String token, ChaskiUri name, KeyPair keys) {
        time = time.plusSeconds(2);
        return (Reply.Granted)
                authority.enrol(Request.enrol(token, time, CertificateRequest.write(keys, name)), RemoteHost.LOCAL);
    }

    /** What a node believes that trusts some roots. */
    private static void assertBelieved(SignedBundle bundle, Instant now, X509Certificate... roots) {
        bundle.verify(Trust.of(TestAuthority.DOMAIN, Set.of(roots)), now);
    }

    private boolean exists(String name) {
        return disk.exists(DIRECTORY.resolve(name));
    }

    private static void assertProblem(ThrowingCallable call, Problem problem) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        AuthorityException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    @Test
    void goes_from_one_root_over_both_to_the_next() {
        X509Certificate old;
        try (CertificateAuthority authority = open()) {
            old = authority.root();
            assertThat(authority.signedBundle().number()).isEqualTo(1);
            assertThat(authority.signedBundle().roots()).containsExactly(old);

            authority.addRoot(PASSWORD);

            X509Certificate next = authority.roots().get(1);
            long both = time.getEpochSecond();
            assertThat(authority.root()).as("signs still").isEqualTo(old);
            assertThat(authority.signedBundle().number()).isEqualTo(both);
            assertThat(authority.signedBundle().roots()).containsExactly(old, next);
            assertBelieved(authority.signedBundle(), time, old);

            time = time.plus(DAY);
            authority.rotateIssuing(PASSWORD);

            assertThat(authority.root()).isEqualTo(next);
            assertThat(authority.signedBundle().number()).isEqualTo(both);
            assertThat(authority.signedBundle().roots()).containsExactly(old, next);
            assertBelieved(authority.signedBundle(), time, next);

            time = time.plus(DAY);
            authority.dropRoot(false);

            assertThat(authority.roots()).containsExactly(next);
            assertThat(authority.signedBundle().number()).isEqualTo(time.getEpochSecond());
            assertThat(authority.signedBundle().roots()).containsExactly(next);
            assertBelieved(authority.signedBundle(), time, next);
        }
        try (CertificateAuthority authority = open()) {
            assertThat(authority.signedBundle().number()).isEqualTo(time.getEpochSecond());
            assertThat(authority.roots()).doesNotContain(old).hasSize(1);
            authority.addRoot(PASSWORD);
            assertThat(authority.signedBundle().number())
                    .as("another set in the same second")
                    .isEqualTo(time.getEpochSecond() + 1);
        }
        assertThat(exists("root.pem") || exists("root.key.pem")).isFalse();
        assertThat(exists("root-2.key.pem") && exists("root-3.key.pem")).isTrue();
        assertThat(CertificateAuthority.verifyAudit(DIRECTORY, disk).problem()).isEmpty();
    }

    @Test
    void is_known_after_a_restart_in_each_step() {
        for (int step = 0; step < 3; step++) {
            SignedBundle before;
            X509Certificate signing;
            try (CertificateAuthority authority = open()) {
                advance(authority, step);
                before = authority.signedBundle();
                signing = authority.root();
            }
            try (CertificateAuthority authority = open()) {
                assertThat(authority.signedBundle().number()).isEqualTo(before.number());
                assertThat(authority.signedBundle().roots()).isEqualTo(before.roots());
                assertThat(authority.root()).isEqualTo(signing);
            }
        }
    }

    private void advance(CertificateAuthority authority, int step) {
        time = time.plus(DAY);
        switch (step) {
            case 0 -> authority.addRoot(PASSWORD);
            case 1 -> authority.rotateIssuing(PASSWORD);
            default -> authority.dropRoot(false);
        }
    }

    /** Nodes know the sets that were made since the copy. */
    @Test
    void is_told_with_a_later_number_by_an_authority_of_an_old_copy() {
        SimulatedDisk copy = disk.afterPowerFailure(Loss.NONE, new Random(0));
        long known = 0;
        for (int step = 0; step < 3; step++) {
            try (CertificateAuthority authority = open()) {
                advance(authority, step);
                known = authority.signedBundle().number();
            }
        }
        disk = copy;
        time = time.plusSeconds(1);
        try (CertificateAuthority authority = open()) {
            authority.addRoot(PASSWORD);
            assertThat(authority.signedBundle().number()).isGreaterThan(known);
        }
    }

    @Test
    void waits_until_nodes_have_heard_of_it_unless_it_is_forced() {
        try (CertificateAuthority authority = open()) {
            assertProblem(() -> authority.dropRoot(true), Problem.UNKNOWN);
            authority.addRoot(PASSWORD);
            assertProblem(() -> authority.addRoot(PASSWORD), Problem.EXISTS);
            assertProblem(() -> authority.dropRoot(true), Problem.TOO_EARLY); // nobody could be let in
            time = time.plus(DAY).minusSeconds(1);
            assertProblem(() -> authority.rotateIssuing(PASSWORD), Problem.TOO_EARLY);
            assertThat(authority.root()).isEqualTo(authority.roots().get(0));

            authority.rotateIssuing(PASSWORD, true);

            assertThat(authority.root()).isEqualTo(authority.roots().get(1));
            authority.rotateIssuing(PASSWORD); // it is below the next root already
        }
    }

    @Test
    void waits_for_the_last_certificate_below_the_root_that_goes() {
        try (CertificateAuthority authority = open()) {
            authority.addRoot(PASSWORD);
            time = time.plus(DAY);
            Instant end = enrol(authority, MILL, NODE).leaf().getNotAfter().toInstant();
            authority.rotateIssuing(PASSWORD);
            enrol(authority, PUMP, OTHER);

            assertThatThrownBy(() -> authority.dropRoot(false))
                    .hasMessageContaining("1 certificates")
                    .hasMessageContaining(end.toString());
            time = end.plusSeconds(1);
            authority.dropRoot(false);
            assertThat(authority.roots()).hasSize(1);
        }
    }

    @Test
    void drops_a_root_that_is_needed_if_it_is_forced() {
        try (CertificateAuthority authority = open()) {
            enrol(authority, MILL, NODE);
            authority.addRoot(PASSWORD);
            authority.rotateIssuing(PASSWORD, true);
            authority.dropRoot(true);
            assertThat(authority.roots()).containsExactly(authority.root());
        }
    }

    @Test
    void takes_the_password_of_the_other_keys_and_not_the_key_of_the_root() {
        try (CertificateAuthority authority = open()) {
            assertProblem(() -> authority.addRoot("wrong"::toCharArray), Problem.WRONG_PASSWORD);
            assertThat(exists("root-2.key.pem")).isFalse();
            disk.put(DIRECTORY.resolve("root.key.pem"), new byte[0]); // lost
            authority.addRoot(PASSWORD);
            authority.rotateIssuing(PASSWORD, true);
            assertThat(authority.root()).isEqualTo(authority.roots().get(1));
        }
    }

    /** A token names the root that vouches for the authority. The node sees the other one, and keeps the token to itself. */
    @Test
    void makes_tokens_for_the_root_that_signs() {
        try (CertificateAuthority authority = open()) {
            String before = authority.createToken(MILL, Duration.ofMinutes(15), Optional.empty());
            Fingerprint old = Fingerprint.of(authority.root());
            authority.addRoot(PASSWORD);
            String between = authority.createToken(PUMP, Duration.ofMinutes(15), Optional.empty());

            assertThat(CertificateAnswer.readToken(before).root()).isEqualTo(old);
            assertThat(CertificateAnswer.readToken(between).root()).isEqualTo(old);
            Reply.Granted granted = enrol(authority, before, MILL, NODE);
            assertThat(CertificateAnswer.accept(old, MILL, NODE, granted, time).root())
                    .isEqualTo(authority.root());
            assertThat(granted.bundle().orElseThrow().roots()).hasSize(2);

            authority.rotateIssuing(PASSWORD, true);

            String after = authority.createToken(PUMP, Duration.ofMinutes(15), Optional.empty());
            Fingerprint next = Fingerprint.of(authority.root());
            assertThat(CertificateAnswer.readToken(after).root())
                    .isEqualTo(next)
                    .isNotEqualTo(old);
            Reply.Granted below = enrol(authority, after, PUMP, OTHER);
            assertThat(CertificateAnswer.accept(next, PUMP, OTHER, below, time).root())
                    .isEqualTo(authority.root());
            assertThat(below.bundle().orElseThrow().roots()).hasSize(2);
        }
    }

    @Test
    void signs_the_policy_again_below_the_next_root() {
        byte[] text = "{\"version\":4,\"domain\":\"plant-7.example\"}".getBytes(StandardCharsets.US_ASCII);
        try (CertificateAuthority authority = open()) {
            SignedPolicy first = authority.signPolicy(text);
            assertThat(authority.presentPolicy()).containsSame(first);
            authority.addRoot(PASSWORD);
            assertThat(authority.presentPolicy()).containsSame(first);
            authority.rotateIssuing(PASSWORD, true);

            SignedPolicy again = enrol(authority, MILL, NODE).policy().orElseThrow();

            assertThat(again.text()).isEqualTo(text);
            assertThat(again.chain().get(1)).isEqualTo(authority.issuing());
        }
    }

    /** The step was done or was not, as somebody was told, and goes on from there. */
    @Test
    void leaves_a_working_authority_when_the_power_ends_at_any_operation() {
        int crashes = 0;
        for (int step = 0; step < 3; step++) {
            SimulatedDisk made = disk;
            Instant begun = time;
            boolean isComplete = false;
            for (int operation = 0; !isComplete; operation++) {
                disk = made.afterPowerFailure(Loss.NONE, new Random(operation));
                time = begun;
                long before;
                try (CertificateAuthority authority = open()) {
                    before = authority.signedBundle().number();
                    disk.endPowerAt(operation);
                    isComplete = isDone(authority, step);
                }
                SimulatedDisk crashed = disk;
                for (Loss loss : Loss.values()) {
                    disk = crashed.afterPowerFailure(loss, new Random(operation));
                    checkWorks(step, isComplete, before, crashed.trace());
                    crashes++;
                }
            }
            disk = made.afterPowerFailure(Loss.NONE, new Random(0));
            time = begun;
            try (CertificateAuthority authority = open()) {
                advance(authority, step);
            }
        }
        assertThat(crashes).isGreaterThan(100);
    }

    private boolean isDone(CertificateAuthority authority, int step) {
        try {
            advance(authority, step);
            return true;
        } catch (PowerFailure e) {
            return false;
        }
    }

    private void checkWorks(int step, boolean isComplete, long before, List<String> trace) {
        try (CertificateAuthority authority = open()) {
            SignedBundle bundle = authority.signedBundle();
            assertThat(bundle.number()).as("%s", trace).isBetween(before, step == 1 ? before : time.getEpochSecond());
            assertThat(isComplete && step != 1 && bundle.number() == before)
                    .as("forgotten, %s", trace)
                    .isFalse();
            assertThat(bundle.roots()).as("%s", trace).contains(authority.root());
            assertBelieved(bundle, time, authority.root());
            assertThat(enrol(authority, MILL, NODE).issuing()).isEqualTo(authority.issuing());
            authority.rotateIssuing(PASSWORD, true);
            if (authority.roots().size() == 1 && step == 0) {
                authority.addRoot(PASSWORD);
            }
        }
    }
}
