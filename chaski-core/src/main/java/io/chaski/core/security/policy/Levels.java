package io.chaski.core.security.policy;

import io.chaski.core.internal.wire.TopicNames;
import java.util.ArrayList;
import java.util.List;

/** Names and patterns, cut at their slashes. Never recurses. */
final class Levels {

    /** Exactly one level. */
    static final String ANY = "*";
    /** The rest, which may be nothing. */
    static final String TAIL = "**";
    /** The path of whoever asks. */
    static final String SELF = "{self}";

    private Levels() {}

    static List<String> of(String name) {
        List<String> levels = new ArrayList<>();
        int start = 0;
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', start)) {
            levels.add(name.substring(start, slash));
            start = slash + 1;
        }
        levels.add(name.substring(start));
        return levels;
    }

    /** What comes before the first name is one level, so that {@code sha256:*} is a pattern like any other. */
    static List<String> ofIdentity(String text) {
        int authority = text.indexOf("://");
        int end = authority >= 0 ? authority + 3 : text.indexOf(':') + 1;
        List<String> levels = new ArrayList<>();
        levels.add(text.substring(0, end));
        if (end < text.length()) {
            levels.addAll(of(text.substring(end)));
        }
        return levels;
    }

    /**
     * Whether a name is matched only by patterns that spell its first level out: those of topics of the library, and
     * whoever has no identity.
     */
    static boolean isReserved(List<String> levels) {
        String first = levels.get(0);
        return TopicNames.isReserved(first) || first.equals(Subject.ANONYMOUS.name());
    }
}
