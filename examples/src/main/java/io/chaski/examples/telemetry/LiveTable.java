package io.chaski.examples.telemetry;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot.EdgeSnapshot;
import io.chaski.core.Subscription;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The mesh as one node sees it: who is there, round-trip time and jitter to each, message rate, what was lost. It follows
 * the shared topic to learn who publishes, and then each publisher's own topic. Thread-safe.
 */
final class LiveTable {

    /** A node without an edge to this one counts as there while its messages come through others. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ChaskiNode node;
    private final Map<String, Row> rows = new TreeMap<>();
    private final Tallies tallies = new Tallies();
    private long printedNanos = System.nanoTime();

    LiveTable(ChaskiNode node) {
        this.node = node;
    }

    private static final class Row {
        final Subscription subscription;

        Message<Telemetry> last;
        long heardNanos;
        long epoch;
        int lives;
        long messages;
        long printedMessages;

        Row(Subscription subscription, Message<Telemetry> first) {
            this.subscription = subscription;
            this.last = first;
        }
    }

    /** A message of the shared topic: its publisher's own topic is followed from now on. */
    synchronized void onShared(Message<Telemetry> message) {
        String name = message.originName();
        Row row = rows.get(name);
        if (row == null) {
            row = new Row(node.subscribe(TelemetryNode.ownTopicOf(name), this::onOwn), message);
            rows.put(name, row);
        }
        count(row, message);
    }

    private synchronized void onOwn(Message<Telemetry> message) {
        tallies.onMessage(message);
        Row row = rows.get(message.originName());
        if (row != null) {
            count(row, message);
        }
    }

    private static void count(Row row, Message<Telemetry> message) {
        row.last = message;
        row.messages++;
        row.heardNanos = System.nanoTime();
        if (message.epoch() > row.epoch) {
            row.epoch = message.epoch();
            row.lives++;
        }
    }

    /** What came on the nodes' own topics, as {@link MeshSummary#followed} takes it. */
    synchronized String report() {
        long gaps = 0;
        long dropped = 0;
        for (Row row : rows.values()) {
            gaps += row.subscription.statistics().missing();
            dropped += row.subscription.statistics().dropped();
        }
        return tallies.report(gaps, dropped);
    }

    /**
     * The table now; rates are those since the last call.
     *
     * @param shared subscription of the shared topic
     */
    synchronized String print(Subscription shared) {
        long nowNanos = System.nanoTime();
        double seconds = (nowNanos - printedNanos) / 1e9;
        printedNanos = nowNanos;
        Map<NodeId, EdgeSnapshot> edges = node.snapshot().edges().stream()
                .collect(Collectors.toMap(EdgeSnapshot::peer, edge -> edge, (one, same) -> one, HashMap::new));
        StringBuilder table = new StringBuilder(String.format(
                "%n%s sees %d edges, %d present, %d missing and %d dropped on topic %s%n%-8s %-9s %8s %8s %7s %5s %6s %6s %10s %9s %7s%n",
                node.name(),
                edges.size(),
                node.presence(TelemetryNode.SHARED).count(),
                shared.statistics().missing(),
                shared.statistics().dropped(),
                shared.topic(),
                "node",
                "state",
                "rtt ms",
                "jitter",
                "msg/s",
                "lost",
                "host %",
                "jvm %",
                "heap MiB",
                "gc ms",
                "threads"));
        rows.forEach((name, row) -> table.append(line(name, row, edges, nowNanos, seconds)));
        return table.toString();
    }

    private static String line(String name, Row row, Map<NodeId, EdgeSnapshot> edges, long nowNanos, double seconds) {
        long messages = row.messages - row.printedMessages;
        row.printedMessages = row.messages;
        EdgeSnapshot edge = edges.get(row.last.origin());
        boolean isUp = nowNanos - row.heardNanos < SILENT_NANOS;
        String state = isUp ? row.lives > 1 ? "returned" : "up" : "left";
        Telemetry telemetry = row.last.payload();
        return String.format(
                Locale.ROOT,
                "%-8s %-9s %8s %8s %7.1f %5d %6.1f %6.1f %4d/%-5d %9d %7d%n",
                name,
                state,
                edge == null ? "-" : millis(edge.latency().smoothed().toNanos()),
                edge == null ? "-" : millis(edge.latency().variation().toNanos()),
                messages / seconds,
                row.subscription.statistics().missing(),
                100 * Math.max(0, telemetry.machineLoad()),
                100 * Math.max(0, telemetry.processLoad()),
                telemetry.heapUsedBytes() >> 20,
                telemetry.heapMaxBytes() >> 20,
                telemetry.collectionMillis(),
                telemetry.threads());
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.2f", nanos / 1e6);
    }
}
