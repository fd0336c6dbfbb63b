package io.chaski.ca.internal.authority;

import static io.chaski.ca.internal.authority.AuthorityFixture.KEYS;
import static io.chaski.ca.internal.authority.AuthorityFixture.MILL;
import static io.chaski.ca.internal.authority.AuthorityFixture.NODES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.disk.SimulatedDisk;
import io.chaski.ca.internal.disk.SimulatedDisk.Loss;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Fingerprint;
import io.chaski.core.security.Identity;
import io.chaski.core.security.RevocationList;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.CRLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RevocationTest {

    private static final ChaskiUri PUMP = ChaskiUri.parse("chaski://plant-7.example/node/pump-1");

    private AuthorityFixture ca;
    private Identity first;
    private Identity second;

    @BeforeEach
    void enrolAndRenew() throws IOException {
        ca = new AuthorityFixture(3);
        first = ca.identity(ca.enrol(ca.token(), NODES.get(0)));
        second = ca.identity(ca.renew(first, NODES.get(1)));
    }

    private RevocationList list() {
        try {
            return RevocationList.read(
                    ca.authority.revocationList(ca.now()).getEncoded(),
                    List.of(KEYS.issuing, KEYS.root),
                    KEYS.trust(),
                    ca.time);
        } catch (CRLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_serial_number_revokes_one_certificate() {
        ca.authority.revoke(Revocation.of(first.serial()), "old laptop", ca.now());

        assertThat(list().serials()).containsExactly(first.serial());
        assertThat(ca.renew(second, NODES.get(2))).isInstanceOf(Reply.Granted.class);
    }

    @Test
    void an_identity_revokes_all_its_certificates() {
        ca.authority.revoke(Revocation.of(MILL), "stolen", ca.now());

        assertThat(list().serials()).containsExactlyInAnyOrder(first.serial(), second.serial());
    }

    @Test
    void a_key_revokes_all_its_certificates() {
        ca.authority.revoke(Revocation.of(Fingerprint.of(NODES.get(1).getPublic())), "leaked", ca.now());

        assertThat(list().serials()).containsExactly(second.serial());
    }

    @Test
    void a_restart_forgets_nothing() throws IOException {
        ca.authority.revoke(Revocation.of(MILL), "stolen", ca.now());
        long number = list().number();
        ca.restart();

        assertThat(list().serials()).containsExactlyInAnyOrder(first.serial(), second.serial());
        assertThat(list().number()).isEqualTo(number + 1);
    }

    @Test
    void the_list_is_made_anew_for_each_revocation_and_each_hour() {
        long number = list().number();
        assertThat(list().number()).isEqualTo(number);

        ca.authority.revoke(Revocation.of(first.serial()), "old laptop", ca.now());
        assertThat(list().number()).as("by the clock").isEqualTo(ca.time.getEpochSecond());
        number = ca.time.getEpochSecond();

        ca.authority.revoke(Revocation.of(second.serial()), "in the same second", ca.now());
        assertThat(list().number()).isEqualTo(number + 1);

        ca.advance(Duration.ofMinutes(59));
        assertThat(list().number()).isEqualTo(number + 1);
        ca.advance(Duration.ofMinutes(1));
        RevocationList hourly = list();
        assertThat(hourly.number()).as("by the clock").isEqualTo(ca.time.getEpochSecond());
        assertThat(hourly.thisUpdate()).isEqualTo(ca.time);
        assertThat(hourly.nextUpdate()).isEqualTo(ca.time.plus(Duration.ofHours(24)));
    }

    @Test
    void the_list_is_made_anew_when_the_clock_was_put_back() {
        long number = list().number();
        ca.time = ca.time.minusSeconds(130);

        assertThat(list().number()).isEqualTo(number + 1);
    }

    /** Nodes know what was made since the copy, and would take no list until its number is a higher one. */
    @Test
    void the_list_of_an_authority_that_is_restored_from_an_old_copy_is_later_than_any_of_before() throws IOException {
        SimulatedDisk copy = ca.disk.afterPowerFailure(Loss.NONE, new Random(0));
        long known = 0;
        for (int i = 0; i < 20; i++) {
            ca.authority.revoke(Revocation.of(first.serial()), "once a second", ca.now());
            known = list().number();
            ca.advance(Duration.ofSeconds(1));
        }
        ca.disk = copy;
        ca.restart();

        assertThat(list().number()).isGreaterThan(known);
    }

    @Test
    void a_certificate_leaves_the_list_an_hour_after_its_end() {
        ca.authority.revoke(Revocation.of(first.serial()), "old laptop", ca.now());
        ca.time = first.notAfter().plus(Duration.ofHours(1));
        assertThat(list().serials()).containsExactly(first.serial());

        ca.advance(Duration.ofHours(1));
        assertThat(list().serials()).isEmpty();
    }

    /** Who is served by an old copy knows no certificate of today, and it may be a stolen one. */
    @Nested
    class A_certificate_that_was_given_after_the_copy {
        private Identity late;

        @BeforeEach
        void restore() throws IOException {
            SimulatedDisk copy = ca.disk.afterPowerFailure(Loss.NONE, new Random(0));
            late = ca.identity(ca.renew(second, NODES.get(2)));
            ca.disk = copy;
            ca.restart();
        }

        @Test
        void is_revoked_by_its_number_and_listed_as_long_as_it_may_last() throws IOException {
            assertThat(ca.authority.revoke(Revocation.of(late.serial()), "stolen", ca.now()))
                    .as("certificates that are known")
                    .isZero();
            ca.restart();

            assertThat(list().serials()).containsExactly(late.serial());
            assertThat(ca.renew(late, KeyPairs.generate()))
                    .isInstanceOfSatisfying(
                            Reply.Refused.class,
                            refused -> assertThat(refused.problem()).isEqualTo(EnrolmentProblem.IDENTITY_REVOKED));
            ca.advance(Duration.ofDays(7));
            assertThat(list().serials()).containsExactly(late.serial());
            ca.advance(Duration.ofHours(1));
            assertThat(list().serials()).isEmpty();
        }
    }

    @Test
    void who_is_not_revoked_is_not_admitted_again() {
        assertThatThrownBy(() -> ca.authority.readmit(MILL, ca.now()))
                .isInstanceOfSatisfying(
                        AuthorityException.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNKNOWN));
    }

    @Test
    void admitting_an_identity_again_leaves_its_old_certificates_on_the_list() throws IOException {
        ca.authority.revoke(Revocation.of(MILL), "stolen", ca.now());
        ca.authority.readmit(MILL, ca.now());
        ca.restart();

        Identity third = ca.identity(ca.enrol(ca.token(), NODES.get(2)));

        assertThat(list().serials()).containsExactlyInAnyOrder(first.serial(), second.serial());
        assertThat(ca.renew(third, KeyPairs.generate())).isInstanceOf(Reply.Granted.class);
    }

    @Nested
    class A_list_that_nodes_follow {
        private RevocationList followed;

        @BeforeEach
        void revokeSinceTheCopy() throws IOException {
            SimulatedDisk copy = ca.disk.afterPowerFailure(Loss.NONE, new Random(0));
            Identity late = ca.identity(ca.renew(second, NODES.get(2)));
            ca.authority.revoke(Revocation.of(late.serial()), "stolen", ca.now());
            ca.authority.revoke(Revocation.of(first.serial()), "old laptop", ca.now());
            followed = list();
            ca.disk = copy;
            ca.restart();
        }

        @Test
        void is_outranked_by_none_as_long_as_the_authority_listens() {
            ca.authority.listen();

            assertThat(list().number()).isLessThan(followed.number());
            ca.authority.revoke(Revocation.of(second.serial()), "stolen too", ca.now());
            assertThat(list().number()).isLessThan(followed.number());

            ca.authority.stopListening();
            assertThat(list().number()).as("nobody has told").isGreaterThanOrEqualTo(ca.time.getEpochSecond());
            assertThat(list().serials()).containsExactly(second.serial());
        }

        @Test
        void is_taken_over_and_outranked_also_by_a_clock_that_is_behind() throws IOException {
            ca.authority.listen();
            ca.time = ca.time.minusSeconds(90);

            assertThat(ca.authority.adopt(followed, ca.now())).isTrue();

            assertThat(list().serials()).isEqualTo(followed.serials()).hasSize(2);
            assertThat(list().number()).isEqualTo(followed.number() + 1);
            assertThat(ca.authority.adopt(followed, ca.now())).as("again").isFalse();
            ca.restart();
            assertThat(list().serials()).isEqualTo(followed.serials());
            assertThat(ca.records())
                    .filteredOn(record -> record.event() == Event.ADOPTED)
                    .singleElement()
                    .satisfies(record ->
                            assertThat(record.fields()).containsEntry("number", Long.toString(followed.number())));
        }

        @Test
        void is_not_taken_for_that_of_a_lost_state_if_it_is_the_first_of_all() throws IOException {
            ca = new AuthorityFixture(4);
            ca.authority.listen();

            assertThat(list().number()).isOne();
            assertThat(ca.authority.adopt(list(), ca.now())).isFalse();
        }

        /** More than a record can hold. */
        @Test
        void is_taken_over_with_all_that_it_can_carry() throws IOException {
            Set<BigInteger> serials = IntStream.range(0, Ledger.MAX_LISTED)
                    .mapToObj(i -> BigInteger.ONE.shiftLeft(126).add(BigInteger.valueOf(i)))
                    .collect(Collectors.toSet());

            ca.authority.adopt(
                    new RevocationList(followed.number(), followed.thisUpdate(), followed.nextUpdate(), serials),
                    ca.now());
            ca.restart();

            assertThat(list().serials()).isEqualTo(serials);
        }

        /** Whoever has signed it wants no list to come after it; one number after another would be used up in vain. */
        @Test
        void is_not_taken_over_if_no_number_is_above_it() {
            assertThat(ca.authority.adopt(
                            new RevocationList(
                                    Long.MAX_VALUE, followed.thisUpdate(), followed.nextUpdate(), followed.serials()),
                            ca.now()))
                    .isFalse();
            assertThat(list().serials()).isEmpty();
        }
    }

    @Nested
    class A_full_list {
        /** As many as fit, less the two that are there: of another identity, with records as they would be. */
        @BeforeEach
        void fill() {
            for (int i = 0; i < Ledger.MAX_LISTED - 1; i++) {
                ca.issued(PUMP, BigInteger.valueOf(1_000_000 + i));
            }
            ca.authority.revoke(Revocation.of(PUMP), "misused", ca.now());
        }

        /** Shutting somebody out must not depend on room that he may have used up himself. */
        @Test
        void does_not_keep_anybody_from_being_shut_out() throws IOException {
            assertThat(ca.authority.revoke(Revocation.of(MILL), "stolen", ca.now()))
                    .isEqualTo(2);

            assertThat(ca.authority.unlisted(ca.now())).isOne();
            assertThat(list().serials()).hasSize(Ledger.MAX_LISTED).contains(first.serial());
            assertThat(ca.renew(second, NODES.get(2)))
                    .isInstanceOfSatisfying(
                            Reply.Refused.class,
                            refused -> assertThat(refused.problem()).isEqualTo(EnrolmentProblem.IDENTITY_REVOKED));
        }

        @Test
        void has_room_for_them_when_others_have_ended() {
            ca.authority.revoke(Revocation.of(MILL), "stolen", ca.now());
            ca.time = second.notAfter().plus(Duration.ofMinutes(59)).plusSeconds(30);

            assertThat(ca.authority.unlisted(ca.now())).isZero();
            assertThat(list().serials()).contains(second.serial());
        }

        @Test
        void counts_nothing_twice() {
            ca.authority.revoke(Revocation.of(PUMP), "and again", ca.now());

            assertThat(ca.authority.unlisted(ca.now())).isZero();
            assertThat(ca.authority.revoke(Revocation.of(first.serial()), "stolen", ca.now()))
                    .isOne();
            assertThat(list().serials()).hasSize(Ledger.MAX_LISTED).contains(first.serial());
        }
    }

    @Test
    void nothing_more_is_issued_than_can_be_remembered() {
        for (int i = 0; i < Ledger.MAX_ENTRIES - 2; i++) {
            ca.issued(PUMP, BigInteger.valueOf(1_000_000 + i));
        }

        assertThat(ca.renew(second, NODES.get(2)))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        refused -> assertThat(refused.problem()).isEqualTo(EnrolmentProblem.CA_READ_ONLY));
    }

    @Test
    void what_is_revoked_is_written_and_read() {
        for (Revocation what :
                List.of(Revocation.of(first.serial()), Revocation.of(first.key()), Revocation.of(first.uri()))) {
            assertThat(Revocation.parse(what.toString())).isEqualTo(what);
        }
    }
}
