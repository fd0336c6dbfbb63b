package io.chaski.core.internal.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Bytes of headers: small text pairs, in order, each key once. */
final class HeadersCodec {

    /** Two lengths and one character of the key. */
    private static final int MIN_BYTES = 3;

    private HeadersCodec() {}

    /**
     * Checks the bounds of headers that are about to be sent.
     *
     * @throws IllegalArgumentException if there are too many, or they are too long, or a key is empty
     */
    static void check(Map<String, String> headers) {
        if (headers.size() > WireLimits.MAX_HEADERS) {
            throw new IllegalArgumentException("at most " + WireLimits.MAX_HEADERS + " headers: " + headers.size());
        }
        int bytes = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            if (header.getKey().isEmpty()) {
                throw new IllegalArgumentException("a header has an empty key");
            }
            bytes += Utf8.length(header.getKey()) + Utf8.length(header.getValue());
        }
        if (bytes > WireLimits.MAX_HEADER_BYTES) {
            throw new IllegalArgumentException(
                    "headers may have " + WireLimits.MAX_HEADER_BYTES + " bytes in all: " + bytes);
        }
    }

    static void write(WireWriter out, Map<String, String> headers) {
        check(headers);
        out.count(headers.size(), WireLimits.MAX_HEADERS);
        for (Map.Entry<String, String> header : headers.entrySet()) {
            out.text(header.getKey(), 1, WireLimits.MAX_HEADER_BYTES);
            out.text(header.getValue(), 0, WireLimits.MAX_HEADER_BYTES);
        }
    }

    /** Number of bytes that {@link #write} writes. */
    static int size(Map<String, String> headers) {
        int size = WireWriter.varintSize(headers.size());
        for (Map.Entry<String, String> header : headers.entrySet()) {
            size += WireWriter.textSize(header.getKey()) + WireWriter.textSize(header.getValue());
        }
        return size;
    }

    static Map<String, String> read(WireReader in) {
        int count = in.count(WireLimits.MAX_HEADERS, MIN_BYTES);
        if (count == 0) {
            return Map.of();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        int bytes = 0;
        for (int i = 0; i < count; i++) {
            String key = in.text(1, WireLimits.MAX_HEADER_BYTES);
            String value = in.text(0, WireLimits.MAX_HEADER_BYTES);
            bytes += Utf8.length(key) + Utf8.length(value);
            if (bytes > WireLimits.MAX_HEADER_BYTES) {
                throw ProtocolException.malformed("headers are too long");
            }
            if (headers.put(key, value) != null) {
                throw ProtocolException.malformed("header key twice");
            }
        }
        return Collections.unmodifiableMap(headers);
    }
}
