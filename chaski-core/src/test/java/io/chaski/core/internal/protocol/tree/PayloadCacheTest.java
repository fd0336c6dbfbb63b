package io.chaski.core.internal.protocol.tree;

import static io.chaski.core.internal.protocol.tree.TestContext.SECOND;
import static io.chaski.core.internal.protocol.tree.TestContext.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.MemoryBudget;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.ArrayPayload;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PayloadCacheTest {

    private static final TreeSettings DEFAULTS = TreeSettings.DEFAULTS;

    private static TreeSettings settings(int maxBodyBytes, int messages, int bytes) {
        return new TreeSettings(
                maxBodyBytes,
                DEFAULTS.links(),
                DEFAULTS.repair(),
                DEFAULTS.order(),
                new TreeSettings.Cache(30 * SECOND, messages, bytes, SECOND),
                DEFAULTS.flow(),
                DEFAULTS.sources(),
                DEFAULTS.limits());
    }

    private static List<OriginLog> logs(int count) {
        TestContext context = new TestContext(new NodeId(0, 1), 1, DEFAULTS);
        TopicRef topic = context.names.retainTopic("topic");
        Delivery delivery = new Delivery(context, DEFAULTS, Delivery.TAKES_ALL);
        List<OriginLog> logs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Source source = context.names.retainSource(topic, new NodeId(1, i), 1, Source.MESSAGES);
            logs.add(new OriginLog(source, i, false, 0, 1, delivery));
        }
        return logs;
    }

    private final TestContext context = new TestContext(new NodeId(0, 1), 1, DEFAULTS);
    private final OriginLog log = logs(1).get(0);

    private MemoryBudget budget(long limitBytes) {
        return new MemoryBudget(context, "test.given-up", "bytes of the test", limitBytes);
    }

    private static final PayloadCache.Owed NOTHING_OWED = new PayloadCache.Owed() {
        @Override
        public long neededFrom() {
            return Long.MAX_VALUE;
        }

        @Override
        public long reservedBytes() {
            return 0;
        }

        @Override
        public void onNoRoom(long position) {
            throw new AssertionError("nothing is owed");
        }
    };

    private static void put(PayloadCache cache, OriginLog log, long firstSeq, int count, int bytes) {
        for (long seq = firstSeq; seq < firstSeq + count; seq++) {
            cache.put(log, seq, 0, 1, 1, 0, ArrayPayload.owning(new byte[bytes]), 0);
        }
    }

    @Nested
    class When_all_topics_together_keep_as_much_as_they_may {
        private static final int LIMIT = 256 << 10;

        final MemoryBudget budget = budget(LIMIT);
        final PayloadCache greedy = new PayloadCache(DEFAULTS, budget, NOTHING_OWED);
        final PayloadCache modest = new PayloadCache(DEFAULTS, budget, NOTHING_OWED);

        @Test
        void one_that_wants_more_gives_up_its_own_oldest() {
            put(modest, log, 1, 2, 1_000);
            put(greedy, log, 100, 1_000, 1_000);

            assertThat(budget.usedBytes()).isLessThanOrEqualTo(LIMIT);
            assertThat(greedy.bytes()).isGreaterThan(LIMIT / 3);
            assertThat(greedy.find(log, 1_099)).as("the newest").isNotEqualTo(PayloadCache.NOT_KEPT);
            assertThat(greedy.find(log, 100)).as("the oldest").isEqualTo(PayloadCache.NOT_KEPT);
            assertThat(modest.count()).as("those of the other topic").isEqualTo(2);
        }

        @Test
        void one_that_has_nothing_keeps_nothing() {
            put(greedy, log, 1, 1_000, 1_000);
            OriginLog other = logs(2).get(1);
            boolean isKept = modest.put(other, 1, 0, 1, 1, 0, ArrayPayload.owning(new byte[LIMIT / 2]), 0);

            assertThat(isKept).isFalse();
            assertThat(modest.count()).isZero();
            assertThat(modest.find(other, 1)).isEqualTo(PayloadCache.NOT_KEPT);
            assertThat(budget.usedBytes()).isLessThanOrEqualTo(LIMIT);
        }

        @Test
        void one_message_that_can_never_fit_costs_no_other() {
            put(greedy, log, 1, 20, 1_000);
            boolean isKept = greedy.put(log, 21, 0, 1, 1, 0, ArrayPayload.owning(new byte[LIMIT]), 0);

            assertThat(isKept).isFalse();
            assertThat(greedy.count()).isEqualTo(20);
            assertThat(greedy.find(log, 1)).isNotEqualTo(PayloadCache.NOT_KEPT);
            assertThat(context.counters.get("test.given-up")).isEqualTo(1);
        }

        @Test
        void one_message_that_costs_many_others_is_counted_once() {
            put(greedy, log, 1, 100, 1_000);
            put(modest, log, 1_000, 1, 100_000);
            assertThat(context.counters.get("test.given-up")).isZero();
            boolean isKept = greedy.put(log, 101, 0, 1, 1, 0, ArrayPayload.owning(new byte[100_000]), 0);

            assertThat(isKept).isTrue();
            assertThat(greedy.count()).isBetween(2, 99);
            assertThat(context.counters.get("test.given-up")).isEqualTo(1);
        }

        @Test
        void empty_messages_take_memory_as_well() {
            put(greedy, log, 1, 8_192, 0);
            assertThat(budget.usedBytes()).isLessThanOrEqualTo(LIMIT);
            assertThat(greedy.count()).isLessThan(8_192).isGreaterThan(LIMIT / 200);
        }

        @Test
        void it_is_counted_each_time_and_told_once_a_second() {
            put(greedy, log, 1, 1_000, 1_000);
            long before = context.counters.get("test.given-up");
            assertThat(before).isPositive();
            assertThat(context.takeHeard()).containsExactly(new NodeEvent.LimitReached("bytes of the test", LIMIT));

            context.advance(SECOND - 1);
            put(greedy, log, 2_000, 100, 1_000);
            assertThat(context.counters.get("test.given-up")).isGreaterThan(before);
            assertThat(context.takeHeard()).isEmpty();

            context.advance(1);
            put(greedy, log, 3_000, 100, 1_000);
            assertThat(context.takeHeard()).containsExactly(new NodeEvent.LimitReached("bytes of the test", LIMIT));
        }

        @Test
        void memory_comes_back_when_the_messages_are_old_and_when_the_topic_closes() {
            put(greedy, log, 1, 1_000, 1_000);
            put(modest, log, 2_000, 3, 10);
            greedy.evict(30 * SECOND);
            assertThat(greedy.count()).isZero();
            modest.close();
            assertThat(budget.usedBytes()).isZero();
        }
    }

    @Test
    void keeps_what_a_message_needs_to_travel_on() {
        PayloadCache cache = new PayloadCache(DEFAULTS, budget(Long.MAX_VALUE), NOTHING_OWED);
        assertThat(cache.put(log, 7, 0, 200, 255, 3, payload("seven"), 0)).isTrue();

        int slot = cache.find(log, 7);
        assertThat(List.of(cache.hop(slot), cache.hopLimit(slot), cache.flags(slot)))
                .containsExactly(200, 255, 3);
        assertThat(TestContext.text(cache.body(slot))).isEqualTo("seven");
        assertThat(cache.find(log, 8)).isEqualTo(PayloadCache.NOT_KEPT);
    }

    @Test
    void keeps_the_array_that_it_is_given() {
        PayloadCache cache = new PayloadCache(DEFAULTS, budget(Long.MAX_VALUE), NOTHING_OWED);
        ArrayPayload body = payload("one");
        cache.put(log, 1, 0, 1, 1, 0, body, 0);
        assertThat(cache.body(cache.find(log, 1))).isSameAs(body);
    }

    @Test
    void finds_messages_whose_numbers_are_far_apart_or_share_a_chain() {
        PayloadCache cache = new PayloadCache(settings(10, 64, 1_000), budget(Long.MAX_VALUE), NOTHING_OWED);
        SplittableRandom random = new SplittableRandom(42);
        List<Long> seqs = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            long seq = random.nextLong(1L << random.nextInt(1, 62));
            if (cache.find(log, seq) == PayloadCache.NOT_KEPT) {
                cache.put(log, seq, 0, 1, 1, 0, payload("x"), 0);
                seqs.add(seq);
            }
        }
        List<Long> kept = seqs.subList(seqs.size() - 64, seqs.size());
        assertThat(kept)
                .allSatisfy(seq -> assertThat(cache.seq(cache.find(log, seq))).isEqualTo(seq));
        assertThat(seqs.subList(seqs.size() - 200, seqs.size() - 64))
                .filteredOn(seq -> !kept.contains(seq))
                .allSatisfy(seq -> assertThat(cache.find(log, seq)).isEqualTo(PayloadCache.NOT_KEPT));
    }

    @Test
    void forgets_after_thirty_seconds_and_then_takes_no_memory() {
        MemoryBudget budget = budget(Long.MAX_VALUE);
        PayloadCache cache = new PayloadCache(DEFAULTS, budget, NOTHING_OWED);
        cache.put(log, 1, 0, 1, 1, 0, payload("old"), 0);
        cache.put(log, 2, 0, 1, 1, 0, payload("new"), SECOND);
        cache.evict(30 * SECOND);
        assertThat(cache.find(log, 1)).isEqualTo(PayloadCache.NOT_KEPT);
        assertThat(cache.find(log, 2)).isNotEqualTo(PayloadCache.NOT_KEPT);
        cache.evict(31 * SECOND);
        assertThat(List.of(cache.count(), log.keptCount)).containsExactly(0, 0);
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void keeps_what_is_needed_however_old_and_says_so_when_there_is_no_room_for_it() {
        List<Long> refused = new ArrayList<>();
        long[] needed = {1};
        PayloadCache cache = new PayloadCache(settings(10, 3, 1_000), budget(Long.MAX_VALUE), new PayloadCache.Owed() {
            @Override
            public long neededFrom() {
                return needed[0];
            }

            @Override
            public long reservedBytes() {
                return 0;
            }

            @Override
            public void onNoRoom(long position) {
                refused.add(position);
                needed[0] = position + 1;
            }
        });
        for (int seq = 1; seq <= 3; seq++) {
            cache.put(log, seq, 0, 1, 1, 0, payload("m" + seq), 0);
        }
        cache.evict(60 * SECOND);
        assertThat(List.of(cache.firstPosition(), cache.endPosition())).containsExactly(1L, 3L);
        for (int seq = 4; seq <= 6; seq++) {
            cache.put(log, seq, 0, 1, 1, 0, payload("m" + seq), 60 * SECOND);
        }
        assertThat(refused).containsExactly(1L, 2L);
        assertThat(cache.firstPosition()).isEqualTo(3);
        assertThat(cache.seq(cache.slotAt(3))).isEqualTo(4);
    }

    @Test
    void has_room_for_what_must_not_be_missed_whatever_other_topics_have_taken() {
        int reserved = 100_000;
        MemoryBudget nothing = budget(0);
        PayloadCache cache = new PayloadCache(DEFAULTS, nothing, new PayloadCache.Owed() {
            @Override
            public long neededFrom() {
                return Long.MAX_VALUE;
            }

            @Override
            public long reservedBytes() {
                return reserved;
            }

            @Override
            public void onNoRoom(long position) {
                throw new AssertionError("nothing is needed");
            }
        });
        put(cache, log, 1, 95, 1_000);
        assertThat(cache.count()).isEqualTo(95);
        put(cache, log, 96, 1_000, 1_000);
        assertThat(cache.bytes()).isLessThanOrEqualTo(reserved);
        assertThat(cache.count()).isBetween(90, 100);
        cache.close();
        assertThat(nothing.usedBytes()).isZero();
    }

    @Test
    void keeps_nothing_if_what_was_reserved_goes_with_the_last_who_was_owed_something() {
        MemoryBudget full = budget(1_000);
        full.take(1_000); // by other topics
        boolean[] isOwed = {true};
        PayloadCache cache = new PayloadCache(DEFAULTS, full, new PayloadCache.Owed() {
            @Override
            public long neededFrom() {
                return isOwed[0] ? 0 : Long.MAX_VALUE;
            }

            @Override
            public long reservedBytes() {
                return isOwed[0] ? 10_000 : 0;
            }

            @Override
            public void onNoRoom(long position) {
                isOwed[0] = false;
            }
        });
        put(cache, log, 1, 9, 1_000);
        assertThat(cache.count()).isEqualTo(9);
        boolean isKept = cache.put(log, 10, 0, 1, 1, 0, ArrayPayload.owning(new byte[1_000]), 0);
        assertThat(isKept).isFalse();
        assertThat(cache.count()).isZero();
        cache.evict(0);
        assertThat(full.usedBytes()).isEqualTo(1_000);
    }

    @Test
    void holds_two_of_the_largest_bodies_whatever_its_limit_says() {
        PayloadCache cache = new PayloadCache(settings(1_000, 100, 10), budget(Long.MAX_VALUE), NOTHING_OWED);
        cache.put(log, 1, 0, 1, 1, 0, ArrayPayload.owning(new byte[1_000]), 0);
        cache.put(log, 2, 0, 1, 1, 0, ArrayPayload.owning(new byte[1_000]), 0);
        assertThat(cache.find(log, 1)).isNotEqualTo(PayloadCache.NOT_KEPT);
        cache.put(log, 3, 0, 1, 1, 0, ArrayPayload.owning(new byte[1]), 0);
        assertThat(cache.find(log, 1)).isEqualTo(PayloadCache.NOT_KEPT);
    }

    @Test
    void knows_the_oldest_number_of_each_source() {
        List<OriginLog> two = logs(2);
        PayloadCache cache = new PayloadCache(settings(10, 4, 1_000), budget(Long.MAX_VALUE), NOTHING_OWED);
        long[] seqs = {9, 3, 5, 4, 8, 7};
        for (int i = 0; i < seqs.length; i++) {
            cache.put(two.get(i % 2), seqs[i], 0, 1, 1, 0, payload("x"), 0);
        }
        cache.markOldestKept();
        assertThat(List.of(two.get(0).oldestKept, two.get(1).oldestKept)).containsExactly(5L, 4L);
    }

    private record Kept(OriginLog log, long seq, String body, long nanos) {}

    @Test
    void behaves_like_a_queue_of_messages() {
        for (long seed = 1; seed <= 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int messages = 1 + random.nextInt(40);
            int bytes = 64 + random.nextInt(2_000);
            int largest = 1 + random.nextInt(bytes / 2);
            PayloadCache cache =
                    new PayloadCache(settings(largest, messages, bytes), budget(Long.MAX_VALUE), NOTHING_OWED);
            List<OriginLog> logs = logs(3);
            ArrayDeque<Kept> model = new ArrayDeque<>();
            long now = 0;
            for (int step = 0; step < 400; step++) {
                now += random.nextLong(SECOND);
                OriginLog log = logs.get(random.nextInt(3));
                String body = "b".repeat(random.nextInt(largest + 1));
                model.add(new Kept(log, step, body, now));
                cache.put(log, step, 0, step % 255, 255, 0, payload(body), now);
                if (random.nextInt(10) == 0) {
                    cache.evict(now);
                    long oldest = now - 30 * SECOND;
                    model.removeIf(kept -> kept.nanos <= oldest);
                }
                while (model.size() > messages) {
                    model.remove();
                }
                check(cache, model, bytes, seed);
            }
        }
    }

    /** The cache has the newest messages, unchanged; it gives one up only when all together are too large. */
    private static void check(PayloadCache cache, ArrayDeque<Kept> model, int bytes, long seed) {
        long sum = model.stream().mapToLong(kept -> kept.body.length()).sum();
        while (model.size() > cache.count()) {
            assertThat(sum).as("seed %d", seed).isGreaterThan(bytes);
            sum -= model.remove().body.length();
        }
        for (Kept kept : model) {
            int slot = cache.find(kept.log, kept.seq);
            assertThat(slot).as("seed %d", seed).isNotEqualTo(PayloadCache.NOT_KEPT);
            assertThat(TestContext.text(cache.body(slot))).isEqualTo(kept.body);
        }
        assertThat(cache.count()).as("seed %d", seed).isEqualTo(model.size());
        assertThat(cache.bytes()).as("seed %d", seed).isEqualTo(sum);
        assertThat(sum).as("seed %d", seed).isLessThanOrEqualTo(bytes);
    }
}
