package io.chaski.remote.internal.serve;

import io.chaski.remote.internal.model.MethodModel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls the implementation of a service. Thread-safe. */
@FunctionalInterface
public interface Invoker {

    /**
     * Calls a method.
     *
     * @param method one of the service's model
     * @param arguments of its types
     * @return what it returned
     * @throws Throwable what it threw
     */
    @Nullable
    Object invoke(MethodModel method, List<@Nullable Object> arguments) throws Throwable;
}
