package io.chaski.remote;

import org.jspecify.annotations.Nullable;

/**
 * Names one call with its arguments, to be made in another way than by waiting for it: {@code c -> c.add(1, 2)}. It is run at once, with
 * a proxy that only notes which method was called and returns null, zero or false; the call itself is made later, once or often.
 *
 * @param <I> the interface
 * @param <T> what the method returns
 */
@FunctionalInterface
public interface RemoteCall<I, T extends @Nullable Object> {

    /**
     * Calls exactly one remote method.
     *
     * @param service notes the call
     * @return what that returned, of no interest
     * @throws Throwable what the method declares
     */
    T call(I service) throws Throwable;
}
