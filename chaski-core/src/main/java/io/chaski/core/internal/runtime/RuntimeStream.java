package io.chaski.core.internal.runtime;

import io.chaski.core.Dispatch;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.stream.ProtocolStream;
import io.chaski.core.internal.protocol.stream.StreamEvents;
import io.chaski.core.internal.protocol.stream.StreamSettings;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A stream between the threads of the application and the event loop. What the application wants is written into
 * {@link StreamCommands} and taken from there by one task on the loop, however many commands there are. Inbound,
 * messages go to the listener one after the other, and their cost goes back to the peer's window when it returns.
 * Thread-safe.
 */
final class RuntimeStream implements Stream, StreamEvents {

    /** Whether listeners of a class do anything when a stream is closed: most do not, and a thread would be woken for it. */
    private static final ClassValue<Boolean> HEARS_CLOSED = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> listener) {
            try {
                return listener.getMethod("onClosed", Stream.class).getDeclaringClass() != StreamListener.class;
            } catch (NoSuchMethodException notAListener) {
                return true;
            }
        }
    };

    private static final StreamCommands.End ENDED =
            new StreamCommands.End(StreamCode.EDGE_CLOSED, "the stream has ended");

    /** Most bytes of UTF-8 that a RESET carries. */
    private static final int MAX_REASON_BYTES = 1_024;

    /** A sender looks again this often, in case nobody wakes it. */
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final NodeLoop loop;
    private final Callbacks callbacks;
    /** Whether the listener is told on the loop, where everything else of the stream happens. */
    private final boolean isInline;

    private final Executor executor;
    private final boolean manualCredit;
    private final int maxWindowBytes;
    private final int maxMessageBytes;
    private final NodeId peer;
    private final String protocol;
    private final Map<String, String> headers;
    private final StreamEnd ended;
    private final StreamCommands commands;

    /** Null until the handler has returned it, after which events come. */
    private volatile @Nullable StreamListener listener;

    /** Whether the other side sends no more, and needs no room for it. */
    private volatile boolean hasPeerEnded;

    /** Set on the loop before anything can be sent. */
    private volatile @Nullable ProtocolStream stream;

    private volatile long deadlineNanos;

    RuntimeStream(
            NodeLoop loop,
            Callbacks callbacks,
            StreamOptions options,
            StreamSettings settings,
            NodeId peer,
            String protocol,
            Map<String, String> headers,
            long deadlineNanos) {
        this.loop = loop;
        this.callbacks = callbacks;
        this.isInline = options.dispatch() == Dispatch.INLINE;
        this.executor = isInline
                ? Runnable::run
                : new SerialExecutor(callbacks, () -> reset(StreamCode.LIMIT, "no room for callbacks"));
        this.manualCredit = options.manualCredit();
        this.maxWindowBytes = options.maxWindowBytes();
        this.maxMessageBytes = settings.maxMessageBytes();
        this.commands = new StreamCommands(settings.windowBytes());
        this.peer = peer;
        this.protocol = protocol;
        this.headers = headers;
        this.deadlineNanos = deadlineNanos;
        this.ended = new StreamEnd(loop, callbacks);
    }

    /** The protocol's side exists; on the loop. */
    void attach(ProtocolStream opened) {
        stream = opened;
        deadlineNanos = opened.deadlineNanos();
        opened.growUpTo(maxWindowBytes);
    }

    /** Whether the stream was opened; on the loop. */
    boolean isAttached() {
        return stream != null;
    }

    /** Who hears the events; until it is known there are none. */
    void listen(StreamListener hears) {
        listener = Objects.requireNonNull(hears, "listener");
    }

    /** Runs the handler that finds the listener, in order before all events. */
    void callHandler(Runnable handler) {
        executor.execute(() -> guarded(handler));
    }

    @Override
    public NodeId peer() {
        return peer;
    }

    @Override
    public String protocol() {
        return protocol;
    }

    @Override
    public Map<String, String> headers() {
        return headers;
    }

    @Override
    public Optional<Duration> remaining() {
        return deadlineNanos == Timers.NONE
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.max(0, deadlineNanos - loop.nanoTime())));
    }

    @Override
    public void send(byte[] message) throws InterruptedException {
        ArrayPayload payload = checked(message);
        StreamCommands.Outcome outcome = commands.offer(payload, false);
        while (outcome == StreamCommands.Outcome.FULL) {
            if (loop.inAnyLoop()) {
                throw new IllegalStateException("send would block the event loop; use offer");
            }
            loop.await(commands.room(), WAIT_NANOS);
            outcome = commands.offer(payload, false);
        }
        pumpIf(outcome);
    }

    @Override
    public boolean offer(byte[] message) {
        StreamCommands.Outcome outcome = commands.offer(checked(message), true);
        pumpIf(outcome);
        return outcome != StreamCommands.Outcome.FULL;
    }

    @Override
    public void consumed(int bytes) {
        if (!manualCredit) {
            throw new IllegalStateException("this stream returns credit by itself");
        }
        pumpIf(commands.consumedBytes(bytes));
    }

    @Override
    public void end() {
        pumpIf(commands.end());
    }

    @Override
    public void end(byte[] last) {
        pumpIf(commands.end(checked(last)));
    }

    @Override
    public void reset(StreamCode code, String reason) {
        Objects.requireNonNull(code, "code");
        int bytes = reason.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_REASON_BYTES) {
            throw new IllegalArgumentException(
                    "a reason has at most " + MAX_REASON_BYTES + " bytes of UTF-8, not " + bytes);
        }
        pumpIf(commands.reset(code, reason));
    }

    @Override
    public CompletableFuture<Void> closed() {
        return ended.future();
    }

    private ArrayPayload checked(byte[] message) {
        if (message.length > maxMessageBytes) {
            throw new IllegalArgumentException(
                    "a message has at most " + maxMessageBytes + " bytes, not " + message.length);
        }
        return ArrayPayload.owning(message);
    }

    private void pumpIf(StreamCommands.Outcome outcome) {
        if (outcome != StreamCommands.Outcome.QUEUED_FIRST) {
            return;
        }
        boolean isAccepted;
        try {
            isAccepted = loop.execute(this::pump);
        } catch (
                IllegalStateException stuck) { // whoever has the stream hears by its end, as in any other failure of it
            isAccepted = false;
        }
        if (!isAccepted) {
            fail(new StreamCommands.End(StreamCode.EDGE_CLOSED, "the node is closed or does not respond"));
        }
    }

    private void pump(NodeProtocol node, long nowNanos) {
        StreamCommands.Batch batch = commands.take();
        ProtocolStream opened = stream;
        if (opened != null) {
            batch.applyTo(opened);
        }
    }

    // Events, on the loop.

    @Override
    public void onMessage(ArrayPayload message) {
        call(hears -> {
            if (manualCredit) {
                commands.delivered(message.size());
                hears.onMessage(this, message.array());
            } else {
                hears.onMessage(this, message.array());
                giveBack();
            }
        });
    }

    /** The listener has returned. */
    private void giveBack() {
        ProtocolStream opened = stream;
        if (isInline && opened != null) {
            opened.consumed(1);
        } else if (!hasPeerEnded) {
            pumpIf(commands.consumedMessage());
        }
    }

    @Override
    public void onEnd() {
        hasPeerEnded = true;
        call(hears -> hears.onEnd(this));
    }

    @Override
    public void onSent(int bytes) {
        if (commands.onSent(bytes)) {
            call(hears -> hears.onWritable(this));
        }
    }

    @Override
    public void onClosed() {
        commands.end(ENDED);
        StreamListener known = listener;
        if (known == null || HEARS_CLOSED.get(known.getClass())) {
            call(hears -> hears.onClosed(this));
        }
        ended.set(null);
    }

    @Override
    public void onReset(StreamCode code, String reason) {
        fail(new StreamCommands.End(code, reason));
    }

    private void fail(StreamCommands.End end) {
        if (commands.end(end)) {
            StreamException cause = end.exception();
            call(hears -> hears.onFailed(this, cause));
            ended.set(cause);
        }
    }

    private void call(Consumer<StreamListener> event) {
        if (isInline) {
            tell(event);
        } else {
            executor.execute(() -> tell(event));
        }
    }

    private void tell(Consumer<StreamListener> event) {
        StreamListener hears = listener;
        if (hears != null) {
            guarded(() -> event.accept(hears));
        }
    }

    /** The application's mistakes end the stream they were made in, and nothing else. */
    private void guarded(Runnable call) {
        if (!callbacks.call("a listener of a stream", call)) {
            reset(StreamCode.INTERNAL, "the handler failed");
        }
    }

    @Override
    public String toString() {
        return "stream of protocol " + protocol + " with " + peer.shortForm();
    }
}
