package io.chaski.core.internal.wire;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Strict UTF-8: nothing is replaced in silence, in neither direction. */
public final class Utf8 {

    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /**
     * Decodes, or refuses.
     *
     * @throws ProtocolException if the bytes are not well-formed
     */
    static String decode(byte[] bytes) {
        // The fast decoder puts U+FFFD for what is malformed. A text without one was well-formed; a text with one is
        // decoded again by the slow decoder, which reports instead, and by a result: an exception would cost more.
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            CharBuffer chars = CharBuffer.allocate(bytes.length);
            CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes), chars, true);
            if (result.isError()) {
                throw ProtocolException.malformed("text is not UTF-8");
            }
        }
        return text;
    }

    /**
     * Number of bytes of a text.
     *
     * @throws IllegalArgumentException if the text has half a surrogate pair, which has no bytes in UTF-8
     */
    public static int length(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                throw new IllegalArgumentException("half a surrogate pair at index " + i);
            }
        }
        return bytes;
    }

    /**
     * Checks how long a text is.
     *
     * @param what for people
     * @throws IllegalArgumentException if it has fewer or more bytes, or half a surrogate pair
     */
    static void checkLength(String what, String text, int minBytes, int maxBytes) {
        int bytes = length(text);
        if (bytes < minBytes || bytes > maxBytes) {
            throw new IllegalArgumentException(
                    what + " must have " + minBytes + " to " + maxBytes + " bytes of UTF-8: " + bytes);
        }
    }

    /**
     * A sentence for people, made to fit: half pairs become question marks, and what is too long is cut between two
     * characters.
     */
    static String fit(String text, int maxBytes) {
        StringBuilder fitted = new StringBuilder(Math.min(text.length(), maxBytes));
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint);
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                codePoint = '?';
            }
            bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            if (bytes > maxBytes) {
                break;
            }
            fitted.appendCodePoint(codePoint);
        }
        return fitted.toString();
    }
}
