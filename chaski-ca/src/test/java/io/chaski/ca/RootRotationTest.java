package io.chaski.ca;

import static io.chaski.ca.ServedAuthority.MILL;
import static io.chaski.ca.ServedAuthority.PUMP;
import static io.chaski.ca.SimulatedAuthority.assertProblem;
import static io.chaski.ca.SimulatedAuthority.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.internal.bouncycastle.EarlierPolicy;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.disk.SimulatedDisk;
import io.chaski.ca.internal.disk.SimulatedDisk.Loss;
import io.chaski.ca.internal.disk.SimulatedDisk.PowerFailure;
import io.chaski.ca.internal.disk.SmallFiles;
import io.chaski.ca.internal.node.CertificateAnswer;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.core.security.CertificateVerifier.Trust;
import io.chaski.core.security.DenyList;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.policy.PolicyFormatException;
import io.chaski.core.security.policy.SignedPolicy;
import java.io.IOException;
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
import java.util.function.IntFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Another root in three steps: what nodes are told in each, what has to wait, and what is left when the power ends. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RootRotationTest {

    private static final PasswordSource PASSWORD = SimulatedAuthority.PASSWORD;
    private static final Duration DAY = Duration.ofDays(1);
    private static final KeyPair NODE = KeyPairs.generate();
    private static final KeyPair OTHER = KeyPairs.generate();

    private SimulatedAuthority ca = authority(AuthorityOptions.builder(TestAuthority.DOMAIN));

    private static SimulatedAuthority authority(AuthorityOptions.Builder options) {
        return new SimulatedAuthority(91, options.build());
    }

    /** What a node believes that trusts some roots. */
    private static void assertBelieved(SignedBundle bundle, Instant now, X509Certificate... roots) {
        bundle.verify(Trust.of(TestAuthority.DOMAIN, Set.of(roots)), now);
    }

    @Test
    void goes_from_one_root_over_both_to_the_next() {
        X509Certificate old;
        try (CertificateAuthority authority = ca.open()) {
            old = authority.root();
            assertThat(authority.signedBundle().number()).isEqualTo(1);
            assertThat(authority.signedBundle().roots()).containsExactly(old);

            authority.addRoot(PASSWORD);

            X509Certificate next = authority.roots().get(1);
            long both = ca.time.getEpochSecond();
            assertThat(authority.root()).as("signs still").isEqualTo(old);
            assertThat(authority.signedBundle().number()).isEqualTo(both);
            assertThat(authority.signedBundle().roots()).containsExactly(old, next);
            assertBelieved(authority.signedBundle(), ca.time, old);

            ca.time = ca.time.plus(DAY);
            authority.rotateIssuing(PASSWORD);

            assertThat(authority.root()).isEqualTo(next);
            assertThat(authority.signedBundle().number()).isEqualTo(both);
            assertThat(authority.signedBundle().roots()).containsExactly(old, next);
            assertBelieved(authority.signedBundle(), ca.time, next);

            ca.time = ca.time.plus(DAY);
            authority.dropRoot(false);

            assertThat(authority.roots()).containsExactly(next);
            assertThat(authority.signedBundle().number()).isEqualTo(ca.time.getEpochSecond());
            assertThat(authority.signedBundle().roots()).containsExactly(next);
            assertBelieved(authority.signedBundle(), ca.time, next);
        }
        try (CertificateAuthority authority = ca.open()) {
            assertThat(authority.signedBundle().number()).isEqualTo(ca.time.getEpochSecond());
            assertThat(authority.roots()).doesNotContain(old).hasSize(1);
            authority.addRoot(PASSWORD);
            assertThat(authority.signedBundle().number())
                    .as("another set in the same second")
                    .isEqualTo(ca.time.getEpochSecond() + 1);
        }
        assertThat(ca.exists("root.pem") || ca.exists("root.key.pem")).isFalse();
        assertThat(ca.exists("root-2.key.pem") && ca.exists("root-3.key.pem")).isTrue();
        assertThat(CertificateAuthority.verifyAudit(SimulatedAuthority.DIRECTORY, ca.disk)
                        .problem())
                .isEmpty();
    }

    @Test
    void is_known_after_a_restart_in_each_step() {
        for (int step = 0; step < 3; step++) {
            SignedBundle before;
            X509Certificate signing;
            try (CertificateAuthority authority = ca.open()) {
                advance(authority, step);
                before = authority.signedBundle();
                signing = authority.root();
            }
            try (CertificateAuthority authority = ca.open()) {
                assertThat(authority.signedBundle().number()).isEqualTo(before.number());
                assertThat(authority.signedBundle().roots()).isEqualTo(before.roots());
                assertThat(authority.root()).isEqualTo(signing);
            }
        }
    }

    private void advance(CertificateAuthority authority, int step) {
        ca.time = ca.time.plus(DAY);
        switch (step) {
            case 0 -> authority.addRoot(PASSWORD);
            case 1 -> authority.rotateIssuing(PASSWORD);
            default -> authority.dropRoot(false);
        }
    }

    /** Nodes know the sets that were made since the copy. */
    @Test
    void is_told_with_a_later_number_by_an_authority_of_an_old_copy() {
        SimulatedDisk copy = ca.disk.afterPowerFailure(Loss.NONE, new Random(0));
        long known = 0;
        for (int step = 0; step < 3; step++) {
            try (CertificateAuthority authority = ca.open()) {
                advance(authority, step);
                known = authority.signedBundle().number();
            }
        }
        ca.disk = copy;
        ca.time = ca.time.plusSeconds(1);
        try (CertificateAuthority authority = ca.open()) {
            authority.addRoot(PASSWORD);
            assertThat(authority.signedBundle().number()).isGreaterThan(known);
        }
    }

    @Test
    void waits_until_nodes_have_heard_of_it_unless_it_is_forced() {
        try (CertificateAuthority authority = ca.open()) {
            assertProblem(() -> authority.dropRoot(true), Problem.UNKNOWN);
            ca.enrol(authority, MILL, NODE);
            authority.addRoot(PASSWORD);
            Instant first = ca.time.plus(DAY).plusSeconds(1); // the certificate was given in the same second
            assertProblem(() -> authority.addRoot(PASSWORD), Problem.EXISTS);
            assertProblem(() -> authority.dropRoot(true), Problem.TOO_EARLY); // nobody could be let in
            ca.enrol(authority, PUMP, OTHER); // has heard of it with its certificate
            ca.time = first.minusSeconds(1);
            assertTooEarly(() -> authority.rotateIssuing(PASSWORD), first);
            assertThat(authority.root()).isEqualTo(authority.roots().get(0));

            authority.rotateIssuing(PASSWORD, true);

            assertThat(authority.root()).isEqualTo(authority.roots().get(1));
            authority.rotateIssuing(PASSWORD); // it is below the next root already
        }
    }

    private static Instant end(Reply.Granted granted) {
        return granted.leaf().getNotAfter().toInstant();
    }

    private static void assertTooEarly(ThrowingCallable call, Instant until) {
        assertProblem(call, Problem.TOO_EARLY);
        assertThatThrownBy(call).hasMessageContaining(until.toString());
    }

    /** Somebody may have one that was given after the copy. */
    @Test
    void waits_for_certificates_that_an_authority_of_an_old_copy_does_not_know() {
        SimulatedDisk copy = ca.disk.afterPowerFailure(Loss.NONE, new Random(0));
        try (CertificateAuthority authority = ca.open()) {
            ca.enrol(authority, MILL, NODE);
        }
        ca.disk = copy;
        try (CertificateAuthority authority = ca.open()) {
            assertThat(authority.list()).isEmpty();
            authority.addRoot(PASSWORD);
            Instant first = ca.time.plus(DAY);
            assertTooEarly(() -> authority.rotateIssuing(PASSWORD), first);
            ca.time = first;
            authority.rotateIssuing(PASSWORD);

            Instant last = ca.time.plus(DAY);
            assertTooEarly(() -> authority.dropRoot(false), last);
            ca.time = last;
            authority.dropRoot(false);
            assertThat(authority.roots()).hasSize(1);
        }
    }

    /** Those that were revoked before another root was added, and lasted longer than others do today. */
    @Test
    void does_not_wait_for_revoked_certificates() {
        ca = authority(AuthorityOptions.builder(TestAuthority.DOMAIN).leafLifetime(Duration.ofDays(7)));
        try (CertificateAuthority authority = ca.open()) {
            authority.revoke(ca.enrol(authority, MILL, NODE).leaf().getSerialNumber(), "stolen");
        }
        shortenLifetime();
        try (CertificateAuthority authority = ca.open()) {
            authority.addRoot(PASSWORD);
            ca.time = ca.time.plus(Duration.ofHours(1));
            authority.rotateIssuing(PASSWORD);
            ca.time = ca.time.plus(Duration.ofHours(1));
            authority.dropRoot(false);
            assertThat(authority.roots()).containsExactly(authority.root());
        }
    }

    /** From seven days to an hour. */
    private void shortenLifetime() {
        Path options = SimulatedAuthority.DIRECTORY.resolve("authority.properties");
        String text = new String(ca.disk.content(options), StandardCharsets.US_ASCII);
        ca.disk.put(options, text.replace("PT168H", "PT1H").getBytes(StandardCharsets.US_ASCII));
    }

    /** They last as long as they were made for, whatever the options have said since. */
    @Test
    void goes_by_the_certificates_that_there_are_and_not_by_the_options_of_today() {
        ca = authority(AuthorityOptions.builder(TestAuthority.DOMAIN).leafLifetime(Duration.ofDays(7)));
        Instant end;
        try (CertificateAuthority authority = ca.open()) {
            end = end(ca.enrol(authority, MILL, NODE));
        }
        shortenLifetime();
        try (CertificateAuthority authority = ca.open()) {
            authority.addRoot(PASSWORD);
        }
        try (CertificateAuthority authority = ca.open()) {
            ca.time = end;
            assertTooEarly(() -> authority.rotateIssuing(PASSWORD), end.plusSeconds(1));
            ca.time = end.plusSeconds(1);
            authority.rotateIssuing(PASSWORD);
        }
    }

    /** Neither would find an authority that it believes. */
    @Test
    void waits_for_those_that_may_be_renewed_after_their_end() {
        Duration grace = Duration.ofHours(1);
        ca = authority(AuthorityOptions.builder(TestAuthority.DOMAIN).allowedExpired(grace));
        try (CertificateAuthority authority = ca.open()) {
            authority.addRoot(PASSWORD);
            Instant first = ca.time.plus(DAY).plus(grace);
            ca.time = first.minusSeconds(1);
            assertTooEarly(() -> authority.rotateIssuing(PASSWORD), first);

            ca.time = first;
            Instant below = end(ca.enrol(authority, PUMP, OTHER)).plus(grace);
            authority.rotateIssuing(PASSWORD);
            ca.time = below;
            assertTooEarly(() -> authority.dropRoot(false), below);
            ca.time = below.plusSeconds(1);
            authority.dropRoot(false);
        }
    }

    /** A thief has the issuing key, and not all nodes have heard of the next root. */
    @Test
    void leaves_a_stolen_issuing_key_replaceable_below_the_root_that_all_nodes_know() {
        SignedBundle before;
        X509Certificate stolen;
        X509Certificate old;
        try (CertificateAuthority authority = ca.open()) {
            ca.enrol(authority, MILL, NODE);
            old = authority.root();
            stolen = authority.issuing();
            authority.addRoot(PASSWORD);
            before = authority.signedBundle();
            ca.time = ca.time.plusSeconds(1);
            assertProblem(() -> authority.rotateIssuing(PASSWORD), Problem.TOO_EARLY);

            authority.replaceIssuing(PASSWORD);
        }
        try (CertificateAuthority authority = ca.open()) {
            assertThat(authority.root()).isEqualTo(old);
            assertThat(authority.issuing()).isNotEqualTo(stolen);
            SignedBundle after = authority.signedBundle();
            after.checkFollows(before);
            assertThat(after.number()).isEqualTo(before.number());
            after.verify(
                    new Trust(
                            TestAuthority.DOMAIN,
                            Set.of(old),
                            Optional.empty(),
                            false,
                            new DenyList(Set.of(), Set.of(Fingerprint.of(stolen.getPublicKey())), Set.of())),
                    ca.time);

            ca.time = ca.time.plus(DAY);
            authority.rotateIssuing(PASSWORD);
            assertThat(authority.root()).isEqualTo(authority.roots().get(1));
            authority.replaceIssuing(PASSWORD);
            assertThat(authority.root())
                    .as("the same")
                    .isEqualTo(authority.roots().get(1));
        }
    }

    @Test
    void waits_for_the_last_certificate_below_the_root_that_goes() {
        try (CertificateAuthority authority = ca.open()) {
            authority.addRoot(PASSWORD);
            ca.time = ca.time.plus(DAY);
            Instant end = ca.enrol(authority, MILL, NODE).leaf().getNotAfter().toInstant();
            authority.rotateIssuing(PASSWORD);
            ca.enrol(authority, PUMP, OTHER);

            assertThatThrownBy(() -> authority.dropRoot(false))
                    .hasMessageContaining("1 certificates")
                    .hasMessageContaining(end.toString());
            ca.time = ca.time.plus(DAY);
            authority.dropRoot(false);
            assertThat(authority.roots()).hasSize(1);
        }
    }

    @Test
    void drops_a_root_that_is_needed_if_it_is_forced() {
        try (CertificateAuthority authority = ca.open()) {
            ca.enrol(authority, MILL, NODE);
            authority.addRoot(PASSWORD);
            authority.rotateIssuing(PASSWORD, true);
            authority.dropRoot(true);
            assertThat(authority.roots()).containsExactly(authority.root());
        }
    }

    @Test
    void takes_the_password_of_the_other_keys_and_not_the_key_of_the_root() {
        try (CertificateAuthority authority = ca.open()) {
            assertProblem(() -> authority.addRoot("wrong"::toCharArray), Problem.WRONG_PASSWORD);
            assertThat(ca.exists("root-2.key.pem")).isFalse();
            ca.disk.put(SimulatedAuthority.DIRECTORY.resolve("root.key.pem"), new byte[0]); // lost
            authority.addRoot(PASSWORD);
            authority.rotateIssuing(PASSWORD, true);
            assertThat(authority.root()).isEqualTo(authority.roots().get(1));
        }
    }

    /** A token names the root that vouches for the authority. The node sees the other one, and keeps the token to itself. */
    @Test
    void makes_tokens_for_the_root_that_signs() {
        try (CertificateAuthority authority = ca.open()) {
            String before = token(authority, MILL);
            Fingerprint old = Fingerprint.of(authority.root());
            authority.addRoot(PASSWORD);
            String between = token(authority, PUMP);

            assertThat(CertificateAnswer.readToken(before).root()).isEqualTo(old);
            assertThat(CertificateAnswer.readToken(between).root()).isEqualTo(old);
            Reply.Granted granted = ca.enrol(authority, before, MILL, NODE);
            assertThat(TestAuthority.accept(old, MILL, NODE, granted, ca.time).root())
                    .isEqualTo(authority.root());
            assertThat(granted.bundle().orElseThrow().roots()).hasSize(2);

            authority.rotateIssuing(PASSWORD, true);

            String after = token(authority, PUMP);
            Fingerprint next = Fingerprint.of(authority.root());
            assertThat(CertificateAnswer.readToken(after).root())
                    .isEqualTo(next)
                    .isNotEqualTo(old);
            Reply.Granted below = ca.enrol(authority, after, PUMP, OTHER);
            assertThat(TestAuthority.accept(next, PUMP, OTHER, below, ca.time).root())
                    .isEqualTo(authority.root());
            assertThat(below.bundle().orElseThrow().roots()).hasSize(2);
        }
    }

    @Test
    void signs_the_policy_again_below_the_next_root() {
        byte[] text = "{\"version\":4,\"domain\":\"plant-7.example\"}".getBytes(StandardCharsets.US_ASCII);
        try (CertificateAuthority authority = ca.open()) {
            SignedPolicy first = authority.signPolicy(text);
            assertThat(authority.presentPolicy()).containsSame(first);
            authority.addRoot(PASSWORD);
            assertThat(authority.presentPolicy()).containsSame(first);
            authority.rotateIssuing(PASSWORD, true);

            SignedPolicy again = ca.enrol(authority, MILL, NODE).policy().orElseThrow();

            assertThat(again.text()).isEqualTo(text);
            assertThat(again.chain().get(1)).isEqualTo(authority.issuing());
        }
    }

    /** Nobody is asked about the certificate of its signer: that has ended by then. */
    @Test
    void signs_again_what_only_an_earlier_version_would_have_signed_for_the_first_time() throws IOException {
        TestAuthority before = new TestAuthority(4);
        SignedPolicy earlier =
                EarlierPolicy.signed(NODE, before.chain(before.leaf(NODE.getPublic(), LeafUsage.CLIENT)));
        SmallFiles.write(ca.disk, SimulatedAuthority.DIRECTORY.resolve("policy.signed"), earlier.toBytes());
        try (CertificateAuthority authority = ca.open()) {
            SignedPolicy again = authority.presentPolicy().orElseThrow();

            assertThat(again.text()).isEqualTo(earlier.text());
            assertThat(again.chain().get(1)).isEqualTo(authority.issuing());
            assertThat(ca.enrol(authority, MILL, NODE).policy()).isPresent();
            assertThatThrownBy(() -> authority.signPolicy(earlier.text())).isInstanceOf(PolicyFormatException.class);
        }
    }

    /** Each operation loses something else than the one before. */
    @Test
    void leaves_a_working_authority_when_the_power_ends_at_any_operation() {
        Loss[] losses = Loss.values();
        assertThat(endPowerAtEachOperation(operation -> List.of(losses[operation % losses.length])))
                .isGreaterThan(35);
    }

    @Tag("deep")
    @Test
    void leaves_a_working_authority_whatever_is_lost_at_any_operation() {
        assertThat(endPowerAtEachOperation(operation -> List.of(Loss.values()))).isGreaterThan(100);
    }

    /** The step was done or was not, as somebody was told, and the next ones follow from there. Says how often. */
    private int endPowerAtEachOperation(IntFunction<List<Loss>> losses) {
        int crashes = 0;
        for (int step = 0; step < 3; step++) {
            SimulatedDisk made = ca.disk;
            Instant begun = ca.time;
            boolean isComplete = false;
            for (int operation = 0; !isComplete; operation++) {
                ca.disk = made.afterPowerFailure(Loss.NONE, new Random(operation));
                ca.time = begun;
                SignedBundle before;
                try (CertificateAuthority authority = ca.open()) {
                    before = authority.signedBundle();
                    ca.disk.endPowerAt(operation);
                    isComplete = isDone(authority, step);
                }
                SimulatedDisk crashed = ca.disk;
                for (Loss loss : losses.apply(operation)) {
                    ca.disk = crashed.afterPowerFailure(loss, new Random(operation));
                    ca.time = begun.plus(DAY);
                    goOn(step, isComplete, before, crashed.trace());
                    crashes++;
                }
            }
            ca.disk = made.afterPowerFailure(Loss.NONE, new Random(0));
            ca.time = begun;
            try (CertificateAuthority authority = ca.open()) {
                advance(authority, step);
            }
        }
        return crashes;
    }

    private boolean isDone(CertificateAuthority authority, int step) {
        try {
            advance(authority, step);
            return true;
        } catch (PowerFailure e) {
            return false;
        }
    }

    private void goOn(int step, boolean isComplete, SignedBundle before, List<String> trace) {
        boolean hasHappened;
        try (CertificateAuthority authority = ca.open()) {
            hasHappened = hasHappened(authority, step);
            assertThat(isComplete && !hasHappened).as("forgotten, %s", trace).isFalse();
            SignedBundle bundle = authority.signedBundle();
            boolean isAnotherSet = hasHappened && step != 1;
            assertThat(bundle.number())
                    .as("%s", trace)
                    .isEqualTo(isAnotherSet ? ca.time.getEpochSecond() : before.number());
            bundle.checkFollows(before);
            assertBelieved(bundle, ca.time, authority.root());
            assertThat(ca.enrol(authority, MILL, NODE).issuing()).isEqualTo(authority.issuing());
        }
        for (int next = hasHappened ? step + 1 : step; next < 3; next++) {
            try (CertificateAuthority authority = ca.open()) {
                SignedBundle told = authority.signedBundle();
                advance(authority, next);
                assertThat(hasHappened(authority, next)).as("%s", trace).isTrue();
                authority.signedBundle().checkFollows(told);
                assertThat(authority.signedBundle().number() == told.number()).isEqualTo(next == 1);
            }
        }
        try (CertificateAuthority authority = ca.open()) {
            assertThat(authority.roots()).as("%s", trace).containsExactly(authority.root());
        }
    }

    private static boolean hasHappened(CertificateAuthority authority, int step) {
        List<X509Certificate> roots = authority.roots();
        return switch (step) {
            case 0 -> roots.size() == 2;
            case 1 -> authority.root().equals(roots.get(roots.size() - 1));
            default -> roots.size() == 1;
        };
    }
}
