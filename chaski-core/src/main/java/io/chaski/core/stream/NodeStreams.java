package io.chaski.core.stream;

import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The streams of one node; see {@code ChaskiNode.streams()}. Thread-safe. */
public interface NodeStreams {

    /**
     * Serves a protocol: whatever peers open after this has returned is accepted. Does not wait.
     *
     * @param protocol 1 to 255 bytes of UTF-8
     * @param handler takes the streams
     * @param options credit, window and dispatch of the accepted streams; its headers and deadline are not used, since those are
     *     the opener's
     * @return ends it; streams that are open go on
     * @throws IllegalStateException if the protocol is served already
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not serve it: {@code rpc.serve}
     * @throws io.chaski.core.NodeClosedException if the node is closed
     */
    Registration serve(String protocol, StreamOptions options, StreamHandler handler);

    /**
     * Serves a protocol with the default options.
     *
     * @param protocol as above
     * @param handler as above
     */
    default Registration serve(String protocol, StreamHandler handler) {
        return serve(protocol, StreamOptions.DEFAULTS, handler);
    }

    /**
     * Opens a stream over the edge to a node, dialling the node if there is no edge yet. Messages may be sent at once;
     * a protocol that the other side does not serve shows as {@link StreamCode#NO_SUCH_PROTOCOL}. Does not wait.
     *
     * <p>At most 256 edges stand, or are being made, for streams alone. When one more is needed, the one that has had no stream for
     * longest ends as {@link io.chaski.core.CloseReason#IDLE}; {@link StreamCode#LIMIT} is the answer if all are needed.
     *
     * @param to the node
     * @param protocol 1 to 255 bytes of UTF-8
     * @param options headers, deadline, credit, window, dispatch; the deadline counts from this call on, dialling included
     * @param listener hears what happens
     * @return the stream as soon as it is open, or {@link StreamException}: {@link StreamCode#PEER_UNREACHABLE},
     *     {@link StreamCode#LIMIT} if this node or its edge has too many streams, protocols or dials,
     *     {@link StreamCode#DEADLINE_EXCEEDED}, or {@link StreamCode#EDGE_CLOSED} if this node closes before. If it is
     *     cancelled while the node is dialled, the node hears nothing of the stream; if it is cancelled afterwards, before
     *     it completes, the stream is reset. Dependents run on the callback executor
     * @throws IllegalArgumentException if the protocol is empty or too long
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not call it: {@code rpc.call}
     * @throws io.chaski.core.NodeClosedException if the node is closed
     */
    CompletableFuture<Stream> open(NodeId to, String protocol, StreamOptions options, StreamListener listener);

    /**
     * One message there and one back. If the edge ends, because nobody used it, while the request is on its way, it is sent
     * once more over another one: the other side has not seen it.
     *
     * @param to the node
     * @param protocol a protocol whose handler answers one message with one message
     * @param request at most 1 MiB; not copied, so it must not be changed afterwards
     * @param limit time for the whole exchange, dialling included; longer than nothing
     * @return the answer, or {@link StreamException} as of {@link #open} and of {@link Stream#closed()}; cancelling the
     *     future resets the stream, or keeps it from being opened while the node is dialled. Dependents run on the
     *     callback executor
     * @throws IllegalArgumentException if the request is too large, the protocol is empty or too long, or the limit is
     *     not positive
     * @throws io.chaski.core.security.policy.AccessDeniedException if this node may not call it: {@code rpc.call}
     * @throws io.chaski.core.NodeClosedException if the node is closed
     */
    CompletableFuture<byte[]> request(NodeId to, String protocol, byte[] request, Duration limit);

    /**
     * Whether the calling thread is an event loop, of this node or of another one: a module that waits for what a stream
     * brings refuses to do so there, where nothing would move meanwhile.
     */
    boolean inEventLoop();
}
