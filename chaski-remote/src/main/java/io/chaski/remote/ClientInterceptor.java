package io.chaski.remote;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Stands around the calls that a node makes: adds headers, measures, refuses, tries again. Thread-safe. */
@FunctionalInterface
public interface ClientInterceptor {

    /** The rest of the way: the next interceptor, or the call itself. */
    @FunctionalInterface
    interface Next {

        /**
         * Goes on, at once and without waiting.
         *
         * @param call what to call
         * @return its result
         */
        CompletableFuture<@Nullable Object> proceed(ClientCall call);
    }

    /**
     * Takes a call. Runs on the thread that calls, and must not wait.
     *
     * @param call what is called
     * @param next the rest of the way; may be left out, and may be gone more than once, unless the result is a stream of items
     * @return the result that the caller gets, of the type of the method's result; what is thrown fails the call. If the result is
     *     a stream of items, it completes with null when the last of them has been taken, and ends what the caller reads
     */
    CompletableFuture<@Nullable Object> around(ClientCall call, Next next);
}
