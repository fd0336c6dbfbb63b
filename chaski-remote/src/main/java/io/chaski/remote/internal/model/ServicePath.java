package io.chaski.remote.internal.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How a reader has come to an interface or a class: the services on the way, from outside in. */
final class ServicePath {

    /** Deeper ones are more likely a mistake than a design, and each level multiplies the methods. */
    static final int MAX_DEPTH = 8;

    private final CollectedMethods methods;
    private final List<Class<?>> types;
    private final List<String> names;

    private final boolean isCallback;

    private ServicePath(CollectedMethods methods, List<Class<?>> types, List<String> names, boolean isCallback) {
        this.methods = methods;
        this.isCallback = isCallback;
        this.types = List.copyOf(types);
        this.names = List.copyOf(names);
    }

    /**
     * At the service itself.
     *
     * @param type its interface or class
     * @param isServed whether it is read for serving
     */
    static ServicePath begin(Class<?> type, boolean isServed) {
        return new ServicePath(new CollectedMethods(type, isServed), List.of(type), List.of(), false);
    }

    /**
     * At the interface of a callback. It has neither services inside nor callbacks of its own: their life would be that of another
     * call.
     *
     * @param type its interface
     */
    static ServicePath ofCallback(Class<?> type) {
        return new ServicePath(new CollectedMethods(type, true), List.of(type), List.of(), true);
    }

    /** Whether this is the interface of a callback. */
    boolean isCallback() {
        return isCallback;
    }

    /**
     * One step further inside.
     *
     * @param where the method that leads there, for messages
     * @param name its remote name
     * @param type the interface or class that it returns
     * @throws IllegalArgumentException if that is a circle, or too deep
     */
    ServicePath inside(String where, String name, Class<?> type) {
        if (types.contains(type)) {
            throw new IllegalArgumentException(where + " leads in a circle: "
                    + types.stream().map(Class::getSimpleName).collect(Collectors.joining(", then ")) + ", then "
                    + type.getSimpleName() + " again");
        }
        if (types.size() >= MAX_DEPTH) {
            throw new IllegalArgumentException(
                    where + " leads deeper than " + MAX_DEPTH + " services inside one another");
        }
        List<Class<?>> deeperTypes = new ArrayList<>(types);
        deeperTypes.add(type);
        List<String> deeperNames = new ArrayList<>(names);
        deeperNames.add(name);
        return new ServicePath(methods, deeperTypes, deeperNames, isCallback);
    }

    /** The methods of the whole service. */
    CollectedMethods methods() {
        return methods;
    }

    /** The remote name of a method here. */
    String of(String name) {
        return names.isEmpty() ? name : this + "." + name;
    }

    /** The names of the steps, with dots between. */
    @Override
    public String toString() {
        return String.join(".", names);
    }
}
