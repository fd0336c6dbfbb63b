package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Other ends are looked at again after whatever may concern them. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SeenLinksTest {

    private final SimulatedNetwork network = SimulatedNetwork.seeded(1);
    private final SimulatedNode alice = network.node("alice");
    private final SimulatedNode bob = network.node("bob");
    private final SimulatedNode carol = network.node("carol");
    private final List<NodeId> changed = new ArrayList<>();
    private final SeenLinks links = new SeenLinks(changed::add);

    @BeforeEach
    void agreed() {
        network.connect(alice, bob);
        network.connect(alice, carol);
        look(new Link(bob, 7), new Link(carol, 8));
        links.setAgreed(true);
        changed.clear();
    }

    @Test
    void nothing_has_changed_if_all_are_as_they_were() {
        look(new Link(bob, 7), new Link(carol, 8));

        assertThat(links.isAgreed()).isTrue();
        assertThat(changed).isEmpty();
    }

    @Test
    void a_new_one_concerns_its_other_end() {
        look(new Link(bob, 7), new Link(carol, 8), new Link(bob, 9));

        assertThat(links.isAgreed()).isFalse();
        assertThat(changed).containsExactly(bob.id());
    }

    @Test
    void one_that_is_gone_concerns_who_had_it() {
        look(new Link(bob, 7));

        assertThat(links.isAgreed()).isFalse();
        assertThat(changed).containsExactly(carol.id());
    }

    @Test
    void another_generation_concerns_its_other_end() {
        look(new Link(bob, 7), new Link(carol, 9));

        assertThat(links.isAgreed()).isFalse();
        assertThat(changed).containsOnly(carol.id());
    }

    @Test
    void the_end_of_a_node_concerns_all_who_had_links_with_it() {
        links.clear();

        assertThat(links.isAgreed()).isFalse();
        assertThat(changed).containsExactly(bob.id(), carol.id());
    }

    private record Link(SimulatedNode to, long hash) {}

    private void look(Link... all) {
        links.begin();
        for (Link link : all) {
            Peer peer = alice.protocol().peers().get(link.to.id());
            links.look("news", peer, link.hash);
        }
        links.end();
    }
}
