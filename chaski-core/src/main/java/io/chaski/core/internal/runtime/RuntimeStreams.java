package io.chaski.core.internal.runtime;

import io.chaski.core.Dispatch;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.access.StreamRules;
import io.chaski.core.internal.protocol.stream.ProtocolStream;
import io.chaski.core.internal.protocol.stream.StreamAcceptor;
import io.chaski.core.internal.protocol.stream.StreamEvents;
import io.chaski.core.internal.protocol.stream.StreamSettings;
import io.chaski.core.internal.protocol.stream.Streams;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Utf8;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.NodeAccess;
import io.chaski.core.stream.NodeStreams;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamHandler;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The streams of one node, seen from the application's threads. Thread-safe. */
final class RuntimeStreams implements NodeStreams {

    private static final int MAX_PROTOCOL_BYTES = 255;

    private final String nodeName;
    private final NodeLoop loop;
    private final Callbacks callbacks;
    private final StreamSettings settings;
    private final Map<String, StreamAcceptor> served;
    private final Completions completions;
    private final NodeAccess access;

    RuntimeStreams(String nodeName, NodeLoop loop, Callbacks callbacks, StreamSettings settings, NodeAccess access) {
        this(nodeName, loop, callbacks, settings, new ConcurrentHashMap<>(), callbacks, access);
    }

    private RuntimeStreams(
            String nodeName,
            NodeLoop loop,
            Callbacks callbacks,
            StreamSettings settings,
            Map<String, StreamAcceptor> served,
            Completions completions,
            NodeAccess access) {
        this.access = access;
        this.nodeName = nodeName;
        this.loop = loop;
        this.callbacks = callbacks;
        this.settings = settings;
        this.served = served;
        this.completions = completions;
    }

    /** The same streams, whose futures complete on the loop. */
    RuntimeStreams inline() {
        return new RuntimeStreams(nodeName, loop, callbacks, settings, served, Completions.INLINE, access);
    }

    @Override
    public Registration serve(String protocol, StreamOptions options, StreamHandler handler) {
        checkProtocol(protocol);
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(handler, "handler");
        require(Action.RPC_SERVE, protocol);
        if (loop.isClosing()) {
            throw new NodeClosedException(nodeName);
        }
        StreamAcceptor acceptor = opened -> accept(opened, options, handler);
        if (served.putIfAbsent(protocol, acceptor) != null) {
            throw new IllegalStateException("protocol is served already: " + protocol);
        }
        return () -> served.remove(protocol, acceptor);
    }

    /**
     * Who takes the streams of a protocol. The loop asks for each stream that a peer opens: a command would reach it
     * after frames that were sent later, and whoever opens a stream when {@link #serve} has returned must be served.
     *
     * @param protocol any name
     * @return null if it is not served
     */
    @Nullable
    StreamAcceptor acceptor(String protocol) {
        return served.get(protocol);
    }

    private StreamEvents accept(ProtocolStream opened, StreamOptions options, StreamHandler handler) {
        RuntimeStream stream = new RuntimeStream(
                loop,
                callbacks,
                options,
                settings,
                opened.peer().id(),
                opened.protocol(),
                opened.headers(),
                opened.deadlineNanos());
        stream.attach(opened);
        stream.callHandler(() -> stream.listen(handler.onStream(stream)));
        return stream;
    }

    @Override
    public CompletableFuture<Stream> open(NodeId to, String protocol, StreamOptions options, StreamListener listener) {
        CompletableFuture<Stream> opened = loop.newFuture();
        open(
                to,
                protocol,
                options,
                listener,
                null,
                opened,
                made -> {
                    // Whoever cancels before it completes has nothing else to end the stream with.
                    WaitedFuture.onCancel(opened, made::cancel);
                    completions.complete(opened, made);
                },
                cause -> completions.fail(opened, cause));
        return opened;
    }

    @Override
    public CompletableFuture<byte[]> request(NodeId to, String protocol, byte[] request, Duration limit) {
        if (request.length > settings.maxMessageBytes()) {
            throw new IllegalArgumentException(
                    "a request has at most " + settings.maxMessageBytes() + " bytes, not " + request.length);
        }
        long beganNanos = loop.nanoTime();
        CompletableFuture<byte[]> result = loop.newFuture();
        StreamAnswer answer = new StreamAnswer(result, completions, waiting -> {
            long leftNanos = NodeLoop.nanosOf(limit) - (loop.nanoTime() - beganNanos);
            if (leftNanos > 0) {
                ask(to, protocol, request, Duration.ofNanos(leftNanos), result, waiting);
            } else {
                waiting.fail(new StreamException(StreamCode.DEADLINE_EXCEEDED, "before it could be sent again"));
            }
        });
        ask(to, protocol, request, limit, result, answer);
        return result;
    }

    private void ask(
            NodeId to,
            String protocol,
            byte[] request,
            Duration limit,
            CompletableFuture<byte[]> result,
            StreamAnswer answer) {
        StreamOptions options = StreamOptions.builder()
                .deadline(limit)
                .dispatch(Dispatch.INLINE)
                .build();
        open(to, protocol, options, answer, request, result, answer::onOpened, answer::fail);
    }

    private void open(
            NodeId to,
            String protocol,
            StreamOptions options,
            StreamListener listener,
            byte @Nullable [] request,
            CompletableFuture<?> waiting,
            Consumer<Stream> opened,
            Consumer<StreamException> failed) {
        Objects.requireNonNull(to, "to");
        checkProtocol(protocol);
        require(Action.RPC_CALL, protocol);
        Objects.requireNonNull(listener, "listener");
        long deadlineNanos = options.deadline()
                .map(limit -> loop.nanoTime() + NodeLoop.nanosOf(limit))
                .orElse(Timers.NONE);
        RuntimeStream stream =
                new RuntimeStream(loop, callbacks, options, settings, to, protocol, options.headers(), deadlineNanos);
        stream.listen(listener);
        Streams.Opening opening = new Streams.Opening(
                protocol,
                options.headers(),
                deadlineNanos,
                request == null ? null : ArrayPayload.owning(request),
                request != null,
                () -> !waiting.isDone(),
                made -> {
                    stream.attach(made);
                    opened.accept(stream);
                },
                new FailsUnopened(stream, failed));
        boolean isAsked = loop.execute((node, nowNanos) -> {
            try {
                node.streams().open(to, opening);
            } catch (RuntimeException | Error bug) {
                completions.fail(waiting, bug);
                throw bug; // the loop logs it, whoever waits hears it as well
            }
        });
        if (!isAsked) {
            throw new NodeClosedException(nodeName);
        }
    }

    @Override
    public boolean inEventLoop() {
        return loop.inAnyLoop();
    }

    /** Modules of the library ask themselves, when they know the method or the topic. */
    private void require(Action action, String protocol) {
        if (StreamRules.isNamedByPolicies(protocol)) {
            access.require(action, protocol);
        }
    }

    private static void checkProtocol(String protocol) {
        int bytes = bytesOf(protocol);
        if (bytes < 1 || bytes > MAX_PROTOCOL_BYTES) {
            throw new IllegalArgumentException(
                    "a protocol name has 1 to " + MAX_PROTOCOL_BYTES + " bytes: '" + protocol + "'");
        }
    }

    private static int bytesOf(String protocol) {
        try {
            return Utf8.length(protocol);
        } catch (IllegalArgumentException halfAPair) {
            throw new IllegalArgumentException("a protocol name has half a surrogate pair", halfAPair);
        }
    }

    /** A stream that could not be opened is told to whoever opened it; afterwards events go to the stream. */
    private record FailsUnopened(RuntimeStream stream, Consumer<StreamException> failed) implements StreamEvents {
        @Override
        public void onMessage(ArrayPayload message) {
            stream.onMessage(message);
        }

        @Override
        public void onEnd() {
            stream.onEnd();
        }

        @Override
        public void onSent(int bytes) {
            stream.onSent(bytes);
        }

        @Override
        public void onClosed() {
            stream.onClosed();
        }

        @Override
        public void onReset(StreamCode code, String reason) {
            if (stream.isAttached()) {
                stream.onReset(code, reason);
            } else {
                failed.accept(new StreamException(code, reason));
            }
        }
    }
}
