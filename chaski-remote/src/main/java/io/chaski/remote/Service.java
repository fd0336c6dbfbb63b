package io.chaski.remote;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Objects;

/**
 * A service as its provider announces it. Immutable; sorted by name, then by version, then by signature.
 *
 * @param name what callers ask for, 1 to {@value #MAX_NAME_BYTES} bytes of UTF-8 without control characters
 * @param version which of several interfaces of that name, at most {@value #MAX_VERSION_BYTES} bytes of UTF-8 without
 *     control characters; empty if there is only one
 * @param signature a hash of the methods, their arguments and results: callers compare it with their own
 */
public record Service(String name, String version, long signature) implements Comparable<Service> {

    /** One byte holds the length, and a name is repeated in logs, tables and dashboards. */
    public static final int MAX_NAME_BYTES = 255;

    /** Room for any scheme of version numbers, and for a short hash. */
    public static final int MAX_VERSION_BYTES = 32;

    private static final Comparator<Service> ORDER =
            Comparator.comparing(Service::name).thenComparing(Service::version).thenComparingLong(Service::signature);

    /** Checks the texts. */
    public Service {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the name of a service is empty");
        }
        check("the name of a service", name, MAX_NAME_BYTES);
        check("the version of a service", version, MAX_VERSION_BYTES);
    }

    private static void check(String what, String text, int maxBytes) {
        Objects.requireNonNull(text, what);
        // No text has fewer bytes than chars, so a long one is refused before it is encoded.
        if (text.length() > maxBytes || text.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
            throw new IllegalArgumentException(what + " has more than " + maxBytes + " bytes of UTF-8");
        }
        text.codePoints().filter(Service::isForbidden).findFirst().ifPresent(codePoint -> {
            throw new IllegalArgumentException(String.format("%s contains the character U+%04X", what, codePoint));
        });
    }

    /** What a terminal or a log would interpret, or what is no text. */
    private static boolean isForbidden(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** Name and version, such as {@code calculator} or {@code calculator 2.1}. */
    public String label() {
        return version.isEmpty() ? name : name + " " + version;
    }

    /** The signature as text: 16 hexadecimal digits. */
    public String signatureText() {
        return String.format("%016x", signature);
    }

    @Override
    public int compareTo(Service other) {
        return ORDER.compare(this, other);
    }
}
