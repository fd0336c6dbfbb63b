package io.chaski.core.stream;

import io.chaski.core.NodeId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One end of a two-way exchange with a peer. Messages arrive at the {@link StreamListener}; what is sent waits while the
 * other side has not granted room for it, so nothing is buffered without bound. Thread-safe.
 */
public interface Stream {

    /** The node at the other end. */
    NodeId peer();

    /** Name of the protocol the stream was opened for. */
    String protocol();

    /** What the opener said about the exchange. */
    Map<String, String> headers();

    /** Time left until the deadline that both sides share; empty if there is none. */
    Optional<Duration> remaining();

    /**
     * Sends a message, waiting for room.
     *
     * @param message at most 1 MiB; not copied, so it must not be changed afterwards
     * @throws IllegalArgumentException if the message is too large
     * @throws StreamException if the stream has ended
     * @throws InterruptedException if the thread is interrupted while it waits; nothing was sent
     * @throws IllegalStateException on the node's event loop when there is no room, and after {@link #end()}
     */
    void send(byte[] message) throws InterruptedException;

    /**
     * Sends a message if there is room for it now. Never waits.
     *
     * @param message as for {@link #send}
     * @return false if there is no room; {@link StreamListener#onWritable} tells when to try again
     * @throws IllegalArgumentException if the message is too large
     * @throws StreamException if the stream has ended
     * @throws IllegalStateException after {@link #end()}
     */
    boolean offer(byte[] message);

    /**
     * Gives bytes back to the sender's window, for listeners that were registered with
     * {@link StreamOptions#manualCredit}.
     *
     * <p>The window grows by whole messages, oldest first, so call it for each message, with 0 for an empty one. A message that
     * is larger than the window arrives only when all before it have been dealt with.
     *
     * @param bytes size of the messages that have been dealt with
     * @throws IllegalArgumentException if negative or more than was delivered
     * @throws IllegalStateException if credit is returned automatically
     */
    void consumed(int bytes);

    /** Says that this side sends no more; what was sent before still arrives. Does nothing the second time. */
    void end();

    /**
     * Sends a last message, and says that it is the last: for the network one thing instead of two. Never waits: there is always room
     * for the last message.
     *
     * @param last at most 1 MiB; not copied, so it must not be changed afterwards
     * @throws IllegalArgumentException if the message is too large
     * @throws StreamException if the stream has ended
     * @throws IllegalStateException if this side has been ended before
     */
    void end(byte[] last);

    /**
     * Ends both directions at once; what waits to be sent is dropped. Does nothing if the stream has ended.
     *
     * @param code why; {@link StreamCode#EDGE_CLOSED} and {@link StreamCode#PEER_UNREACHABLE} arrive as {@link
     *     StreamCode#APPLICATION}, because only the other side itself can know them
     * @param reason a short sentence for the other side, at most 1,024 bytes of UTF-8
     * @throws IllegalArgumentException if the reason is longer
     */
    void reset(StreamCode code, String reason);

    /** Ends both directions because the result is not wanted any more. */
    default void cancel() {
        reset(StreamCode.CANCELLED, "cancelled");
    }

    /**
     * Completes when the stream has ended: normally after both sides ended it, with {@link StreamException} otherwise,
     * also when the listener could not be called. Its dependents run on the callback executor.
     */
    CompletableFuture<Void> closed();
}
