package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.wire.ArrayPayload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * A few members that relay get a tenth of what one publisher sends, and wait for nothing: they may miss messages, others may not, and
 * neither they nor the publisher, who says nothing about waiting, may be slowed. All paths are narrow.
 */
final class SlowRows {

    private static final double SLOW = 0.01;
    private static final int PER_SECOND = 1_000;
    private static final int BYTES = 100;

    /** What a message needs of a path, about: its body and what frames it. */
    private static final long RATE = PER_SECOND * (BYTES + 20L);

    /** What each path carries: what the messages need, and as much again for what is sent again. */
    private static final long PATH = 2 * RATE;

    /** So many single messages make a tree; at full speed a young one takes a minute, in which it is the tree that is slow. */
    private static final int FIRST_MESSAGES = 20;

    /** At full speed leads are measured more finely, and some parents are replaced once more. */
    private static final Duration WARM_UP = ofSeconds(8);

    /** Within so long whoever was behind a slow member has found somebody else. */
    private static final Duration FIRST = ofSeconds(5);

    /** In a second. */
    private static final int BATCHES = 100;

    private static final Duration BATCH = ofSeconds(1).dividedBy(BATCHES);

    private SlowRows() {}

    static List<Gate> measure(int nodes, long seed) {
        Publication without = new Publication(nodes, seed, false);
        Publication with = new Publication(nodes, seed, true);
        return List.of(
                Gate.reported("relayed to by the slow", with.relayedTo),
                Gate.reported("p99 ms without", without.later.percentile99()),
                Gate.reported("p99 ms with", with.later.percentile99()),
                Gate.atMost("p99 with, times without", with.later.percentile99() / without.later.percentile99(), 1.1),
                Gate.reported("first 5 s: p99 ms with", with.first.percentile99()),
                Gate.atMost("all: p99 with, times without", with.all.percentile99() / without.all.percentile99(), 1.1),
                Gate.atMost("missed by the others", with.missed, 0),
                Gate.atMost("eager links to the slow", with.eagerToSlow, 0),
                Gate.reported("share that the slow got", with.slowShare),
                Gate.atMost("messages that the publisher had to wait with", with.blocked, 0),
                Queues.noneClosed(with.closed),
                Queues.fullest(with.mesh.members),
                with.accounts);
    }

    /** Times between publishing and delivery, in tenths of a millisecond. */
    private static final class Latencies {
        private static final double PER_MILLI = 10;
        private final long[] counts = new long[1_000_000];
        private long sum;

        void add(Delivery delivery) {
            long publishedNanos =
                    ByteBuffer.wrap(delivery.payload().toByteArray()).getLong();
            double millis = (delivery.at().toNanos() - publishedNanos) / 1e6;
            counts[(int) Math.min(counts.length - 1, millis * PER_MILLI)]++;
            sum++;
        }

        double percentile99() {
            long below = 0;
            int index = 0;
            while (below + counts[index] <= sum * 0.99) {
                below += counts[index++];
            }
            return index / PER_MILLI;
        }
    }

    /** The same mesh and the same publisher, some members slow or none. */
    private static final class Publication {
        private final Mesh mesh;
        private final List<SimulatedNode> others = new ArrayList<>();
        private final List<SimulatedNode> slow = new ArrayList<>();
        private final Latencies first = new Latencies();
        private final Latencies later = new Latencies();
        private final Latencies all = new Latencies();
        private final double relayedTo;
        private final double missed;
        private final double slowShare;
        private final double eagerToSlow;
        private final Gate accounts;
        private long published;
        private double blocked;
        private long closed;

        /** Numbers above this were published since some are slow. */
        private long before = Long.MAX_VALUE;

        private long delivered;
        private long deliveredToSlow;

        Publication(int nodes, long seed, boolean isSlow) {
            mesh = Mesh.settled(nodes, seed);
            mesh.network.bandwidth(PATH);
            List<SimulatedNode> shuffled = mesh.shuffled();
            SimulatedNode publisher = shuffled.get(0);
            for (int i = 0; i < FIRST_MESSAGES; i++) {
                publish(publisher);
                mesh.network.advance(ofMillis(500));
            }
            publish(publisher, WARM_UP, List.of());
            before = published;
            others.addAll(shuffled.subList(1, nodes));
            // Those that relay to two others or more come first: nobody would notice a slow leaf.
            others.stream()
                    .sorted(Comparator.comparingInt(
                            node -> -Math.min(3, Mesh.tree(node).eager().size())))
                    .limit((int) Math.ceil(nodes * SLOW))
                    .forEach(slow::add);
            others.removeAll(slow);
            relayedTo = slow.stream()
                    .mapToInt(node -> Mesh.tree(node).eager().size() - 1)
                    .sum();
            if (isSlow) {
                eachPathToSlow(path -> path.bandwidth(RATE / 10));
            }
            publish(publisher, FIRST, List.of(first, all));
            publish(publisher, ofSeconds(Math.max(2, 500 / nodes)), List.of(later, all));
            eagerToSlow = slow.stream().mapToLong(this::eagerLinksTo).sum();
            long count = published - before;
            mesh.network.advance(ofSeconds(10));
            record(List.of(later, all));
            missed = (double) count * others.size() - delivered;
            slowShare = (double) deliveredToSlow / count / slow.size();
            accounts = settle(publisher);
        }

        private void publish(SimulatedNode publisher, Duration duration, List<Latencies> latencies) {
            Duration end = mesh.network.now().plus(duration);
            while (mesh.network.now().compareTo(end) < 0) {
                for (int batch = 0; batch < BATCHES; batch++) {
                    for (int i = 0; i < PER_SECOND / BATCHES; i++) {
                        publish(publisher);
                    }
                    mesh.network.advance(BATCH);
                }
                record(latencies);
            }
        }

        private void publish(SimulatedNode publisher) {
            byte[] body = new byte[BYTES];
            ByteBuffer.wrap(body).putLong(mesh.network.now().toNanos());
            PublishOutcome outcome = publisher.publish(Mesh.TOPIC, ArrayPayload.owning(body));
            if (outcome.status() == PublishOutcome.Status.BLOCKED) {
                blocked++;
            } else {
                published++;
            }
        }

        /** Takes note of what has come since the last time, and forgets it: a thousand nodes get a million messages a second. */
        private void record(List<Latencies> latencies) {
            for (SimulatedNode node : others) {
                for (Delivery delivery : node.deliveries()) {
                    if (delivery.seq() > before) {
                        delivered++;
                        latencies.forEach(each -> each.add(delivery));
                    }
                }
            }
            for (SimulatedNode node : slow) {
                deliveredToSlow += node.deliveries().stream()
                        .filter(delivery -> delivery.seq() > before)
                        .count();
            }
            closed += Queues.closedAsSlow(mesh.members);
            mesh.members.forEach(SimulatedNode::clearRecords);
        }

        private long eagerLinksTo(SimulatedNode node) {
            return mesh.up().stream()
                    .filter(from -> from != node)
                    .flatMap(from -> Mesh.tree(from).eager().stream())
                    .map(Peer::id)
                    .filter(node.id()::equals)
                    .count();
        }

        /** Accounts of all members, the slow ones among them, after their paths are wide again. */
        private Gate settle(SimulatedNode publisher) {
            eachPathToSlow(SimulatedLink::clear);
            mesh.network.advance(Mesh.LONGEST_WAIT);
            publish(publisher); // only by this do they hear that there was anything before it
            mesh.network.advance(Mesh.LONGEST_WAIT);
            return mesh.accounts();
        }

        private void eachPathToSlow(Consumer<SimulatedLink> change) {
            for (SimulatedNode to : slow) {
                mesh.members.stream()
                        .filter(from -> from != to)
                        .forEach(from -> change.accept(mesh.network.link(from, to)));
            }
        }
    }
}
