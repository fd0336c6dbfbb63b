package io.chaski.core.internal.protocol.find;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.TopicSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RegistryTest {

    private final RandomGenerator random = new SplittableRandom(5);
    private final Registry registry = new Registry(10);

    private static Descriptor member(int id, long epoch) {
        return new Descriptor(
                new NodeId(0, id),
                epoch,
                List.of(Address.tcp("10.0.0.1", 1 + id)),
                false,
                false,
                false,
                TopicSummary.NONE,
                0);
    }

    private List<Descriptor> all(long topic, long nowNanos) {
        return registry.choose(topic, 100, nowNanos, random);
    }

    @Test
    void a_registration_replaces_the_one_before() {
        registry.register(member(1, 1), List.of(7L, 8L), 100);
        registry.register(member(1, 1), List.of(8L, 9L), 100);
        assertThat(all(7, 0)).isEmpty();
        assertThat(all(8, 0)).containsExactly(member(1, 1));
        assertThat(all(9, 0)).containsExactly(member(1, 1));
        assertThat(registry.size()).isEqualTo(2);
    }

    @Test
    void an_empty_list_ends_it() {
        registry.register(member(1, 1), List.of(7L), 100);
        registry.register(member(1, 1), List.of(), 100);
        assertThat(all(7, 0)).isEmpty();
        assertThat(registry.size()).isZero();
    }

    @Test
    void a_lease_ends_by_itself() {
        registry.register(member(1, 1), List.of(7L), 100);
        registry.register(member(2, 1), List.of(7L), 200);
        assertThat(all(7, 100)).containsExactly(member(2, 1));
        registry.expire(100);
        assertThat(registry.size()).isEqualTo(1);
    }

    @Test
    void an_earlier_life_does_not_overwrite_a_later_one() {
        registry.register(member(1, 5), List.of(7L), 100);
        registry.register(member(1, 4), List.of(8L), 100);
        assertThat(all(7, 0)).containsExactly(member(1, 5));
        assertThat(all(8, 0)).isEmpty();
    }

    @Test
    void what_does_not_fit_is_refused_as_a_whole() {
        assertThat(registry.register(member(1, 1), List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L), 100))
                .isTrue();
        assertThat(registry.register(member(2, 1), List.of(1L, 2L, 3L, 4L), 100))
                .isFalse();
        assertThat(registry.register(member(2, 1), List.of(1L, 2L, 3L), 100)).isTrue();
        assertThat(registry.size()).isEqualTo(10);
        assertThat(registry.register(member(1, 1), List.of(9L, 9L, 9L), 100)).isTrue();
        assertThat(registry.size()).isEqualTo(4);
    }

    @Test
    void answers_are_a_random_choice() {
        for (int id = 0; id < 10; id++) {
            registry.register(member(id, 1), List.of(7L), 100);
        }
        Map<NodeId, Integer> named = new TreeMap<>();
        for (int round = 0; round < 1_000; round++) {
            List<Descriptor> answer = registry.choose(7, 3, 0, random);
            assertThat(answer).hasSize(3).doesNotHaveDuplicates();
            answer.forEach(member -> named.merge(member.id(), 1, Integer::sum));
        }
        assertThat(named.values())
                .hasSize(10)
                .allSatisfy(times -> assertThat(times).isBetween(230, 370));
    }

    @Test
    void it_agrees_with_a_naive_one_under_random_use() {
        Registry checked = new Registry(1_000);
        Map<Integer, List<Long>> naive = new TreeMap<>();
        for (int step = 0; step < 5_000; step++) {
            int id = random.nextInt(30);
            List<Long> topics = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                topics.add((long) random.nextInt(12));
            }
            checked.register(member(id, 1), topics, 100);
            naive.put(id, topics);
        }
        for (long topic = 0; topic < 12; topic++) {
            long asked = topic;
            List<NodeId> expected = naive.entrySet().stream()
                    .filter(entry -> entry.getValue().contains(asked))
                    .map(entry -> member(entry.getKey(), 1).id())
                    .toList();
            assertThat(checked.choose(topic, 100, 0, random))
                    .extracting(Descriptor::id)
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }
}
