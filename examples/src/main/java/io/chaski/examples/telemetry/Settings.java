package io.chaski.examples.telemetry;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;

/**
 * The command line of {@link TelemetryMesh}.
 *
 * @param nodes number of publishing nodes beside the root, 2 to 16
 * @param duration how long the mesh runs before it is asked to stop
 * @param keepRunning whether it runs until it is interrupted, without a kill and without a summary
 */
record Settings(int nodes, Duration duration, boolean keepRunning) {

    static final String USAGE = """
            usage: telemetry [--nodes 2..16] [--seconds 12..3600] [--keep-running]
            --keep-running runs until it is interrupted: nobody is killed, and there is no summary""";

    private static final int DEFAULT_NODES = 4;
    private static final int DEFAULT_SECONDS = 20;

    Settings {
        if (nodes < 2 || nodes > 16) {
            throw new IllegalArgumentException("--nodes must be 2 to 16: " + nodes);
        }
        if (duration.toSeconds() < 12 || duration.toSeconds() > 3600) {
            throw new IllegalArgumentException("--seconds must be 12 to 3600: " + duration.toSeconds());
        }
    }

    static Settings parse(List<String> arguments) {
        int nodes = DEFAULT_NODES;
        int seconds = DEFAULT_SECONDS;
        boolean keepRunning = false;
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            String option = rest.next();
            switch (option) {
                case "--nodes" -> nodes = number(option, rest);
                case "--seconds" -> seconds = number(option, rest);
                case "--keep-running" -> keepRunning = true;
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }
        return new Settings(nodes, Duration.ofSeconds(seconds), keepRunning);
    }

    private static int number(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(option + " needs a number");
        }
        String text = rest.next();
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " needs a number, not " + text, e);
        }
    }
}
