package io.chaski.streamer.internal.queue;

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

/** A stream whose peer reads as many messages as the test says. */
final class FakeStream implements Stream {

    final List<byte[]> sent = new CopyOnWriteArrayList<>();
    final List<StreamCode> resets = new CopyOnWriteArrayList<>();
    final AtomicInteger consumed = new AtomicInteger();
    volatile int room = Integer.MAX_VALUE;
    private final NodeId peer;

    FakeStream(NodeId peer) {
        this.peer = peer;
    }

    @Override
    public NodeId peer() {
        return peer;
    }

    @Override
    public String protocol() {
        return "work-queue/tasks";
    }

    @Override
    public Map<String, String> headers() {
        return Map.of();
    }

    @Override
    public Optional<Duration> remaining() {
        return Optional.empty();
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
    public void end() {}

    @Override
    public void end(byte[] last) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void reset(StreamCode code, String reason) {
        resets.add(code);
    }

    @Override
    public CompletableFuture<Void> closed() {
        return new CompletableFuture<>();
    }
}
