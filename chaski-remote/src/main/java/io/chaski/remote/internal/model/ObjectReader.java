package io.chaski.remote.internal.model;

import io.chaski.remote.RemoteMethod;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the annotated methods of a class, those that it inherits included, once, into a table. */
public final class ObjectReader {

    private final Class<?> type;
    private final ServicePath path;
    private final ModelReader methods;

    /**
     * A reader of a class.
     *
     * @param type the class
     * @param errorTypes which exceptions are told by name
     * @param path how it is come to
     */
    ObjectReader(Type type, ErrorTypes errorTypes, ServicePath path) {
        this.type = TypeBindings.raw(type);
        this.path = path;
        this.methods = new ModelReader(type, errorTypes, path);
    }

    /**
     * What the objects of a class serve.
     *
     * @param type the class
     * @param errorTypes which exceptions are told by name
     * @throws IllegalArgumentException if no method is annotated, one is that cannot be served, or two have the same remote name and
     *     parameters; the message names the method
     */
    public static ServiceModel forServing(Class<?> type, ErrorTypes errorTypes) {
        ServicePath path = ServicePath.begin(type, true);
        MethodTable table = new ObjectReader(type, errorTypes, path).table();
        return new ServiceModel(type.getSimpleName(), path.methods().all(), table);
    }

    /** Whether a class has annotated methods, or inherits some. */
    static boolean isAnnotated(Class<?> type) {
        return supertypes(type).stream()
                .flatMap(declaring -> Arrays.stream(declaring.getDeclaredMethods()))
                .anyMatch(method -> method.isAnnotationPresent(RemoteMethod.class));
    }

    /** Where the annotated methods lead; what is called is collected on the way. */
    MethodTable table() {
        Map<String, Method> nearest = new LinkedHashMap<>();
        for (Class<?> declaring : supertypes(type)) {
            for (Method method : annotated(declaring)) {
                nearest.putIfAbsent(methods.overridden(method), method);
            }
        }
        Map<Method, MethodModel> called = new HashMap<>();
        Map<Method, MethodTable> nested = new HashMap<>();
        for (Method method : nearest.values()) {
            Optional<MethodTable> inside = methods.nested(method);
            if (inside.isPresent()) {
                nested.put(method, inside.get());
            } else {
                called.put(method, methods.collect(method));
            }
        }
        return new MethodTable(path.toString(), type, called, nested);
    }

    /** The nearest first: the class, those that it extends, then all interfaces. */
    private static Set<Class<?>> supertypes(Class<?> type) {
        Set<Class<?>> all = new LinkedHashSet<>();
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            all.add(each);
        }
        for (Class<?> each : List.copyOf(all)) {
            addInterfaces(each, all);
        }
        return all;
    }

    private static void addInterfaces(Class<?> of, Set<Class<?>> all) {
        for (Class<?> each : of.getInterfaces()) {
            all.add(each);
            addInterfaces(each, all);
        }
    }

    private static List<Method> annotated(Class<?> declaring) {
        List<Method> annotated = new ArrayList<>();
        for (Method method : declaring.getDeclaredMethods()) {
            // The compiler copies annotations to the bridges that it makes for generics.
            if (method.isAnnotationPresent(RemoteMethod.class) && !method.isBridge()) {
                requireServable(method);
                annotated.add(method);
            }
        }
        annotated.sort(Comparator.comparing(Method::toGenericString)); // getDeclaredMethods has no order
        return annotated;
    }

    private static void requireServable(Method method) {
        String where = method.getDeclaringClass().getName() + "." + method.getName();
        if (Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers())) {
            throw new IllegalArgumentException(where + " is " + Modifier.toString(method.getModifiers())
                    + " and cannot be called remotely: remove @RemoteMethod, or the modifier");
        }
        if (ModelReader.isOfObject(method)) {
            throw new IllegalArgumentException(where
                    + " is a method of Object, which runs at the caller's: remove @RemoteMethod, or take another name");
        }
        if (!method.trySetAccessible()) {
            throw new IllegalArgumentException(
                    where + " is out of reach: make class and method public, or open the package to io.chaski.remote");
        }
    }
}
