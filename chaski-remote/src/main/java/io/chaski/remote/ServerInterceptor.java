package io.chaski.remote;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stands around the calls that a node executes: authorises, traces, measures. Runs on the thread of the call, where
 * {@link RemoteContext#current()} tells who calls, and may wait. Thread-safe.
 */
@FunctionalInterface
public interface ServerInterceptor {

    /** The rest of the way: the next interceptor, or the implementation. */
    @FunctionalInterface
    interface Next {

        /**
         * Goes on.
         *
         * @return what the implementation returned, perhaps a future
         * @throws Throwable what it threw
         */
        @Nullable
        Object proceed() throws Throwable;
    }

    /**
     * Takes a call.
     *
     * @param context who calls what
     * @param arguments what was passed; not to be changed. A stream of items is here as the implementation gets it
     * @param next the rest of the way, gone at most once
     * @return the result, of the type of the method's result, or a future of it where the served method returns a future
     * @throws CallDeniedException to refuse the call; the caller gets the reason's message
     * @throws Throwable anything else fails the call as if the implementation had thrown it
     */
    @Nullable
    Object around(RemoteContext context, List<@Nullable Object> arguments, Next next) throws Throwable;
}
