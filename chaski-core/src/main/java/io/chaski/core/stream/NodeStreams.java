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
     * @param options credit and dispatch of the accepted streams; its headers and deadline are not used, since those are
     *     the opener's
     * @return ends it; streams that are open go on
     * @throws IllegalStateException if the protocol is served already
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
     * a protocol that the other side does not serve shows as {@link StreamCode#NO_SUCH_PROTOCOL}.
     *
     * @param to the node
     * @param protocol 1 to 255 bytes of UTF-8
     * @param options headers, deadline, credit, dispatch
     * @param listener hears what happens
     * @return the stream as soon as it is open, or {@link StreamException} with {@link StreamCode#PEER_UNREACHABLE} or
     *     {@link StreamCode#LIMIT}
     */
    CompletableFuture<Stream> open(NodeId to, String protocol, StreamOptions options, StreamListener listener);

    /**
     * One message there and one back.
     *
     * @param to the node
     * @param protocol a protocol whose handler answers one message with one message
     * @param request at most 1 MiB
     * @param limit time for the whole exchange
     * @return the answer, or {@link StreamException}; cancelling the future resets the stream
     */
    CompletableFuture<byte[]> request(NodeId to, String protocol, byte[] request, Duration limit);
}
