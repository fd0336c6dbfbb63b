package io.chaski.streamer.internal.durable;

import java.nio.ByteBuffer;

/**
 * A consumer will not come back: its cursors are forgotten.
 *
 * @param consumer its name
 */
record ConsumerEnd(String consumer) implements LogEntry {

    static final byte TYPE = 3;

    static ConsumerEnd readFrom(ByteBuffer in) {
        return new ConsumerEnd(Fields.readName(in));
    }

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public int lengthBytes() {
        return Fields.nameBytes(consumer);
    }

    @Override
    public void writeTo(ByteBuffer out) {
        Fields.writeName(out, consumer);
    }
}
