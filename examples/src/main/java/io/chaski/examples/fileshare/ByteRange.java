package io.chaski.examples.fileshare;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of a file (RFC 9110, section 14): one range. Who asks for several, or in a unit that is not bytes, is given the whole file,
 * as the RFC allows and demands: so many small or overlapping ranges cost no more than it.
 *
 * @param first number of the first byte
 * @param last number of the last byte
 */
record ByteRange(long first, long last) {

    /** Any size has fewer than 19 digits. */
    private static final Pattern RANGE = Pattern.compile("(\\d{0,18})-(\\d{0,18})");

    private static final String BYTES = "bytes=";

    /** Number of bytes. */
    long length() {
        return last - first + 1;
    }

    /**
     * Reads what was asked for.
     *
     * @param header value of {@code Range}, null if there is none
     * @param size of the file
     * @return empty if the whole file is wanted
     * @throws HttpProblem 416 if the file has no such part, or it is no range
     */
    static Optional<ByteRange> parse(@Nullable String header, long size) throws HttpProblem {
        if (header == null || !header.regionMatches(true, 0, BYTES, 0, BYTES.length()) || header.contains(",")) {
            return Optional.empty();
        }
        Matcher asked = RANGE.matcher(header.substring(BYTES.length()));
        if (!asked.matches() || asked.group(1).isEmpty() && asked.group(2).isEmpty()) {
            throw unsatisfiable("one range, such as bytes=0-499, bytes=500- or bytes=-500", size);
        }
        ByteRange range = range(asked.group(1), asked.group(2), size);
        if (range.first() > range.last()) {
            throw unsatisfiable("the file has " + size + " bytes", size);
        }
        return Optional.of(range);
    }

    private static ByteRange range(String first, String last, long size) {
        if (first.isEmpty()) {
            return new ByteRange(Math.max(0, size - Long.parseLong(last)), size - 1);
        }
        long end = last.isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(last));
        return new ByteRange(Long.parseLong(first), end);
    }

    private static HttpProblem unsatisfiable(String message, long size) {
        return new HttpProblem(416, message, Map.of("Content-Range", "bytes */" + size));
    }
}
