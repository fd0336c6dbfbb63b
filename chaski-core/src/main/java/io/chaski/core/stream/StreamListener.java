package io.chaski.core.stream;

/**
 * Hears what happens to one stream, one call after the other. By default the calls come from the callback executor and
 * may block; a slow listener slows only the sender of this stream. What a listener throws is logged and ends the stream
 * with {@link StreamCode#INTERNAL}.
 *
 * <p>When the callback executor refuses a call, what waits to be called is dropped and the stream ends with
 * {@link StreamCode#LIMIT}. If it still refuses then, the listener hears no more, not even the last call;
 * {@link Stream#closed()} completes all the same.
 */
public interface StreamListener {

    /**
     * A message of the other side.
     *
     * @param stream the stream
     * @param message the message, now the listener's own
     */
    void onMessage(Stream stream, byte[] message);

    /**
     * The other side sends no more.
     *
     * @param stream the stream
     */
    default void onEnd(Stream stream) {}

    /**
     * There is room again after {@link Stream#offer} said no.
     *
     * @param stream the stream
     */
    default void onWritable(Stream stream) {}

    /**
     * Both directions have ended in good order; the last call.
     *
     * @param stream the stream
     */
    default void onClosed(Stream stream) {}

    /**
     * The stream ended early; the last call.
     *
     * @param stream the stream
     * @param cause why; its code tells what the other side may have done
     */
    default void onFailed(Stream stream, StreamException cause) {}
}
