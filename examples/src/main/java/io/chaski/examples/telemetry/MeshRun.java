package io.chaski.examples.telemetry;

import io.chaski.examples.process.Child;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One run of the mesh, as the launcher drives it: start, kill one node and bring it back, kill the root, sum up. */
final class MeshRun {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration SHORTEST_SCRIPT = Duration.ofSeconds(10);

    /** The table is printed at least once after it has missed somebody. */
    private static final Duration AFTER_DEATH = Duration.ofSeconds(3);

    private static final String VIEWER = "node-1";

    private final Settings settings;
    private final String victim;
    private final MeshSummary summary;
    private final Map<String, Child> nodes = new LinkedHashMap<>();
    private final long startedNanos = System.nanoTime();

    MeshRun(Settings settings) {
        this.settings = settings;
        this.victim = "node-" + settings.nodes();
        this.summary = new MeshSummary(victim);
    }

    /** Returns what it came to; without an end of its own if it is to keep running. */
    MeshSummary run() throws Exception {
        try (Child root = Child.start(TelemetryMesh.class, "root", TelemetryMesh.ROOT)) {
            String address = root.await("LISTENING", START_LIMIT);
            say("root (pid " + root.pid() + ") listens on " + address);
            try {
                return run(root, address);
            } finally {
                nodes.values().forEach(Child::close);
            }
        }
    }

    private MeshSummary run(Child root, String address) throws Exception {
        for (int i = 1; i <= settings.nodes(); i++) {
            startNode("node-" + i, address);
        }
        for (Child node : nodes.values()) {
            node.await("READY", START_LIMIT);
        }
        String pids = nodes.values().stream()
                .map(node -> node.name() + " (pid " + node.pid() + ")")
                .collect(Collectors.joining(", "));
        say(pids + " are up and paired; publishing begins");
        nodes.values().forEach(node -> node.tell("GO"));
        if (settings.keepRunning()) {
            say("running until interrupted");
            new CountDownLatch(1).await();
        }
        // A slow start takes nothing from the script: between a death and the return the table must show it.
        long goneNanos = sinceStart();
        long leftNanos = Math.max(SHORTEST_SCRIPT.toNanos(), settings.duration().toNanos() - goneNanos);
        pauseUntil(goneNanos + leftNanos / 4);
        awaitSourcesAtViewer(settings.nodes() - 1);
        Child killed = Objects.requireNonNull(nodes.remove(victim), "the victim was started");
        killed.kill();
        say("killed " + victim + " (pid " + killed.pid() + ") with SIGKILL");
        pauseUntil(Math.max(goneNanos + leftNanos / 2, sinceStart() + AFTER_DEATH.toNanos()));
        Child returned = startNode(victim, address);
        returned.await("READY", START_LIMIT);
        returned.tell("GO");
        say("started " + victim + " again (pid " + returned.pid() + ")");
        pauseUntil(goneNanos + leftNanos * 7 / 10);
        awaitSourcesAtViewer(settings.nodes()); // the victim counts twice
        root.kill();
        summary.rootDied(report(viewer()));
        say("killed the root (pid " + root.pid() + "): messages keep flowing");
        pauseUntil(Math.max(goneNanos + leftNanos, sinceStart() + AFTER_DEATH.toNanos()));
        return sumUp();
    }

    /** On a machine with much else to do the script waits for what the table is to show. */
    private void awaitSourcesAtViewer(int count) throws InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        int heard = 0;
        while (heard < count && System.nanoTime() < deadline) {
            heard = MeshSummary.sources(report(viewer()));
        }
    }

    private Child viewer() {
        return Objects.requireNonNull(nodes.get(VIEWER), "the first node shows the table");
    }

    private static String report(Child node) throws InterruptedException {
        node.tell("REPORT");
        return node.await("TALLIES", START_LIMIT);
    }

    private MeshSummary sumUp() throws InterruptedException {
        nodes.values().forEach(node -> node.tell("STOP"));
        for (Child node : nodes.values()) {
            summary.published(node.name(), node.await("PUBLISHED", START_LIMIT));
        }
        // What was published last may still be on its way: ask until the sums agree, for a bounded time.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        do {
            for (Child node : nodes.values()) {
                summary.received(node.name(), report(node));
            }
            viewer().tell("REPORT-FOLLOWED");
            summary.followed(VIEWER, viewer().await("FOLLOWED", START_LIMIT));
        } while (!summary.isComplete() && System.nanoTime() < deadline);
        System.out.println(summary.print());
        return summary;
    }

    private Child startNode(String name, String address) throws IOException {
        Child child = name.equals(VIEWER)
                ? Child.start(TelemetryMesh.class, name, TelemetryMesh.NODE, name, address, TelemetryMesh.VIEWER)
                : Child.start(TelemetryMesh.class, name, TelemetryMesh.NODE, name, address);
        nodes.put(name, child);
        return child;
    }

    /** A demonstration runs by the clock; the test of the library does not. */
    private void pauseUntil(long sinceStartNanos) throws InterruptedException {
        new CountDownLatch(1).await(sinceStartNanos - sinceStart(), TimeUnit.NANOSECONDS);
    }

    private long sinceStart() {
        return System.nanoTime() - startedNanos;
    }

    private void say(String line) {
        System.out.printf("[%4.1f s] %s%n", sinceStart() / 1e9, line);
    }
}
