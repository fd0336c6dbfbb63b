package io.chaski.remote.internal.model;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The exceptions that can be made again at the caller's: those that were registered, and those made from a message. */
public final class ErrorTypes {

    /** Only exceptions with a constructor that takes a message. */
    public static final ErrorTypes NONE_REGISTERED = new ErrorTypes(Map.of());

    private final Map<Class<? extends Throwable>, Function<@Nullable String, ? extends Throwable>> registered;

    /**
     * Registered exceptions.
     *
     * @param registered how each is made from a message, which may be missing
     */
    public ErrorTypes(Map<Class<? extends Throwable>, Function<@Nullable String, ? extends Throwable>> registered) {
        this.registered = Map.copyOf(registered);
    }

    /** Those of the declared exceptions that can be made again; what extends another one comes before it. */
    List<DeclaredError> of(Class<?>[] declared) {
        List<DeclaredError> errors = new ArrayList<>();
        for (Class<?> exception : declared) {
            Class<? extends Throwable> type = exception.asSubclass(Throwable.class);
            factory(type).ifPresent(factory -> errors.add(new DeclaredError(type.getSimpleName(), type, factory)));
        }
        errors.sort(Comparator.comparingInt(error -> -depth(error.type())));
        return List.copyOf(errors);
    }

    private static int depth(Class<?> type) {
        Class<?> parent = type.getSuperclass();
        return parent == null ? 0 : 1 + depth(parent);
    }

    private Optional<Function<@Nullable String, ? extends Throwable>> factory(Class<? extends Throwable> type) {
        Function<@Nullable String, ? extends Throwable> given = registered.get(type);
        return given == null ? ofMessage(type) : Optional.of(given);
    }

    private static Optional<Function<@Nullable String, ? extends Throwable>> ofMessage(
            Class<? extends Throwable> type) {
        Constructor<? extends Throwable> constructor;
        try {
            constructor = type.getDeclaredConstructor(String.class);
        } catch (NoSuchMethodException otherwise) {
            return Optional.empty();
        }
        if (type == InterruptedException.class || !constructor.trySetAccessible()) {
            return Optional.empty(); // an interrupt concerns a thread of the other side
        }
        return Optional.of(message -> {
            try {
                return constructor.newInstance(message);
            } catch (InstantiationException | IllegalAccessException | InvocationTargetException failed) {
                throw new IllegalStateException("cannot make a " + type.getSimpleName(), failed);
            }
        });
    }
}
