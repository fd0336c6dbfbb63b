package io.chaski.remote.internal.model;

import io.chaski.remote.Deadline;
import io.chaski.remote.Idempotent;
import io.chaski.remote.OneWay;
import io.chaski.remote.RemoteName;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads an interface, once, into a table; afterwards nothing is found by reflection any more. */
public final class ModelReader {

    /** A larger interface would not fit into one answer of {@code chaski.describe}, and nobody reads it. */
    static final int MAX_METHODS = 1_024;

    /** With {@link #MAX_METHODS} signatures a description stays below 1 MiB, the largest message of a stream. */
    static final int MAX_SIGNATURE_LENGTH = 512;

    static final int MAX_NAME_LENGTH = 255;

    private final Class<?> type;
    private final ErrorTypes errorTypes;
    private final TypeBindings bindings;

    private ModelReader(Class<?> type, ErrorTypes errorTypes) {
        this.type = type;
        this.errorTypes = errorTypes;
        this.bindings = TypeBindings.ofInterface(type);
    }

    /**
     * What can be called through an interface.
     *
     * @param type the interface
     * @param errorTypes which exceptions can be made again
     * @throws IllegalArgumentException if it cannot be called remotely; the message names the method and the parameter
     */
    public static ServiceModel forCalls(Class<?> type, ErrorTypes errorTypes) {
        return new ModelReader(type, errorTypes).read(false);
    }

    /**
     * What an interface serves.
     *
     * @param type the interface
     * @param errorTypes which exceptions are told by name
     * @throws IllegalArgumentException as for {@link #forCalls}, and if two methods have the same remote name and parameters
     */
    public static ServiceModel forServing(Class<?> type, ErrorTypes errorTypes) {
        return new ModelReader(type, errorTypes).read(true);
    }

    /**
     * A function as a service with one method, {@code apply}.
     *
     * @param argument its parameter
     * @param result its result
     * @throws IllegalArgumentException if one of them cannot travel
     */
    public static ServiceModel ofFunction(Type argument, Type result) {
        TypeBindings none = TypeBindings.ofInterface(Object.class);
        Type parameter = none.resolve(argument);
        Type returned = none.resolve(result);
        requireKnown(parameter, "the argument of a function");
        requireKnown(returned, "the result of a function");
        MethodModel apply = new MethodModel(
                MethodKey.of("apply(" + TypeText.erased(parameter) + ")"),
                "apply",
                TypeText.full(unboxed(returned)) + " apply(" + TypeText.full(parameter) + ")",
                List.of(parameter),
                returned,
                false,
                false,
                false,
                Optional.empty(),
                List.of(),
                MethodStreams.NONE);
        return new ServiceModel("function", List.of(apply), Map.of());
    }

    private ServiceModel read(boolean isServed) {
        if (!type.isInterface() || type.isAnnotation()) {
            throw new IllegalArgumentException(type.getName() + " is not an interface");
        }
        Map<Method, MethodModel> byMethod = new HashMap<>();
        Map<MethodKey, MethodModel> byKey = new LinkedHashMap<>();
        for (List<Method> same : grouped()) {
            Method nearest = nearest(same);
            if (!nearest.isDefault()) {
                MethodModel model = read(nearest);
                MethodModel other = byKey.putIfAbsent(model.key(), model);
                requireDifferent(model, other, isServed);
                same.forEach(method -> byMethod.put(method, model));
                nearest.trySetAccessible();
            }
        }
        if (byKey.isEmpty() || byKey.size() > MAX_METHODS) {
            throw new IllegalArgumentException(
                    type.getName() + " has " + byKey.size() + " remote methods, not 1 to " + MAX_METHODS);
        }
        return new ServiceModel(type.getSimpleName(), byKey.values(), byMethod);
    }

    /** A caller may have several names for one method, as long as they mean the same. */
    private void requireDifferent(MethodModel model, @Nullable MethodModel other, boolean isServed) {
        if (other != null && (isServed || !other.signature().equals(model.signature()))) {
            throw new IllegalArgumentException(type.getName() + ": two methods are called " + model.signature());
        }
    }

    /** Methods that override each other with another result are one method. */
    private Collection<List<Method>> grouped() {
        return Arrays.stream(type.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !isOfObject(method))
                .sorted(Comparator.comparing(Method::toGenericString))
                .collect(Collectors.groupingBy(
                        method -> method.getName() + List.of(method.getParameterTypes()),
                        LinkedHashMap::new,
                        Collectors.toList()))
                .values();
    }

    private static boolean isOfObject(Method method) {
        try {
            Object.class.getMethod(method.getName(), method.getParameterTypes());
            return true;
        } catch (NoSuchMethodException ofTheInterface) {
            return false;
        }
    }

    private static Method nearest(List<Method> same) {
        Method nearest = same.get(0);
        for (Method method : same) {
            boolean isNearer = nearest.getReturnType() == method.getReturnType()
                    ? nearest.getDeclaringClass().isAssignableFrom(method.getDeclaringClass())
                    : nearest.getReturnType().isAssignableFrom(method.getReturnType());
            nearest = isNearer ? method : nearest;
        }
        return nearest;
    }

    private MethodModel read(Method method) {
        Class<?> returned = method.getReturnType();
        boolean isFuture = returned == CompletableFuture.class || returned == CompletionStage.class;
        StreamReader streams = new StreamReader(bindings, where(method));
        ItemStream resultItems = streams.result(method);
        Type result = resultItems == null ? result(method, isFuture) : void.class;
        if (result != void.class) {
            requireKnown(result, where(method) + ", the result");
        }
        boolean isOneWay = method.isAnnotationPresent(OneWay.class);
        if (isOneWay && result != void.class) {
            throw new IllegalArgumentException(where(method) + " is one-way and has a result");
        }
        MethodStreams flows = streams.of(method, resultItems);
        List<Type> parameters = parameters(method, flows.index());
        String name = remoteName(method);
        String signature = (resultItems == null ? TypeText.full(unboxed(result)) : resultItems.text()) + " " + name
                + list(streams.texts(parameters, TypeText::full, flows));
        if (signature.length() > MAX_SIGNATURE_LENGTH) {
            throw new IllegalArgumentException(
                    where(method) + ": the signature is longer than " + MAX_SIGNATURE_LENGTH + " characters");
        }
        return new MethodModel(
                MethodKey.of(name + list(streams.texts(parameters, TypeText::erased, flows))),
                name,
                signature,
                parameters,
                result,
                isFuture,
                isOneWay,
                method.isAnnotationPresent(Idempotent.class),
                deadline(method),
                errorTypes.of(method.getExceptionTypes()),
                flows);
    }

    private static String list(List<String> types) {
        return "(" + String.join(",", types) + ")";
    }

    private Type result(Method method, boolean isFuture) {
        Type declared = bindings.resolve(method.getGenericReturnType());
        if (!isFuture) {
            return declared;
        }
        if (!(declared instanceof GenericType future)) {
            throw new IllegalArgumentException(where(method) + ", the result: a future needs its type argument");
        }
        Type result = future.arguments().get(0);
        return result == Void.class ? void.class : result;
    }

    private List<Type> parameters(Method method, int ofItems) {
        List<Type> parameters = new ArrayList<>();
        for (int i = 0; i < method.getParameterCount(); i++) {
            var parameter = method.getParameters()[i];
            Type resolved = bindings.resolve(parameter.getParameterizedType());
            if (i != ofItems) {
                requireKnown(resolved, where(method) + ", parameter " + (i + 1) + " (" + parameter.getName() + ")");
                parameters.add(resolved);
            }
        }
        return parameters;
    }

    static void requireKnown(Type resolved, String where) {
        TypeUniverse.problem(resolved).ifPresent(problem -> {
            throw new IllegalArgumentException(where + ": " + problem);
        });
    }

    private String where(Method method) {
        return type.getName() + "." + method.getName();
    }

    private String remoteName(Method method) {
        RemoteName renamed = method.getAnnotation(RemoteName.class);
        String name = renamed == null ? method.getName() : renamed.value();
        boolean isPlain = name.chars().allMatch(c -> c > ' ' && c != '(' && c != ')' && !Character.isISOControl(c));
        if (name.isEmpty() || name.length() > MAX_NAME_LENGTH || !isPlain) {
            throw new IllegalArgumentException(where(method) + ": a remote name has 1 to " + MAX_NAME_LENGTH
                    + " characters, without spaces and parentheses");
        }
        return name;
    }

    private Optional<Duration> deadline(Method method) {
        Deadline limit = method.getAnnotation(Deadline.class);
        if (limit == null) {
            return Optional.empty();
        }
        if (limit.value() < 1) {
            throw new IllegalArgumentException(where(method) + ": a deadline is positive, not " + limit.value());
        }
        return Optional.of(Duration.of(limit.value(), limit.unit().toChronoUnit()));
    }

    /** A future cannot hold a primitive, so callers with futures and callers without see the same result. */
    private static Type unboxed(Type result) {
        return result instanceof Class<?> plain
                ? MethodType.methodType(plain).unwrap().returnType()
                : result;
    }
}
