package io.chaski.benchmarks.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ComponentsTest {

    final NodeId ann = new NodeId(0, 1);
    final NodeId bob = new NodeId(0, 2);
    final NodeId cid = new NodeId(0, 3);

    @Test
    void members_that_reach_each_other_over_others_are_one() {
        assertThat(Components.of(Map.of(ann, List.of(bob), bob, List.of(cid, ann), cid, List.of(bob))))
                .containsExactly(Set.of(ann, bob, cid));
    }

    @Test
    void members_without_a_link_between_them_are_islands() {
        assertThat(Components.of(Map.of(ann, List.of(bob), bob, List.of(ann), cid, List.of())))
                .containsExactlyInAnyOrder(Set.of(ann, bob), Set.of(cid));
    }

    @Test
    void a_link_that_one_end_does_not_know_does_not_count() {
        assertThat(Components.of(Map.of(ann, List.of(bob), bob, List.of())))
                .containsExactlyInAnyOrder(Set.of(ann), Set.of(bob));
    }
}
