package io.chaski.remote.internal.fake;

import io.chaski.core.NodeId;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One end of a stream without another end: what is sent is recorded, and the test says what comes. */
public final class FakeStream implements Stream {

    private final NodeId peer;
    private final Map<String, String> headers;
    private final @Nullable Duration remaining;

    public final List<byte[]> sent = new ArrayList<>();
    public @Nullable StreamListener listener;
    public StreamCode reset;
    public boolean isEnded;
    public int ends;

    /** Whether the end came with a message. */
    public boolean isEndedByMessage;

    /** Bytes the other side has got its credit back for. */
    public int consumed;

    /** How many messages are taken. */
    public int room = Integer.MAX_VALUE;

    /** What happens when the other side has everything. */
    public Runnable onEnd = () -> {};

    public FakeStream(NodeId peer, Map<String, String> headers, @Nullable Duration remaining) {
        this.peer = peer;
        this.headers = headers;
        this.remaining = remaining;
    }

    /** One without headers and deadline, to which nobody listens. */
    public FakeStream() {
        this(new NodeId(0, 1), Map.of(), null);
    }

    /** A body in one message, or the first of several. */
    public static byte[] body(int kind, int length, int... content) {
        ByteBuffer message =
                ByteBuffer.allocate(5 + content.length).put((byte) kind).putInt(length);
        for (int octet : content) {
            message.put((byte) octet);
        }
        return message.array();
    }

    @Override
    public NodeId peer() {
        return peer;
    }

    @Override
    public String protocol() {
        return "fake";
    }

    @Override
    public Map<String, String> headers() {
        return headers;
    }

    @Override
    public Optional<Duration> remaining() {
        return Optional.ofNullable(remaining);
    }

    @Override
    public void send(byte[] message) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean offer(byte[] message) {
        if (reset != null) {
            throw new StreamException(reset, "it has ended");
        }
        if (room == 0) {
            return false;
        }
        room--;
        sent.add(message);
        return true;
    }

    @Override
    public void consumed(int bytes) {
        consumed += bytes;
    }

    @Override
    public void end() {
        isEnded = true;
        ends++;
        onEnd.run();
    }

    @Override
    public void end(byte[] last) {
        if (reset != null) {
            throw new StreamException(reset, "it has ended");
        }
        sent.add(last);
        isEndedByMessage = true;
        end();
    }

    @Override
    public void reset(StreamCode code, String reason) {
        if (reset == null) {
            reset = code;
            if (listener != null) {
                listener.onFailed(this, new StreamException(code, reason));
            }
        }
    }

    @Override
    public CompletableFuture<Void> closed() {
        throw new UnsupportedOperationException();
    }

    /** The other side says something. */
    public void deliver(byte[] message) {
        listener.onMessage(this, message);
    }

    /** Both sides have ended. */
    public void close() {
        listener.onClosed(this);
    }

    /** The other side, or the connection, ends it. */
    public void fail(StreamCode code) {
        reset = code;
        listener.onFailed(this, new StreamException(code, "as the test says"));
    }
}
