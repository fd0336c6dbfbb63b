package io.chaski.core.security;

import io.chaski.core.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The identity of a node, an authority or an administrator: {@code chaski://plant-7.example/node/mill-3}. The rules of
 * SPIFFE identities, narrowed: no port, no user, no query, no escapes, and one spelling only, so that two identities are
 * equal if and only if their texts are. Immutable.
 *
 * @param trustDomain who vouches for it
 * @param role what kind of party it is: the first segment of the path
 * @param name the other segments, 1 to 7, each of 1 to 64 letters, digits and {@code . - _}, none of them {@code .} or
 *     {@code ..}
 */
public record ChaskiUri(TrustDomain trustDomain, Role role, List<String> name) {

    /** Longest text of an identity; a trust domain of the greatest length leaves room for some segments. */
    public static final int MAX_LENGTH = 512;

    private static final String SCHEME = "chaski://";
    private static final int MAX_SEGMENTS = 8;
    private static final int MAX_SEGMENT_LENGTH = 64;

    /** What kind of party an identity belongs to. */
    public enum Role {
        /** Takes part in the network. */
        NODE,
        /** Issues certificates, and signs what all nodes must believe. */
        CA,
        /** A person or program that administers. */
        ADMIN;

        /** The first segment of the path. */
        String segment() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Checks the grammar.
     *
     * @throws IllegalArgumentException if a segment or the whole does not keep to it
     */
    public ChaskiUri {
        Objects.requireNonNull(trustDomain, "trustDomain");
        Objects.requireNonNull(role, "role");
        name = List.copyOf(name);
        if (name.isEmpty() || name.size() > MAX_SEGMENTS - 1) {
            throw new IllegalArgumentException(
                    "an identity has 1 to " + (MAX_SEGMENTS - 1) + " segments behind its role, not " + name.size());
        }
        name.forEach(ChaskiUri::checkSegment);
        int length = text(trustDomain, role, name).length();
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException("an identity has at most " + MAX_LENGTH + " characters, not " + length);
        }
    }

    /**
     * Reads what {@link #toString()} prints, and nothing else: there is no second spelling.
     *
     * @param text such as {@code chaski://plant-7.example/node/mill-3}
     * @throws IllegalArgumentException if the text is anything else; the message does not repeat it
     */
    public static ChaskiUri parse(String text) {
        Objects.requireNonNull(text, "text");
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "an identity has at most " + MAX_LENGTH + " characters, not " + text.length());
        }
        if (!text.startsWith(SCHEME)) {
            throw new IllegalArgumentException("an identity begins with " + SCHEME);
        }
        List<String> segments = split(text.substring(SCHEME.length()));
        if (segments.size() < 3) {
            throw new IllegalArgumentException("an identity has a trust domain, a role and a name");
        }
        return new ChaskiUri(
                new TrustDomain(segments.get(0)), role(segments.get(1)), segments.subList(2, segments.size()));
    }

    private static List<String> split(String text) {
        List<String> segments = new ArrayList<>();
        int start = 0;
        for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', start)) {
            segments.add(text.substring(start, slash));
            start = slash + 1;
        }
        segments.add(text.substring(start));
        return segments;
    }

    private static Role role(String segment) {
        for (Role role : Role.values()) {
            if (role.segment().equals(segment)) {
                return role;
            }
        }
        throw new IllegalArgumentException("the role of an identity is node, ca or admin");
    }

    private static void checkSegment(String segment) {
        boolean isValid = !segment.isEmpty()
                && segment.length() <= MAX_SEGMENT_LENGTH
                && !segment.equals(".")
                && !segment.equals("..")
                && segment.chars().allMatch(ChaskiUri::isAllowed);
        if (!isValid) {
            throw new IllegalArgumentException(
                    "a segment of an identity has 1 to " + MAX_SEGMENT_LENGTH + " letters, digits and . - _");
        }
    }

    private static boolean isAllowed(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_';
    }

    private static String text(TrustDomain trustDomain, Role role, List<String> name) {
        return SCHEME + trustDomain + "/" + role.segment() + "/" + String.join("/", name);
    }

    /**
     * The id of the node on the wire: the first 16 bytes of {@code SHA-256("chaski-node-v1" 00 uri)}. It stays the same
     * when the node gets another key, so that durable subscriptions survive a renewal.
     */
    public NodeId nodeId() {
        return DerivedId.of("chaski-node-v1", toString());
    }

    @Override
    public String toString() {
        return text(trustDomain, role, name);
    }
}
