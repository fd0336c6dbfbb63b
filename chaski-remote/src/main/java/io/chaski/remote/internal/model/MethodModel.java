package io.chaski.remote.internal.model;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A method that can be called. Immutable.
 *
 * @param key its name on the wire
 * @param name its remote name, for people
 * @param signature result, name and parameters as text, generic types included
 * @param parameters declared types of the parameters, without that of a stream
 * @param result declared type of the result; {@code void} if there is none, or if it is a stream
 * @param isFuture whether Java's method returns a future of the result
 * @param isOneWay whether nobody waits for the result
 * @param isIdempotent whether it may be executed twice
 * @param deadline limit of the annotation
 * @param errors declared exceptions that arrive as themselves
 * @param streams what flows beside the arguments and the result
 */
public record MethodModel(
        MethodKey key,
        String name,
        String signature,
        List<Type> parameters,
        Type result,
        boolean isFuture,
        boolean isOneWay,
        boolean isIdempotent,
        Optional<Duration> deadline,
        List<DeclaredError> errors,
        MethodStreams streams) {

    /** Each is served while the call is under way; nobody passes so many. */
    static final int MAX_CALLBACKS = 64;

    /** Copies the lists. */
    public MethodModel {
        parameters = List.copyOf(parameters);
        errors = List.copyOf(errors);
    }

    /** Whether the other side may be called back. */
    public boolean hasCallbacks() {
        for (Type parameter : parameters) { // for each call: no stream
            if (parameter instanceof CallbackType) {
                return true;
            }
        }
        return false;
    }

    /** Types of what is sent: of a callback it is a text, see {@code CallbackName}. */
    public List<Type> sentParameters() {
        return hasCallbacks()
                ? parameters.stream()
                        .map(type -> type instanceof CallbackType ? String.class : type)
                        .toList()
                : parameters;
    }

    static void requireFewCallbacks(List<Type> parameters, String where) {
        long callbacks =
                parameters.stream().filter(CallbackType.class::isInstance).count();
        if (callbacks > MAX_CALLBACKS) {
            throw new IllegalArgumentException(
                    where + " has " + callbacks + " callbacks, not at most " + MAX_CALLBACKS);
        }
    }

    /** Whether there is a result at all. */
    public boolean hasResult() {
        return result != void.class;
    }
}
