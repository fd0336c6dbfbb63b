package io.chaski.remote.internal.model;

import io.chaski.remote.Deadline;
import io.chaski.remote.Idempotent;
import io.chaski.remote.OneWay;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;

/**
 * Methods that are a step to a service inside a service: those without parameters whose result is an interface that does not
 * travel or, in a class, a class with annotated methods. Stateless.
 */
final class NestedServices {

    /** These say something about a call, and a step is none. */
    private static final List<Class<? extends Annotation>> OF_CALLS =
            List.of(Deadline.class, Idempotent.class, OneWay.class);

    private NestedServices() {}

    /**
     * The table of the service that a method leads to, or empty if it leads to none.
     *
     * @param method of an interface or a class
     * @param result its result, with variables replaced
     * @param where what messages call the method
     * @param path of the service that has the method
     * @param errorTypes which exceptions can be made again
     * @throws IllegalArgumentException if it leads in a circle, too deep, or to what cannot be called remotely
     */
    static Optional<MethodTable> of(Method method, Type result, String where, ServicePath path, ErrorTypes errorTypes) {
        Class<?> raw = TypeBindings.raw(result);
        boolean isClass = !method.getDeclaringClass().isInterface() && ObjectReader.isAnnotated(raw);
        boolean isInterface = raw.isInterface() && !raw.isAnnotation();
        // Whatever the JDK has is either a type that travels or means something of its own, as a publisher does.
        boolean isOfJdk = raw.getName().startsWith("java.");
        if (path.isCallback()
                || method.getParameterCount() > 0
                || !(isClass || isInterface)
                || isOfJdk
                || TypeUniverse.problem(result).isEmpty()) {
            return Optional.empty();
        }
        for (Class<? extends Annotation> ofCalls : OF_CALLS) {
            if (method.isAnnotationPresent(ofCalls)) {
                throw new IllegalArgumentException(where + " leads to a nested service and is not called: @"
                        + ofCalls.getSimpleName() + " belongs to the methods of " + raw.getSimpleName());
            }
        }
        ServicePath inside = path.inside(where, RemoteNames.of(method, where), raw);
        MethodTable table = isInterface
                ? new ModelReader(result, errorTypes, inside).table()
                : new ObjectReader(result, errorTypes, inside).table();
        if (table.methods().isEmpty() && table.nested().isEmpty()) {
            throw new IllegalArgumentException(where + ", the result: " + raw.getSimpleName()
                    + " is no type that travels, and has no methods that could be called");
        }
        return Optional.of(table);
    }
}
