package io.chaski.core;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * How one subscription queues and where it runs. Immutable.
 *
 * @param capacity how many messages the queue holds, 1 to 1,048,576
 * @param capacityBytes how many bytes the queue holds, 1 or more; a message always fits an empty queue
 * @param overflow what happens when either is exceeded
 * @param dispatch where the callbacks run
 * @param onGap hears, in order with the messages, what could not be repaired in time
 * @param onDrop hears how many messages were given up since it was last called, before the next message
 */
public record SubscribeOptions(
        int capacity,
        long capacityBytes,
        OverflowPolicy overflow,
        Dispatch dispatch,
        Consumer<NodeEvent.Gap> onGap,
        LongConsumer onDrop) {

    /** A burst of a second at 1,000 messages per second, and not more than a glance behind. */
    public static final int DEFAULT_CAPACITY = 1_024;

    /** A million queued objects are a leak, not a queue. */
    public static final int MAX_CAPACITY = 1 << 20;

    /** Sixteen of the largest payloads of the default size; twenty such subscriptions still fit a small heap. */
    public static final long DEFAULT_CAPACITY_BYTES = 16L << 20;

    /** 1,024 messages, 16 MiB, the oldest is dropped, callbacks on the callback executor. */
    public static final SubscribeOptions DEFAULTS = builder().build();

    /** Checks the ranges and what goes together. */
    public SubscribeOptions {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("capacity must be 1 to " + MAX_CAPACITY + " messages: " + capacity);
        }
        if (capacityBytes < 1) {
            throw new IllegalArgumentException("capacityBytes must be at least 1: " + capacityBytes);
        }
        Objects.requireNonNull(overflow, "overflow");
        Objects.requireNonNull(dispatch, "dispatch");
        Objects.requireNonNull(onGap, "onGap");
        Objects.requireNonNull(onDrop, "onDrop");
    }

    /** Starts from {@link #DEFAULTS}. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the options of a subscription. Not thread-safe. */
    public static final class Builder {
        private int capacity = DEFAULT_CAPACITY;
        private long capacityBytes = DEFAULT_CAPACITY_BYTES;
        private OverflowPolicy overflow = OverflowPolicy.DROP_OLDEST;
        private Dispatch dispatch = Dispatch.CALLBACK;
        private Consumer<NodeEvent.Gap> onGap = gap -> {};
        private LongConsumer onDrop = messages -> {};

        private Builder() {}

        /**
         * Bounds the queue in messages.
         *
         * @param messages 1 to 1,048,576
         */
        public Builder capacity(int messages) {
            this.capacity = messages;
            return this;
        }

        /**
         * Bounds the queue in bytes.
         *
         * @param bytes 1 or more
         */
        public Builder capacityBytes(long bytes) {
            this.capacityBytes = bytes;
            return this;
        }

        /**
         * Decides what happens when the queue is full.
         *
         * @param policy what is given up, or who waits
         */
        public Builder overflow(OverflowPolicy policy) {
            this.overflow = policy;
            return this;
        }

        /**
         * Decides where callbacks run.
         *
         * @param where with {@link Dispatch#INLINE} nothing is queued and nothing overflows
         */
        public Builder dispatch(Dispatch where) {
            this.dispatch = where;
            return this;
        }

        /**
         * Hears of messages that nobody could repair in time.
         *
         * @param callback called in order with the messages, in the same place
         */
        public Builder onGap(Consumer<NodeEvent.Gap> callback) {
            this.onGap = callback;
            return this;
        }

        /**
         * Hears of messages that this subscription's full queue gave up.
         *
         * @param callback called with the number since the last call, in the same place as the messages
         */
        public Builder onDrop(LongConsumer callback) {
            this.onDrop = callback;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public SubscribeOptions build() {
            return new SubscribeOptions(capacity, capacityBytes, overflow, dispatch, onGap, onDrop);
        }
    }
}
