package io.chaski.streamer.internal.durable;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * A message as a store keeps it: what it is found and sorted by, and the rest as bytes that the store does not look into.
 * Two with the same source and sequence claim to be the same message; they are equal if they also say the same.
 * Immutable.
 */
public final class KeptMessage implements LogEntry {

    static final byte TYPE = 1;

    private static final int FIXED_BYTES = NodeId.BYTES + 3 * Long.BYTES;

    /** What a message takes on disk besides its body. */
    static final int OVERHEAD_BYTES = RecordFormat.HEADER_BYTES + FIXED_BYTES;

    private final Source source;
    private final long sequence;
    private final HybridTimestamp timestamp;
    private final byte[] body;

    private KeptMessage(Source source, long sequence, HybridTimestamp timestamp, byte[] body) {
        this.source = Objects.requireNonNull(source, "source");
        this.sequence = sequence;
        this.timestamp = Objects.requireNonNull(timestamp, "timestamp");
        this.body = body;
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence must be 1 or more: " + sequence);
        }
    }

    /**
     * A message.
     *
     * @param source who published it
     * @param sequence its number among those of the source, 1 or more
     * @param timestamp when it was published
     * @param body everything else; copied
     */
    public static KeptMessage of(Source source, long sequence, HybridTimestamp timestamp, byte[] body) {
        return new KeptMessage(source, sequence, timestamp, body.clone());
    }

    /** Reads what {@link #writeTo} has written, up to the limit of the buffer. */
    static KeptMessage readFrom(ByteBuffer in) {
        Source source = Fields.readSource(in);
        long sequence = in.getLong();
        HybridTimestamp timestamp = HybridTimestamp.ofPacked(in.getLong());
        byte[] body = new byte[in.remaining()];
        in.get(body);
        return new KeptMessage(source, sequence, timestamp, body);
    }

    /** Who published it. */
    public Source source() {
        return source;
    }

    /** Its number among those of the source, from 1. */
    public long sequence() {
        return sequence;
    }

    /** When it was published, by the publisher's hybrid logical clock. */
    public HybridTimestamp timestamp() {
        return timestamp;
    }

    /** Everything else; read-only. */
    public ByteBuffer body() {
        return ByteBuffer.wrap(body).asReadOnlyBuffer();
    }

    /** Its place in the history. */
    public HistoryPosition position() {
        return new HistoryPosition(timestamp, source, sequence);
    }

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public int lengthBytes() {
        return FIXED_BYTES + body.length;
    }

    @Override
    public void writeTo(ByteBuffer out) {
        Fields.writeSource(out, source);
        out.putLong(sequence).putLong(timestamp.packed()).put(body);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeptMessage that
                && sequence == that.sequence
                && source.equals(that.source)
                && timestamp.equals(that.timestamp)
                && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
        return 31 * source.hashCode() + Long.hashCode(sequence);
    }

    /** Prints which message it is, never what it says. */
    @Override
    public String toString() {
        return "KeptMessage[" + source + "/" + sequence + ", " + body.length + " bytes]";
    }
}
