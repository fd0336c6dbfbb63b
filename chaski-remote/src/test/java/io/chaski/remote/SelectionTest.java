package io.chaski.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SelectionTest {

    private static final RandomGenerator RANDOM = new Random(42);

    static Provider provider(long id, long roundTripMillis) {
        return new Provider(
                new NodeId(0, id),
                "n" + id,
                1,
                List.of(),
                new Service("s", "", 7),
                roundTripMillis < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(roundTripMillis)));
    }

    static List<Provider> providers(int count) {
        return LongStream.range(0, count).mapToObj(id -> provider(id, -1)).toList();
    }

    private static long chosen(Selection selection, List<Provider> candidates) {
        return selection.order(candidates, RANDOM).get(0).node().low();
    }

    /** How often each is chosen. */
    private static Map<Long, Integer> counts(Selection selection, List<Provider> candidates, int calls) {
        Map<Long, Integer> counts = new TreeMap<>();
        for (int i = 0; i < calls; i++) {
            counts.merge(chosen(selection, candidates), 1, Integer::sum);
        }
        return counts;
    }

    private static List<Long> order(Selection selection, List<Provider> candidates) {
        return selection.order(candidates, RANDOM).stream()
                .map(provider -> provider.node().low())
                .toList();
    }

    @Test
    void nobody_is_chosen_among_nobody() {
        for (Selection each : List.of(
                Selection.nearest(),
                Selection.roundRobin(),
                Selection.random(),
                Selection.sticky("k"),
                Selection.named("n"),
                Selection.node(new NodeId(0, 0)))) {
            assertThat(each.order(List.of(), RANDOM)).isEmpty();
        }
    }

    @Nested
    class Nearest {
        @Test
        void takes_the_smallest_round_trip_time() {
            assertThat(chosen(Selection.nearest(), List.of(provider(1, 20), provider(2, 10), provider(3, 30))))
                    .isEqualTo(2);
        }

        @Test
        void goes_on_with_the_next() {
            assertThat(order(
                            Selection.nearest(),
                            List.of(provider(1, 20), provider(2, -1), provider(3, 10), provider(4, 30))))
                    .containsExactly(3L, 1L, 4L, 2L);
        }

        @Test
        void takes_an_unknown_time_last() {
            assertThat(chosen(Selection.nearest(), List.of(provider(1, -1), provider(2, 10_000), provider(3, -1))))
                    .isEqualTo(2);
        }

        @Test
        void leaves_it_to_chance_among_equals() {
            List<Provider> equals = List.of(provider(1, 5), provider(2, 9), provider(3, 5), provider(4, 5));

            assertThat(counts(Selection.nearest(), equals, 3_000)).hasSize(3).doesNotContainKey(2L);
            assertThat(counts(Selection.nearest(), equals, 3_000).values())
                    .allMatch(count -> count > 900 && count < 1_100);
        }

        @Test
        void leaves_it_to_chance_when_no_time_is_known() {
            assertThat(counts(Selection.nearest(), providers(4), 4_000).values())
                    .hasSize(4)
                    .allMatch(count -> count > 900 && count < 1_100);
        }
    }

    @Nested
    class Round_robin {
        @Test
        void spreads_calls_exactly() {
            assertThat(counts(Selection.roundRobin(), providers(3), 3_000))
                    .isEqualTo(Map.of(0L, 1_000, 1L, 1_000, 2L, 1_000));
        }

        @Test
        void goes_on_with_the_next() {
            Selection selection = Selection.roundRobin();

            assertThat(order(selection, providers(3))).containsExactly(0L, 1L, 2L);
            assertThat(order(selection, providers(3))).containsExactly(1L, 2L, 0L);
            assertThat(order(selection, providers(3))).containsExactly(2L, 0L, 1L);
        }

        @Test
        void counts_for_itself() {
            Selection one = Selection.roundRobin();
            chosen(one, providers(3));

            assertThat(chosen(Selection.roundRobin(), providers(3))).isZero();
            assertThat(chosen(one, providers(3))).isEqualTo(1);
        }
    }

    @Test
    void random_gives_each_the_same_chance() {
        assertThat(counts(Selection.random(), providers(4), 4_000).values())
                .hasSize(4)
                .allMatch(count -> count > 900 && count < 1_100);
    }

    @Nested
    class Sticky {
        static final int KEYS = 10_000;

        List<Long> owners(List<Provider> candidates) {
            return IntStream.range(0, KEYS)
                    .mapToObj(key -> chosen(Selection.sticky("customer-" + key), candidates))
                    .toList();
        }

        @Test
        void stays() {
            assertThat(owners(providers(7))).isEqualTo(owners(providers(7)));
        }

        @Test
        void goes_on_with_the_one_that_would_inherit() {
            List<Provider> candidates = providers(7);
            for (int key = 0; key < 100; key++) {
                Selection selection = Selection.sticky("customer-" + key);
                List<Long> order = order(selection, candidates);
                List<Provider> left = candidates.stream()
                        .filter(each -> each.node().low() != order.get(0))
                        .toList();

                assertThat(order(selection, left)).isEqualTo(order.subList(1, 7));
            }
        }

        @Test
        void does_not_depend_on_the_order_or_the_round_trip_time() {
            List<Provider> other = new ArrayList<>();
            LongStream.range(0, 7).forEach(id -> other.add(0, provider(id, id)));

            assertThat(owners(other)).isEqualTo(owners(providers(7)));
        }

        @Test
        void spreads_keys_evenly() {
            Map<Long, Integer> counts = new TreeMap<>();
            owners(providers(10)).forEach(owner -> counts.merge(owner, 1, Integer::sum));

            assertThat(counts).hasSize(10);
            assertThat(counts.values()).allMatch(count -> count > 850 && count < 1_150);
        }

        @Test
        void moves_only_the_keys_of_a_provider_that_leaves_and_spreads_them() {
            List<Provider> before = providers(5);
            List<Provider> after =
                    before.stream().filter(each -> each.node().low() != 3).toList();
            List<Long> was = owners(before);
            List<Long> is = owners(after);
            Map<Long, Integer> heirs = new TreeMap<>();
            for (int key = 0; key < KEYS; key++) {
                if (was.get(key) == 3) {
                    heirs.merge(is.get(key), 1, Integer::sum);
                } else {
                    assertThat(is.get(key)).isEqualTo(was.get(key));
                }
            }

            assertThat(heirs).hasSize(4);
            assertThat(heirs.values()).allMatch(count -> count > 400 && count < 600);
        }
    }

    @Nested
    class Named {
        @Test
        void node_is_that_node_or_nobody() {
            assertThat(chosen(Selection.node(new NodeId(0, 2)), providers(3))).isEqualTo(2);
            assertThat(Selection.node(new NodeId(0, 9)).order(providers(3), RANDOM))
                    .isEmpty();
        }

        @Test
        void name_is_a_node_of_that_name_or_nobody() {
            assertThat(chosen(Selection.named("n1"), providers(3))).isEqualTo(1);
            assertThat(order(Selection.named("n1"), providers(3))).hasSize(1);
            assertThat(Selection.named("n9").order(providers(3), RANDOM)).isEmpty();
        }
    }
}
