package io.chaski.remote.internal.model;

import io.chaski.remote.RemoteMethod;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the annotated methods of a class, those that it inherits included, once, into a table. */
public final class ObjectReader {

    private final Class<?> type;
    private final ModelReader methods;

    private ObjectReader(Class<?> type, ErrorTypes errorTypes) {
        this.type = type;
        this.methods = new ModelReader(type, errorTypes);
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
        return new ObjectReader(type, errorTypes).read();
    }

    private ServiceModel read() {
        Map<String, Method> nearest = new LinkedHashMap<>();
        for (Class<?> declaring : supertypes()) {
            for (Method method : annotated(declaring)) {
                nearest.putIfAbsent(methods.overridden(method), method);
            }
        }
        Map<Method, MethodModel> byMethod = new HashMap<>();
        Map<MethodKey, MethodModel> byKey = new LinkedHashMap<>();
        for (Method method : nearest.values()) {
            MethodModel model = methods.read(method);
            methods.requireDifferent(model, byKey.putIfAbsent(model.key(), model), true);
            byMethod.put(method, model);
        }
        methods.requireCount(byKey.size());
        return new ServiceModel(type.getSimpleName(), byKey.values(), byMethod);
    }

    /** The nearest first: the class, those that it extends, then all interfaces. */
    private Set<Class<?>> supertypes() {
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
