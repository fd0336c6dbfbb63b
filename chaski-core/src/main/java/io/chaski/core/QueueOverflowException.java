package io.chaski.core;

import java.io.Serial;

/**
 * A subscription with {@link OverflowPolicy#FAIL} received more than its queue holds. What was queued before has been
 * delivered; everything after it has not.
 */
public final class QueueOverflowException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A subscription that ended.
     *
     * @param topic name of its topic
     * @param capacity how many messages its queue holds
     */
    public QueueOverflowException(String topic, int capacity) {
        super(
                "QUEUE_OVERFLOW",
                "the subscription of " + topic + " fell behind by more than " + capacity
                        + " messages or its bound in bytes",
                null);
    }
}
