package io.chaski.streamer.internal.fake;

import io.chaski.core.NodeId;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A stream whose peer reads as many messages as the test says, and which closes when it says so. */
public final class FakeStream implements Stream {

    public final List<byte[]> sent = new CopyOnWriteArrayList<>();
    public final List<StreamCode> resets = new CopyOnWriteArrayList<>();
    public final AtomicInteger consumed = new AtomicInteger();
    public volatile int room = Integer.MAX_VALUE;
    public volatile boolean isEnded;

    /** Completed by the test. */
    public final CompletableFuture<Void> closed = new CompletableFuture<>();

    private final NodeId peer;
    private final Map<String, String> headers;
    private final @Nullable Duration remaining;

    public FakeStream(NodeId peer, Map<String, String> headers, @Nullable Duration remaining) {
        this.peer = peer;
        this.headers = headers;
        this.remaining = remaining;
    }

    /** One without headers and deadline. */
    public FakeStream(NodeId peer) {
        this(peer, Map.of(), null);
    }

    @Override
    public NodeId peer() {
        return peer;
    }

    @Override
    public String protocol() {
        return "test/1";
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
        throw new AssertionError("would wait");
    }

    @Override
    public boolean offer(byte[] message) {
        return sent.size() < room && sent.add(message);
    }

    @Override
    public void consumed(int bytes) {
        consumed.incrementAndGet();
    }

    @Override
    public void end() {
        isEnded = true;
    }

    @Override
    public void end(byte[] last) {
        sent.add(last);
        isEnded = true;
    }

    @Override
    public void reset(StreamCode code, String reason) {
        resets.add(code);
    }

    @Override
    public CompletableFuture<Void> closed() {
        return closed;
    }
}
