package io.chaski.core.internal.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** The golden vectors of a protocol version: lines of a name and hexadecimal digits; lines with # are comments. */
final class Vectors {

    private Vectors() {}

    /** Vectors that never change. */
    static byte[] file(int version) {
        return resource("/wire/vectors-v" + version + ".txt");
    }

    /** Vectors of types that came later, which nodes without them skip: more may follow, and none changes. */
    static byte[] additions(int version) {
        return resource("/wire/vectors-v" + version + "-additions.txt");
    }

    private static byte[] resource(String name) {
        try (InputStream in = Vectors.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes by name, in the order of the files. */
    static Map<String, byte[]> read(int version) {
        Map<String, byte[]> vectors = new LinkedHashMap<>();
        String lines = new String(file(version), StandardCharsets.US_ASCII)
                + new String(additions(version), StandardCharsets.US_ASCII);
        lines.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> {
            String[] parts = line.split(" ", -1);
            if (vectors.put(parts[0], ByteBufUtil.decodeHexDump(parts[1])) != null) {
                throw new IllegalStateException("two vectors with the name " + parts[0]);
            }
        });
        return vectors;
    }

    /** What our encoder makes of all samples, as lines of the file. */
    static Map<String, String> encodeSamples() {
        Map<String, String> lines = new LinkedHashMap<>();
        FrameEncoder encoder = new FrameEncoder();
        Samples.frames().forEach((name, frame) -> lines.put(name, hex(out -> encoder.encode(frame, out))));
        Samples.data().forEach((name, data) -> lines.put(name, hex(out -> data.encode(encoder, out))));
        DatagramCodec datagrams = new DatagramCodec();
        Samples.datagrams().forEach((name, datagram) -> lines.put(name, hex(out -> datagrams.encode(datagram, out))));
        Samples.bodies()
                .forEach((name, body) ->
                        lines.put(name, ByteBufUtil.hexDump(body.encode().toByteArray())));
        return lines;
    }

    private static String hex(Consumer<ByteBuf> encoding) {
        ByteBuf out = Unpooled.buffer();
        encoding.accept(out);
        return ByteBufUtil.hexDump(out);
    }
}
