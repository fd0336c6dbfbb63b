package io.chaski.streamer.internal.file;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes what {@link BoundedReader} reads. */
final class BoundedWriter {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    /** Writing to memory that never fails. */
    private interface Field {
        void write() throws IOException;
    }

    private BoundedWriter add(Field field) {
        try {
            field.write();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    BoundedWriter u8(int value) {
        return add(() -> out.writeByte(value));
    }

    BoundedWriter i32(int value) {
        return add(() -> out.writeInt(value));
    }

    BoundedWriter i64(long value) {
        return add(() -> out.writeLong(value));
    }

    BoundedWriter hash(Sha256 hash) {
        ByteBuffer buffer = ByteBuffer.allocate(Sha256.BYTES);
        hash.writeTo(buffer);
        return raw(buffer.array());
    }

    BoundedWriter text(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        if (encoded.length > 0xffff) {
            throw new IllegalArgumentException("a text of " + encoded.length + " bytes");
        }
        return add(() -> out.writeShort(encoded.length)).raw(encoded);
    }

    BoundedWriter pairs(Map<String, String> pairs) {
        add(() -> out.writeShort(pairs.size()));
        pairs.forEach((name, value) -> text(name).text(value));
        return this;
    }

    BoundedWriter raw(byte[] raw) {
        return add(() -> out.write(raw));
    }

    byte[] message() {
        return bytes.toByteArray();
    }
}
