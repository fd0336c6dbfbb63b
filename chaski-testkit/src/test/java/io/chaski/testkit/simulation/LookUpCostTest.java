package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.wire.FrameType;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** N21: looking for a topic that nobody has costs what its walks and its rare floods may, however large the mesh. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LookUpCostTest {

    /** 734 were counted, with 100 nodes as with 1,000: less than one for each of these. */
    private static final long MOST_FRAMES_A_MINUTE = 1_000;

    @Test
    @Tag("deep")
    void of_a_hundred_nodes_is_bounded() {
        assertThat(framesOfALookUpInVain(100)).isBetween(1L, MOST_FRAMES_A_MINUTE);
    }

    @Test
    @Tag("deep")
    void of_a_thousand_nodes_is_the_same() {
        assertThat(framesOfALookUpInVain(1_000)).isBetween(1L, MOST_FRAMES_A_MINUTE);
    }

    private static long framesOfALookUpInVain(int nodes) {
        Mesh mesh = Mesh.settled(nodes, 1);
        long before = questions(mesh);
        mesh.members.get(nodes / 2).subscribe("nobody/else");
        mesh.network.advance(Duration.ofMinutes(1));
        return questions(mesh) - before;
    }

    private static long questions(Mesh mesh) {
        return mesh.members.stream()
                .mapToLong(node -> node.framesSent(FrameType.FIND))
                .sum();
    }
}
