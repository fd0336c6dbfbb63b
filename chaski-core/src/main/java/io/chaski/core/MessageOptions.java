package io.chaski.core;

import java.time.Duration;

/**
 * How messages are published. Immutable.
 *
 * @param maxPayload largest encoded payload that is published, in bytes; fits {@link EdgeOptions#maxFrame} with
 *     {@link #ENVELOPE_BYTES} to spare
 * @param slowConsumerTimeout longest that {@link ChaskiNode#publish} waits for room and for credit, and that a subscriber with
 *     {@link OverflowPolicy#BLOCK} may take nothing before it is cut off; 0 to 10 min
 */
public record MessageOptions(int maxPayload, Duration slowConsumerTimeout) {

    /**
     * A message travels in one frame; this much of the frame is left to the envelope: headers of 4 KiB, names, key and
     * what the wire adds, with room to spare.
     */
    public static final int ENVELOPE_BYTES = 16 << 10;

    /** What fits a frame of the default size: room for a picture. What is larger is a file, and has its own way. */
    public static final int DEFAULT_MAX_PAYLOAD = EdgeOptions.DEFAULT_MAX_FRAME - ENVELOPE_BYTES;

    /** What fits the largest frame that may be configured. */
    public static final int MAX_MAX_PAYLOAD = EdgeOptions.MAX_MAX_FRAME - ENVELOPE_BYTES;

    /** Longer than any pause of a machine that is worth waiting for. */
    public static final Duration DEFAULT_SLOW_CONSUMER_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration LONGEST = Duration.ofMinutes(10);

    /**
     * Checks the ranges.
     *
     * @throws ConfigurationException if a value is out of its range, naming it
     */
    public MessageOptions {
        if (maxPayload < 1 || maxPayload > MAX_MAX_PAYLOAD) {
            throw new ConfigurationException("maxPayload must be 1 to " + MAX_MAX_PAYLOAD + " bytes: " + maxPayload);
        }
        if (slowConsumerTimeout.isNegative() || slowConsumerTimeout.compareTo(LONGEST) > 0) {
            throw new ConfigurationException(
                    "slowConsumerTimeout must be 0 to " + LONGEST + ": " + slowConsumerTimeout);
        }
    }
}
