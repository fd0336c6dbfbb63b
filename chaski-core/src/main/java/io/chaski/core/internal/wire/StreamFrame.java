package io.chaski.core.internal.wire;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Frames of multiplexed streams. Stream ids are odd for the side with the smaller node id and even for the other, so
 * both may open at once.
 */
public sealed interface StreamFrame extends Frame {

    /** Id of the stream on this connection. */
    long stream();

    /** Calls the handler's method for this kind of frame. */
    void deliverTo(Handler handler);

    /** One method per kind of frame. */
    interface Handler {
        /** See {@link Open}. */
        void onOpen(Open open);

        /** See {@link StreamData}. */
        void onStreamData(StreamData data);

        /** See {@link Credit}. */
        void onCredit(Credit credit);

        /** See {@link End}. */
        void onEnd(End end);

        /** See {@link Reset}. */
        void onReset(Reset reset);
    }

    /**
     * Opens a stream.
     *
     * @param stream id
     * @param protocol the opener's alias of the protocol's name
     * @param headers small text pairs, at most 32 and 4 KiB in all, in order; nobody changes them any more
     * @param deadlineMillis time the whole exchange may still take, 0 for no deadline
     * @param last whether nothing follows from the opener: a unary request fits one frame
     * @param payload first message, or null for none
     */
    record Open(
            long stream,
            int protocol,
            Map<String, String> headers,
            long deadlineMillis,
            boolean last,
            @Nullable ArrayPayload payload)
            implements StreamFrame {
        /** Nothing else may be missing. */
        public Open {
            Objects.requireNonNull(headers, "headers");
        }

        @Override
        public int type() {
            return FrameType.OPEN;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onOpen(this);
        }
    }

    /**
     * One message of a stream, or a fragment of one.
     *
     * @param stream id
     * @param more whether the message goes on in the stream's next DATA; fragments keep a large message from delaying
     *     everything behind it
     * @param last whether nothing follows from the sender; never together with {@code more}
     * @param payload the bytes
     */
    record StreamData(long stream, boolean more, boolean last, ArrayPayload payload) implements StreamFrame {
        /** Checks the flags. */
        public StreamData {
            Objects.requireNonNull(payload, "payload");
            if (more && last) {
                throw new IllegalArgumentException("a fragment that goes on cannot be the last");
            }
        }

        @Override
        public int type() {
            return FrameType.STREAM_DATA;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onStreamData(this);
        }
    }

    /**
     * The receiver has consumed: this many bytes more may be sent.
     *
     * @param stream id
     * @param bytes 1 or more
     */
    record Credit(long stream, long bytes) implements StreamFrame {
        @Override
        public int type() {
            return FrameType.CREDIT;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onCredit(this);
        }
    }

    /**
     * Half-close: nothing more comes from the sender.
     *
     * @param stream id
     */
    record End(long stream) implements StreamFrame {
        @Override
        public int type() {
            return FrameType.END;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onEnd(this);
        }
    }

    /**
     * Ends both directions at once.
     *
     * @param stream id
     * @param code machine-readable, see {@code io.chaski.core.stream.StreamCode}
     * @param reason a short sentence, 0 to 1,024 bytes of UTF-8
     */
    record Reset(long stream, int code, String reason) implements StreamFrame {
        /** Nothing may be missing. */
        public Reset {
            Objects.requireNonNull(reason, "reason");
        }

        @Override
        public int type() {
            return FrameType.RESET;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onReset(this);
        }
    }
}
