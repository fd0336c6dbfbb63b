package io.chaski.streamer.internal.durable;

import io.chaski.core.NodeId;
import java.nio.ByteBuffer;

/**
 * A consumer has done with the messages of a source up to one, or, with 0, does not need its cursor there any more.
 *
 * @param consumer its name
 * @param source whose messages
 * @param sequence the last one it has done with, or 0
 */
record CursorMove(String consumer, Source source, long sequence) implements LogEntry {

    static final byte TYPE = 2;

    static CursorMove readFrom(ByteBuffer in) {
        Source source = Fields.readSource(in);
        long sequence = in.getLong();
        return new CursorMove(Fields.readName(in), source, sequence);
    }

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public int lengthBytes() {
        return NodeId.BYTES + 2 * Long.BYTES + Fields.nameBytes(consumer);
    }

    @Override
    public void writeTo(ByteBuffer out) {
        Fields.writeSource(out, source);
        out.putLong(sequence);
        Fields.writeName(out, consumer);
    }
}
