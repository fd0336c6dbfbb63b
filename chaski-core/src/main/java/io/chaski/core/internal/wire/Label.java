package io.chaski.core.internal.wire;

import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Label of a publisher, 0 to {@value WireLimits#MAX_LABEL_BYTES} bytes of UTF-8, and as it travels, length and text: it is the same
 * in each of his messages, so these bytes are written and compared, instead of being made of text, and text of them, every time.
 * Immutable.
 */
public final class Label {

    private final String text;
    private final byte[] encoded;

    /**
     * One that was read or checked.
     *
     * @param encoded given away
     */
    Label(String text, byte[] encoded) {
        this.text = text;
        this.encoded = encoded;
    }

    /**
     * That of a text.
     *
     * @throws IllegalArgumentException if it is too long, or has half a surrogate pair
     */
    public static Label of(String text) {
        Utf8.checkLength("label", text, 0, WireLimits.MAX_LABEL_BYTES);
        byte[] encoded = new byte[WireWriter.textSize(text)];
        new WireWriter().to(Unpooled.wrappedBuffer(encoded).clear()).text(text, 0, WireLimits.MAX_LABEL_BYTES);
        return new Label(text, encoded);
    }

    /** The text. */
    public String text() {
        return text;
    }

    /** Length and text, not to be changed. */
    byte[] encoded() {
        return encoded;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Label label && text.equals(label.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
