package io.chaski.core.internal.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher tells its subscribers in the body of DATA: an envelope and the payload. Nodes in between never
 * look inside. {@code docs/protocol.md} defines its bytes. Immutable; the codec methods may be called by any thread.
 *
 * @param contentType how the payload is encoded: one of the constants here, or any other name of 1 to
 *     {@value WireLimits#MAX_NAME_BYTES} bytes of UTF-8
 * @param timestamp hybrid logical clock: milliseconds in the upper 48 bits, a counter in the lower 16
 * @param label of the publisher
 * @param key what the message is about, 0 to {@value WireLimits#MAX_NAME_BYTES} bytes of UTF-8, or null
 * @param headers at most {@value WireLimits#MAX_HEADERS} pairs and {@value WireLimits#MAX_HEADER_BYTES} bytes, in order
 * @param payload what the application sent
 */
public record MessageBody(
        String contentType,
        long timestamp,
        Label label,
        @Nullable String key,
        Map<String, String> headers,
        ArrayPayload payload) {

    /** Content type of bytes as they are. */
    public static final String BYTES = "application/octet-stream";

    /** Content type of UTF-8 text. */
    public static final String TEXT = "text/plain";

    /** Content type of CBOR (RFC 8949). */
    public static final String CBOR = "application/cbor";

    /** Content type of JSON (RFC 8259). */
    public static final String JSON = "application/json";

    /** Content type of the number that is its index. */
    private static final String[] NUMBERED = {BYTES, TEXT, CBOR, JSON};

    /** In the place of a number: a name follows. */
    private static final int NAMED = 255;

    private static final int HAS_KEY = 1;
    private static final int HAS_HEADERS = 2;

    /** Checks the bounds and keeps the order of the headers. */
    public MessageBody {
        if (numberOf(contentType) == NAMED) { // the others are ours, and each message has one
            Utf8.checkLength("contentType", contentType, 1, WireLimits.MAX_NAME_BYTES);
        }
        Objects.requireNonNull(label, "label");
        if (key != null) {
            Utf8.checkLength("key", key, 0, WireLimits.MAX_NAME_BYTES);
        }
        headers = headers.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        HeadersCodec.check(headers);
        Objects.requireNonNull(payload, "payload");
    }

    /** With the label as a text. */
    public MessageBody(
            String contentType,
            long timestamp,
            String label,
            @Nullable String key,
            Map<String, String> headers,
            ArrayPayload payload) {
        this(contentType, timestamp, Label.of(label), key, headers, payload);
    }

    /** The bytes of envelope and payload, in a fresh array of just their size. */
    public ArrayPayload encode() {
        byte[] bytes = new byte[encodedSize()];
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes).clear();
        WireWriter out = new WireWriter().to(buffer);
        out.u8((key != null ? HAS_KEY : 0) | (headers.isEmpty() ? 0 : HAS_HEADERS));
        int number = numberOf(contentType);
        out.varint(number);
        if (number == NAMED) {
            out.text(contentType, 1, WireLimits.MAX_NAME_BYTES);
        }
        out.i64(timestamp);
        out.label(label);
        if (key != null) {
            out.text(key, 0, WireLimits.MAX_NAME_BYTES);
        }
        if (!headers.isEmpty()) {
            HeadersCodec.write(out, headers);
        }
        out.payload(payload);
        assert buffer.writerIndex() == bytes.length : "counted " + bytes.length + ", wrote " + buffer.writerIndex();
        return ArrayPayload.owning(bytes);
    }

    /**
     * Reads a body.
     *
     * @param body as it arrived; the payload shares its array if it is an {@link ArrayPayload}
     * @throws ProtocolException if it is malformed; the fault is the publisher's, not the neighbour's
     */
    public static MessageBody decode(PayloadView body) {
        return decode(body, null);
    }

    /**
     * Reads a body.
     *
     * @param body as it arrived; the payload shares its array if it is an {@link ArrayPayload}
     * @param expected its label, as a rule, which is not made again then; null without a guess
     * @throws ProtocolException if it is malformed; the fault is the publisher's, not the neighbour's
     */
    public static MessageBody decode(PayloadView body, @Nullable Label expected) {
        ArrayPayload bytes = ArrayPayload.keep(body);
        WireReader in = bytes.reader();
        int flags = in.flags(HAS_KEY | HAS_HEADERS);
        String contentType = readContentType(in);
        long timestamp = in.i64();
        Label label = in.label(expected);
        String key = (flags & HAS_KEY) != 0 ? in.text(0, WireLimits.MAX_NAME_BYTES) : null;
        Map<String, String> headers = (flags & HAS_HEADERS) != 0 ? HeadersCodec.read(in) : Map.of();
        if ((flags & HAS_HEADERS) != 0 && headers.isEmpty()) {
            throw ProtocolException.malformed("headers announced and missing");
        }
        ArrayPayload payload = bytes.from(bytes.size() - in.remaining());
        return new MessageBody(contentType, timestamp, label, key, headers, payload);
    }

    private static String readContentType(WireReader in) {
        int number = (int) in.varint(0, NAMED);
        if (number < NUMBERED.length) {
            return NUMBERED[number];
        }
        if (number != NAMED) {
            throw ProtocolException.malformed("unknown content type number " + number);
        }
        String name = in.text(1, WireLimits.MAX_NAME_BYTES);
        if (numberOf(name) != NAMED) {
            throw ProtocolException.malformed("content type has a number and came by name");
        }
        return name;
    }

    private static int numberOf(String contentType) {
        for (int i = 0; i < NUMBERED.length; i++) {
            if (NUMBERED[i].equals(contentType)) {
                return i;
            }
        }
        return NAMED;
    }

    private int encodedSize() {
        int number = numberOf(contentType);
        int size = 1 + WireWriter.varintSize(number) + Long.BYTES + label.encoded().length + payload.size();
        if (number == NAMED) {
            size += WireWriter.textSize(contentType);
        }
        if (key != null) {
            size += WireWriter.textSize(key);
        }
        return headers.isEmpty() ? size : size + HeadersCodec.size(headers);
    }
}
