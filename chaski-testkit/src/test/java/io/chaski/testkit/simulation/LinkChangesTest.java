package io.chaski.testkit.simulation;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.member.HyParView;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** What counts as a change of links, with a node that crashes and loses all of them. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LinkChangesTest {

    @Test
    void links_of_the_control_overlay_that_are_lost_are_counted() {
        Mesh mesh = Mesh.settled(10, 1);
        LinkChanges changes = new LinkChanges(mesh);
        SimulatedNode gone = mesh.members.get(3);
        List<SimulatedNode> left = new ArrayList<>(mesh.members);
        left.remove(gone);
        int links = gone.neighbours(HyParView.CONTROL).size();
        assertThat(links).isGreaterThanOrEqualTo(2);
        changes.advance(ofSeconds(1));
        gone.crash();
        changes.advance(ofSeconds(5));

        assertThat(changes.mostOfControl(List.of(gone), ofSeconds(5))).isGreaterThanOrEqualTo(links);
        assertThat(changes.mostOfControl(left, ofSeconds(5))).isPositive();
    }
}
