package io.chaski.streamer.internal.durable;

import io.chaski.core.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Fields that several parts of the format have. Numbers are big endian. */
final class Fields {

    private Fields() {}

    static void writeSource(ByteBuffer out, Source source) {
        out.putLong(source.origin().high()).putLong(source.origin().low()).putLong(source.epoch());
    }

    static Source readSource(ByteBuffer in) {
        NodeId origin = new NodeId(in.getLong(), in.getLong());
        return new Source(origin, in.getLong());
    }

    /** Bytes that {@link #writeName} writes. */
    static int nameBytes(String name) {
        return Short.BYTES + name.getBytes(StandardCharsets.UTF_8).length;
    }

    static void writeName(ByteBuffer out, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        out.putShort((short) bytes.length).put(bytes);
    }

    static String readName(ByteBuffer in) {
        byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
