package io.chaski.remote;

/**
 * As {@link RemoteCall}, for a method whose result nobody wants: {@code c -> c.clear()}.
 *
 * @param <I> the interface
 */
@FunctionalInterface
public interface RemoteAction<I> {

    /**
     * Calls exactly one remote method.
     *
     * @param service notes the call
     * @throws Throwable what the method declares
     */
    void call(I service) throws Throwable;
}
