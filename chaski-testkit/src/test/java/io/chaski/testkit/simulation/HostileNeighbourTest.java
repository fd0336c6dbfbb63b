package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.DiscoveryFrame;
import io.chaski.core.internal.wire.EdgeFrame.InternSource;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.TopicSummary;
import io.chaski.core.internal.wire.TreeFrame;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A member that floods its neighbours with what only a liar says. After each input the simulator checks that every table
 * is within its bound, see {@link OverlayRules}; here, that those who are honest get the messages of each other.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HostileNeighbourTest {

    private static final int HONEST = 19;

    /** Of these each connection gets as many ten times a second. */
    private static final int BURST = 50;

    private static final int ROUNDS = 100;

    private enum Flood {
        I_HAVE {
            @Override
            Frame frame(HostileNeighbourTest test, int topic, int source) {
                long from = 1L + test.chance(1_000_000);
                return new TreeFrame.IHave(topic, List.of(new TreeFrame.Advert(source, from, from + 9, 1)));
            }
        },
        GRAFT {
            @Override
            Frame frame(HostileNeighbourTest test, int topic, int source) {
                long from = 1L + test.chance(1_000_000);
                return new TreeFrame.Graft(topic, true, List.of(new TreeFrame.Range(source, from, from + 9)));
            }
        },
        JOIN {
            @Override
            Frame frame(HostileNeighbourTest test, int topic, int source) {
                return new MembershipFrame.Join(topic, test.forged());
            }
        },
        FIND {
            @Override
            Frame frame(HostileNeighbourTest test, int topic, int source) {
                return new DiscoveryFrame.Find(test.id(), test.mesh.random.nextLong(), test.forged(), 16, false, 5);
            }
        },
        REGISTER {
            @Override
            Frame frame(HostileNeighbourTest test, int topic, int source) {
                List<Long> topics =
                        Stream.generate(test.mesh.random::nextLong).limit(50).toList();
                return new DiscoveryFrame.Register(test.forged(), topics, 60);
            }
        },
        FORGED_DESCRIPTORS {
            @Override
            Frame frame(HostileNeighbourTest test, int topic, int source) {
                return new MembershipFrame.ShuffleReply(
                        topic, Stream.generate(test::forged).limit(8).toList());
            }
        };

        abstract Frame frame(HostileNeighbourTest test, int topic, int source);
    }

    private final Mesh mesh = Mesh.settled(HONEST + 1, 1);
    private final SimulatedNode liar = mesh.members.get(HONEST / 2);
    private final List<SimulatedNode> honest =
            mesh.members.stream().filter(member -> member != liar).toList();
    private long told;

    @ParameterizedTest
    @EnumSource
    void may_flood_and_no_table_grows_beyond_its_bound_and_no_honest_message_is_lost(Flood flood) {
        honest.forEach(node -> node.publish(Mesh.TOPIC, "before"));
        liar.publish(Mesh.TOPIC, "I am one of you");
        mesh.network.advance(ofSeconds(2));
        for (int round = 0; round < ROUNDS; round++) {
            liar.lie((named, line) -> tell(flood, named, line));
            if (round % 5 == 0) {
                honest.get(round % HONEST).publish(Mesh.TOPIC, "meanwhile");
            }
            mesh.network.advance(ofMillis(100));
        }
        mesh.network.runUntil(() -> openAmongHonest().isEmpty(), ofSeconds(1), Mesh.LONGEST_WAIT);

        assertThat(told).as("frames of the liar").isGreaterThan(BURST);
        assertThat(openAmongHonest()).isEmpty();
        assertThat(honest)
                .allSatisfy(node -> assertThat(
                                node.gaps().stream().filter(gap -> !gap.origin().equals(liar.id())))
                        .as("gaps of %s", node)
                        .isEmpty());
    }

    private void tell(Flood flood, List<? extends Frame> named, Consumer<Frame> line) {
        int topic = named.stream()
                .filter(frame ->
                        frame instanceof InternTopic name && name.topic().equals(Mesh.TOPIC))
                .mapToInt(frame -> ((InternTopic) frame).alias())
                .findFirst()
                .orElse(-1);
        int source = named.stream()
                .filter(InternSource.class::isInstance)
                .mapToInt(frame -> ((InternSource) frame).alias())
                .findFirst()
                .orElse(-1);
        if (topic >= 0 && source >= 0) {
            for (int i = 0; i < BURST; i++) {
                line.accept(flood.frame(this, topic, source));
                told++;
            }
        }
    }

    private List<String> openAmongHonest() {
        return mesh.network.openAccounts().stream()
                .filter(open -> !open.startsWith(liar + ",") && !open.contains("messages of " + liar + " "))
                .toList();
    }

    private int chance(int bound) {
        return mesh.random.nextInt(bound);
    }

    private NodeId id() {
        return new NodeId(mesh.random.nextLong(), mesh.random.nextLong());
    }

    /** Of a node that nobody has ever met, said to be where somebody else is. */
    private Descriptor forged() {
        return new Descriptor(
                id(),
                1,
                List.of(mesh.members.get(chance(HONEST)).address()),
                true,
                chance(2) == 0,
                chance(2) == 0,
                new TopicSummary(List.of(mesh.random.nextLong()), List.of()),
                0);
    }
}
