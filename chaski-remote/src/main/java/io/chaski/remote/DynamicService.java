package io.chaski.remote;

import io.chaski.core.TypeRef;
import io.chaski.remote.internal.call.DynamicCalls;
import io.chaski.remote.internal.call.PlainValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A service that is called without an interface, for tools and scripts: {@code remote.dynamic("math").call("sqrt", 2.0)}. The
 * node that serves it is asked for its methods at each call, which costs one round trip more than a proxy, and the one is
 * chosen whose name and parameters fit. Names lead nowhere but into the table of what is served.
 *
 * <p>Of several methods with the same name the one is called whose parameters are nearest to the classes of the values, as in Java.
 * Numbers are widened, an {@code int} to a {@code double} for example, and narrowed as long as they keep their value. A text stands
 * also for an enum, a time, an id; a map of texts for a record; a list for a set or an array; what is left over goes into an
 * array that comes last. Callbacks cannot be passed, and methods
 * that take or return a stream of items are listed and not called.
 *
 * <p>Calls fail as those of a proxy do, and besides with {@link SignatureMismatchException} if no method fits, which lists those
 * there are, and {@link IllegalArgumentException} if several do, or the one there is has a stream of items. Immutable.
 */
public final class DynamicService {

    private final DynamicCalls calls;
    private final String path;
    private final CallOptions options;

    DynamicService(DynamicCalls calls, String path, CallOptions options) {
        this.calls = calls;
        this.path = path;
        this.options = options;
    }

    /**
     * One step further: a service inside this one, or a method without parameters, which {@link #as} and {@link #value} call.
     * Asks nobody.
     *
     * @param name of the step, or several with dots between
     * @throws IllegalArgumentException if it is empty
     */
    public DynamicService get(String name) {
        return new DynamicService(calls, inside(name), options);
    }

    /**
     * The same service with options for its calls, which go before those of the remote.
     *
     * @param nearer what holds for the calls
     */
    public DynamicService with(CallOptions nearer) {
        return new DynamicService(calls, path, nearer.over(options));
    }

    /**
     * Calls a method and waits for its result.
     *
     * @param method its remote name, or a path to it with dots between
     * @param arguments what is passed
     * @throws CallException if the call fails
     * @throws IllegalArgumentException if several methods fit equally well, or the name is empty
     * @throws IllegalStateException on an event loop
     * @throws java.util.concurrent.CancellationException if the thread is interrupted, which it then still is
     */
    public DynamicResult call(String method, @Nullable Object @Nullable ... arguments) {
        return new DynamicResult(PlainValues.of(calls.call(inside(method), listOf(arguments), options)));
    }

    /**
     * Calls a method and does not wait.
     *
     * @param method its remote name, or a path to it with dots between
     * @param arguments what is passed
     * @return its result; cancelling it cancels the call. Fails as {@link #call} does
     * @throws IllegalArgumentException if the name is empty
     */
    public CompletableFuture<DynamicResult> callAsync(String method, @Nullable Object @Nullable ... arguments) {
        CompletableFuture<@Nullable Object> called = calls.callLater(inside(method), listOf(arguments), options);
        CompletableFuture<DynamicResult> result = new CompletableFuture<>();
        var unused = called.whenComplete((value, failure) -> {
            if (failure == null) {
                result.complete(new DynamicResult(PlainValues.of(value)));
            } else {
                result.completeExceptionally(failure);
            }
        });
        var unusedToo = result.whenComplete((value, failure) -> called.cancel(false));
        return result;
    }

    /**
     * Calls the method that the path ends with, without arguments, and waits: {@code math.get("pi").as(Double.class)}.
     *
     * @param type of the result, as for {@link DynamicResult#as(Class)}
     * @throws IllegalStateException if there is no path, and as for {@link #call}
     */
    public <T> @Nullable T as(Class<T> type) {
        return result().as(type);
    }

    /**
     * As {@link #as(Class)}, for generic types.
     *
     * @param type of the result
     */
    public <T> @Nullable T as(TypeRef<T> type) {
        return result().as(type);
    }

    /** Calls as {@link #as(Class)} does, with the result that {@link DynamicResult#value} tells of. */
    public @Nullable Object value() {
        return result().value();
    }

    private DynamicResult result() {
        if (path.isEmpty()) {
            throw new IllegalStateException(this + " has no value: say which method, get(\"name\")");
        }
        return new DynamicResult(PlainValues.of(calls.call(path, List.of(), options)));
    }

    /**
     * Asks for the signatures of the methods here and further inside, and waits.
     *
     * @return sorted, with the whole path in their names, such as {@code double constants.pi()}
     * @throws CallException if nobody who can be reached serves this
     * @throws IllegalStateException on an event loop
     */
    public List<String> methods() {
        return calls.methods(options).stream()
                .filter(signature -> path.isEmpty() || isInside(signature))
                .toList();
    }

    private boolean isInside(String signature) {
        String name = signature.substring(signature.indexOf(' ') + 1);
        return name.startsWith(path + ".") || name.startsWith(path + "(");
    }

    private String inside(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the name of a method is empty");
        }
        return path.isEmpty() ? name : path + "." + name;
    }

    /** Java passes null for a single null. */
    private static List<@Nullable Object> listOf(@Nullable Object @Nullable [] arguments) {
        return arguments == null
                ? Collections.singletonList(null)
                : Collections.unmodifiableList(new ArrayList<>(Arrays.asList(arguments)));
    }

    @Override
    public String toString() {
        return "remote " + calls.service() + (path.isEmpty() ? "" : "." + path);
    }
}
