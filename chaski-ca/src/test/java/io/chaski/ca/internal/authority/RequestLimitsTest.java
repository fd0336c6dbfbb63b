package io.chaski.ca.internal.authority;

import static io.chaski.ca.internal.authority.AuthorityFixture.HOST;
import static io.chaski.ca.internal.authority.AuthorityFixture.MILL;
import static io.chaski.ca.internal.authority.AuthorityFixture.NODES;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.ca.EnrolmentProblem;
import io.chaski.ca.internal.bouncycastle.CertificateRequest;
import io.chaski.ca.internal.journal.JournalRecord;
import io.chaski.ca.internal.journal.JournalRecord.Event;
import io.chaski.ca.internal.token.TokenId;
import io.chaski.ca.internal.wire.Reply;
import io.chaski.ca.internal.wire.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RequestLimitsTest {

    private static final long START = -7_000_000_000L; // a clock may stand anywhere

    private final RequestLimits limits = new RequestLimits();
    private final Random random = new Random(8);

    /** Each with a token of its own. */
    private Duration enrol(RemoteHost host, long nowNanos) {
        return limits.enrol(host, TokenId.draw(random), nowNanos);
    }

    private static RemoteHost host(int number) {
        return new RemoteHost("host " + number, true);
    }

    @Nested
    class Enrolments {
        @Test
        void of_one_host_come_five_at_once_and_one_a_second() {
            for (int i = 0; i < 5; i++) {
                assertThat(enrol(HOST, START)).isZero();
            }
            assertThat(enrol(HOST, START)).isEqualTo(Duration.ofSeconds(1));
            assertThat(enrol(HOST, START + 400_000_000)).isEqualTo(Duration.ofMillis(600));
            assertThat(enrol(HOST, START + 1_000_000_000)).isZero();
            assertThat(enrol(HOST, START + 1_000_000_000)).isEqualTo(Duration.ofSeconds(1));
        }

        @Test
        void of_one_token_come_five_at_once_and_one_a_second_from_wherever() {
            TokenId token = TokenId.draw(random);
            for (int i = 0; i < 5; i++) {
                assertThat(limits.enrol(host(i), token, START)).isZero();
            }
            assertThat(limits.enrol(host(5), token, START)).isEqualTo(Duration.ofSeconds(1));
            assertThat(enrol(host(5), START)).isZero();
        }

        @Test
        void of_all_hosts_come_twenty_at_once_and_twenty_a_second() {
            for (int i = 0; i < 20; i++) {
                assertThat(enrol(host(i), START)).isZero();
            }
            assertThat(enrol(HOST, START)).isEqualTo(Duration.ofMillis(50));
            int granted = 0;
            for (int i = 1; i <= 1_000; i++) {
                granted += enrol(host(100 + i), START + i * 10_000_000L).isZero() ? 1 : 0;
            }
            assertThat(granted).isEqualTo(200);
        }

        @Test
        void of_the_machine_itself_have_the_limit_of_all_only() {
            for (int i = 0; i < 20; i++) {
                assertThat(enrol(RemoteHost.LOCAL, START)).isZero();
            }
            assertThat(enrol(RemoteHost.LOCAL, START)).isPositive();
        }
    }

    @Test
    void five_hundred_tokens_a_second_are_looked_at() {
        for (int i = 0; i < 500; i++) {
            assertThat(limits.look(START)).isZero();
        }
        assertThat(limits.look(START)).isEqualTo(Duration.ofMillis(2));
        assertThat(limits.look(START + 2_000_000)).isZero();
    }

    @Nested
    class Forgeries {
        private long nanos = START;

        private void forge(int times) {
            for (int i = 0; i < times; i++) {
                assertThat(limits.forgery(HOST, nanos)).isZero();
                nanos += 1_000_000_000;
            }
        }

        @Test
        void are_forgiven_nine_times_and_then_punished_for_ten_minutes() {
            forge(10);
            long tenth = nanos - 1_000_000_000;

            assertThat(limits.forgery(HOST, tenth)).isEqualTo(Duration.ofMinutes(10));
            assertThat(limits.forgery(host(1), tenth)).isZero();
            assertThat(limits.forgery(HOST, tenth + Duration.ofMinutes(10).toNanos()))
                    .isZero();
        }

        @Test
        void are_forgotten_after_ten_minutes() {
            forge(9);
            nanos = START + Duration.ofMinutes(10).toNanos();
            forge(2);
        }

        @Test
        void have_the_limits_of_enrolments_for_themselves() {
            for (int i = 0; i < 5; i++) {
                assertThat(limits.forgery(HOST, START)).isZero();
            }
            assertThat(limits.forgery(HOST, START)).isEqualTo(Duration.ofSeconds(1));
            for (int i = 0; i < 15; i++) {
                assertThat(limits.forgery(host(i), START)).isZero();
            }
            assertThat(limits.forgery(host(16), START)).isEqualTo(Duration.ofMillis(50));

            assertThat(enrol(HOST, START)).isZero();
        }
    }

    @Test
    void renewals_come_once_a_minute() {
        assertThat(limits.renew(MILL, START)).isZero();
        assertThat(limits.renew(MILL, START)).isEqualTo(Duration.ofMinutes(1));
        assertThat(limits.renew(MILL, START + Duration.ofMinutes(1).toNanos())).isZero();
    }

    @Test
    void no_more_hosts_are_remembered_than_there_is_room_for() {
        RateLimit limit = new RateLimit(Duration.ofSeconds(1), 1);
        for (int i = 0; i < 10_050; i++) {
            limit.use("host " + i, START);
        }

        assertThat(limit.size()).isEqualTo(10_000);
        assertThat(limit.waitFor("host 49", START))
                .as("the oldest are forgotten")
                .isZero();
        assertThat(limit.waitFor("host 50", START)).isPositive();
    }

    @Test
    void a_host_is_an_IPv4_address_or_half_an_IPv6_address() throws UnknownHostException {
        assertThat(hostOf("0a000007")).isEqualTo(HOST);
        assertThat(hostOf("20010db8000100020003000400050006"))
                .isEqualTo(hostOf("20010db8000100020000000000000001"))
                .isNotEqualTo(hostOf("20010db8000100030000000000000001"));
        assertThat(hostOf("7f000001")).isEqualTo(RemoteHost.LOCAL);
        assertThat(hostOf("00000000000000000000000000000001")).isEqualTo(RemoteHost.LOCAL);
    }

    private static RemoteHost hostOf(String hex) throws UnknownHostException {
        return RemoteHost.of(InetAddress.getByAddress(HexFormat.of().parseHex(hex)));
    }

    @Nested
    class The_authority {
        @Test
        void says_when_to_try_again_in_whole_seconds() throws IOException {
            AuthorityFixture ca = new AuthorityFixture(4);
            byte[] request = CertificateRequest.write(NODES.get(0), MILL);
            for (int i = 0; i < 5; i++) {
                ca.authority.enrol(Request.enrol("x", ca.time, request), HOST, ca.now());
            }
            ca.advance(Duration.ofMillis(1));

            assertThat(ca.authority.enrol(Request.enrol("x", ca.time, request), HOST, ca.now()))
                    .isEqualTo(new Reply.Refused(
                            EnrolmentProblem.RATE_LIMITED,
                            Duration.ofSeconds(1),
                            ca.now().seconds()));
        }

        @Test
        void listens_no_more_to_who_guesses_but_to_a_good_token_from_his_address() throws IOException {
            AuthorityFixture ca = new AuthorityFixture(5);
            String token = ca.token();
            for (int i = 0; i < 10; i++) {
                ca.enrol("chk1.guess" + i, NODES.get(0));
            }

            assertThat(ca.enrol("chk1.guess", NODES.get(0)))
                    .isEqualTo(new Reply.Refused(EnrolmentProblem.RATE_LIMITED, Duration.ofSeconds(598), ca.time));
            assertThat(ca.enrol(token, NODES.get(0))).isInstanceOf(Reply.Granted.class);
        }

        @Test
        void serves_a_good_token_while_strangers_flood_it() throws IOException {
            AuthorityFixture ca = new AuthorityFixture(9);
            byte[] request = CertificateRequest.write(NODES.get(0), MILL);
            for (int i = 0; i < 60 * 40; i++) {
                ca.advance(Duration.ofMillis(25));
                ca.authority.enrol(Request.enrol("x", ca.time, request), host(i), ca.now());
            }

            assertThat(ca.authority.enrol(Request.enrol(ca.token(), ca.time, request), HOST, ca.now()))
                    .isInstanceOf(Reply.Granted.class);
        }

        /** Whoever has stolen a token could keep it from being noticed otherwise. */
        @Test
        void raises_an_alarm_while_strangers_flood_it() throws IOException {
            AuthorityFixture ca = new AuthorityFixture(10);
            String token = ca.token();
            ca.enrol(token, NODES.get(0));
            byte[] request = CertificateRequest.write(NODES.get(1), MILL);
            for (int i = 0; i < 500; i++) {
                ca.advance(Duration.ofMillis(50));
                ca.authority.enrol(Request.enrol("x", ca.time, request), host(i), ca.now());
            }
            ca.authority.enrol(Request.enrol(token, ca.time, request), HOST, ca.now());

            assertThat(ca.records())
                    .filteredOn(record -> record.event() == Event.ALARM)
                    .hasSize(1);
        }

        @Test
        void does_not_let_strangers_fill_its_disk() throws IOException {
            AuthorityFixture ca = new AuthorityFixture(6);
            byte[] request = CertificateRequest.write(NODES.get(0), MILL);
            for (int i = 0; i < 500; i++) {
                ca.advance(Duration.ofMillis(50));
                ca.authority.enrol(Request.enrol("x", ca.time, request), new RemoteHost("10.2.0." + i, true), ca.now());
            }
            ca.advance(Duration.ofMinutes(1));
            ca.enrol("x", NODES.get(0));

            List<JournalRecord> refusals = ca.records();
            assertThat(refusals)
                    .allMatch(record -> record.event() == Event.REFUSED)
                    .hasSizeBetween(60, 66);
            int suppressed = refusals.stream()
                    .mapToInt(record -> Integer.parseInt(record.fields().getOrDefault("suppressed", "0")))
                    .sum();
            assertThat(refusals.size() + suppressed)
                    .as("none is lost from the count")
                    .isEqualTo(501);
        }
    }
}
