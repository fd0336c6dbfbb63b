package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Many nodes of one machine start within a moment and know only a root, which subscribes to none of their topics. They
 * find each other before they find those that were there, and must become one all the same.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SimultaneousStartTest {

    private static final int NODES = 60;
    private static final int TOPICS = 4;
    private static final Duration LIMIT = Duration.ofSeconds(2);

    /** How the starts spread in ms, and the least and the most microseconds that a frame takes. */
    private static final String QUICK_MACHINE = "200,100,2000";

    private static final String BUSY_MACHINE = "600,1000,15000";
    private static final String ONE_AFTER_THE_OTHER = "1500,1000,15000";

    @ParameterizedTest
    @CsvSource({QUICK_MACHINE, BUSY_MACHINE, ONE_AFTER_THE_OTHER})
    void every_topic_is_one_component_within_two_seconds(long spreadMillis, long leastMicros, long mostMicros) {
        expectOneComponent(4, spreadMillis, leastMicros, mostMicros);
    }

    @Tag("deep")
    @ParameterizedTest
    @CsvSource({QUICK_MACHINE, BUSY_MACHINE, ONE_AFTER_THE_OTHER})
    void every_topic_is_one_component_on_many_seeds(long spreadMillis, long leastMicros, long mostMicros) {
        expectOneComponent(20, spreadMillis, leastMicros, mostMicros);
    }

    private static void expectOneComponent(int seeds, long spreadMillis, long leastMicros, long mostMicros) {
        List<Duration> times = IntStream.rangeClosed(1, seeds)
                .mapToObj(seed -> {
                    SimulatedNetwork network = SimulatedNetwork.seeded(
                            seed, Duration.ofNanos(leastMicros * 1_000), Duration.ofNanos(mostMicros * 1_000));
                    return timeToOneComponentEach(network, Duration.ofMillis(spreadMillis));
                })
                .toList();

        assertThat(times).allSatisfy(time -> assertThat(time).isLessThanOrEqualTo(LIMIT));
    }

    private static Duration timeToOneComponentEach(SimulatedNetwork network, Duration spread) {
        SimulatedNode root =
                network.node("root", SimulatedNodeOptions.builder().root().build());
        Duration begin = network.now();
        RandomGenerator random = network.splitRandom();
        long[] pauses = random.longs(NODES, 0, 2 * spread.toNanos() / NODES).toArray();
        List<List<SimulatedNode>> members = new ArrayList<>();
        IntStream.range(0, TOPICS).forEach(topic -> members.add(new ArrayList<>()));
        for (int i = 0; i < NODES; i++) {
            network.advance(Duration.ofNanos(pauses[i]));
            SimulatedNode node = network.node(
                    "node-" + i, SimulatedNodeOptions.builder().bootstrap(root).build());
            node.subscribe(topic(i % TOPICS));
            members.get(i % TOPICS).add(node);
        }
        network.runUntil(
                () -> IntStream.range(0, TOPICS).allMatch(i -> isOneComponent(members.get(i), topic(i))),
                Duration.ofMillis(10),
                Duration.ofSeconds(60));
        return network.now().minus(begin);
    }

    private static String topic(int index) {
        return "topic-" + index;
    }

    private static boolean isOneComponent(List<SimulatedNode> members, String topic) {
        return OverlayGraph.of(members, topic).components() == 1;
    }
}
