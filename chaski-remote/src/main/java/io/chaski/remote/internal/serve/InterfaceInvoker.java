package io.chaski.remote.internal.serve;

import io.chaski.remote.internal.model.MethodKey;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.MethodTable;
import io.chaski.remote.internal.model.ServiceModel;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Calls the methods of an object, and of the objects that it gives out as services inside it, from a table made when it is
 * served. An object inside is asked for at each call, so it may be another one each time. Thread-safe.
 */
public final class InterfaceInvoker implements Invoker {

    /**
     * What is called one after the other.
     *
     * @param steps methods without parameters, from outside in
     * @param last what the call is about
     */
    private record Way(List<Method> steps, Method last) {}

    private final Object implementation;
    private final Map<MethodKey, Way> ways = new HashMap<>();

    /**
     * An invoker for one object.
     *
     * @param model of an interface that the object implements, or of its class
     * @param implementation the object
     * @throws IllegalArgumentException if a method of the interface cannot be reached from here
     */
    public InterfaceInvoker(ServiceModel model, Object implementation) {
        this.implementation = implementation;
        requireReachable(model.table());
        add(model.table(), List.of());
    }

    /** Of services inside this is found out by the first call: what object there will be is not known yet. */
    private void requireReachable(MethodTable table) {
        Stream.concat(table.methods().keySet().stream(), table.nested().keySet().stream())
                .filter(method -> !method.canAccess(implementation))
                .findFirst()
                .ifPresent(method -> {
                    throw new IllegalArgumentException(
                            method + " cannot be called: its package must be exported, or opened, to io.chaski.remote");
                });
    }

    private void add(MethodTable table, List<Method> steps) {
        table.methods().forEach((method, model) -> ways.putIfAbsent(model.key(), new Way(steps, method)));
        table.nested().forEach((step, inside) -> {
            List<Method> deeper = new ArrayList<>(steps);
            deeper.add(step);
            add(inside, List.copyOf(deeper));
        });
    }

    @Override
    public @Nullable Object invoke(MethodModel method, List<@Nullable Object> arguments) throws Throwable {
        Way way = Objects.requireNonNull(ways.get(method.key()), "of this model");
        Object target = implementation;
        for (Method step : way.steps()) {
            target = invoke(step, target, List.of());
            if (target == null) {
                throw new IllegalStateException(step.getName() + " has returned null, so there is no " + method.name());
            }
        }
        return invoke(way.last(), target, arguments);
    }

    private static @Nullable Object invoke(Method method, Object target, List<@Nullable Object> arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments.toArray());
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }
}
