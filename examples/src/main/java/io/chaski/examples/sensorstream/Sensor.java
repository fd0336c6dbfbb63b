package io.chaski.examples.sensorstream;

import io.chaski.core.Receipt;
import io.chaski.streamer.TopicPublisher;

/** Publishes readings without a pause of its own, and knows how many it has sent. Thread-safe. */
final class Sensor implements Runnable {

    private static final double MEAN_CELSIUS = 21.5;

    private final TopicPublisher<Reading> out;
    private final long readings;
    private volatile long sent;

    Sensor(TopicPublisher<Reading> out, long readings) {
        this.out = out;
        this.readings = readings;
    }

    @Override
    public void run() {
        for (long number = 1; number <= readings; number++) {
            Receipt receipt = out.publish(new Reading("boiler", number, MEAN_CELSIUS + Math.sin(number / 100.0)));
            if (receipt.isRejected()) {
                throw new IllegalStateException("reading " + number + " was given up: " + receipt.status());
            }
            sent = number;
        }
    }

    long sent() {
        return sent;
    }
}
