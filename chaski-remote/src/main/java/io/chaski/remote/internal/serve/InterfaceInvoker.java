package io.chaski.remote.internal.serve;

import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.ServiceModel;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Calls the methods of an interface, from a table made when it is served. Thread-safe. */
public final class InterfaceInvoker implements Invoker {

    private final Object implementation;
    private final Map<MethodModel, Method> methods = new HashMap<>();

    /**
     * An invoker for one object.
     *
     * @param model of an interface that the object implements
     * @param implementation the object
     * @throws IllegalArgumentException if a method of the interface cannot be reached from here
     */
    public InterfaceInvoker(ServiceModel model, Object implementation) {
        this.implementation = implementation;
        for (MethodModel each : model.methods()) {
            Method method = model.methodOf(each);
            if (!method.canAccess(implementation)) {
                throw new IllegalArgumentException(
                        method + " cannot be called: its package must be exported, or opened, to io.chaski.remote");
            }
            methods.put(each, method);
        }
    }

    @Override
    public @Nullable Object invoke(MethodModel method, List<@Nullable Object> arguments) throws Throwable {
        try {
            return Objects.requireNonNull(methods.get(method), "of this model")
                    .invoke(implementation, arguments.toArray());
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }
}
