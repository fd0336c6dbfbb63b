package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One end of a pull of which the test plays the other: it has no deadline, and takes all that is sent while the test lets it. */
abstract class FakePullStream implements Stream {

    private final NodeId peer;

    FakePullStream(NodeId peer) {
        this.peer = peer;
    }

    /** Hears what is sent. */
    abstract void hear(PullMessage message);

    /** Whether what is sent finds room; there is until the test says otherwise. */
    boolean hasRoom = true;

    /** Whether this end has said that it sends no more. */
    boolean isEnded;

    @Override
    public final boolean offer(byte[] message) {
        if (isEnded) {
            throw new IllegalStateException("the stream has been ended by this side");
        }
        if (!hasRoom) {
            return false;
        }
        hear(PullMessage.decode(message));
        return true;
    }

    @Override
    public final void send(byte[] message) {
        offer(message);
    }

    @Override
    public final NodeId peer() {
        return peer;
    }

    @Override
    public final String protocol() {
        return PullMessage.PROTOCOL;
    }

    @Override
    public final Map<String, String> headers() {
        return Map.of();
    }

    @Override
    public final Optional<Duration> remaining() {
        return Optional.empty();
    }

    @Override
    public final void consumed(int bytes) {}

    @Override
    public final void end() {
        isEnded = true;
    }

    @Override
    public final void end(byte[] last) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void reset(StreamCode code, String reason) {}

    @Override
    public final CompletableFuture<Void> closed() {
        return new CompletableFuture<>();
    }
}
