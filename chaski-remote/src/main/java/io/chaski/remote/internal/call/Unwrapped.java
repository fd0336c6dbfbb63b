package io.chaski.remote.internal.call;

import java.util.concurrent.CompletionException;

/** Failures without the wrapper that futures put around them. Stateless. */
final class Unwrapped {

    private Unwrapped() {}

    static Throwable of(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
