package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.chaski.core.NodeId;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkPlanTest {

    private static final NodeId A = new NodeId(0, 1);
    private static final NodeId B = new NodeId(0, 2);

    private static BitSet chunks(int... chunks) {
        BitSet set = new BitSet();
        for (int chunk : chunks) {
            set.set(chunk);
        }
        return set;
    }

    private static BitSet range(int from, int to) {
        BitSet set = new BitSet();
        set.set(from, to);
        return set;
    }

    private static ChunkPlan plan(int chunks) {
        return new ChunkPlan(chunks, new BitSet(), new Random(1));
    }

    @Test
    void each_source_is_asked_for_two_chunks_and_no_chunk_is_asked_for_twice() {
        ChunkPlan plan = plan(10);
        plan.onBook(A, range(0, 10));
        plan.onBook(B, range(0, 10));

        List<ChunkPlan.Request> requests = plan.next();

        assertThat(requests).extracting(ChunkPlan.Request::source).containsExactly(A, B, A, B);
        assertThat(requests).extracting(ChunkPlan.Request::chunk).doesNotHaveDuplicates();
        assertThat(plan.next()).isEmpty();
    }

    @Test
    void a_source_that_is_fast_is_asked_for_more_and_for_less_when_it_is_not_any_more() {
        ChunkPlan plan = plan(100);
        plan.onBook(A, range(0, 100));
        assertThat(plan.next()).hasSize(2);

        plan.onPace(A, 5);
        assertThat(plan.next()).hasSize(3);
        plan.onPace(A, 1_000);
        List<ChunkPlan.Request> rest = plan.next();
        assertThat(rest).hasSize(ChunkPlan.MOST_REQUESTS - 5);

        plan.onPace(A, 0);
        rest.forEach(request -> plan.onVerified(A, request.chunk()));
        assertThat(plan.next()).isEmpty();
    }

    @Test
    void a_source_is_asked_only_for_what_it_has_and_what_is_missing() {
        ChunkPlan plan = new ChunkPlan(10, range(0, 5), new Random(1));
        plan.onBook(A, chunks(0, 1, 7));

        assertThat(plan.next()).containsExactly(new ChunkPlan.Request(A, 7));
    }

    @Test
    void what_was_asked_of_a_source_that_is_gone_is_asked_elsewhere() {
        ChunkPlan plan = plan(2);
        plan.onBook(A, range(0, 2));
        assertThat(plan.next()).hasSize(2);
        plan.onBook(B, range(0, 2));
        assertThat(plan.next()).isEmpty();

        plan.onGone(A);

        assertThat(plan.next()).containsExactlyInAnyOrder(new ChunkPlan.Request(B, 0), new ChunkPlan.Request(B, 1));
    }

    @Test
    void a_chunk_that_a_source_lacks_is_asked_elsewhere_until_its_book_says_otherwise() {
        ChunkPlan plan = plan(1);
        plan.onBook(A, range(0, 1));
        assertThat(plan.next()).containsExactly(new ChunkPlan.Request(A, 0));

        plan.onLacks(A, 0);
        assertThat(plan.next()).isEmpty();
        assertThat(plan.isStarved()).isTrue();
        plan.onBook(B, range(0, 1));
        assertThat(plan.next()).containsExactly(new ChunkPlan.Request(B, 0));
        plan.onGone(B);
        plan.onBook(A, range(0, 1));
        assertThat(plan.next()).containsExactly(new ChunkPlan.Request(A, 0));
    }

    @Test
    void an_answer_that_nobody_asked_for_is_a_bug() {
        ChunkPlan plan = plan(2);
        plan.onBook(A, range(0, 1));
        assertThat(plan.next()).hasSize(1);

        assertThatIllegalStateException().isThrownBy(() -> plan.onVerified(A, 1));
        assertThatIllegalStateException().isThrownBy(() -> plan.onVerified(B, 0));
    }

    @Test
    void chunks_come_in_stretches_and_by_chance_within_them() {
        Set<Integer> first = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            ChunkPlan plan = new ChunkPlan(1_000, range(0, 100), new SplittableRandom(seed));
            plan.onBook(A, range(0, 1_000));
            first.add(plan.next().get(0).chunk());
        }

        assertThat(first).hasSizeGreaterThan(30).allMatch(chunk -> chunk >= 100 && chunk < 100 + ChunkPlan.STRETCH);
    }

    @Test
    void a_source_that_has_only_what_is_far_behind_is_of_use() {
        ChunkPlan plan = plan(32_000);
        plan.onBook(A, chunks(31_999));

        assertThat(plan.next()).containsExactly(new ChunkPlan.Request(A, 31_999));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void whatever_happens_each_chunk_arrives_once_and_all_do(int seed) {
        int chunks = 300;
        Random random = new Random(seed);
        ChunkPlan plan = new ChunkPlan(chunks, new BitSet(), random);
        Map<NodeId, Queue<Integer>> open = new HashMap<>();
        BitSet arrived = new BitSet();
        for (int step = 0; !plan.isComplete() && step < 100_000; step++) {
            NodeId source = new NodeId(1, random.nextInt(5));
            Queue<Integer> asked = open.get(source);
            if (asked == null) {
                open.put(source, new ArrayDeque<>());
                plan.onBook(source, source.low() == 0 ? range(0, chunks) : range(random.nextInt(chunks), chunks));
            } else if (random.nextInt(20) == 0) {
                plan.onGone(source);
                open.remove(source);
            } else if (!asked.isEmpty()) {
                int chunk = asked.remove();
                if (random.nextInt(10) == 0) {
                    plan.onLacks(source, chunk);
                } else {
                    assertThat(arrived.get(chunk)).isFalse();
                    arrived.set(chunk);
                    plan.onVerified(source, chunk);
                    plan.onPace(source, random.nextInt(30));
                }
            }
            plan.next().forEach(request -> {
                Queue<Integer> of = open.get(request.source());
                of.add(request.chunk());
                assertThat(of).hasSizeLessThanOrEqualTo(ChunkPlan.MOST_REQUESTS);
            });
        }
        assertThat(arrived.cardinality()).isEqualTo(chunks);
        assertThat(plan.isStarved()).isFalse();
    }
}
