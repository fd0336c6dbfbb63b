package io.chaski.remote.internal.model;

import io.chaski.remote.Deadline;
import io.chaski.remote.Idempotent;
import io.chaski.remote.OneWay;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads an interface, once, into a table; afterwards nothing is found by reflection any more. */
public final class ModelReader {

    /** With {@link CollectedMethods#MAX_METHODS} signatures a description stays below 1 MiB, the largest message of a stream. */
    static final int MAX_SIGNATURE_LENGTH = 512;

    private final Class<?> type;
    private final ErrorTypes errorTypes;
    private final TypeBindings bindings;
    private final ServicePath path;

    /**
     * A reader of an interface, or of single methods of a class.
     *
     * @param type the interface or the class, variables replaced
     * @param errorTypes which exceptions can be made again
     * @param path how it is come to
     */
    ModelReader(Type type, ErrorTypes errorTypes, ServicePath path) {
        this.type = TypeBindings.raw(type);
        this.errorTypes = errorTypes;
        this.bindings = type instanceof GenericType generic
                ? TypeBindings.ofInterface(generic)
                : TypeBindings.ofInterface(this.type);
        this.path = path;
    }

    /**
     * What can be called through an interface.
     *
     * @param type the interface
     * @param errorTypes which exceptions can be made again
     * @throws IllegalArgumentException if it cannot be called remotely; the message names the method and the parameter
     */
    public static ServiceModel forCalls(Class<?> type, ErrorTypes errorTypes) {
        return read(type, errorTypes, false);
    }

    /**
     * What an interface serves.
     *
     * @param type the interface
     * @param errorTypes which exceptions are told by name
     * @throws IllegalArgumentException as for {@link #forCalls}, and if two methods have the same remote name and parameters
     */
    public static ServiceModel forServing(Class<?> type, ErrorTypes errorTypes) {
        return read(type, errorTypes, true);
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
        MethodTable table = new MethodTable("", Function.class, Map.of(functionApply(), apply), Map.of());
        return new ServiceModel("function", List.of(apply), table);
    }

    /** The one method of a function of Java that is not a default method. */
    private static Method functionApply() {
        try {
            return Function.class.getMethod("apply", Object.class);
        } catch (NoSuchMethodException impossible) {
            throw new LinkageError("java.util.function.Function has no apply", impossible);
        }
    }

    /**
     * A type of a result, for calls without an interface.
     *
     * @param type any
     * @throws IllegalArgumentException if it is none that travels
     */
    public static Type resultType(Type type) {
        Type resolved = TypeBindings.ofInterface(Object.class).resolve(type);
        requireKnown(resolved, "the type of a result");
        return resolved;
    }

    private static ServiceModel read(Class<?> type, ErrorTypes errorTypes, boolean isServed) {
        ServicePath path = ServicePath.begin(type, isServed);
        MethodTable table = new ModelReader(type, errorTypes, path).table();
        return new ServiceModel(type.getSimpleName(), path.methods().all(), table);
    }

    /** Where the methods of an interface lead; what is called is collected on the way. */
    MethodTable table() {
        if (!type.isInterface() || type.isAnnotation()) {
            throw new IllegalArgumentException(type.getName() + " is not an interface");
        }
        Map<Method, MethodModel> called = new LinkedHashMap<>();
        Map<Method, MethodTable> nested = new LinkedHashMap<>();
        for (List<Method> same : grouped()) {
            Method nearest = nearest(same);
            if (nearest.isDefault()) {
                continue;
            }
            same.forEach(Method::trySetAccessible);
            Optional<MethodTable> inside = nested(nearest);
            if (inside.isPresent()) {
                same.forEach(method -> nested.put(method, inside.get()));
            } else {
                MethodModel model = collect(nearest);
                called.put(nearest, model); // first: it is the one to invoke
                same.forEach(method -> called.put(method, model));
            }
        }
        return new MethodTable(path.toString(), type, called, nested);
    }

    Optional<MethodTable> nested(Method method) {
        return NestedServices.of(
                method, bindings.resolve(method.getGenericReturnType()), where(method), path, errorTypes);
    }

    MethodModel collect(Method method) {
        MethodModel model = read(method);
        path.methods().add(model);
        return model;
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

    static boolean isOfObject(Method method) {
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

    /** What two methods have in common of which one overrides the other: name and parameters, their variables replaced. */
    String overridden(Method method) {
        return method.getName()
                + list(Arrays.stream(method.getGenericParameterTypes())
                        .map(bindings::resolve)
                        .map(TypeText::erased)
                        .toList());
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
        if (flows.isAny() && path.isCallback()) {
            throw new IllegalArgumentException(
                    where(method) + " takes or returns a stream of items, and a callback has none");
        }
        List<Type> parameters = parameters(method, flows.index());
        String name = path.of(RemoteNames.of(method, where(method)));
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
                parameters.add(parameter(
                        resolved, where(method) + ", parameter " + (i + 1) + " (" + parameter.getName() + ")"));
            }
        }
        MethodModel.requireFewCallbacks(parameters, where(method));
        return parameters;
    }

    /** A type that travels, or that of a callback. */
    private Type parameter(Type resolved, String where) {
        Optional<String> problem = TypeUniverse.problem(resolved);
        if (problem.isEmpty()) {
            return resolved;
        }
        Optional<CallbackType> callback;
        try {
            callback = path.isCallback() ? Optional.empty() : CallbackType.of(resolved, errorTypes);
        } catch (IllegalArgumentException notRemote) {
            throw new IllegalArgumentException(
                    where + ": " + problem.get() + ", nor a callback: " + notRemote.getMessage(), notRemote);
        }
        return callback.orElseThrow(() -> new IllegalArgumentException(where + ": " + problem.get()));
    }

    static void requireKnown(Type resolved, String where) {
        TypeUniverse.problem(resolved).ifPresent(problem -> {
            throw new IllegalArgumentException(where + ": " + problem);
        });
    }

    private String where(Method method) {
        return type.getName() + "." + method.getName();
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
