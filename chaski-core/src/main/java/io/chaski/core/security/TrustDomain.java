package io.chaski.core.security;

import java.util.Objects;

/**
 * Name of the set of identities that one authority vouches for, such as {@code plant-7.example}. Labels of lower-case
 * letters, digits and inner hyphens, 1 to 63 characters each, the last beginning with a letter; 253 characters at most.
 * Narrower than the names of SPIFFE, because the JDK cannot match an underscore, a trailing dot or a number against the
 * name constraints of a certificate. Immutable.
 *
 * @param name the name
 */
public record TrustDomain(String name) {

    /** What a host name may have (RFC 1123). */
    public static final int MAX_LENGTH = 253;

    private static final int MAX_LABEL_LENGTH = 63;

    /**
     * Checks the grammar.
     *
     * @throws IllegalArgumentException if the name does not keep to it
     */
    public TrustDomain {
        Objects.requireNonNull(name, "name");
        String problem = problem(name);
        if (!problem.isEmpty()) {
            throw new IllegalArgumentException("a trust domain " + problem);
        }
    }

    /** Says what is wrong without the name, which may come from a peer; empty if nothing is. */
    private static String problem(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            return "has 1 to " + MAX_LENGTH + " characters, not " + name.length();
        }
        int start = 0;
        while (true) {
            int dot = name.indexOf('.', start);
            int end = dot < 0 ? name.length() : dot;
            if (!isLabel(name, start, end)) {
                return "has labels of 1 to 63 lower-case letters, digits and inner hyphens";
            }
            if (dot < 0) {
                return isLetter(name.charAt(start)) ? "" : "ends in a label that begins with a letter";
            }
            start = end + 1;
        }
    }

    private static boolean isLabel(String name, int start, int end) {
        if (end == start || end - start > MAX_LABEL_LENGTH) {
            return false;
        }
        for (int i = start; i < end; i++) {
            char c = name.charAt(i);
            boolean isInnerHyphen = c == '-' && i > start && i < end - 1;
            if (!isLetter(c) && !(c >= '0' && c <= '9') && !isInnerHyphen) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z';
    }

    @Override
    public String toString() {
        return name;
    }
}
