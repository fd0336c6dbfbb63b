package io.chaski.ca.internal.authority;

import static io.chaski.ca.internal.authority.AuthorityFixture.HOST;
import static io.chaski.ca.internal.authority.AuthorityFixture.MILL;
import static io.chaski.ca.internal.authority.AuthorityFixture.NODES;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.journal.JournalRecord;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.Identity;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RenewalTest {

    private static final KeyPair FIRST = NODES.get(0);
    private static final KeyPair SECOND = NODES.get(1);
    private static final KeyPair THIRD = NODES.get(2);

    private AuthorityFixture ca;
    private Identity current;

    @BeforeEach
    void enrol() throws IOException {
        ca = new AuthorityFixture(2);
        current = ca.identity(ca.enrol(ca.token(), FIRST));
    }

    @Test
    void it_gives_the_same_identity_another_key_and_another_day() {
        ca.advance(Duration.ofHours(16));

        Identity next = ca.identity(ca.renew(current, SECOND));

        assertThat(next.uri()).isEqualTo(MILL);
        assertThat(next.uri().nodeId()).isEqualTo(current.uri().nodeId());
        assertThat(next.key()).isEqualTo(Fingerprint.of(SECOND.getPublic()));
        assertThat(next.notAfter()).isEqualTo(ca.time.plus(Duration.ofDays(1)));
        assertThat(next.serial()).isNotEqualTo(current.serial());
    }

    @Test
    void it_is_recorded_before_and_after_the_signature() throws IOException {
        ca.renew(current, SECOND);

        assertThat(ca.records()).extracting(JournalRecord::event).containsSubsequence(Event.RENEWING, Event.ISSUED);
    }

    @Test
    void it_has_begun_on_the_disk_before_anything_is_signed() throws IOException {
        Reply.Granted next = (Reply.Granted) ca.renew(current, SECOND);

        assertThat(ca.recordBefore(next.leaf()).event()).isEqualTo(Event.RENEWING);
    }

    @Test
    void it_gives_the_same_certificate_again_when_the_answer_was_lost() throws IOException {
        Reply.Granted first = (Reply.Granted) ca.renew(current, SECOND);
        ca.restart();
        Reply.Granted again = (Reply.Granted) ca.renew(current, SECOND);

        assertThat(again.leaf()).isEqualTo(first.leaf());
    }

    @Test
    void the_usage_stays_as_it_was() throws Exception {
        ChaskiUri server = ChaskiUri.parse("chaski://plant-7.example/node/server");
        var leaf = ca.authority.issue(server, CertificateRequest.write(SECOND, server), LeafUsage.SERVER, ca.now());
        Identity identity =
                AuthorityFixture.KEYS.verifier().verify(AuthorityFixture.KEYS.chain(leaf), Side.SERVER, ca.time);

        Reply.Granted next = (Reply.Granted) ca.renew(identity, THIRD);

        assertThat(next.leaf().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    }

    @Test
    void the_same_key_again_is_refused() {
        assertRefused(ca.renew(current, FIRST), EnrolmentProblem.KEY_REJECTED);
    }

    @Test
    void another_name_is_refused() {
        ca.advance(Duration.ofMinutes(2));
        ChaskiUri pump = ChaskiUri.parse("chaski://plant-7.example/node/pump-1");

        assertRefused(
                ca.authority.renew(
                        current, Request.renew(ca.time, CertificateRequest.write(SECOND, pump)), HOST, ca.now()),
                EnrolmentProblem.NAME_MISMATCH);
    }

    @Test
    void an_ended_certificate_is_refused() {
        ca.advance(Duration.ofDays(1));

        assertRefused(ca.renew(current, SECOND), EnrolmentProblem.IDENTITY_EXPIRED);
    }

    @Test
    void an_ended_certificate_is_renewed_where_that_was_allowed() throws IOException {
        ca.allowedExpired = Duration.ofHours(1);
        ca.restart();
        ca.advance(Duration.ofDays(1));

        assertThat(ca.renew(current, SECOND)).isInstanceOf(Reply.Granted.class);
        ca.advance(Duration.ofHours(1));
        assertRefused(ca.renew(current, THIRD), EnrolmentProblem.IDENTITY_EXPIRED);
    }

    @Nested
    class Where_ended_certificates_are_renewed_for_a_day {
        @BeforeEach
        void allow() throws IOException {
            ca.allowedExpired = Duration.ofHours(24);
            ca.restart();
        }

        /** The ledger must not forget a revocation before the last moment at which it is needed. */
        @Test
        void a_revoked_one_is_refused_to_the_end_however_busy_the_authority_was() {
            ca.authority.revoke(Revocation.of(current.serial()), "stolen", ca.now());
            ca.advance(Duration.ofHours(24 + 20));
            ca.fill(2_000);

            assertRefused(ca.renew(current, SECOND), EnrolmentProblem.IDENTITY_REVOKED);
        }

        @Test
        void one_that_has_ended_can_be_revoked() {
            ca.advance(Duration.ofHours(24 + 20));
            ca.fill(2_000);

            assertThat(ca.authority.revoke(Revocation.of(current.serial()), "stolen", ca.now()))
                    .as("of those that have not ended")
                    .isZero();
            assertRefused(ca.renew(current, SECOND), EnrolmentProblem.IDENTITY_REVOKED);
            assertThat(ca.authority.revocationList(ca.now()).getRevokedCertificates())
                    .as("nobody takes it anyway")
                    .isNull();
        }

        @Test
        void its_usage_stays_as_it_was() throws Exception {
            ChaskiUri client = ChaskiUri.parse("chaski://plant-7.example/node/client");
            var leaf = ca.authority.issue(client, CertificateRequest.write(SECOND, client), LeafUsage.CLIENT, ca.now());
            Identity identity =
                    AuthorityFixture.KEYS.verifier().verify(AuthorityFixture.KEYS.chain(leaf), Side.CLIENT, ca.time);
            ca.advance(Duration.ofHours(24 + 20));
            ca.fill(2_000);

            Reply.Granted next = (Reply.Granted) ca.renew(identity, THIRD);

            assertThat(next.leaf().getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        }
    }

    /** From a journal that is lost: whether it was revoked, and what it was for, nobody knows. */
    @Test
    void a_certificate_that_the_authority_does_not_know_is_refused() {
        Identity unknown = new Identity(current.uri(), BigInteger.TWO, current.key(), current.notAfter());

        assertRefused(ca.renew(unknown, SECOND), EnrolmentProblem.IDENTITY_EXPIRED);
    }

    /** Or one member could fill the list of revoked certificates, once somebody wants to shut him out. */
    @Test
    void an_identity_has_eight_certificates_that_have_not_ended_at_most() {
        for (int i = 1; i < 8; i++) {
            assertThat(ca.renew(current, KeyPairs.generate())).isInstanceOf(Reply.Granted.class);
        }
        KeyPair next = KeyPairs.generate();
        assertRefused(ca.renew(current, next), EnrolmentProblem.RATE_LIMITED);

        Identity last = ca.identity(ca.authority.certificates(ca.now()).get(7));
        ca.time = current.notAfter().plusSeconds(1);
        assertThat(ca.renew(last, next)).as("one has ended").isInstanceOf(Reply.Granted.class);
        assertThat(ca.renew(last, next)).as("the same answer again").isInstanceOf(Reply.Granted.class);
    }

    /** Passive revocation: who missed the list is cut off within a day. */
    @Test
    void a_revoked_certificate_key_or_identity_is_refused() throws IOException {
        for (Revocation what :
                List.of(Revocation.of(current.serial()), Revocation.of(current.key()), Revocation.of(current.uri()))) {
            enrol();
            Revocation revocation = what.serial().isPresent() ? Revocation.of(current.serial()) : what;
            ca.authority.revoke(revocation, "stolen", ca.now());
            assertRefused(ca.renew(current, SECOND), EnrolmentProblem.IDENTITY_REVOKED);
            ca.restart();
            assertRefused(ca.renew(current, SECOND), EnrolmentProblem.IDENTITY_REVOKED);
        }
    }

    @Test
    void a_wrong_clock_is_refused() {
        ca.advance(Duration.ofMinutes(2));

        assertRefused(
                ca.authority.renew(
                        current,
                        Request.renew(ca.time.plusSeconds(301), CertificateRequest.write(SECOND, MILL)),
                        HOST,
                        ca.now()),
                EnrolmentProblem.CLOCK_SKEW);
    }

    @Test
    void a_second_renewal_within_a_minute_has_to_wait() {
        ca.renew(current, SECOND);
        ca.advance(Duration.ofSeconds(45));

        Reply reply = ca.authority.renew(
                current, Request.renew(ca.time, CertificateRequest.write(THIRD, MILL)), HOST, ca.now());

        assertThat(reply).isEqualTo(new Reply.Refused(EnrolmentProblem.RATE_LIMITED, Duration.ofSeconds(15), ca.time));
    }

    private static void assertRefused(Reply reply, EnrolmentProblem problem) {
        assertThat(reply)
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        refused -> assertThat(refused.problem()).isEqualTo(problem));
    }
}
