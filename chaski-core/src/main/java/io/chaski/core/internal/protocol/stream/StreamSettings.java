package io.chaski.core.internal.protocol.stream;

import io.chaski.core.stream.StreamOptions;

/**
 * Limits of streams. Immutable.
 *
 * @param windowBytes bytes one side may send before the other grants more, at first
 * @param fragmentBytes largest payload of one frame
 * @param maxMessageBytes largest message, at least {@code fragmentBytes}
 * @param maxStreams most streams open at once on one edge, for each direction
 * @param creditFramesPerSecond most CREDIT frames a peer may send
 */
public record StreamSettings(
        int windowBytes, int fragmentBytes, int maxMessageBytes, int maxStreams, int creditFramesPerSecond) {

    /**
     * A call and its answer fit well inside, so short exchanges never wait. The 1,024 streams that one peer may open cost
     * at most 256 MiB of messages that wait for the application, what {@link Streams#WINDOW_BYTES} lets windows grow by, and for
     * unfinished messages {@link Streams#REASSEMBLY_BYTES}.
     */
    public static final int DEFAULT_WINDOW_BYTES = StreamOptions.MIN_WINDOW_BYTES;

    /** One write of the transport; larger frames would delay a ping behind them. */
    public static final int DEFAULT_FRAGMENT_BYTES = 64 << 10;

    /** Larger things are sent as several messages; a receiver holds one unfinished message a stream, and all of them within {@link Streams#REASSEMBLY_BYTES}. */
    public static final int DEFAULT_MAX_MESSAGE_BYTES = 1 << 20;

    /** Each may be a call that waits: as many as one peer may have under way. */
    public static final int DEFAULT_MAX_STREAMS = 1_024;

    /** A reader that grants each half window allows 640 MB/s with this; one that grants each byte is stopped. */
    public static final int DEFAULT_CREDIT_FRAMES_PER_SECOND = 5_000;

    /** The defaults. */
    public static final StreamSettings DEFAULTS = new StreamSettings(
            DEFAULT_WINDOW_BYTES,
            DEFAULT_FRAGMENT_BYTES,
            DEFAULT_MAX_MESSAGE_BYTES,
            DEFAULT_MAX_STREAMS,
            DEFAULT_CREDIT_FRAMES_PER_SECOND);

    /** Checks the relations. */
    public StreamSettings {
        if (windowBytes < fragmentBytes || fragmentBytes < 1 || maxMessageBytes < fragmentBytes) {
            throw new IllegalArgumentException("fragmentBytes <= windowBytes and fragmentBytes <= maxMessageBytes, not "
                    + fragmentBytes + ", " + windowBytes + ", " + maxMessageBytes);
        }
        if (windowBytes < 2 * ProtocolStream.MIN_COST) {
            throw new IllegalArgumentException(
                    "windowBytes must be at least " + 2 * ProtocolStream.MIN_COST + ", not " + windowBytes);
        }
        if (maxStreams < 1 || creditFramesPerSecond < 1) {
            throw new IllegalArgumentException("maxStreams and creditFramesPerSecond must be positive");
        }
    }
}
