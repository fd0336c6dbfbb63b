package io.chaski.remote.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.remote.CallOptions;
import io.chaski.remote.Provider;
import io.chaski.remote.Selection;
import io.chaski.remote.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whom a proxy tries, in which order. */
class DirectoryProvidersTest {

    private static final String HASH = "0000000000000007" + "f".repeat(48);

    private final List<Provider> known = new ArrayList<>();
    private final DirectoryProviders providers = new DirectoryProviders(
            name -> known.stream().sorted().toList(),
            () -> IntStream.range(100, 300).mapToObj(each -> "s" + each).toList());

    private void serves(long node, String version, long signature) {
        known.add(new Provider(
                new NodeId(0, node),
                "n" + node,
                1,
                List.of(),
                new Service("s", version, signature),
                Optional.of(Duration.ofMillis(node))));
    }

    private List<String> order(CallOptions options) {
        List<String> order = new ArrayList<>();
        Iterator<Candidate> candidates = providers.candidates("s", HASH, options);
        while (candidates.hasNext()) {
            Candidate next = candidates.next();
            order.add(next.node().low() + next.version());
        }
        return order;
    }

    @Test
    void those_with_the_callers_signature_go_before_those_that_are_nearer() {
        serves(1, "", 8);
        serves(2, "", 7);
        serves(3, "", 7);
        serves(4, "", 9);
        assertThat(order(CallOptions.NONE)).containsExactly("2", "3", "1", "4");
    }

    @Test
    void each_node_is_tried_once_with_the_version_that_fits() {
        serves(1, "a", 8);
        serves(1, "b", 7);
        serves(2, "", 7);
        serves(2, "b", 7);
        assertThat(order(CallOptions.NONE)).containsExactly("1b", "2");
    }

    @Test
    void a_version_that_is_asked_for_is_the_only_one() {
        serves(1, "", 7);
        serves(2, "b", 8);
        serves(3, "b", 7);
        assertThat(order(CallOptions.builder().version("b").build())).containsExactly("3b", "2b");
        assertThat(order(CallOptions.builder().version("").build())).containsExactly("1");
        assertThat(order(CallOptions.builder().version("c").build())).isEmpty();
    }

    @Test
    void a_selection_that_leaves_nodes_out_leaves_them_out_of_both_groups() {
        serves(1, "", 7);
        serves(2, "", 8);
        serves(3, "", 8);
        CallOptions third = CallOptions.builder()
                .selection(Selection.node(new NodeId(0, 3)))
                .build();
        assertThat(order(third)).containsExactly("3");
    }

    @Test
    void a_strategy_that_counts_is_asked_once_for_a_call_that_succeeds_at_the_first() {
        serves(1, "", 7);
        serves(2, "", 7);
        serves(3, "", 8);
        CallOptions options =
                CallOptions.builder().selection(Selection.roundRobin()).build();
        Map<Long, Integer> firsts = new TreeMap<>();
        for (int call = 0; call < 100; call++) {
            Iterator<Candidate> candidates = providers.candidates("s", HASH, options);
            assertThat(candidates.hasNext()).isTrue();
            firsts.merge(candidates.next().node().low(), 1, Integer::sum);
        }
        assertThat(firsts).isEqualTo(Map.of(1L, 50, 2L, 50));
    }

    @Test
    void the_message_of_an_exception_names_64_services() {
        assertThat(providers.known()).hasSize(64).startsWith("s100");
    }
}
