package io.chaski.remote.internal.context;

import io.chaski.core.NodeId;
import io.chaski.remote.RemoteContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The call that a thread executes. Thread-safe. */
public final class CurrentCall implements RemoteContext {

    private static final ThreadLocal<@Nullable CurrentCall> CURRENT = new ThreadLocal<>();

    private final NodeId caller;
    private final String service;
    private final String method;
    private final Map<String, String> headers;
    private final OptionalLong deadlineNanos;
    private final CallScope scope = new CallScope();
    private volatile boolean isCancelled;

    /**
     * A call that has arrived.
     *
     * @param caller who calls
     * @param service name of the service
     * @param method remote name of the method
     * @param headers those of the application
     * @param remaining time left
     */
    public CurrentCall(
            NodeId caller, String service, String method, Map<String, String> headers, Optional<Duration> remaining) {
        this.caller = caller;
        this.service = service;
        this.method = method;
        this.headers = Map.copyOf(headers);
        this.deadlineNanos = remaining.isPresent()
                ? OptionalLong.of(System.nanoTime() + remaining.get().toNanos())
                : OptionalLong.empty();
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
        return isCancelled;
    }

    /** Nobody waits for the result any more. Those who ask know from now on; {@link #scope()} is cancelled apart from this. */
    public void markCancelled() {
        isCancelled = true;
    }

    /** The calls that end with this one. */
    public CallScope scope() {
        return scope;
    }

    @Override
    public void run(Runnable task) {
        CurrentCall before = CURRENT.get();
        CURRENT.set(this);
        try {
            task.run();
        } finally {
            if (before == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
        }
    }
}
