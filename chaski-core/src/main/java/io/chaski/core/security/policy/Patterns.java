package io.chaski.core.security.policy;

import io.chaski.core.internal.wire.TopicNames;
import java.util.List;
import java.util.Set;

/** The rules for patterns: what is neither a name nor a wildcard is a mistake, not a pattern that matches nothing. */
final class Patterns {

    private static final String IDENTITY_HINT =
            "an identity pattern begins with a scheme and has * or levels of visible characters behind it, ** only at the end";

    private Patterns() {}

    /**
     * Adds a pattern to those before it.
     *
     * @throws IllegalArgumentException if it is among them: whoever has written it twice has meant another one
     */
    static void add(Set<String> patterns, String pattern) {
        if (!patterns.add(pattern)) {
            throw new IllegalArgumentException("a pattern comes twice in one list");
        }
    }

    /**
     * Checks a pattern of topics or of methods.
     *
     * @throws IllegalArgumentException if it breaks a rule, saying which
     */
    static String checkObject(String pattern) {
        List<String> levels = Levels.of(pattern);
        if (levels.size() > TopicNames.MAX_LEVELS) {
            throw new IllegalArgumentException("a pattern has at most " + TopicNames.MAX_LEVELS + " levels");
        }
        if (pattern.length() > TopicNames.MAX_BYTES) {
            throw new IllegalArgumentException("a pattern has at most " + TopicNames.MAX_BYTES + " characters");
        }
        for (int i = 0; i < levels.size(); i++) {
            checkObjectLevel(levels.get(i), i == levels.size() - 1);
        }
        return pattern;
    }

    private static void checkObjectLevel(String level, boolean isLast) {
        if (level.equals(Levels.ANY) || level.equals(Levels.SELF)) {
            return;
        }
        if (level.equals(Levels.TAIL)) {
            if (!isLast) {
                throw new IllegalArgumentException("** is the last level of a pattern or none");
            }
        } else if (level.indexOf('*') >= 0) {
            throw new IllegalArgumentException("a wildcard is a whole level");
        } else if (level.indexOf('{') >= 0 || level.indexOf('}') >= 0) {
            throw new IllegalArgumentException("braces stand for {self}, which is a whole level, and for nothing else");
        } else if (!TopicNames.isValid(level)) {
            throw new IllegalArgumentException("a level is empty or has characters that no name has");
        }
    }

    /**
     * Checks a pattern of identities.
     *
     * @throws IllegalArgumentException if it breaks a rule, saying which
     */
    static String checkIdentity(String pattern) {
        if (pattern.length() > Subject.MAX_LENGTH) {
            throw new IllegalArgumentException("a pattern has at most " + Subject.MAX_LENGTH + " characters");
        }
        int colon = pattern.indexOf(':');
        if (colon < 1 || pattern.chars().anyMatch(c -> c <= ' ' || c >= 0x7F)) {
            throw new IllegalArgumentException(IDENTITY_HINT);
        }
        List<String> levels = Levels.ofIdentity(pattern);
        if (levels.get(0).indexOf('*') >= 0
                || levels.get(0).indexOf('/') < colon && levels.get(0).indexOf('/') >= 0) {
            throw new IllegalArgumentException(IDENTITY_HINT);
        }
        for (int i = 1; i < levels.size(); i++) {
            String level = levels.get(i);
            boolean isTail = level.equals(Levels.TAIL) && i == levels.size() - 1;
            boolean isLiteral = !level.isEmpty() && level.chars().noneMatch(c -> c == '*' || c == '{' || c == '}');
            if (!isTail && !level.equals(Levels.ANY) && !isLiteral) {
                throw new IllegalArgumentException(IDENTITY_HINT);
            }
        }
        return pattern;
    }
}
