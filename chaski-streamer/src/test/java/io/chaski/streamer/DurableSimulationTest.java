package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Message;
import io.chaski.core.NodeId;
import io.chaski.core.Topic;
import io.chaski.streamer.internal.keep.MemoryTopicStore;
import io.chaski.testkit.ChaskiNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Publishers, keepers and subscribers in virtual time, with lost frames, partitions that heal, and nodes that crash and come
 * back with the disk that they had. One seed decides everything.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DurableSimulationTest {

    private static final Topic<String> ROOM = Topic.text("room");
    private static final Path NOWHERE = Path.of("nowhere");
    private static final List<String> KEEPERS = List.of("k1", "k2", "k3");
    private static final List<String> PUBLISHERS = List.of("p1", "p2", "k3");
    private static final List<String> SUBSCRIBERS = List.of("s1", "s2", "k2");
    private static final List<String> ALL = List.of("k1", "k2", "k3", "p1", "p2", "s1", "s2");

    /** Longer than it takes that everybody has found everybody, two rounds among keepers and the patience of readers. */
    private static final Duration QUIET = Duration.ofSeconds(150);

    private static final class Run {
        private final Random random;
        private final ChaskiNetwork net;
        private final DurableCheckers checkers = new DurableCheckers();
        private final Map<String, MemoryTopicStore> stores = new HashMap<>();
        private final Map<String, DurableTopic<String>> topics = new LinkedHashMap<>();
        private final Map<String, Integer> lives = new HashMap<>();
        private final Set<String> down = new HashSet<>();
        private final int replicas;
        private boolean isLossy = true;
        private int number;
        private int crashes;
        private int partitions;

        Run(long seed) {
            random = new Random(seed);
            net = ChaskiNetwork.builder()
                    .nodes(ALL.toArray(String[]::new))
                    .seed(seed)
                    .start();
            replicas = 1 + (int) (seed % 2);
            ALL.forEach(this::begin);
        }

        private void begin(String node) {
            int life = lives.merge(node, 1, Integer::sum);
            MemoryTopicStore store =
                    stores.computeIfAbsent(node, name -> new MemoryTopicStore(ALL.indexOf(name) + 1, 1_000_000));
            DurableOptions.Builder options = DurableOptions.builder().replicas(replicas);
            if (KEEPERS.contains(node)) {
                options.keepIn(NOWHERE);
            } else if (SUBSCRIBERS.contains(node)) {
                options.directory(NOWHERE);
            }
            DurableTopic<String> topic =
                    ChaskiStreamer.on(net.node(node)).durable(ROOM, options.build(), store::reopened);
            topics.put(node, topic);
            if (SUBSCRIBERS.contains(node)) {
                topic.subscribe(
                        "reader",
                        delivery -> {
                            if (lives.get(node) == life) {
                                checkers.onDelivered(node, delivery);
                            }
                            if (random.nextInt(200) == 0) {
                                throw new IllegalStateException("planted");
                            }
                        },
                        gap -> checkers.onGap(node, gap));
            }
        }

        void live(Duration span) {
            long end = net.now().plus(span).toMillis();
            while (net.now().toMillis() < end) {
                net.advance(Duration.ofMillis(20 + random.nextInt(200)));
                publish(PUBLISHERS.get(random.nextInt(PUBLISHERS.size())));
                int dice = random.nextInt(100);
                if (dice == 0) {
                    crash(ALL.get(random.nextInt(ALL.size())));
                } else if (dice <= 2 && !down.isEmpty()) {
                    restart(down.iterator().next());
                } else if (dice == 3) {
                    part();
                } else if (dice == 4) {
                    net.heal();
                } else if (dice == 5) {
                    lose();
                }
            }
        }

        private void publish(String node) {
            if (down.contains(node)) {
                return;
            }
            int life = lives.get(node);
            NodeId origin = net.node(node).id();
            for (int burst = random.nextInt(4); burst > 0; burst--) {
                String payload = node + "/" + life + "/" + ++number;
                checkers.onAsked(payload);
                var unused = topics.get(node)
                        .publish(payload)
                        .thenAccept(answer -> checkers.onAnswered(payload, origin, answer));
            }
        }

        private void crash(String node) {
            if (down.size() < 2 && down.add(node)) {
                crashes++;
                stores.get(node).close(); // what the node says at its end is not heard
                net.crash(node);
            }
        }

        private void restart(String node) {
            down.remove(node);
            net.restart(node);
            begin(node);
        }

        private void part() {
            List<String> left = new ArrayList<>();
            List<String> right = new ArrayList<>();
            ALL.forEach(node -> (random.nextBoolean() ? left : right).add(node));
            if (!left.isEmpty() && !right.isEmpty()) {
                partitions++;
                net.partition(String.join(",", left) + " | " + String.join(",", right));
            }
        }

        private void lose() {
            String from = ALL.get(random.nextInt(ALL.size()));
            String to = ALL.get(random.nextInt(ALL.size()));
            if (isLossy && !from.equals(to)) {
                net.link(from, to).loss(random.nextBoolean() ? 0.2 : 0);
            }
        }

        /**
         * Links that lose frames of a stream without ending it are worse than any transport: a line that has lost its last message
         * does not know. So something comes behind it.
         */
        void loseNoMore() {
            isLossy = false;
            for (String from : ALL) {
                for (String to : ALL) {
                    if (!from.equals(to)) {
                        net.link(from, to).clear();
                    }
                }
            }
        }

        void calm() {
            net.heal();
            List.copyOf(down).forEach(this::restart);
            net.advance(QUIET);
        }

        List<String> violations() {
            Map<String, List<Message<String>>> histories = new LinkedHashMap<>();
            for (String keeper : KEEPERS) {
                histories.put(keeper, history(topics.get(keeper)));
            }
            return checkers.violations(histories, Set.copyOf(SUBSCRIBERS));
        }

        private List<Message<String>> history(DurableTopic<String> topic) {
            List<Message<String>> all = new ArrayList<>();
            HistoryFrom from = HistoryFrom.start();
            while (true) {
                List<Message<String>> page = net.await(topic.history(from, 1_024), Duration.ofSeconds(20));
                if (page.isEmpty()) {
                    return all;
                }
                all.addAll(page);
                from = HistoryFrom.after(page.get(page.size() - 1));
            }
        }
    }

    private static int[] run(long seed) {
        Run run = new Run(seed);
        try (ChaskiNetwork net = run.net) {
            net.advance(Duration.ofSeconds(5));
            run.live(Duration.ofSeconds(45));
            run.loseNoMore();
            run.live(Duration.ofSeconds(15));
            run.calm();
            assertThat(run.violations()).as("seed %s", seed).isEmpty();
        }
        return new int[] {run.checkers.acknowledged(), run.crashes, run.partitions, run.checkers.redeliveries()};
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, Integer.getInteger("chaski.test.seeds", 3));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothing_acknowledged_is_lost_and_everybody_has_the_same_history(long seed) {
        int[] done = run(seed);

        assertThat(done[0]).as("acknowledged").isGreaterThan(100);
        assertThat(done[1] + done[2]).as("crashes and partitions").isPositive();
    }

    @Test
    @Tag("deep")
    void on_hundreds_of_seeds() {
        int[] sum = new int[4];
        for (long seed = 1_000; seed < 1_000 + Integer.getInteger("chaski.test.seeds", 200); seed++) {
            int[] done = run(seed);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += done[i];
            }
        }
        assertThat(sum[1]).as("crashes").isPositive();
        assertThat(sum[2]).as("partitions").isPositive();
        assertThat(sum[3]).as("redeliveries").isPositive();
        System.out.printf(
                "acknowledged %d, crashes %d, partitions %d, delivered again %d%n", sum[0], sum[1], sum[2], sum[3]);
    }
}
