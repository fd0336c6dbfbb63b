package io.chaski.core.internal.protocol.member;

import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** One node with an overlay among puppets that say what the test says. */
abstract class AmongPuppets {

    /** Longer than a round trip (at most 200 ms), shorter than the first fill tick (at least 800 ms). */
    static final Duration MOMENT = Duration.ofMillis(250);

    static final String TOPIC = "t";

    final Mesh mesh = new Mesh(11);
    final MeshNode node = mesh.node().start();
    final int alias = mesh.topicNumber(TOPIC);
    HyParView view;

    @BeforeEach
    void subscribe() {
        view = (HyParView) node.subscribe(TOPIC);
        mesh.run(Duration.ofSeconds(5));
    }

    MeshNode puppet() {
        MeshNode puppet = mesh.node().startPuppet(node);
        mesh.run(Duration.ofMillis(500));
        return puppet;
    }

    Neighbor ask(MeshNode puppet, Priority priority, int generation) {
        return new Neighbor(alias, priority, generation, puppet.descriptor(), List.of());
    }

    /** Links without any wish of the node itself: nobody announces the topic. */
    List<MeshNode> link(int count) {
        List<MeshNode> puppets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            puppets.add(puppet());
        }
        for (MeshNode puppet : puppets) {
            puppet.say(node, ask(puppet, Priority.HIGH, 77));
        }
        mesh.run(MOMENT);
        puppets.forEach(this::heard);
        return puppets;
    }

    /** What a puppet has heard about the topic since the last call. */
    List<Frame> heard(MeshNode puppet) {
        return puppet.heard().stream()
                .filter(frame -> frame instanceof MembershipFrame heard && heard.topic() == alias)
                .toList();
    }

    List<NodeId> neighbours() {
        return node.neighbours(TOPIC).stream().map(peer -> peer.id()).toList();
    }

    static List<Descriptor> others(Frame frame) {
        if (frame instanceof NeighborAck ack) {
            return ack.others();
        }
        return frame instanceof NeighborNack nack ? nack.others() : List.of();
    }
}
