package io.chaski.remote.internal.flow;

import org.jspecify.annotations.Nullable;

/**
 * What stands between the last item and what the consumer hears of it. At the side that calls these are the interceptors, which
 * see the end of the call first.
 */
@FunctionalInterface
public interface ItemEnd {

    /** The consumer hears at once how the items ended. */
    ItemEnd AT_ONCE = (failure, consumer) -> consumer.terminate(failure);

    /** Hears how it ends. */
    @FunctionalInterface
    interface Consumer {

        /**
         * The only and last signal.
         *
         * @param failure null if all is well
         */
        void terminate(@Nullable Throwable failure);
    }

    /**
     * The consumer has taken the last item.
     *
     * @param failure how the items ended, null if in good order
     * @param consumer to be told, at once or later
     */
    void onTaken(@Nullable Throwable failure, Consumer consumer);
}
