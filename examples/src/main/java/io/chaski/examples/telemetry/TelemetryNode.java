package io.chaski.examples.telemetry;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.examples.process.Child;
import java.io.BufferedReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A node of the mesh: publishes its own telemetry, receives everybody's, and answers the launcher. */
final class TelemetryNode implements AutoCloseable {

    static final String CLUSTER = "telemetry-demo";

    /** Everybody publishes and subscribes here. */
    static final Topic<Telemetry> SHARED =
            Topic.of("telemetry", Telemetry.class).presence(true);

    private static final Duration PERIOD = Duration.ofMillis(100);
    private static final Duration PAIRING_LIMIT = Duration.ofSeconds(30);

    private final String name;
    private final ChaskiNode node;
    private final Topic<Telemetry> own;
    private final Subscription shared;
    private final Tallies tallies = new Tallies();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "telemetry");
        thread.setDaemon(true);
        return thread;
    });
    private final List<ScheduledFuture<?>> tasks = new ArrayList<>();
    private final @Nullable LiveTable table;
    private long published;

    private TelemetryNode(String name, String bootstrap, boolean viewer) {
        this.name = name;
        this.node = ChaskiNode.builder()
                .name(name)
                .cluster(CLUSTER)
                .bootstrap(bootstrap)
                .start();
        this.own = ownTopicOf(name);
        this.table = viewer ? new LiveTable(node) : null;
        this.shared = node.subscribe(SHARED, this::onTelemetry);
    }

    /** Where a node publishes what it publishes on the shared topic, for those who want only this node's. */
    static Topic<Telemetry> ownTopicOf(String name) {
        return Topic.of("telemetry/" + name, Telemetry.class);
    }

    static void run(String name, String bootstrap, boolean viewer) throws Exception {
        try (TelemetryNode telemetry = new TelemetryNode(name, bootstrap, viewer);
                BufferedReader commands = Child.commands()) {
            telemetry.shared.awaitPaired(PAIRING_LIMIT);
            telemetry.showTable();
            Child.answer("READY");
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                telemetry.obey(command);
            }
        }
    }

    private void showTable() {
        LiveTable shown = table;
        if (shown != null) {
            tasks.add(clock.scheduleAtFixedRate(
                    () -> System.out.println(shown.print(shared)), 1_500, 1_500, TimeUnit.MILLISECONDS));
        }
    }

    private void obey(String command) throws Exception {
        switch (command) {
            case "GO" ->
                tasks.add(clock.scheduleAtFixedRate(this::publish, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS));
            case "STOP" -> {
                clock.shutdown();
                clock.awaitTermination(5, TimeUnit.SECONDS);
                requireThatNothingFailed();
                Child.answer("PUBLISHED " + source() + " " + published);
            }
            case "REPORT" -> Child.answer("TALLIES " + report());
            case "REPORT-FOLLOWED" ->
                Child.answer("FOLLOWED "
                        + Objects.requireNonNull(table, "only the viewer follows the nodes' own topics")
                                .report());
            default -> throw new IllegalArgumentException("unknown command " + command);
        }
    }

    /** A task that throws is not repeated, and nobody is told; what it did not publish would be missed by nobody. */
    private void requireThatNothingFailed() throws Exception {
        for (ScheduledFuture<?> task : tasks) {
            if (task.isDone() && !task.isCancelled()) { // as the shutdown leaves those that went on
                task.get();
            }
        }
    }

    private void publish() {
        Telemetry telemetry = Telemetry.measure(name);
        node.publish(own, telemetry);
        node.publish(SHARED, telemetry);
        published++;
    }

    private void onTelemetry(Message<Telemetry> message) {
        tallies.onMessage(message);
        if (table != null) {
            table.onShared(message);
        }
    }

    private String source() {
        return node.id() + ":" + node.epoch();
    }

    private String report() {
        return tallies.report(shared.statistics().missing(), shared.statistics().dropped());
    }

    @Override
    public void close() {
        clock.shutdownNow();
        node.close();
    }
}
