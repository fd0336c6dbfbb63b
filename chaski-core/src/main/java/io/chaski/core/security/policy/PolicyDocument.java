package io.chaski.core.security.policy;

import io.chaski.core.security.TrustDomain;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of a policy as somebody writes them down, in a text or in code. Immutable.
 *
 * @param version counts the policies of a trust domain up, 1 or more: one with a lower version is older
 * @param domain whose policy it is; needed if it is to be signed
 * @param notBefore when it begins to count; at once if empty
 * @param expires when it ceases to count, and with it everything that it allows; never if empty
 * @param roles who may do what; somebody may have several
 * @param newcomer what an identity may that has no role
 */
public record PolicyDocument(
        long version,
        Optional<TrustDomain> domain,
        Optional<Instant> notBefore,
        Optional<Instant> expires,
        List<Role> roles,
        Grants newcomer) {

    /** Most patterns of a policy, those of identities included. A plant of a thousand machines needs some hundreds. */
    public static final int MAX_RULES = 10_000;

    private static final String OWN_SCHEME = "chaski://";
    private static final int MAX_ROLE_NAME = 64;

    /**
     * What a group of identities may do.
     *
     * @param name 1 to 64 letters, digits and {@code . - _}; explanations name it
     * @param match patterns of identities, 1 or more: {@code *} is one level, {@code **} at the end the rest
     * @param grants what they may do, and what they may not whatever other roles say
     */
    public record Role(String name, List<String> match, Grants grants) {
        /**
         * Checks name and patterns.
         *
         * @throws IllegalArgumentException if one breaks a rule, saying which
         */
        public Role {
            checkName(name);
            match = distinct(match);
            if (match.isEmpty()) {
                throw new IllegalArgumentException("a role without a pattern of identities is nobody's");
            }
            match.forEach(Patterns::checkIdentity);
            Objects.requireNonNull(grants, "grants");
        }
    }

    /**
     * Patterns of objects by actions: {@code *} is one level, {@code **} at the end the rest, which may be nothing, and
     * <code>{self}</code> the path of whoever asks. A pattern that begins with a wildcard matches no name that begins with
     * {@code $} or {@code @}.
     *
     * @param allow what is allowed unless something denies it
     * @param deny what is denied whatever allows it
     */
    public record Grants(Map<Action, List<String>> allow, Map<Action, List<String>> deny) {

        /** Nothing. */
        public static final Grants NONE = new Grants(Map.of(), Map.of());

        /**
         * Checks and copies the patterns.
         *
         * @throws IllegalArgumentException if a pattern breaks a rule, saying which
         */
        public Grants {
            allow = copy(allow);
            deny = copy(deny);
        }

        private static Map<Action, List<String>> copy(Map<Action, List<String>> patterns) {
            Map<Action, List<String>> copy = new EnumMap<>(Action.class);
            patterns.forEach((action, each) -> {
                each.forEach(Patterns::checkObject);
                copy.put(action, distinct(each));
            });
            return Collections.unmodifiableMap(copy);
        }

        private int size() {
            return size(allow.values()) + size(deny.values());
        }

        private static int size(Collection<List<String>> patterns) {
            return patterns.stream().mapToInt(List::size).sum();
        }
    }

    /**
     * Checks everything.
     *
     * @throws IllegalArgumentException if a number is out of range, a role comes twice, a pattern is of another domain, or
     *     there are more than {@value #MAX_RULES} patterns
     */
    public PolicyDocument {
        Objects.requireNonNull(domain, "domain");
        Objects.requireNonNull(notBefore, "notBefore");
        Objects.requireNonNull(expires, "expires");
        Objects.requireNonNull(newcomer, "newcomer");
        roles = List.copyOf(roles);
        if (version < 1) {
            throw new IllegalArgumentException("version must be 1 or more: " + version);
        }
        if (notBefore.isPresent() && expires.isPresent() && !notBefore.get().isBefore(expires.get())) {
            throw new IllegalArgumentException("a policy expires after it begins, not at " + expires.get());
        }
        int rules = newcomer.size();
        Set<String> names = new HashSet<>();
        for (Role role : roles) {
            if (!names.add(role.name())) {
                throw new IllegalArgumentException("two roles are named " + role.name());
            }
            rules += role.match().size() + role.grants().size();
            checkDomain(role, domain);
        }
        checkSize(rules);
    }

    static void checkSize(int rules) {
        if (rules > MAX_RULES) {
            throw new IllegalArgumentException("a policy has at most " + MAX_RULES + " patterns");
        }
    }

    private static List<String> distinct(List<String> patterns) {
        Set<String> distinct = new LinkedHashSet<>();
        patterns.forEach(pattern -> Patterns.add(distinct, pattern));
        return List.copyOf(distinct);
    }

    private static void checkName(String name) {
        boolean isValid = !name.isEmpty()
                && name.length() <= MAX_ROLE_NAME
                && name.chars()
                        .allMatch(c -> c >= 'a' && c <= 'z'
                                || c >= 'A' && c <= 'Z'
                                || c >= '0' && c <= '9'
                                || c == '.'
                                || c == '-'
                                || c == '_');
        if (!isValid) {
            throw new IllegalArgumentException(
                    "the name of a role has 1 to " + MAX_ROLE_NAME + " letters, digits and . - _");
        }
    }

    /** An authority vouches for its own domain only, so a pattern of another one would never match. */
    private static void checkDomain(Role role, Optional<TrustDomain> domain) {
        for (String pattern : role.match()) {
            if (pattern.startsWith(OWN_SCHEME)) {
                String of = Levels.ofIdentity(pattern).size() < 2
                        ? ""
                        : Levels.ofIdentity(pattern).get(1);
                boolean isRight = domain.isEmpty() || domain.get().name().equals(of);
                if (!isRight) {
                    throw new IllegalArgumentException("role " + role.name() + " matches " + pattern
                            + ", which is not of the domain " + domain.get());
                }
            }
        }
    }

    /**
     * Whether it counts at a time.
     *
     * @param now the time
     */
    public boolean isInForce(Instant now) {
        boolean hasBegun = notBefore.isEmpty() || !now.isBefore(notBefore.get());
        return hasBegun && (expires.isEmpty() || now.isBefore(expires.get()));
    }
}
