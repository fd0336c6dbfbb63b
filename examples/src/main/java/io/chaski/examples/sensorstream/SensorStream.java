package io.chaski.examples.sensorstream;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import io.chaski.streamer.ChaskiStreamer;
import io.chaski.streamer.QueueOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Back-pressure to look at: a sensor publishes as fast as an archive on another node stores, in each phase. The exit code is
 * 0 only if every reading was stored. Two processes look the same.
 */
public final class SensorStream {

    private static final Topic<Reading> READINGS = Topic.of("sensors/boiler", Reading.class);
    private static final String USAGE = "usage: sensor-stream [--readings 300..1000000]";
    private static final long DEFAULT_READINGS = 15_000;
    private static final Duration PAIRING_LIMIT = Duration.ofSeconds(30);

    private SensorStream() {}

    /**
     * Runs the example.
     *
     * @param arguments {@code --readings} and how many, if not 15,000
     */
    public static void main(String[] arguments) throws Exception {
        long readings;
        try {
            readings = parse(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + System.lineSeparator() + USAGE);
            System.exit(2);
            return;
        }
        System.exit(run(readings) ? 0 : 1);
    }

    private static long parse(List<String> arguments) {
        if (arguments.isEmpty()) {
            return DEFAULT_READINGS;
        }
        if (arguments.size() != 2 || !arguments.get(0).equals("--readings")) {
            throw new IllegalArgumentException("unknown: " + String.join(" ", arguments));
        }
        long readings = Long.parseLong(arguments.get(1));
        if (readings < 300 || readings > 1_000_000) {
            throw new IllegalArgumentException("--readings must be 300 to 1000000: " + readings);
        }
        return readings;
    }

    /** Returns whether nothing was lost. */
    private static boolean run(long readings) throws InterruptedException {
        try (ChaskiNode office = ChaskiNode.builder().name("office").start();
                ChaskiNode mill = ChaskiNode.builder()
                        .name("mill")
                        .bootstrap(office.addresses().get(0))
                        .start()) {
            var in = ChaskiStreamer.on(office)
                    .openDeliveries(
                            READINGS, QueueOptions.builder().capacity(256).build());
            mill.subscribe(READINGS, message -> {}).awaitPaired(PAIRING_LIMIT);

            Sensor sensor = new Sensor(ChaskiStreamer.on(mill).publisher(READINGS), readings);
            Archive archive = new Archive(in, readings);
            try (Display display = new Display(sensor, archive)) {
                CompletableFuture<Void> sending = CompletableFuture.runAsync(sensor)
                        .whenComplete((nothing, failure) -> {
                            if (failure != null) {
                                in.close(); // the rest will not come
                            }
                        });
                archive.run();
                sending.join();
                return display.summary(readings);
            }
        }
    }
}
