package io.chaski.core.internal.wire;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one rule for names of topics, for the application's door and for names that peers announce: 1 to
 * {@value #MAX_BYTES} bytes of UTF-8, at most {@value #MAX_LEVELS} levels separated by {@code /}, no empty level, no
 * wildcard, nothing that a terminal or a log would interpret. Names that begin with {@code $} or {@code @} belong to
 * the library. Stateless.
 */
public final class TopicNames {

    /** One byte holds the length, and a name is repeated in logs, tables and dashboards. */
    public static final int MAX_BYTES = 255;

    /** Deep names have crashed brokers that walk them recursively; nobody names things this deep. */
    public static final int MAX_LEVELS = 16;

    private TopicNames() {}

    /**
     * Accepts names that an application may use.
     *
     * @param name what the caller passed
     * @return the same name
     * @throws IllegalArgumentException if it breaks a rule, saying which
     */
    public static String checkApplication(String name) {
        check(name);
        if (isReserved(name)) {
            throw new IllegalArgumentException("topics that begin with '$' or '@' belong to the library: " + name);
        }
        return name;
    }

    /**
     * Accepts names that a node may use, the library's own included.
     *
     * @param name any text
     * @return the same name
     * @throws IllegalArgumentException if it breaks a rule, saying which
     */
    public static String check(String name) {
        String violation = violation(Objects.requireNonNull(name, "name"));
        if (violation != null) {
            throw new IllegalArgumentException("not a topic name: " + violation);
        }
        return name;
    }

    /**
     * Whether {@link #check} would accept the name; made for names of peers, which are refused without an exception.
     *
     * @param name any text
     */
    public static boolean isValid(String name) {
        return violation(name) == null;
    }

    /**
     * Whether the name belongs to the library.
     *
     * @param name a valid name
     */
    public static boolean isReserved(String name) {
        return name.charAt(0) == '$' || name.charAt(0) == '@';
    }

    /** The rule that is broken, in words that never repeat the name, or null. */
    private static @Nullable String violation(String name) {
        if (name.isEmpty()) {
            return "it is empty";
        }
        // No text has fewer bytes than chars, so a long one is refused before it is encoded.
        if (name.length() > MAX_BYTES || name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            return "it has more than " + MAX_BYTES + " bytes of UTF-8";
        }
        int levels = 1;
        boolean levelIsEmpty = true;
        for (int i = 0; i < name.length(); ) {
            int codePoint = name.codePointAt(i);
            i += Character.charCount(codePoint);
            if (codePoint == '/') {
                if (levelIsEmpty) {
                    return "a level is empty";
                }
                levels++;
                levelIsEmpty = true;
            } else if (isForbidden(codePoint)) {
                return String.format("it contains the character U+%04X", codePoint);
            } else {
                levelIsEmpty = false;
            }
        }
        if (levelIsEmpty) {
            return "a level is empty";
        }
        return levels > MAX_LEVELS ? "it has more than " + MAX_LEVELS + " levels" : null;
    }

    private static boolean isForbidden(int codePoint) {
        if (codePoint == '*' || codePoint == '#' || codePoint == '+') {
            return true; // wildcards of ours and of others: a name that contains one is a mistake
        }
        return switch (Character.getType(codePoint)) {
            // FORMAT holds the bidirectional controls that can make a name look like another one.
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
