package io.chaski.ca.internal.authority;

import static io.chaski.ca.internal.authority.AuthorityFixture.HOST;
import static io.chaski.ca.internal.authority.AuthorityFixture.MILL;
import static io.chaski.ca.internal.authority.AuthorityFixture.NODES;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.journal.JournalRecord;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.Identity;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
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
