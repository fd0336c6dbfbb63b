package io.chaski.examples.securemesh;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.Edge;
import io.chaski.core.Message;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.Topic;
import io.chaski.examples.process.Child;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A node that enrols, and says something five times a second. Tells the launcher when it has heard whom it listens to, and
 * when it has no edge to somebody any more.
 */
final class NodeProcess {

    private static final Topic<String> READINGS = Topic.of("readings", String.class);
    private static final long PAUSE_MILLIS = 200;

    private final Map<NodeId, String> peers = new HashMap<>();
    private final Set<String> unheard = new HashSet<>();
    private String parting = "";

    private NodeProcess() {}

    static void run(String name, Path directory, String contact) throws Exception {
        try (BufferedReader commands = Child.commands()) {
            String token = commands.readLine();
            NodeProcess process = new NodeProcess();
            // #region enrol
            ChaskiNode node = ChaskiNode.builder()
                    .name(name)
                    .dataDirectory(directory)
                    .enroll(token)
                    .bootstrap(contact)
                    .onEvent(process::onEvent)
                    .start();
            // #endregion
            ScheduledExecutorService sensor = Executors.newSingleThreadScheduledExecutor();
            try (node) {
                Child.answer(
                        "ENROLLED " + node.security().identity().orElseThrow().name());
                node.subscribe(READINGS, process::onReading); // ends with the node
                Future<?> readings = sensor.scheduleWithFixedDelay(
                        () -> node.publish(READINGS, "it turns"), 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                process.obey(commands, node, Address.parse(contact));
                readings.cancel(false);
            } finally {
                sensor.shutdownNow();
            }
        }
    }

    private void obey(BufferedReader commands, ChaskiNode node, Address contact)
            throws IOException, InterruptedException, TimeoutException {
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            if (line.equals("return")) {
                Child.answer("REFUSED " + isRefused(node, contact));
            } else if (line.startsWith("part ")) {
                part(line.substring("part ".length()));
            } else {
                listenTo(line.substring("listen ".length()));
            }
        }
    }

    private synchronized void listenTo(String names) {
        unheard.clear();
        unheard.addAll(List.of(names.split(" ")));
    }

    private synchronized void part(String name) {
        parting = name;
        tellIfParted();
    }

    private void tellIfParted() {
        if (!parting.isEmpty() && !peers.containsValue(parting)) {
            parting = "";
            Child.answer("PARTED");
        }
    }

    /** It has its key and its certificate still, and they are of no use. */
    private static boolean isRefused(ChaskiNode node, Address contact) throws InterruptedException, TimeoutException {
        try {
            Edge edge = node.connect(contact).get(SecureMesh.LIMIT.toSeconds(), TimeUnit.SECONDS);
            return !edge.isUp();
        } catch (ExecutionException e) {
            return e.getCause() instanceof ConnectFailedException;
        }
    }

    private synchronized void onReading(Message<String> message) {
        if (unheard.remove(message.originName()) && unheard.isEmpty()) {
            Child.answer("HEARD");
        }
    }

    private synchronized void onEvent(NodeEvent event) {
        if (event instanceof NodeEvent.EdgeUp up) {
            peers.put(up.peer(), up.name());
        } else if (event instanceof NodeEvent.EdgeDown down) {
            peers.remove(down.peer());
            tellIfParted();
        }
    }
}
