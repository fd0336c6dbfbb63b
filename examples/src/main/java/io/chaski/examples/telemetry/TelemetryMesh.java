package io.chaski.examples.telemetry;

import java.util.List;

/**
 * Starts a root and several nodes as processes of their own, lets them share live telemetry, kills one of them and
 * later the root, and checks at the end that nobody who was up missed a message. The exit code is 0 only if the sums
 * are right.
 *
 * <p>The same class is the main class of the children, which are started with a role as first argument.
 */
public final class TelemetryMesh {

    static final String ROOT = "root";
    static final String NODE = "node";
    static final String VIEWER = "--viewer";

    private TelemetryMesh() {}

    /**
     * Runs the launcher or one of its children.
     *
     * @param arguments see {@link Settings#USAGE}
     */
    public static void main(String[] arguments) throws Exception {
        List<String> all = List.of(arguments);
        String role = all.isEmpty() ? "" : all.get(0);
        switch (role) {
            case ROOT -> RootProcess.run();
            case NODE -> TelemetryNode.run(all.get(1), all.get(2), all.contains(VIEWER));
            default -> System.exit(launch(all));
        }
    }

    private static int launch(List<String> arguments) throws Exception {
        Settings settings;
        try {
            settings = Settings.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(Settings.USAGE);
            return 2;
        }
        return new MeshRun(settings).run().exitCode();
    }
}
