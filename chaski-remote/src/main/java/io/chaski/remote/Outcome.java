package io.chaski.remote;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one of several providers has answered. Immutable.
 *
 * @param <T> what the method returns
 */
public sealed interface Outcome<T extends @Nullable Object> {

    /** Whose answer it is. */
    Provider provider();

    /**
     * A result.
     *
     * @param provider whose
     * @param value what the method returned, null if it has no result
     */
    record Value<T extends @Nullable Object>(Provider provider, T value) implements Outcome<T> {
        /** Checks that it is somebody's. */
        public Value {
            Objects.requireNonNull(provider, "provider");
        }
    }

    /**
     * No result: a {@link CallException}, of which {@link CallTimeoutException} and {@link PeerLostException} are kinds, an exception that
     * the method declares, or {@link java.util.concurrent.CancellationException}.
     *
     * @param provider whose
     * @param failure why
     */
    record Failed<T extends @Nullable Object>(Provider provider, Throwable failure) implements Outcome<T> {
        /** Checks that nothing is missing. */
        public Failed {
            Objects.requireNonNull(provider, "provider");
            Objects.requireNonNull(failure, "failure");
        }
    }
}
