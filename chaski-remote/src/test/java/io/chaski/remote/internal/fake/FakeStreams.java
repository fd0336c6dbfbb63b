package io.chaski.remote.internal.fake;

import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.core.stream.NodeStreams;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamHandler;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/** Streams of a node without a network: the test says what each other node does. */
public final class FakeStreams implements NodeStreams {

    /** Who was asked what it serves, in order. */
    public final List<NodeId> asked = new CopyOnWriteArrayList<>();

    /** The streams that were opened, in order. */
    public final List<FakeStream> opened = new CopyOnWriteArrayList<>();

    /** What a node answers when it is asked. */
    public Function<NodeId, CompletableFuture<byte[]>> description;

    /** What happens when a stream is open and has the arguments. */
    public Consumer<FakeStream> onArguments = stream -> {};

    /** Where opening fails. */
    public Consumer<NodeId> beforeOpen = node -> {};

    @Override
    public Registration serve(String protocol, StreamOptions options, StreamHandler handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Stream> open(NodeId to, String protocol, StreamOptions options, StreamListener listener) {
        beforeOpen.accept(to);
        FakeStream stream =
                new FakeStream(to, options.headers(), options.deadline().orElse(null));
        stream.listener = listener;
        stream.onEnd = () -> onArguments.accept(stream);
        opened.add(stream);
        return CompletableFuture.completedFuture(stream);
    }

    @Override
    public CompletableFuture<byte[]> request(NodeId to, String protocol, byte[] request, Duration limit) {
        asked.add(to);
        return description.apply(to);
    }

    @Override
    public boolean inEventLoop() {
        return false;
    }
}
