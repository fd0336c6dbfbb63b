package io.chaski.ca.internal.authority;

import static io.chaski.ca.internal.authority.AuthorityFixture.HOST;
import static io.chaski.ca.internal.authority.AuthorityFixture.KEYS;
import static io.chaski.ca.internal.authority.AuthorityFixture.MILL;
import static io.chaski.ca.internal.authority.AuthorityFixture.NODES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.LeafUsage;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.bouncycastle.OddRequests;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.journal.Journal;
import io.chaski.ca.internal.journal.JournalRecord;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.ca.internal.token.ProvisionerKeys;
import io.chaski.ca.internal.token.TokenFixture;
import io.chaski.ca.internal.wire.EnrolmentCodec;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EnrolmentTest {

    private static final ChaskiUri PUMP = ChaskiUri.parse("chaski://plant-7.example/node/pump-1");
    private static final KeyPair FIRST = NODES.get(0);
    private static final KeyPair SECOND = NODES.get(1);

    private AuthorityFixture ca;

    @BeforeEach
    void makeAuthority() throws IOException {
        ca = new AuthorityFixture(1);
    }

    @Nested
    class A_good_token {
        @Test
        void gives_the_certificate_of_its_identity_and_all_that_goes_with_it() {
            Reply.Granted granted = (Reply.Granted) ca.enrol(ca.token(), FIRST);

            assertThat(ca.identity(granted).uri()).isEqualTo(MILL);
            assertThat(granted.leaf().getPublicKey()).isEqualTo(FIRST.getPublic());
            assertThat(granted.leaf().getNotAfter().toInstant()).isEqualTo(ca.time.plus(Duration.ofDays(1)));
            assertThat(granted.leaf().getNotBefore().toInstant()).isEqualTo(ca.time.minus(Duration.ofMinutes(5)));
            assertThat(granted.issuing()).isEqualTo(KEYS.issuing);
            assertThat(granted.roots()).containsExactly(KEYS.root);
            assertThat(granted.revocations().getRevokedCertificates()).isNull();
            assertThat(granted.addresses()).containsExactly("ca.example:8520");
            assertThat(granted.serverTime()).isEqualTo(ca.time);
        }

        @Test
        void bounds_the_life_of_the_certificate() {
            String token = ca.authority.createToken(
                    MILL, Optional.empty(), Duration.ofMinutes(1), Duration.ofHours(1), ca.now());

            Reply.Granted granted = (Reply.Granted) ca.enrol(token, FIRST);

            assertThat(granted.leaf().getNotAfter().toInstant()).isEqualTo(ca.time.plus(Duration.ofHours(1)));
        }

        @Test
        void gives_nothing_that_outlives_the_issuing_certificate() {
            ca.advance(Duration.ofDays(365).minusHours(1));

            Reply.Granted granted = (Reply.Granted) ca.enrol(ca.token(), FIRST);

            assertThat(granted.leaf().getNotAfter()).isEqualTo(KEYS.issuing.getNotAfter());
            ca.advance(Duration.ofHours(2));
            assertRefused(
                    ca.enrol(ca.token(PUMP), CertificateRequest.write(SECOND, PUMP)), EnrolmentProblem.CA_READ_ONLY);
        }

        @Test
        void serves_a_request_without_a_name() throws Exception {
            String token = ca.token(PUMP);

            Reply reply = ca.enrol(token, OddRequests.withoutName(FIRST));

            assertThat(ca.identity(reply).uri()).isEqualTo(PUMP);
        }

        @Test
        void serves_a_request_for_its_own_name() {
            assertThat(ca.identity(ca.enrol(ca.token(PUMP), CertificateRequest.write(FIRST, PUMP)))
                            .uri())
                    .isEqualTo(PUMP);
        }

        @Test
        void that_is_bound_to_a_key_serves_that_key_alone() {
            String token = tokenFor(FIRST);

            assertRefused(ca.enrol(token, SECOND), EnrolmentProblem.KEY_REJECTED);
            assertThat(ca.identity(ca.enrol(token, FIRST)).uri()).isEqualTo(MILL);
        }

        @Test
        void is_recorded_before_and_after_the_signature() throws IOException {
            ca.enrol(ca.token(), FIRST);

            assertThat(ca.records())
                    .extracting(JournalRecord::event)
                    .containsExactly(Event.TOKEN_MADE, Event.USED, Event.ISSUED, Event.LISTED);
        }

        /** A certificate names the last record that there was when it was signed, and that one is on the disk. */
        @Test
        void is_used_up_on_the_disk_before_anything_is_signed() throws IOException {
            Reply.Granted granted = (Reply.Granted) ca.enrol(ca.token(), FIRST);

            assertThat(ca.recordBefore(granted.leaf()).event()).isEqualTo(Event.USED);
        }
    }

    @Nested
    class A_token_that_was_used {
        private String token;
        private Reply first;

        @BeforeEach
        void use() {
            token = ca.token();
            first = ca.enrol(token, FIRST);
        }

        @Test
        void gives_the_same_certificate_to_the_same_key() throws IOException {
            Reply.Granted again = (Reply.Granted) ca.enrol(token, FIRST);
            assertThat(again.leaf()).isEqualTo(((Reply.Granted) first).leaf());

            ca.restart();
            again = (Reply.Granted) ca.enrol(token, FIRST);
            assertThat(again.leaf()).isEqualTo(((Reply.Granted) first).leaf());
            assertThat(ca.records())
                    .filteredOn(record -> record.event() == Event.ISSUED)
                    .hasSize(1);
        }

        @Test
        void gives_nothing_to_another_key_and_raises_an_alarm_each_ten_minutes() throws IOException {
            assertRefused(ca.enrol(token, SECOND), EnrolmentProblem.TOKEN_USED);
            assertRefused(ca.enrol(token, SECOND), EnrolmentProblem.TOKEN_USED);
            ca.advance(Duration.ofMinutes(10));
            assertRefused(ca.enrol(token, SECOND), EnrolmentProblem.TOKEN_USED);

            assertThat(ca.records())
                    .filteredOn(record -> record.event() == Event.ALARM)
                    .hasSize(2)
                    .allSatisfy(alarm -> assertThat(alarm.fields())
                            .containsEntry("from", "10.0.0.7")
                            .containsEntry("uri", MILL.toString()));
        }

        @Test
        void gives_nothing_once_it_has_ended() {
            ca.advance(Duration.ofMinutes(17));

            assertRefused(ca.enrol(token, FIRST), EnrolmentProblem.TOKEN_EXPIRED);
        }

        @Test
        void gives_nothing_once_its_certificate_is_revoked() {
            ca.authority.revoke(Revocation.of(((Reply.Granted) first).leaf().getSerialNumber()), "stolen", ca.now());

            assertRefused(ca.enrol(token, FIRST), EnrolmentProblem.IDENTITY_REVOKED);
        }

        /** However busy the authority was, and whether it still knows the certificate. */
        @Test
        void gives_no_second_certificate_once_the_first_has_ended() throws Exception {
            for (boolean isRevoked : new boolean[] {false, true}) {
                ca = new AuthorityFixture(7);
                token = ca.authority.createToken(
                        MILL, Optional.empty(), Duration.ofHours(24), Duration.ofHours(1), ca.now());
                Reply.Granted granted = (Reply.Granted) ca.enrol(token, FIRST);
                if (isRevoked) {
                    ca.authority.revoke(Revocation.of(granted.leaf().getSerialNumber()), "stolen", ca.now());
                }
                ca.advance(Duration.ofHours(3));
                assertThat(ca.enrol(token, FIRST)).isInstanceOf(Reply.Refused.class);
                ca.fill(2_000);

                assertRefused(ca.enrol(token, FIRST), EnrolmentProblem.TOKEN_EXPIRED);
            }
        }
    }

    /** Row 108 of the list of bad input. */
    @Nested
    class Refused_is {
        @Test
        void what_is_no_token_without_saying_why() {
            String token = ca.token();
            ProvisionerKeys others = ProvisionerKeys.generate(new Random(99));
            byte[] expected = null;
            for (String bad : List.of(
                    "",
                    "chk1.",
                    token.substring(0, 60),
                    token.replace("chk1.", "chk2."),
                    token.substring(0, 100) + (token.charAt(100) == 'A' ? 'B' : 'A') + token.substring(101),
                    others.sign(TokenFixture.claims(MILL, ca.time)))) {
                ca.advance(Duration.ofMinutes(11));
                ca.time = TestAuthority.NOW;
                byte[] reply = EnrolmentCodec.write(ca.authority.enrol(
                        Request.enrol(bad, ca.time, CertificateRequest.write(FIRST, MILL)), HOST, ca.now()));
                expected = expected == null ? reply : expected;
                assertThat(reply).isEqualTo(expected);
            }
            assertThat(expected).isNotNull();
            assertThat(ca.enrol(token, FIRST)).isInstanceOf(Reply.Granted.class);
        }

        @Test
        void a_token_that_ended_more_than_a_minute_ago() {
            String token = ca.token();
            ca.advance(Duration.ofMinutes(15).plusSeconds(58));
            assertThat(ca.enrol(token, FIRST)).isInstanceOf(Reply.Granted.class);

            String other = ca.token(PUMP);
            ca.advance(Duration.ofMinutes(15).plusSeconds(59));
            assertRefused(ca.enrol(other, CertificateRequest.write(SECOND, PUMP)), EnrolmentProblem.TOKEN_EXPIRED);
        }

        @Test
        void a_token_that_begins_in_more_than_a_minute() {
            Instant before = ca.time;
            ca.time = before.plusSeconds(70);
            String token = ca.token();
            ca.time = before;

            assertRefused(ca.enrol(token, FIRST), EnrolmentProblem.TOKEN_NOT_YET);
            ca.advance(Duration.ofSeconds(10));
            assertThat(ca.enrol(token, FIRST)).isInstanceOf(Reply.Granted.class);
        }

        @Test
        void a_request_for_another_name() {
            assertRefused(ca.enrol(ca.token(), CertificateRequest.write(FIRST, PUMP)), EnrolmentProblem.NAME_MISMATCH);
        }

        @Test
        void a_request_that_is_none_and_the_token_is_not_used_up() {
            String token = ca.token();
            byte[] request = CertificateRequest.write(FIRST, MILL);
            request[request.length - 1] ^= 1;

            assertRefused(ca.enrol(token, request), EnrolmentProblem.CSR_INVALID);
            assertRefused(ca.enrol(token, Arrays.copyOf(request, 9_000)), EnrolmentProblem.CSR_INVALID);
            assertThat(ca.enrol(token, SECOND)).isInstanceOf(Reply.Granted.class);
        }

        /** Whoever reads the journal sees who has come with what. */
        @Test
        void nobody_without_a_line_in_the_journal() throws IOException {
            byte[] request = CertificateRequest.write(FIRST, MILL);
            String good = ca.token();
            String stranger = ProvisionerKeys.generate(new Random(99)).sign(TokenFixture.claims(MILL, ca.time));
            char flipped = good.charAt(100) == 'A' ? 'B' : 'A';
            assertLine(good.substring(0, 60), request, EnrolmentProblem.TOKEN_INVALID);
            assertLine(good.substring(0, 100) + flipped + good.substring(101), request, EnrolmentProblem.TOKEN_INVALID);
            assertLine(stranger, request, EnrolmentProblem.TOKEN_INVALID);
            assertLine(tokenAfter(Duration.ofMinutes(-20)), request, EnrolmentProblem.TOKEN_EXPIRED);
            assertLine(tokenAfter(Duration.ofMinutes(20)), request, EnrolmentProblem.TOKEN_NOT_YET);
            assertLine(good, CertificateRequest.write(FIRST, PUMP), EnrolmentProblem.NAME_MISMATCH);
            assertLine(good, new byte[] {1}, EnrolmentProblem.CSR_INVALID);
            assertLine(tokenFor(SECOND), request, EnrolmentProblem.KEY_REJECTED);
            assertThat(ca.enrol(good, SECOND)).isInstanceOf(Reply.Granted.class);
            assertLine(good, request, EnrolmentProblem.TOKEN_USED);
        }

        /** One that was made at another time. */
        private String tokenAfter(Duration later) {
            Instant now = ca.time;
            ca.time = now.plus(later);
            String token = ca.token();
            ca.time = now;
            return token;
        }

        private void assertLine(String token, byte[] request, EnrolmentProblem problem) throws IOException {
            int before = ca.records().size();
            assertRefused(ca.enrol(token, request), problem);

            List<JournalRecord> added =
                    ca.records().subList(before, ca.records().size());
            assertThat(added).as("%s", problem).singleElement().satisfies(line -> {
                assertThat(line.event())
                        .isEqualTo(problem == EnrolmentProblem.TOKEN_USED ? Event.ALARM : Event.REFUSED);
                assertThat(line.fields())
                        .containsEntry("problem", problem.name())
                        .containsEntry("from", "10.0.0.7");
                if (problem != EnrolmentProblem.TOKEN_INVALID) {
                    assertThat(line.fields())
                            .containsEntry("uri", MILL.toString())
                            .containsKey("token");
                }
            });
        }

        @Test
        void a_node_whose_clock_is_wrong() {
            String token = ca.token();
            for (Duration skew : List.of(Duration.ofMinutes(6), Duration.ofMinutes(-6), Duration.ofDays(400_000_000))) {
                ca.advance(Duration.ofSeconds(2));
                Reply reply = ca.authority.enrol(
                        Request.enrol(token, ca.time.plus(skew), CertificateRequest.write(FIRST, MILL)),
                        HOST,
                        ca.now());

                assertThat(reply).isEqualTo(new Reply.Refused(EnrolmentProblem.CLOCK_SKEW, Duration.ZERO, ca.time));
            }
        }

        @Test
        void a_key_of_another_identity() {
            ca.enrol(ca.token(), FIRST);

            assertRefused(
                    ca.enrol(ca.token(PUMP), CertificateRequest.write(FIRST, PUMP)), EnrolmentProblem.KEY_REJECTED);
        }

        @Test
        void a_revoked_key() {
            ca.authority.revoke(Revocation.of(Fingerprint.of(FIRST.getPublic())), "found on a stick", ca.now());

            assertRefused(ca.enrol(ca.token(), FIRST), EnrolmentProblem.IDENTITY_REVOKED);
            assertThat(ca.enrol(ca.token(), SECOND)).isInstanceOf(Reply.Granted.class);
        }

        @Test
        void a_revoked_identity_until_it_is_admitted_again() {
            String token = ca.token();
            ca.authority.revoke(Revocation.of(MILL), "stolen", ca.now());

            assertRefused(ca.enrol(token, FIRST), EnrolmentProblem.IDENTITY_REVOKED);
            assertThatThrownBy(() -> ca.token())
                    .isInstanceOfSatisfying(
                            AuthorityException.class,
                            e -> assertThat(e.problem()).isEqualTo(Problem.REVOKED));
            ca.authority.readmit(MILL, ca.now());
            assertThat(ca.enrol(ca.token(), FIRST)).isInstanceOf(Reply.Granted.class);
        }

        /** Why it was revoked may be that the token was stolen. */
        @Test
        void a_token_of_before_a_revocation_also_when_the_identity_was_admitted_again() throws IOException {
            String stolen = ca.token();
            ca.authority.revoke(Revocation.of(MILL), "token stolen", ca.now());
            ca.authority.readmit(MILL, ca.now());
            String next = ca.token();
            ca.restart();

            assertRefused(ca.enrol(stolen, SECOND), EnrolmentProblem.IDENTITY_REVOKED);
            assertThat(ca.enrol(next, FIRST)).as("made in the same second").isInstanceOf(Reply.Granted.class);
        }

        @Test
        void everything_while_the_key_is_locked_and_the_token_is_not_used_up() throws IOException {
            String token = ca.token();
            Authority locked = new Authority(
                    new Authority.Settings(
                            TestAuthority.DOMAIN, Duration.ofDays(1), Duration.ZERO, List.of(KEYS.root), List.of()),
                    AuthorityFixture.TOKEN_KEYS,
                    Journal.open(ca.disk, AuthorityFixture.DIRECTORY, record -> {}),
                    new Ledger(),
                    ca.random);

            assertRefused(
                    locked.enrol(Request.enrol(token, ca.time, CertificateRequest.write(FIRST, MILL)), HOST, ca.now()),
                    EnrolmentProblem.CA_KEY_LOCKED);
            assertThat(ca.records()).noneMatch(record -> record.event() == Event.USED);
        }

        @Test
        void everything_once_the_disk_has_failed() throws IOException {
            String token = ca.token();
            ca.disk.failAt(1); // the sync of USED

            assertRefused(ca.enrol(token, FIRST), EnrolmentProblem.CA_READ_ONLY);
            assertRefused(ca.enrol(token, FIRST), EnrolmentProblem.CA_READ_ONLY);
            ca.restart();
            assertThat(ca.enrol(token, FIRST)).isInstanceOf(Reply.Granted.class);
        }
    }

    @Nested
    class Without_a_token {
        @Test
        void who_has_the_files_issues_for_any_side_and_role() throws Exception {
            ChaskiUri server = ChaskiUri.parse("chaski://plant-7.example/ca/one");

            var leaf = ca.authority.issue(server, CertificateRequest.write(FIRST, server), LeafUsage.SERVER, ca.now());

            assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
            assertThat(ca.authority.certificates(ca.now()))
                    .extracting(IssuedCertificate::uri)
                    .containsExactly(server);
        }
    }

    @Nested
    class What_has_ended {
        @Test
        void is_listed_no_more_and_its_key_is_free() {
            ca.enrol(ca.token(), FIRST);
            ca.advance(Duration.ofDays(2));

            assertThat(ca.authority.certificates(ca.now())).isEmpty();
            assertThat(ca.enrol(ca.token(PUMP), CertificateRequest.write(FIRST, PUMP)))
                    .isInstanceOf(Reply.Granted.class);
        }

        @Test
        void is_forgotten_after_a_thousand_records() throws Exception {
            ca.enrol(ca.token(), FIRST);
            ca.authority.revoke(Revocation.of(MILL), "test", ca.now());
            Instant enrolled = ca.time;
            ca.advance(Duration.ofDays(2));
            ca.fill(1_000);
            assertThat(ca.ledger.affected(Revocation.of(MILL)))
                    .as("records of before are among them")
                    .hasSize(1);
            ca.fill(1_000);

            assertThat(ca.ledger.affected(Revocation.of(MILL))).isEmpty();
            assertThat(ca.ledger.revoked(enrolled)).isEmpty();
            assertThat(ca.ledger.isBarred(MILL)).as("not what has no end").isTrue();
        }

        /** Or a token could be used twice after the clock was wrong for a while. */
        @Test
        void by_a_clock_that_jumps_ahead_and_comes_back_is_not_forgotten() throws Exception {
            String token = ca.token();
            ca.enrol(token, FIRST);
            Instant right = ca.time;
            ca.time = right.plus(Duration.ofDays(365));
            ca.fill(900);
            ca.time = right;
            ca.fill(900);

            assertRefused(ca.enrol(token, SECOND), EnrolmentProblem.TOKEN_USED);
            assertThat(ca.enrol(token, FIRST)).isInstanceOf(Reply.Granted.class);
        }
    }

    /** One that is bound to a key. */
    private String tokenFor(KeyPair keys) {
        return ca.authority.createToken(
                MILL,
                Optional.of(Fingerprint.of(keys.getPublic())),
                Duration.ofMinutes(15),
                Duration.ofDays(1),
                ca.now());
    }

    private static void assertRefused(Reply reply, EnrolmentProblem problem) {
        assertThat(reply)
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        refused -> assertThat(refused.problem()).isEqualTo(problem));
    }
}
