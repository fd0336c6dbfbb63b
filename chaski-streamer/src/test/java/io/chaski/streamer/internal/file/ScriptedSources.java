package io.chaski.streamer.internal.file;

import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.core.stream.NodeStreams;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamHandler;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Nodes without a network that give of files what the test says, at once. Not thread-safe. */
final class ScriptedSources implements NodeStreams {

    /** Whom streams were opened to, in order; those that could not be reached as well. */
    final List<NodeId> opened = new ArrayList<>();

    /** Whether the node closes: it opens no stream then, and says so at once. */
    boolean isNodeClosing;

    private final Map<NodeId, Function<PullMessage, List<PullMessage>>> scripts = new HashMap<>();
    private final Map<NodeId, ScriptedStream> streams = new HashMap<>();

    /** From now on a node can be reached, has some chunks, and answers each request for one like this. */
    void serve(NodeId node, KnownFile file, BitSet has, Function<Integer, List<PullMessage>> answers) {
        scripts.put(node, message -> {
            List<PullMessage> said = new ArrayList<>();
            if (message instanceof PullMessage.Which which) {
                if (which.withList()) {
                    said.add(file.list());
                }
                said.add(PullMessage.Book.of(file.manifest(), has));
            } else if (message instanceof PullMessage.AskBook) {
                said.add(PullMessage.Book.of(file.manifest(), has));
            } else if (message instanceof PullMessage.Get get) {
                said.addAll(answers.apply(get.chunk()));
            }
            return said;
        });
    }

    /** From now on a node gives all of a file. */
    void serve(NodeId node, KnownFile file) {
        serve(node, file, file.all(), file::pieces);
    }

    /** From now on nobody reaches the node, and open streams get no more answers. */
    void cutOff(NodeId node) {
        scripts.remove(node);
    }

    /** What a node says on the stream that was opened to it last, later than its script would. */
    void say(NodeId node, List<PullMessage> messages) {
        ScriptedStream stream = streams.get(node);
        messages.forEach(stream::say);
    }

    @Override
    public CompletableFuture<Stream> open(NodeId to, String protocol, StreamOptions options, StreamListener listener) {
        opened.add(to);
        if (isNodeClosing) {
            throw new NodeClosedException("closing");
        }
        if (!scripts.containsKey(to)) {
            return CompletableFuture.failedFuture(new StreamException(StreamCode.PEER_UNREACHABLE, "cut off"));
        }
        ScriptedStream stream = new ScriptedStream(to, listener);
        streams.put(to, stream);
        return CompletableFuture.completedFuture(stream);
    }

    @Override
    public Registration serve(String protocol, StreamOptions options, StreamHandler handler) {
        throw new AssertionError("not asked for");
    }

    @Override
    public CompletableFuture<byte[]> request(NodeId to, String protocol, byte[] request, Duration limit) {
        throw new AssertionError("not asked for");
    }

    private final class ScriptedStream extends FakePullStream {
        private final StreamListener listener;

        private ScriptedStream(NodeId peer, StreamListener listener) {
            super(peer);
            this.listener = listener;
        }

        @Override
        void hear(PullMessage message) {
            scripts.getOrDefault(peer(), any -> List.of()).apply(message).forEach(this::say);
        }

        private void say(PullMessage answer) {
            listener.onMessage(this, answer.encode());
        }
    }

    @Override
    public boolean inEventLoop() {
        return false;
    }
}
