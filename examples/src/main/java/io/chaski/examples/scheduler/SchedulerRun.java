package io.chaski.examples.scheduler;

import io.chaski.examples.process.Child;
import java.time.Duration;
import java.util.TreeMap;

/** Starts the garden and the gardener, each as a process of its own, and sees what is watered when the gardener has gone. */
public final class SchedulerRun {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Three times the roses, twice the peas. */
    private static final int RUNS = 5;

    private SchedulerRun() {}

    /**
     * Runs the example.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws Exception {
        try (Child garden = Child.start(GardenService.class, "garden", "127.0.0.1:0")) {
            String address = garden.await("READY", LIMIT);
            try (Child gardener = Child.start(Gardener.class, "gardener", address)) {
                gardener.awaitEnd(LIMIT);
            }
            System.out.println("the gardener has gone");
            TreeMap<String, Integer> watered = new TreeMap<>();
            for (int run = 0; run < RUNS; run++) {
                watered.merge(garden.await("WATERED", LIMIT), 1, Integer::sum);
            }
            System.out.println("watered: " + watered);
        }
    }
}
