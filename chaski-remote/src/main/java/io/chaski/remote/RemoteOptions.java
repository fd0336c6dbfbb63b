package io.chaski.remote;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a node calls and serves. Immutable.
 *
 * @param calls what holds for all calls that nothing nearer says more about
 * @param maxPendingPerPeer calls with one peer that may be under way, 1 to {@link #DEFAULT_MAX_PENDING_PER_PEER}, in each
 *     direction; beyond it they are refused as busy
 * @param maxBodyBytes largest encoded arguments or result of one call, or item of a stream, 1 KiB or more, {@link #DEFAULT_MAX_BODY_BYTES} by default
 * @param itemIdle how long an implementation may wait for an item of its caller, 1 ms or more, {@link #DEFAULT_ITEM_IDLE} by default;
 *     noticed within twice this time. The call ends then with {@link ItemsIdleException}, and the thread is interrupted
 * @param clientInterceptors stand around the calls this node makes, the first outermost
 * @param serverInterceptors stand around the calls this node executes, the first outermost
 * @param errors exceptions that travel as themselves where a method declares them, and how each is made from its message. Those
 *     with a constructor that takes a message need not be named
 * @param oneWayFailures hears of one-way calls that failed after they were sent; called on a thread of the library, and
 *     must not wait for calls
 * @param scheduleStore directory where the schedules of others at this node are kept over its end, one file each; of this node alone.
 *     Without it they end with the remote
 */
public record RemoteOptions(
        CallOptions calls,
        int maxPendingPerPeer,
        int maxBodyBytes,
        Duration itemIdle,
        List<ClientInterceptor> clientInterceptors,
        List<ServerInterceptor> serverInterceptors,
        Map<Class<? extends Throwable>, Function<@Nullable String, ? extends Throwable>> errors,
        Consumer<? super CallException> oneWayFailures,
        Optional<Path> scheduleStore) {

    /** As many as one connection has streams. */
    public static final int DEFAULT_MAX_PENDING_PER_PEER = 1_024;

    /** Larger things are files or streams. */
    public static final int DEFAULT_MAX_BODY_BYTES = 64 << 20;

    /** As for anything of which more has to come: a caller that says nothing must not hold a thread that others need. */
    public static final Duration DEFAULT_ITEM_IDLE = Duration.ofSeconds(30);

    private static final Duration MIN_ITEM_IDLE = Duration.ofMillis(1);

    /** The defaults. */
    public static final RemoteOptions DEFAULTS = builder().build();

    private static final int MIN_BODY_BYTES = 1 << 10;

    /**
     * Copies the collections and checks the ranges.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    public RemoteOptions {
        Objects.requireNonNull(calls, "calls");
        Objects.requireNonNull(oneWayFailures, "oneWayFailures");
        Objects.requireNonNull(scheduleStore, "scheduleStore");
        clientInterceptors = List.copyOf(clientInterceptors);
        serverInterceptors = List.copyOf(serverInterceptors);
        errors = Map.copyOf(errors);
        if (maxPendingPerPeer < 1 || maxPendingPerPeer > DEFAULT_MAX_PENDING_PER_PEER) {
            throw new IllegalArgumentException(
                    "maxPendingPerPeer must be 1 to " + DEFAULT_MAX_PENDING_PER_PEER + ": " + maxPendingPerPeer);
        }
        if (maxBodyBytes < MIN_BODY_BYTES) {
            throw new IllegalArgumentException("maxBodyBytes must be at least " + MIN_BODY_BYTES + ": " + maxBodyBytes);
        }
        if (itemIdle.compareTo(MIN_ITEM_IDLE) < 0) {
            throw new IllegalArgumentException("itemIdle must be at least 1 ms: " + itemIdle);
        }
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the options of a remote. Not thread-safe. */
    public static final class Builder {
        private CallOptions calls = CallOptions.NONE;
        private int maxPendingPerPeer = DEFAULT_MAX_PENDING_PER_PEER;
        private int maxBodyBytes = DEFAULT_MAX_BODY_BYTES;
        private Duration itemIdle = DEFAULT_ITEM_IDLE;
        private final List<ClientInterceptor> clientInterceptors = new ArrayList<>();
        private final List<ServerInterceptor> serverInterceptors = new ArrayList<>();
        private final Map<Class<? extends Throwable>, Function<@Nullable String, ? extends Throwable>> errors =
                new LinkedHashMap<>();
        private Consumer<? super CallException> oneWayFailures = failure -> {};
        private @Nullable Path scheduleStore;

        private Builder() {}

        /**
         * Says what holds for all calls.
         *
         * @param options the layer farthest from a call
         */
        public Builder calls(CallOptions options) {
            this.calls = options;
            return this;
        }

        /**
         * Bounds the calls under way.
         *
         * @param count 1 to {@link #DEFAULT_MAX_PENDING_PER_PEER}
         */
        public Builder maxPendingPerPeer(int count) {
            this.maxPendingPerPeer = count;
            return this;
        }

        /**
         * Bounds arguments and results.
         *
         * @param bytes 1 KiB or more
         */
        public Builder maxBodyBytes(int bytes) {
            this.maxBodyBytes = bytes;
            return this;
        }

        /**
         * Bounds the time for which an implementation waits for an item of its caller.
         *
         * @param limit 1 ms or more
         */
        public Builder itemIdle(Duration limit) {
            this.itemIdle = limit;
            return this;
        }

        /**
         * Adds an interceptor for the calls this node makes, inside those added before.
         *
         * @param interceptor stands around each call
         */
        public Builder intercept(ClientInterceptor interceptor) {
            clientInterceptors.add(interceptor);
            return this;
        }

        /**
         * Adds an interceptor for the calls this node executes, inside those added before.
         *
         * @param interceptor stands around each execution
         */
        public Builder interceptServed(ServerInterceptor interceptor) {
            serverInterceptors.add(interceptor);
            return this;
        }

        /**
         * Registers an exception that travels as itself where a method declares it.
         *
         * @param type the exception
         * @param factory makes one from its message, which may be null
         */
        public <X extends Throwable> Builder error(Class<X> type, Function<@Nullable String, X> factory) {
            errors.put(type, factory);
            return this;
        }

        /**
         * Says who hears of one-way calls that failed.
         *
         * @param listener called on a thread of the library; must not wait for calls
         */
        public Builder oneWayFailures(Consumer<? super CallException> listener) {
            this.oneWayFailures = listener;
            return this;
        }

        /**
         * Keeps the schedules that others make at this node over its end.
         *
         * @param directory of this node alone; made if it is not there
         */
        public Builder scheduleStore(Path directory) {
            this.scheduleStore = directory;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a number is out of range
         */
        public RemoteOptions build() {
            return new RemoteOptions(
                    calls,
                    maxPendingPerPeer,
                    maxBodyBytes,
                    itemIdle,
                    clientInterceptors,
                    serverInterceptors,
                    errors,
                    oneWayFailures,
                    Optional.ofNullable(scheduleStore));
        }
    }
}
