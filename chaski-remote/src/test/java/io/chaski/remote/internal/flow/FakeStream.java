package io.chaski.remote.internal.flow;

import io.chaski.core.NodeId;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A stream with as much room as a test says, which keeps what is done to it. */
final class FakeStream implements Stream {

    final List<byte[]> sent = new ArrayList<>();
    int room = Integer.MAX_VALUE;
    int consumed;
    boolean isEnded;
    StreamCode reset;

    /** An item, or another body, in one message or the first of several. */
    static byte[] body(int kind, int length, int... content) {
        ByteBuffer message =
                ByteBuffer.allocate(5 + content.length).put((byte) kind).putInt(length);
        for (int octet : content) {
            message.put((byte) octet);
        }
        return message.array();
    }

    @Override
    public NodeId peer() {
        return new NodeId(0, 1);
    }

    @Override
    public String protocol() {
        return "test";
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
        throw new UnsupportedOperationException("nobody waits for room");
    }

    @Override
    public boolean offer(byte[] message) {
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
    }

    @Override
    public void reset(StreamCode code, String reason) {
        reset = code;
    }

    @Override
    public CompletableFuture<Void> closed() {
        return new CompletableFuture<>();
    }
}
