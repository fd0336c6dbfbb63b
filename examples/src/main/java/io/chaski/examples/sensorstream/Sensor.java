package io.chaski.examples.sensorstream;

import io.chaski.core.Receipt;
import io.chaski.streamer.TopicPublisher;

/** Publishes readings without a pause of its own, and knows how many it has sent and for how many it had to wait. Thread-safe. */
final class Sensor implements Runnable {

    private static final double MEAN_CELSIUS = 21.5;

    private final TopicPublisher<Reading> out;
    private final long readings;
    private volatile long sent;
    private volatile long waits;

    Sensor(TopicPublisher<Reading> out, long readings) {
        this.out = out;
        this.readings = readings;
    }

    @Override
    public void run() {
        long waitsSoFar = 0;
        for (long number = 1; number <= readings; number++) {
            Reading reading = new Reading("boiler", number, MEAN_CELSIUS + Math.sin(number / 100.0));
            Receipt receipt = out.offer(reading);
            if (receipt.isRejected()) {
                waits = ++waitsSoFar;
                receipt = out.publish(reading);
            }
            if (receipt.isRejected()) {
                throw new IllegalStateException("reading " + number + " was given up: " + receipt.status());
            }
            sent = number;
        }
    }

    long sent() {
        return sent;
    }

    /** Readings that could not be sent at once, since the archive took no more. */
    long waits() {
        return waits;
    }
}
