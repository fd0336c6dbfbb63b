package io.chaski.core.internal.protocol.tree;

import static io.chaski.core.internal.protocol.tree.TestContext.SECOND;
import static io.chaski.core.internal.protocol.tree.TestContext.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.MemorySettings;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.tree.TestContext.Delivered;
import io.chaski.core.internal.protocol.tree.TestContext.Missed;
import io.chaski.core.internal.wire.ArrayPayload;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OriginLogTest {

    private static final int MAX_HELD = 5;
    private static final int MAX_INTERVALS = 3;
    private static final TreeSettings DEFAULTS = TreeSettings.DEFAULTS;

    final TestContext context = new TestContext(new NodeId(0, 1), 1, DEFAULTS);
    final Delivery delivery = new Delivery(context, DEFAULTS, Delivery.TAKES_ALL);
    final Source source = source(context, Source.MESSAGES);
    final OriginLog log = log(source, delivery, 0, 1);

    private static Source source(TestContext context, int channel) {
        return context.names.retainSource(context.names.retainTopic("topic"), new NodeId(0, 2), 1, channel);
    }

    private static OriginLog log(Source source, Delivery delivery, long floor, long reportFrom) {
        OriginLog log = new OriginLog(source, 0, false, floor, reportFrom, delivery);
        log.startDelivering(floor + 1);
        return log;
    }

    private void take(long... seqs) {
        for (long seq : seqs) {
            log.take(seq, 1, payload("m" + seq), context.nowNanos);
        }
    }

    private Delivered delivered(long seq) {
        return new Delivered(source, seq, 1, "m" + seq);
    }

    @Nested
    class When_messages_come_in_order {
        @Test
        void each_is_delivered_at_once() {
            take(1, 2, 3);
            assertThat(context.heard).containsExactly(delivered(1), delivered(2), delivered(3));
            assertThat(log.isNew(2)).isFalse();
            assertThat(log.isNew(4)).isTrue();
        }
    }

    @Nested
    class When_a_message_is_late {
        @Test
        void later_ones_wait_for_it() {
            take(1, 3, 4);
            assertThat(context.takeHeard()).containsExactly(delivered(1));
            take(2);
            assertThat(context.heard).containsExactly(delivered(2), delivered(3), delivered(4));
            assertThat(delivery.heldBytes()).isZero();
        }

        @Test
        void the_gap_is_reported_after_two_seconds_and_delivery_goes_on() {
            take(1, 4, 6);
            context.advance(2 * SECOND - 1);
            assertThat(context.takeHeard()).containsExactly(delivered(1));
            context.advance(1);
            assertThat(context.heard)
                    .containsExactly(new Missed(source, 2, 3), delivered(4), new Missed(source, 5, 5), delivered(6));
            assertThat(log.isNew(3)).isFalse();
            assertThat(delivery.missing()).isEqualTo(3);
        }

        @Test
        void a_gap_behind_a_delivery_is_reported_although_nobody_promised_what_it_lacks() {
            OriginLog young = log(source, delivery, 0, 6);
            young.take(4, 1, payload("m4"), context.nowNanos);
            young.take(6, 1, payload("m6"), context.nowNanos);
            context.advance(4 * SECOND);
            assertThat(context.heard).containsExactly(delivered(4), new Missed(source, 5, 5), delivered(6));
        }

        @Test
        void each_gap_has_two_seconds_of_its_own() {
            take(1, 3);
            context.advance(SECOND);
            take(5);
            context.advance(SECOND);
            assertThat(context.takeHeard()).containsExactly(delivered(1), new Missed(source, 2, 2), delivered(3));
            context.advance(SECOND);
            assertThat(context.heard).containsExactly(new Missed(source, 4, 4), delivered(5));
        }

        @Test
        void as_long_as_a_neighbour_has_more_than_may_be_wanted_it_waits_for_ten_seconds() {
            log.onMoreToCome(1_000, context.nowNanos + SECOND);
            take(1, 3);
            context.advance(10 * SECOND - 1);
            assertThat(context.takeHeard()).containsExactly(delivered(1));
            context.advance(1);
            assertThat(context.heard).containsExactly(new Missed(source, 2, 2), delivered(3));
        }

        @Test
        void a_neighbour_that_had_more_long_ago_does_not_count() {
            log.onMoreToCome(1_000, context.nowNanos + SECOND);
            take(1);
            context.advance(SECOND);
            take(3);
            context.advance(2 * SECOND);
            assertThat(context.heard).containsExactly(delivered(1), new Missed(source, 2, 2), delivered(3));
        }

        @Test
        void a_pause_of_the_process_does_not_count() {
            take(1, 3);
            context.nowNanos += 10 * SECOND;
            log.restartGaps(context.nowNanos);
            context.advance(2 * SECOND - 1);
            assertThat(context.heard).containsExactly(delivered(1));
        }
    }

    @Nested
    class When_all_topics_together_hold_back_as_much_as_they_may {
        private static final int LIMIT = 100 << 10;
        private static final NodeEvent TOLD = new NodeEvent.LimitReached("bytes of messages held back", LIMIT);

        final TestContext small =
                new TestContext(new NodeId(0, 1), 1, DEFAULTS, new MemorySettings(Long.MAX_VALUE, LIMIT));
        final OriginLog one =
                log(source(small, Source.MESSAGES), new Delivery(small, DEFAULTS, Delivery.TAKES_ALL), 0, 1);
        final OriginLog two =
                log(source(small, Source.MESSAGES), new Delivery(small, DEFAULTS, Delivery.TAKES_ALL), 0, 1);

        private void hold(OriginLog topic, long seq, int bytes) {
            topic.take(seq, 1, ArrayPayload.owning(new byte[bytes]), small.nowNanos);
        }

        @Test
        void the_topic_that_wants_more_gives_up_its_first_gap() {
            hold(one, 3, LIMIT / 2);
            hold(two, 2, LIMIT / 4);
            assertThat(small.heard).isEmpty();
            hold(two, 4, LIMIT / 4);
            assertThat(small.memory().held().usedBytes()).isLessThanOrEqualTo(LIMIT);
            assertThat(small.heard)
                    .first(InstanceOfAssertFactories.type(NodeEvent.class))
                    .isEqualTo(TOLD);
            assertThat(small.heard).contains(new Missed(two.source, 1, 1)).hasSize(3);
            assertThat(small.counters.get("memory.held")).isEqualTo(1);
            assertThat(one.received.floor())
                    .as("the gap of the other topic stands")
                    .isZero();
        }

        @Test
        void what_is_delivered_or_forgotten_is_free_again() {
            hold(one, 2, 1_000);
            hold(two, 2, 1_000);
            assertThat(small.memory().held().usedBytes()).isEqualTo(2 * (1_000 + Delivery.HELD_OVERHEAD_BYTES));
            hold(one, 1, 1);
            two.stopDelivering();
            assertThat(small.memory().held().usedBytes()).isZero();
        }
    }

    @Nested
    class When_too_much_is_held_back {
        @Test
        void a_jump_of_a_thousand_million_is_one_gap() {
            take(1, 1_000_000_001);
            context.advance(2 * SECOND);
            assertThat(context.heard)
                    .containsExactly(delivered(1), new Missed(source, 2, 1_000_000_000), delivered(1_000_000_001));
        }

        @Test
        void the_oldest_gap_is_given_up_when_more_messages_wait_than_may_be_held() {
            int most = DEFAULTS.order().maxHeld();
            for (long seq = 2; seq <= most + 1; seq++) {
                take(seq);
            }
            assertThat(context.heard).isEmpty();
            take(most + 2);
            assertThat(context.heard).hasSize(most + 2).startsWith(new Missed(source, 1, 1), delivered(2));
        }

        @Test
        void the_oldest_gap_is_given_up_when_more_than_two_of_the_largest_messages_wait() {
            int largest = DEFAULTS.maxBodyBytes();
            log.take(2, 1, ArrayPayload.owning(new byte[largest]), 0);
            log.take(3, 1, ArrayPayload.owning(new byte[largest]), 0);
            assertThat(List.of(delivery.heldBytes(), delivery.missing())).containsExactly(2L * largest, 0L);
            log.take(4, 1, ArrayPayload.owning(new byte[1]), 0);
            assertThat(List.of(delivery.heldBytes(), delivery.missing(), delivery.delivered()))
                    .containsExactly(0L, 1L, 3L);
        }

        @Test
        void the_sources_of_a_topic_share_one_limit() {
            int largest = DEFAULTS.maxBodyBytes();
            List<OriginLog> others = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                others.add(log(source, delivery, 0, 1));
                others.get(i).take(2, 1, ArrayPayload.owning(new byte[largest]), 0);
            }
            assertThat(delivery.missing()).isZero();
            log.take(2, 1, ArrayPayload.owning(new byte[largest]), 0);
            assertThat(List.of(delivery.heldBytes(), delivery.missing())).containsExactly(16L * largest, 1L);
        }
    }

    @Nested
    class When_the_application_does_not_subscribe {
        @Test
        void nothing_is_delivered_reported_or_held() {
            log.stopDelivering();
            take(1, 3, 5);
            context.advance(60 * SECOND);
            assertThat(context.heard).isEmpty();
            assertThat(delivery.heldBytes()).isZero();
            assertThat(log.isNew(2)).isTrue();
        }

        @Test
        void only_what_comes_after_the_subscription_is_delivered_and_reported() {
            log.stopDelivering();
            take(1, 3);
            log.startDelivering(log.received.max() + 1);
            take(2, 4, 6);
            context.advance(2 * SECOND);
            assertThat(context.heard).containsExactly(delivered(4), new Missed(source, 5, 5), delivered(6));
        }
    }

    @Nested
    class When_only_the_latest_counts {
        final Source presence = source(context, Source.PRESENCE);
        final OriginLog latest = log(presence, delivery, 6, 7);

        @Test
        void older_announcements_are_old_and_gaps_do_not_exist() {
            latest.take(9, 1, payload("nine"), 0);
            assertThat(latest.isNew(8)).isFalse();
            latest.take(10, 1, payload("ten"), 0);
            context.advance(60 * SECOND);
            assertThat(context.heard)
                    .containsExactly(new Delivered(presence, 9, 1, "nine"), new Delivered(presence, 10, 1, "ten"));
        }
    }

    @Test
    void any_arrivals_and_pauses_come_to_what_a_naive_model_says() {
        TreeSettings.Order order = DEFAULTS.order();
        TreeSettings small = new TreeSettings(
                DEFAULTS.maxBodyBytes(),
                DEFAULTS.links(),
                DEFAULTS.repair(),
                new TreeSettings.Order(
                        MAX_INTERVALS,
                        MAX_HELD,
                        order.maxHeldBytes(),
                        order.maxHeldBytesOfTopic(),
                        order.waitNanos(),
                        order.repairLimitNanos(),
                        order.maxCatchUp()),
                DEFAULTS.cache(),
                DEFAULTS.flow(),
                DEFAULTS.sources(),
                DEFAULTS.limits());
        for (long seed = 1; seed <= 10_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TestContext node = new TestContext(new NodeId(0, 1), seed, small);
            Source its = source(node, Source.MESSAGES);
            long floor = random.nextInt(2);
            long reportFrom = floor + 1 + random.nextInt(3);
            OriginLog real = log(its, new Delivery(node, small, Delivery.TAKES_ALL), floor, reportFrom);
            Model model = new Model(its, floor, reportFrom, small.order().waitNanos());
            for (int step = 0; step < 30; step++) {
                if (random.nextInt(4) == 0) {
                    long pause = random.nextLong(3 * SECOND);
                    node.advance(pause);
                    model.advance(pause);
                } else {
                    long seq = Math.max(1, floor + step + random.nextInt(12) - 5);
                    assertThat(real.isNew(seq)).as("seed %d", seed).isEqualTo(model.isNew(seq));
                    if (real.isNew(seq)) {
                        real.take(seq, 1, payload("m" + seq), node.nowNanos);
                        model.take(seq);
                    }
                }
            }
            node.advance(5 * SECOND);
            model.advance(5 * SECOND);
            assertThat(node.heard).as("seed %d", seed).isEqualTo(model.heard);
        }
    }

    /** The same rules said with a sorted map of what has come and when each missing number was noticed. */
    private static final class Model {
        final List<Object> heard = new ArrayList<>();
        private final TreeMap<Long, Long> arrivedNanos = new TreeMap<>();
        private final TreeMap<Long, Long> noticedNanos = new TreeMap<>();
        private final Source source;
        private final long waitNanos;
        private long reportFrom;
        private long floor;
        private long nowNanos;

        Model(Source source, long floor, long reportFrom, long waitNanos) {
            this.source = source;
            this.floor = floor;
            this.reportFrom = reportFrom;
            this.waitNanos = waitNanos;
        }

        boolean isNew(long seq) {
            return seq > floor && !arrivedNanos.containsKey(seq);
        }

        void take(long seq) {
            arrivedNanos.put(seq, nowNanos);
            noticedNanos.remove(seq);
            for (long missing = floor + 1; missing < seq; missing++) {
                if (!arrivedNanos.containsKey(missing)) {
                    noticedNanos.putIfAbsent(missing, nowNanos);
                }
            }
            deliver();
            while (arrivedNanos.size() > MAX_HELD || intervals() > MAX_INTERVALS) {
                skip();
            }
        }

        void advance(long nanos) {
            long end = nowNanos + nanos;
            while (!arrivedNanos.isEmpty() && noticedNanos.get(floor + 1) + waitNanos <= end) {
                nowNanos = Math.max(nowNanos, noticedNanos.get(floor + 1) + waitNanos);
                skip();
            }
            nowNanos = end;
        }

        private int intervals() {
            int count = 0;
            for (long seq : arrivedNanos.keySet()) {
                count += arrivedNanos.containsKey(seq - 1) ? 0 : 1;
            }
            return count;
        }

        private void skip() {
            long first = floor + 1;
            long last = arrivedNanos.firstKey() - 1;
            noticedNanos.headMap(last, true).clear();
            floor = last;
            if (Math.max(first, reportFrom) <= last) {
                heard.add(new Missed(source, Math.max(first, reportFrom), last));
            }
            deliver();
        }

        private void deliver() {
            while (arrivedNanos.remove(floor + 1) != null) {
                floor++;
                reportFrom = Math.min(reportFrom, floor + 1);
                heard.add(new Delivered(source, floor, 1, "m" + floor));
            }
        }
    }
}
