package io.chaski.remote.internal.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Texts that cross a trust boundary: bounded, without control characters, without half surrogate pairs. Stateless. */
public final class BoundedText {

    private BoundedText() {}

    /**
     * A text cut to a size.
     *
     * @param text any; null counts as empty
     * @param maxBytes most bytes of UTF-8
     */
    public static String of(@Nullable String text, int maxBytes) {
        if (text == null) {
            return "";
        }
        StringBuilder bounded = new StringBuilder();
        int bytes = 0;
        int index = 0;
        while (index < text.length()) {
            int point = text.codePointAt(index);
            index += Character.charCount(point);
            int shown = isPrintable(point) ? point : ' ';
            bytes += Character.toString(shown).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > maxBytes) {
                break;
            }
            bounded.appendCodePoint(shown);
        }
        return bounded.toString();
    }

    private static boolean isPrintable(int point) {
        int type = Character.getType(point);
        return type != Character.CONTROL && type != Character.FORMAT && type != Character.SURROGATE;
    }
}
