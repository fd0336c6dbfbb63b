package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.wire.ArrayPayload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A few members take a tenth of what one publisher sends, and wait for nothing: they may miss messages, others may not. */
final class SlowRows {

    private static final double SLOW = 0.01;
    private static final int PER_SECOND = 1_000;
    private static final int BYTES = 100;

    /** What a message needs of a path, about: its body and what frames it. */
    private static final long RATE = PER_SECOND * (BYTES + 20L);

    private static final Duration WARM_UP = ofSeconds(5);
    private static final Duration BATCH = ofMillis(10);

    private SlowRows() {}

    static List<Gate> measure(int nodes, long seed) {
        Run without = new Run(nodes, seed, false);
        Run with = new Run(nodes, seed, true);
        return List.of(
                Gate.reported("p99 ms without", without.p99Millis),
                Gate.reported("p99 ms with", with.p99Millis),
                Gate.atMost("p99 with, times without", with.p99Millis / without.p99Millis, 1.1),
                Gate.atMost("missed by the others", with.missed, 0),
                Gate.atMost("eager links to the slow", with.eagerToSlow, 0),
                Gate.reported("share that the slow got", with.slowShare),
                Gate.atMost("not accounted for", with.unaccounted, 0));
    }

    /** The same mesh and the same publisher, some members slow or none. */
    private static final class Run {
        private final Mesh mesh;
        private final List<SimulatedNode> others;
        private final List<SimulatedNode> slow;
        private final double p99Millis;
        private final double missed;
        private final double slowShare;
        private final double unaccounted;
        private final double eagerToSlow;
        private long published;

        Run(int nodes, long seed, boolean isSlow) {
            mesh = Mesh.settled(nodes, seed);
            List<SimulatedNode> shuffled = mesh.shuffled();
            SimulatedNode publisher = shuffled.get(0);
            slow = shuffled.subList(1, 1 + (int) Math.ceil(nodes * SLOW));
            others = new ArrayList<>(shuffled.subList(1 + slow.size(), shuffled.size()));
            publish(publisher, WARM_UP);
            if (isSlow) {
                for (SimulatedNode to : slow) {
                    mesh.members.stream()
                            .filter(from -> from != to)
                            .forEach(from -> mesh.network.link(from, to).bandwidth(RATE / 10));
                }
            }
            publish(publisher, WARM_UP);
            mesh.members.forEach(SimulatedNode::clearRecords);
            long before = published;
            publish(publisher, ofSeconds(Math.max(1, 1_000 / nodes)));
            eagerToSlow = slow.stream().mapToLong(this::eagerLinksTo).sum();
            mesh.network.advance(ofSeconds(10));
            long count = published - before;
            missed = others.stream()
                    .mapToLong(node -> count - since(node, before))
                    .sum();
            p99Millis = percentile99();
            slowShare = slow.stream().mapToDouble(node -> since(node, before)).sum() / count / slow.size();
            unaccounted = isSlow ? settle(publisher) : 0;
        }

        /** Deliveries of what was published after so many messages. */
        private static long since(SimulatedNode node, long before) {
            return node.deliveries().stream()
                    .filter(delivery -> delivery.seq() > before)
                    .count();
        }

        private void publish(SimulatedNode publisher, Duration duration) {
            Duration end = mesh.network.now().plus(duration);
            while (mesh.network.now().compareTo(end) < 0) {
                for (int i = 0; i < PER_SECOND * BATCH.toMillis() / 1_000; i++) {
                    byte[] body = new byte[BYTES];
                    ByteBuffer.wrap(body).putLong(mesh.network.now().toNanos());
                    publisher.publishLive(Mesh.TOPIC, ArrayPayload.owning(body));
                    published++;
                }
                mesh.network.advance(BATCH);
            }
        }

        private double percentile99() {
            double[] millis = others.stream()
                    .flatMap(node -> node.deliveries().stream())
                    .mapToDouble(delivery -> (delivery.at().toNanos()
                                    - ByteBuffer.wrap(delivery.payload().toByteArray())
                                            .getLong())
                            / 1e6)
                    .toArray();
            Arrays.sort(millis);
            return millis[(int) (millis.length * 0.99)];
        }

        private long eagerLinksTo(SimulatedNode node) {
            return mesh.up().stream()
                    .filter(from -> from != node)
                    .flatMap(from -> from.protocol().overlays().stream())
                    .filter(overlay -> overlay.topic().equals(Mesh.TOPIC) && overlay.broadcast() != null)
                    .flatMap(overlay -> overlay.broadcast().eager().stream())
                    .map(Peer::id)
                    .filter(node.id()::equals)
                    .count();
        }

        /** Published, minus delivered and reported missing, of the slow ones after their paths are wide again. */
        private double settle(SimulatedNode publisher) {
            for (SimulatedNode to : slow) {
                mesh.members.stream()
                        .filter(from -> from != to)
                        .forEach(from -> mesh.network.link(from, to).clear());
            }
            mesh.members.forEach(SimulatedNode::clearRecords);
            mesh.network.advance(Mesh.LONGEST_WAIT);
            publish(publisher, ofSeconds(1));
            mesh.network.advance(Mesh.LONGEST_WAIT);
            double open = 0;
            for (SimulatedNode node : slow) {
                long last = node.deliveries().stream()
                        .mapToLong(Delivery::seq)
                        .max()
                        .orElse(0);
                long first = node.deliveries().stream()
                        .mapToLong(Delivery::seq)
                        .min()
                        .orElse(0);
                long known = node.deliveries().size();
                for (ReportedGap gap : node.gaps()) {
                    known += gap.from() >= first ? gap.to() - gap.from() + 1 : 0;
                }
                open += Math.abs(last - first + 1 - known) + Math.abs(last - published);
            }
            return open;
        }
    }
}
