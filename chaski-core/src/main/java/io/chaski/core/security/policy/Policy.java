package io.chaski.core.security.policy;

import io.chaski.core.internal.wire.TopicNames;
import io.chaski.core.security.policy.Decision.Cause;
import io.chaski.core.security.policy.PolicyDocument.Grants;
import io.chaski.core.security.policy.PolicyDocument.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a {@link PolicyDocument}, made for looking up. What a rule denies is denied whatever others allow; what no rule
 * speaks of is denied too. Immutable, so a new policy is a new object.
 *
 * <p>A look-up walks the levels of the object through a trie for the action; it costs the same with ten rules and with ten
 * thousand, unless many patterns with wildcards begin like the object.
 */
public final class Policy {

    /** Largest text of a policy in bytes: {@value PolicyDocument#MAX_RULES} patterns of a hundred bytes. */
    public static final int MAX_BYTES = 1 << 20;

    private static final List<String> EVERYTHING = List.of(Levels.TAIL);

    private final PolicyDocument document;
    private final List<String> roles = new ArrayList<>();
    private final PatternTrie<BitSet> subjects = new PatternTrie<>();
    private final Map<Action, PatternTrie<Rule>> rules = new EnumMap<>(Action.class);
    private final Map<Action, BitSet> granting = new EnumMap<>(Action.class);
    private final int newcomer;
    private final Preset preset;

    /** What it is if nobody has written it. */
    private enum Preset {
        NONE,
        MEMBERS,
        STRICT
    }

    /** Which roles allow and deny what one pattern matches. */
    private static final class Rule {
        private final String pattern;
        private final BitSet allows = new BitSet();
        private final BitSet denies = new BitSet();

        Rule(String pattern) {
            this.pattern = pattern;
        }
    }

    private Policy(PolicyDocument document, Preset preset) {
        this.document = document;
        this.preset = preset;
        for (Action action : Action.values()) {
            rules.put(action, new PatternTrie<>());
            granting.put(action, new BitSet());
        }
        for (Role role : document.roles()) {
            int number = roles.size();
            roles.add(role.name());
            for (String pattern : role.match()) {
                subjects.at(Levels.ofIdentity(pattern), BitSet::new).set(number);
            }
            add(number, role.grants());
        }
        if (preset == Preset.MEMBERS) {
            subjects.at(EVERYTHING, BitSet::new).set(roles.size());
            add(roles.size(), membersGrants());
            roles.add("members");
        }
        newcomer = roles.size();
        roles.add(Decision.NEWCOMER);
        add(newcomer, document.newcomer());
    }

    private static PolicyDocument nothing() {
        return new PolicyDocument(1, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Grants.NONE);
    }

    private static Grants membersGrants() {
        Map<Action, List<String>> allow = new EnumMap<>(Action.class);
        for (Action action : List.of(Action.PUBLISH, Action.SUBSCRIBE, Action.RELAY, Action.DISCOVER)) {
            allow.put(action, EVERYTHING);
        }
        return new Grants(allow, Map.of());
    }

    private void add(int role, Grants grants) {
        grants.allow()
                .forEach((action, patterns) -> patterns.forEach(pattern -> {
                    rule(action, pattern).allows.set(role);
                    Objects.requireNonNull(granting.get(action)).set(role);
                }));
        grants.deny()
                .forEach((action, patterns) ->
                        patterns.forEach(pattern -> rule(action, pattern).denies.set(role)));
    }

    private Rule rule(Action action, String pattern) {
        return rulesOf(action).at(Levels.of(pattern), () -> new Rule(pattern));
    }

    private PatternTrie<Rule> rulesOf(Action action) {
        return Objects.requireNonNull(rules.get(action));
    }

    /**
     * What a node follows that was given no policy: everybody with an identity may publish, subscribe, relay and be found on
     * all topics but those of the library. Calls, files, durable topics and administration are denied.
     */
    public static Policy members() {
        return new Policy(nothing(), Preset.MEMBERS);
    }

    /** Nobody may do anything: nodes keep their connections and hear of new policies, nothing else. */
    public static Policy strict() {
        return new Policy(nothing(), Preset.STRICT);
    }

    /**
     * Makes rules ready.
     *
     * @param document the rules
     */
    public static Policy of(PolicyDocument document) {
        return new Policy(Objects.requireNonNull(document, "document"), Preset.NONE);
    }

    /**
     * Reads a policy.
     *
     * @param text JSON as docs/security.md describes it, at most {@value #MAX_BYTES} bytes of UTF-8
     * @throws PolicyFormatException if it is anything else; unknown keys are mistakes too
     */
    public static Policy parse(byte[] text) {
        return of(PolicyReader.read(text));
    }

    /**
     * Reads a policy.
     *
     * @param text JSON as docs/security.md describes it, at most {@value #MAX_BYTES} bytes in UTF-8
     * @throws PolicyFormatException if it is anything else; unknown keys are mistakes too
     */
    public static Policy parse(String text) {
        return parse(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What it was made from. */
    public PolicyDocument document() {
        return document;
    }

    /** Counts the policies of a trust domain up. */
    public long version() {
        return document.version();
    }

    /**
     * Whether somebody may do something, by these rules alone; {@link AccessRules} adds what holds for every policy.
     *
     * @param subject who
     * @param action what
     * @param object with what: a topic, {@code service/method}, or a service
     */
    public Decision decide(Subject subject, Action action, String object) {
        List<String> levels = Levels.of(object);
        if (!isName(levels)) {
            return Decision.without(false, Cause.NOT_A_NAME, subject, action, object);
        }
        BitSet held = rolesOf(subject);
        Found found = new Found(held);
        rulesOf(action).match(levels, subject.path(), found::add);
        if (found.denying != null) {
            return decision(Cause.DENIED, subject, action, object, found.denying.denies, found);
        }
        if (found.allowing != null) {
            return decision(Cause.ALLOWED, subject, action, object, found.allowing.allows, found);
        }
        return Decision.without(false, held.get(newcomer) ? Cause.NO_ROLE : Cause.NO_RULE, subject, action, object);
    }

    private Decision decision(Cause cause, Subject subject, Action action, String object, BitSet of, Found found) {
        BitSet deciding = (BitSet) of.clone();
        deciding.and(found.held);
        Rule rule = Objects.requireNonNull(cause == Cause.DENIED ? found.denying : found.allowing);
        return new Decision(
                cause == Cause.ALLOWED,
                cause,
                subject,
                action,
                object,
                Optional.of(roles.get(deciding.nextSetBit(0))),
                Optional.of(rule.pattern));
    }

    /** Keeps of the rules that match one that decides: the first in the order of their texts, so that answers repeat. */
    private static final class Found {
        private final BitSet held;
        private @Nullable Rule allowing;
        private @Nullable Rule denying;

        Found(BitSet held) {
            this.held = held;
        }

        void add(Rule rule) {
            if (rule.denies.intersects(held) && isBefore(rule, denying)) {
                denying = rule;
            }
            if (rule.allows.intersects(held) && isBefore(rule, allowing)) {
                allowing = rule;
            }
        }

        private static boolean isBefore(Rule rule, @Nullable Rule known) {
            return known == null || rule.pattern.compareTo(known.pattern) < 0;
        }
    }

    /**
     * The role by which somebody may do something with at least one object, whatever its rules deny; empty if none.
     *
     * @param subject who
     * @param action what
     */
    Optional<String> roleGranting(Subject subject, Action action) {
        BitSet granting =
                (BitSet) Objects.requireNonNull(this.granting.get(action)).clone();
        granting.and(rolesOf(subject));
        return granting.isEmpty() ? Optional.empty() : Optional.of(roles.get(granting.nextSetBit(0)));
    }

    private BitSet rolesOf(Subject subject) {
        BitSet held = new BitSet();
        subjects.match(subject.levels(), List.of(), held::or);
        if (held.isEmpty()) {
            held.set(newcomer);
        }
        return held;
    }

    /** Which preset or version it is, for the log. */
    @Override
    public String toString() {
        return switch (preset) {
            case MEMBERS -> "the preset members";
            case STRICT -> "the preset strict";
            case NONE -> "a policy of version " + version();
        };
    }

    private static boolean isName(List<String> levels) {
        return levels.size() <= TopicNames.MAX_LEVELS
                && levels.stream().noneMatch(level -> level.isEmpty() || level.indexOf('*') >= 0);
    }
}
