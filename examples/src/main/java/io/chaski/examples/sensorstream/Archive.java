package io.chaski.examples.sensorstream;

import io.chaski.core.Delivery;
import io.chaski.streamer.TopicStream;

/**
 * Stores readings: at once, but for the second third of them, each of which takes a millisecond longer. Knows what it has
 * stored and what it has missed. Thread-safe.
 */
final class Archive implements Runnable {

    private static final long SLOW_MILLIS = 1;

    private final TopicStream<Delivery<Reading>> in;
    private final long readings;
    private volatile long stored;
    private volatile long missing;

    Archive(TopicStream<Delivery<Reading>> in, long readings) {
        this.in = in;
        this.readings = readings;
    }

    @Override
    public void run() {
        for (Delivery<Reading> delivery : in) {
            if (delivery instanceof Delivery.Received<Reading> received) {
                store(received.message().payload());
            }
            if (stored + missing >= readings) {
                in.close();
            }
        }
    }

    /** What lies between two readings has been dropped or could not be repaired, or it would have come first. */
    private void store(Reading reading) {
        missing = reading.number() - 1 - stored;
        if (isSlow()) {
            pause();
        }
        stored = reading.number() - missing;
    }

    boolean isSlow() {
        return stored >= readings / 3 && stored < 2 * readings / 3;
    }

    private void pause() {
        try {
            Thread.sleep(SLOW_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // and the loop ends
        }
    }

    long stored() {
        return stored;
    }

    long missing() {
        return missing;
    }
}
