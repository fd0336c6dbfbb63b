package io.chaski.core.internal.protocol.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeSnapshot;
import io.chaski.core.internal.protocol.TokenBucket;
import io.chaski.core.internal.protocol.ToldTable;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.IpLiteral;
import io.chaski.core.internal.wire.StreamFrame;
import io.chaski.core.internal.wire.TopicSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small parts an edge is made of, one by one. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EdgePartsTest {

    /** N27: smoothed, with a variation that follows the jitter. */
    @Nested
    class A_latency {
        final Latency latency = new Latency();

        @Test
        void begins_with_the_first_measurement_and_half_of_it_as_variation() {
            latency.add(100);

            assertThat(latency.snapshot()).isEqualTo(snapshot(1, 100, 50, 100, 100));
        }

        @Test
        void follows_with_an_eighth_and_its_variation_with_a_quarter() {
            latency.add(100);
            latency.add(180);

            assertThat(latency.snapshot()).isEqualTo(snapshot(2, 110, 57, 100, 180));
        }

        @Test
        void has_a_variation_that_follows_the_jitter() {
            for (int i = 0; i < 200; i++) {
                latency.add(1_000_000 + (i % 2 == 0 ? 100_000 : -100_000));
            }
            assertThat(latency.snapshot().variation().toNanos()).isBetween(80_000L, 120_000L);

            for (int i = 0; i < 200; i++) {
                latency.add(1_000_000);
            }
            assertThat(latency.snapshot().variation().toNanos()).isLessThan(100L);
        }

        private NodeSnapshot.Latency snapshot(long samples, long smoothed, long variation, long minimum, long last) {
            return new NodeSnapshot.Latency(
                    samples,
                    Duration.ofNanos(smoothed),
                    Duration.ofNanos(variation),
                    Duration.ofNanos(minimum),
                    Duration.ofNanos(last));
        }
    }

    @Nested
    class A_token_bucket {
        static final long SECOND = 1_000_000_000L;

        final TokenBucket bucket = new TokenBucket(2, 3);

        @Test
        void allows_its_burst_and_then_its_rate() {
            assertThat(bucket.tryTake(3, 0)).isTrue();
            assertThat(bucket.tryTake(1, 0)).isFalse();
            assertThat(bucket.nanosUntil(1, 0)).isEqualTo(SECOND / 2);
            assertThat(bucket.tryTake(1, SECOND / 2)).isTrue();
            assertThat(bucket.tryTake(1, SECOND / 2)).isFalse();
        }

        @Test
        void never_holds_more_than_its_burst() {
            bucket.tryTake(3, 0);
            assertThat(bucket.tryTake(4, 100 * SECOND)).isFalse();
            assertThat(bucket.tryTake(3, 100 * SECOND)).isTrue();
        }

        @Test
        void loses_nothing_of_a_rate_that_does_not_divide_the_time() {
            TokenBucket thirds = new TokenBucket(3, 3);
            thirds.tryTake(3, 0);
            int taken = 0;
            for (long now = 0; now <= 100 * SECOND; now += 7_777_777) {
                taken += thirds.tryTake(1, now) ? 1 : 0;
            }
            assertThat(taken).isBetween(299, 300);
        }

        @Test
        void is_full_after_any_pause() {
            bucket.tryTake(3, 0);
            assertThat(bucket.isFull(SECOND)).isFalse();
            assertThat(bucket.isFull(Long.MAX_VALUE)).isTrue();
        }

        @Test
        void works_with_a_clock_that_starts_anywhere() {
            assertThat(bucket.tryTake(3, -500 * SECOND)).isTrue();
            assertThat(bucket.tryTake(1, -500 * SECOND)).isFalse();
        }
    }

    @Nested
    class A_literal_address {
        @ParameterizedTest
        @CsvSource({
            "127.0.0.1, 0, ffff7f000001",
            "255.255.255.255, 0, ffffffffffff",
            "::1, 0, 1",
            "::, 0, 0",
            "2001:db8::ff00:42:8329, 20010db800000000, ff0000428329",
            "1:2:3:4:5:6:7:8, 1000200030004, 5000600070008",
            "::ffff:10.0.0.1, 0, ffff0a000001",
            "fe80::1%eth0, fe80000000000000, 1",
            "1::, 1000000000000, 0",
            "1:2:3:4:5:6:7::, 1000200030004, 5000600070000"
        })
        void is_read_without_a_look_up(String text, String high, String low) {
            assertThat(IpLiteral.parse(text))
                    .isEqualTo(new IpLiteral(Long.parseUnsignedLong(high, 16), Long.parseUnsignedLong(low, 16)));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "localhost",
                    "1.2.3",
                    "1.2.3.4.5",
                    "127.0.0.1%lo",
                    "fe80::1%",
                    "256.1.1.1",
                    "01.2.3.4",
                    "1.2.3.",
                    "1..2.3",
                    "0x7f.1.1.1",
                    "2130706433",
                    ":",
                    ":::",
                    "1:",
                    "1::2::3",
                    "12345::",
                    "g::",
                    "1:2:3:4:5:6:7",
                    "1:2:3:4:5:6:7:8:9",
                    "1:2:3:4:5:6:7:8::",
                    "1.2.3.4::",
                    "::1.2.3"
                })
        void is_nothing_else(String text) {
            assertThat(IpLiteral.parse(text)).isNull();
        }

        @Test
        void of_one_IPv6_network_has_one_site() {
            IpLiteral one = IpLiteral.parse("2001:db8::1");
            IpLiteral other = IpLiteral.parse("2001:db8::2:3");

            assertThat(one.site()).isEqualTo(other.site());
            assertThat(IpLiteral.parse("10.0.0.1").site())
                    .isNotEqualTo(IpLiteral.parse("10.0.0.2").site());
        }
    }

    @Nested
    class Outgoing_aliases {
        final List<String> released = new ArrayList<>();
        final OutgoingAliases<String> aliases = new OutgoingAliases<>(3, String::length, released::add);

        @Test
        void are_found_again() {
            int alias = aliases.add("a");

            assertThat(alias).isEqualTo(1);
            assertThat(aliases.find("a")).isEqualTo(1);
            assertThat(aliases.find("bb")).isEqualTo(OutgoingAliases.NONE);
        }

        @Test
        void move_on_from_the_oldest_name_when_they_are_used_up() {
            String a = "a";
            for (String name : List.of(a, "bb", "ccc", "dddd")) {
                aliases.add(name);
            }

            assertThat(released).containsExactly("a");
            assertThat(aliases.find(a)).isEqualTo(OutgoingAliases.NONE);
            assertThat(aliases.find("dddd")).isEqualTo(1);
            assertThat(aliases.count()).isEqualTo(3);
        }

        @Test
        void know_a_name_from_another_one_that_has_its_index_now() {
            aliases.add("a");

            assertThat(aliases.find("b")).isEqualTo(OutgoingAliases.NONE);
        }

        @Test
        void release_each_name_once() {
            aliases.add("a");
            aliases.add("bb");
            aliases.releaseAll();

            assertThat(released).containsExactly("a", "bb");
            assertThat(aliases.count()).isZero();
        }
    }

    @Nested
    class Incoming_aliases {
        final List<String> released = new ArrayList<>();
        final IncomingAliases<String> aliases = new IncomingAliases<>(100, released::add);

        @Test
        void are_bounded() {
            assertThat(aliases.accepts(100)).isTrue();
            assertThat(aliases.accepts(101)).isFalse();
            assertThat(aliases.accepts(-1)).isFalse();
            assertThat(aliases.get(Integer.MAX_VALUE)).isNull();
        }

        @Test
        void are_counted_while_they_stand_for_something() {
            aliases.put(0, "a");
            aliases.put(100, "b");
            aliases.put(100, "c");
            assertThat(aliases.count()).isEqualTo(2);
            aliases.put(0, null);
            aliases.put(1, null);
            assertThat(aliases.count()).isEqualTo(1);
            aliases.releaseAll();
            assertThat(aliases.count()).isZero();
        }

        @Test
        void release_the_name_they_leave() {
            aliases.put(100, "a");
            aliases.put(100, "b");
            assertThat(aliases.get(100)).isEqualTo("b");
            aliases.releaseAll();

            assertThat(released).containsExactly("a", "b");
        }
    }

    @Nested
    class A_stream_ledger {
        final StreamLedger ledger = new StreamLedger();

        StreamFrame.Open open(long stream, boolean last) {
            return new StreamFrame.Open(stream, 1, Map.of(), 0, last, null);
        }

        @Test
        void carries_a_stream_until_both_sides_have_ended_it() {
            ledger.onSent(open(1, true));
            assertThat(ledger.carries(1)).isTrue();
            ledger.onReceived(new StreamFrame.StreamData(1, false, false, ArrayPayload.owning(new byte[1])), true);
            assertThat(ledger.carries(1)).isTrue();
            ledger.onReceived(new StreamFrame.End(1), true);

            assertThat(ledger.isEmpty()).isTrue();
        }

        @Test
        void drops_a_stream_that_either_side_resets() {
            ledger.onSent(open(1, false));
            ledger.onSent(new StreamFrame.Reset(1, 1, ""));

            assertThat(ledger.isEmpty()).isTrue();
        }

        @Test
        void keeps_nothing_of_numbers_that_do_not_go_up_or_are_not_the_peers() {
            assertThat(ledger.onReceived(open(5, false), true)).isTrue();
            for (long stream : new long[] {5, 3, 2, 8, 10}) {
                assertThat(ledger.onReceived(open(stream, false), true))
                        .as("stream " + stream)
                        .isFalse();
            }

            assertThat(ledger.streams()).containsExactly(5L);
        }

        @Test
        void tolerates_as_many_resets_as_there_were_streams() {
            ledger.onReceived(open(1, false), true);
            ledger.onSent(new StreamFrame.Reset(1, 1, ""));

            assertThat(ledger.onReceived(new StreamFrame.Reset(1, 1, ""), true)).isTrue();
            assertThat(ledger.onReceived(new StreamFrame.Reset(1, 1, ""), true)).isFalse();
        }
    }

    @Nested
    class The_topics_of_a_peer {
        @Test
        void are_those_it_named_first_and_those_it_announced() {
            PeerTopics topics = new PeerTopics(TopicSummary.of(List.of(1L, 2L)));
            topics.add(3);
            topics.remove(1);

            assertThat(List.of(topics.mayContain(1), topics.mayContain(2), topics.mayContain(3)))
                    .containsExactly(false, true, true);
            assertThat(topics.summary()).isEqualTo(TopicSummary.of(List.of(2L, 3L)));
        }

        @Test
        void may_be_in_a_filter_until_it_has_left_them() {
            List<Long> many = new ArrayList<>();
            for (long hash = 0; hash < 33; hash++) {
                many.add(hash * 0x1234_5678_9abc_def1L);
            }
            PeerTopics topics = new PeerTopics(TopicSummary.of(many));
            assertThat(topics.mayContain(many.get(5))).isTrue();
            topics.remove(many.get(5));

            assertThat(topics.mayContain(many.get(5))).isFalse();
            assertThat(topics.mayContain(many.get(6))).isTrue();
        }
    }

    @Nested
    class Health_of_the_node {
        static final long SECOND = 1_000_000_000L;

        final Health health = new Health();

        @Test
        void worsens_when_half_of_the_edges_expire_within_a_second() {
            health.onExpired(4, 0);
            assertThat(health.level()).isEqualTo(1);
            health.onExpired(3, SECOND / 2);

            assertThat(health.level()).isEqualTo(2);
        }

        @Test
        void does_not_worsen_because_one_peer_died() {
            health.onExpired(1, 0);

            assertThat(health.level()).isEqualTo(1);
        }

        @Test
        void is_never_worse_than_four_and_recovers_step_by_step() {
            for (int i = 0; i < 10; i++) {
                health.worsen(0);
            }
            assertThat(health.level()).isEqualTo(4);
            health.onTick(10 * SECOND);
            health.onTick(11 * SECOND);

            assertThat(health.level()).isEqualTo(3);
        }
    }

    @Nested
    class Settings {
        @Test
        void contradict_themselves_at_once() {
            assertThatThrownBy(() -> EdgeSettings.builder()
                            .leaseNanos(2 * EdgeSettings.DEFAULT_PING_IDLE_NANOS)
                            .build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("leaseNanos must be more than twice pingIdleNanos: 4000000000");
        }
    }

    /** However many edges a node may have, it tells them apart by numbers of 17 bits. */
    @Test
    void no_more_connections_may_be_open_than_have_a_number() {
        EdgeSettings settings = EdgeSettings.builder().maxEdges(65_536).build();

        assertThat(ToldTable.all(tables -> new LinkTable().tellTables(tables, settings)))
                .containsEntry("connections", new ToldTable(0, 131_072));
    }
}
