package io.chaski.streamer.internal.file;

import java.nio.charset.StandardCharsets;

/**
 * Matches {@code *} (any run of characters) and {@code ?} (any one), in time proportional to the product of both lengths: a
 * pattern comes from another machine, and a regular expression made of it could take for ever. Immutable.
 *
 * @param pattern with {@code /} it is about the whole path, without it is about the last segment
 */
record Wildcard(String pattern) {

    /** Longer patterns are not worth their time. */
    static final int MAX_BYTES = 1_024;

    /** Refuses what no peer would match. */
    static Wildcard of(String pattern) {
        if (pattern.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new IllegalArgumentException("a pattern has at most " + MAX_BYTES + " bytes");
        }
        return new Wildcard(pattern);
    }

    boolean matches(String path) {
        return pattern.contains("/") ? matchesAll(path) : matchesAll(path.substring(path.lastIndexOf('/') + 1));
    }

    private boolean matchesAll(String text) {
        int at = 0;
        int in = 0;
        int star = -1;
        int starIn = 0;
        while (in < text.length()) {
            boolean isStar = at < pattern.length() && pattern.charAt(at) == '*';
            if (isStar) {
                star = at++;
                starIn = in;
            } else if (at < pattern.length() && (pattern.charAt(at) == '?' || pattern.charAt(at) == text.charAt(in))) {
                at++;
                in++;
            } else if (star >= 0) {
                at = star + 1; // the last star takes one more
                in = ++starIn;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }
}
