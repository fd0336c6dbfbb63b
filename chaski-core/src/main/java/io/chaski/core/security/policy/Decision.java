package io.chaski.core.security.policy;

import java.util.Objects;
import java.util.Optional;

/**
 * Whether somebody may do something, and which rule says so. Immutable.
 *
 * @param isAllowed the answer
 * @param cause why
 * @param subject who
 * @param action what
 * @param object with what: a topic, a method, a service
 * @param role the role whose rule decided, {@value #NEWCOMER} if it was that of identities without a role; empty if no rule
 *     decided
 * @param pattern the pattern that decided; empty if none did
 */
public record Decision(
        boolean isAllowed,
        Cause cause,
        Subject subject,
        Action action,
        String object,
        Optional<String> role,
        Optional<String> pattern) {

    /** Name of the role of identities without a role. */
    public static final String NEWCOMER = "newcomer";

    /** Why something is allowed or not. */
    public enum Cause {
        /** A rule of a role allows it, and none denies it. */
        ALLOWED("%1$s may %2$s %3$s: role %4$s allows %5$s"),
        /** This node lets everybody do everything: it has no identity, and was given no policy. */
        OPEN("%1$s may %2$s %3$s: this node checks nobody"),
        /** The library needs it for something else that is allowed. */
        IMPLIED("%1$s may %2$s %3$s: it belongs to something that role %4$s allows"),
        /** A rule of a role denies it, whatever others say. */
        DENIED("%1$s may not %2$s %3$s: role %4$s denies %5$s"),
        /** The identity has a role, and no rule allows it. */
        NO_RULE("%1$s may not %2$s %3$s: no rule of its roles allows it"),
        /** The identity has no role, and no rule for newcomers allows it. */
        NO_ROLE("%1$s may not %2$s %3$s: it has no role, and newcomers may not"),
        /** Topics below {@code $chaski} are published by authorities and administrators only. */
        RESERVED("%1$s may not %2$s %3$s: only authorities and administrators may"),
        /** The object is not a name. */
        NOT_A_NAME("%1$s may not %2$s that: it is not a name"),
        /** The policy allows it, and that of this node alone does not. */
        RESTRICTED("%1$s may not %2$s %3$s: the node's own policy does not allow it"),
        /** The policy allows it, and the application does not. */
        APPLICATION("%1$s may not %2$s %3$s: the application does not allow it"),
        /** The application's own policy has thrown an exception. */
        APPLICATION_FAILED("%1$s may not %2$s %3$s: the application's policy has failed"),
        /** The application's own policy took longer than it may. */
        APPLICATION_SLOW("%1$s may not %2$s %3$s: the application's policy took too long");

        private final String sentence;

        Cause(String sentence) {
            this.sentence = sentence;
        }
    }

    /** Checks that nothing is missing. */
    public Decision {
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(object, "object");
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(pattern, "pattern");
    }

    static Decision without(boolean isAllowed, Cause cause, Subject subject, Action action, String object) {
        return new Decision(isAllowed, cause, subject, action, object, Optional.empty(), Optional.empty());
    }

    /**
     * Whether the same rules decide the same about the same again. An application that has failed, or was slow, may have a better
     * answer the next time.
     */
    public boolean isLasting() {
        return cause != Cause.APPLICATION_FAILED && cause != Cause.APPLICATION_SLOW;
    }

    /** The decision and its reason, for people. */
    public String sentence() {
        return String.format(cause.sentence, subject, action, object, role.orElse("none"), pattern.orElse("nothing"));
    }

    @Override
    public String toString() {
        return sentence();
    }
}
