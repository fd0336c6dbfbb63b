package io.chaski.examples.telemetry;

import io.chaski.core.ChaskiNode;
import io.chaski.examples.process.Child;
import java.io.BufferedReader;

/** The root: a node with a well-known address that the others bootstrap from. It carries no telemetry. */
final class RootProcess {

    private RootProcess() {}

    static void run() throws Exception {
        try (ChaskiNode root = ChaskiNode.builder()
                        .name("root")
                        .cluster(TelemetryNode.CLUSTER)
                        .root()
                        .start();
                BufferedReader commands = Child.commands()) {
            Child.answer("LISTENING " + root.addresses().get(0));
            while (commands.readLine() != null) {
                // The root only waits for the end of its input.
            }
        }
    }
}
