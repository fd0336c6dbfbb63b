package io.chaski.remote.internal.context;

import io.chaski.core.NodeId;
import io.chaski.core.security.policy.Subject;
import io.chaski.remote.RemoteContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The call that a thread executes. Thread-safe. */
public final class CurrentCall implements RemoteContext {

    private static final ThreadLocal<@Nullable CurrentCall> CURRENT = new ThreadLocal<>();

    private final NodeId caller;
    private final Supplier<Optional<Subject>> identity;
    private final String service;
    private final String method;
    private final Map<String, String> headers;
    private final OptionalLong deadlineNanos;
    private final CallScope scope;
    private final @Nullable CurrentCall outer;
    private volatile boolean isCancelled;

    /**
     * A call that has arrived.
     *
     * @param caller who calls
     * @param identity says who that has proved to be
     * @param service name of the service
     * @param method remote name of the method
     * @param headers those of the application
     * @param remaining time left
     */
    public CurrentCall(
            NodeId caller,
            Supplier<Optional<Subject>> identity,
            String service,
            String method,
            Map<String, String> headers,
            Optional<Duration> remaining) {
        this.caller = caller;
        this.identity = identity;
        this.service = service;
        this.method = method;
        this.headers = Map.copyOf(headers);
        this.deadlineNanos = remaining.isPresent()
                ? OptionalLong.of(System.nanoTime() + remaining.get().toNanos())
                : OptionalLong.empty();
        this.scope = new CallScope();
        this.outer = null;
    }

    private CurrentCall(CurrentCall outer, CallScope scope) {
        this.caller = outer.caller;
        this.identity = outer.identity;
        this.service = outer.service;
        this.method = outer.method;
        this.headers = outer.headers;
        this.deadlineNanos = outer.deadlineNanos;
        this.scope = scope;
        this.outer = outer;
    }

    /** The same call, for calls that may end before it does. */
    CurrentCall with(CallScope earlier) {
        return new CurrentCall(this, earlier);
    }

    /** The call that this thread executes, or null. */
    public static @Nullable CurrentCall find() {
        return CURRENT.get();
    }

    @Override
    public NodeId caller() {
        return caller;
    }

    @Override
    public Optional<Subject> identity() {
        return identity.get();
    }

    @Override
    public String service() {
        return service;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public Map<String, String> headers() {
        return headers;
    }

    @Override
    public Optional<Duration> remaining() {
        return deadlineNanos.isEmpty()
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.max(0, deadlineNanos.getAsLong() - System.nanoTime())));
    }

    @Override
    public boolean isCancelled() {
        return isCancelled || outer != null && outer.isCancelled();
    }

    /** Nobody waits for the result any more. Those who ask know from now on; {@link #scope()} is cancelled apart from this. */
    public void markCancelled() {
        isCancelled = true;
    }

    /** The calls that end with this one. */
    public CallScope scope() {
        return scope;
    }

    /**
     * The earlier of this call's deadline and another one.
     *
     * @param otherNanos on the clock of {@link System#nanoTime()}; empty if there is none
     */
    public OptionalLong earlierDeadline(OptionalLong otherNanos) {
        if (deadlineNanos.isEmpty() || otherNanos.isEmpty()) {
            return deadlineNanos.isPresent() ? deadlineNanos : otherNanos;
        }
        return deadlineNanos.getAsLong() - otherNanos.getAsLong() < 0 ? deadlineNanos : otherNanos;
    }

    @Override
    public void run(Runnable task) {
        CurrentCall before = CURRENT.get();
        CURRENT.set(this);
        try {
            task.run();
        } finally {
            restore(before);
        }
    }

    /** What is done as part of a call and has a result. */
    @FunctionalInterface
    public interface Task {

        /**
         * Does it.
         *
         * @throws Throwable whatever goes wrong
         */
        @Nullable
        Object run() throws Throwable;
    }

    /** As {@link #run}, for what has a result. */
    @Nullable
    Object call(Task task) throws Throwable {
        CurrentCall before = CURRENT.get();
        CURRENT.set(this);
        try {
            return task.run();
        } finally {
            restore(before);
        }
    }

    private static void restore(@Nullable CurrentCall before) {
        if (before == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(before);
        }
    }
}
