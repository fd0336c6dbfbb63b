package io.chaski.examples.sensorstream;

import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Prints twice a second how fast readings are sent and stored. Thread-safe. */
final class Display implements AutoCloseable {

    private static final long PERIOD_MILLIS = 500;

    private final Sensor sensor;
    private final Archive archive;
    private final long beganNanos = System.nanoTime();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "display");
        thread.setDaemon(true);
        return thread;
    });
    private long nanosBefore = beganNanos;
    private long sentBefore;
    private long storedBefore;

    Display(Sensor sensor, Archive archive) {
        this.sensor = sensor;
        this.archive = archive;
        System.out.println("  time  archive    sent/s  stored/s  on the way");
        var unused = clock.scheduleAtFixedRate(this::print, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    private synchronized void print() {
        long nowNanos = System.nanoTime();
        long stored = archive.stored(); // first, so that what is on the way is never negative
        long sent = sensor.sent();
        double seconds = (nowNanos - nanosBefore) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%5.1f s  %-7s  %8.0f  %8.0f  %10d%n",
                (nowNanos - beganNanos) / 1e9,
                archive.isSlow() ? "slow" : "fast",
                (sent - sentBefore) / seconds,
                (stored - storedBefore) / seconds,
                sent - stored);
        nanosBefore = nowNanos;
        sentBefore = sent;
        storedBefore = stored;
    }

    /** Prints the sums; returns whether they are right. */
    boolean summary(long readings) {
        print();
        System.out.println("sent: " + sensor.sent() + ", stored: " + archive.stored() + ", missing: "
                + (readings - archive.stored()) + ", waited for: " + sensor.waits());
        return archive.stored() == readings;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
