package io.chaski.core.security.policy;

import io.chaski.core.security.policy.Decision.Cause;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All that a node follows at a time: the policy of its authority, the node's own restrictions, those of the application, and
 * what holds for topics of the library. Something is allowed if everybody allows it. Immutable; {@link Problems} are told on
 * the thread that asks.
 */
public final class AccessRules {

    /** How long an {@link AccessPolicy} may take for an answer: no message and no ping is handled meanwhile. */
    public static final Duration MAX_APPLICATION_TIME = Duration.ofMillis(5);

    /**
     * How long a no stands that is due to an {@link AccessPolicy} which has failed or was slow, before it is asked again: not for each
     * message, since it may take as long again. While it goes on like that, a node's event loop asks in pauses that double, up to
     * a minute.
     */
    public static final Duration APPLICATION_RETRY = Duration.ofSeconds(1);

    /** Everybody may do everything: for nodes without identity and policy, where nobody proves anything. */
    public static final AccessRules OPEN = new AccessRules(null, null, null);

    private final @Nullable Policy policy;
    private final @Nullable Policy local;
    private final @Nullable Asked application;

    private record Asked(AccessPolicy policy, LongSupplier nanoTime, Problems problems) {}

    /** Hears what went wrong with an {@link AccessPolicy}. */
    @FunctionalInterface
    public interface Problems {
        /**
         * It has thrown, or took too long. The answer was no.
         *
         * @param decision the answer
         * @param thrown what it has thrown; empty if it was slow
         */
        void onProblem(Decision decision, Optional<RuntimeException> thrown);
    }

    private AccessRules(@Nullable Policy policy, @Nullable Policy local, @Nullable Asked application) {
        this.policy = policy;
        this.local = local;
        this.application = application;
    }

    /**
     * The rules of a policy.
     *
     * @param policy that of the authority, or a preset
     */
    public static AccessRules of(Policy policy) {
        return new AccessRules(Objects.requireNonNull(policy, "policy"), null, null);
    }

    /**
     * The same, restricted to what another policy allows as well.
     *
     * @param own the policy of this node alone; it takes the place of one that was given before
     */
    public AccessRules restrictedBy(Policy own) {
        return new AccessRules(policy, Objects.requireNonNull(own, "own"), application);
    }

    /**
     * The same, restricted to what the application allows as well.
     *
     * @param own takes the place of one that was given before
     * @param nanoTime a monotonic clock
     * @param problems hears of failures
     */
    public AccessRules restrictedBy(AccessPolicy own, LongSupplier nanoTime, Problems problems) {
        return new AccessRules(policy, local, new Asked(own, nanoTime, problems));
    }

    /**
     * The same with another policy of the authority.
     *
     * @param next the policy from now on
     */
    public AccessRules with(Policy next) {
        return new AccessRules(Objects.requireNonNull(next, "next"), local, application);
    }

    /** Whether everybody may do everything, so that nobody need be asked. */
    public boolean isOpen() {
        return policy == null && local == null && application == null;
    }

    /**
     * Whether somebody may do something, and why.
     *
     * @param subject who
     * @param action what
     * @param object with what: a topic, {@code service/method}, or a service
     */
    public Decision decide(Subject subject, Action action, String object) {
        if (policy == null) {
            return restricted(Decision.without(true, Cause.OPEN, subject, action, object));
        }
        if (SystemTopic.isKeptFrom(subject, action, object)) {
            return Decision.without(false, Cause.RESERVED, subject, action, object);
        }
        return restricted(decide(policy, subject, action, object));
    }

    /**
     * Whether somebody may do something with at least one object, as far as policies say: what is not worth asking for in
     * detail otherwise. The application is not asked.
     *
     * @param subject who
     * @param action what
     */
    public boolean allowsAny(Subject subject, Action action) {
        return (policy == null || policy.roleGranting(subject, action).isPresent())
                && (local == null || local.roleGranting(subject, action).isPresent());
    }

    /** By one policy, with what comes along with other things that it allows. */
    private static Decision decide(Policy policy, Subject subject, Action action, String object) {
        Decision decision = policy.decide(subject, action, object);
        Optional<SystemTopic> topic = SystemTopic.of(object);
        if (topic.isEmpty() || decision.isAllowed() || decision.cause() == Cause.DENIED) {
            return decision;
        }
        for (Action implying : topic.get().implying(action)) {
            Optional<String> role = policy.roleGranting(subject, implying);
            if (role.isPresent()) {
                return new Decision(true, Cause.IMPLIED, subject, action, object, role, Optional.empty());
            }
        }
        return decision;
    }

    private Decision restricted(Decision decision) {
        if (!decision.isAllowed()) {
            return decision;
        }
        Subject subject = decision.subject();
        if (local != null
                && !decide(local, subject, decision.action(), decision.object()).isAllowed()) {
            return Decision.without(false, Cause.RESTRICTED, subject, decision.action(), decision.object());
        }
        return application == null ? decision : ask(application, decision);
    }

    private static Decision ask(Asked application, Decision allowed) {
        Subject subject = allowed.subject();
        Action action = allowed.action();
        String object = allowed.object();
        long begin = application.nanoTime.getAsLong();
        boolean isPermitted;
        try {
            isPermitted = application.policy.permits(subject, action, object);
        } catch (RuntimeException e) {
            // Somebody else's code: whatever it throws is a no, and told.
            Decision failed = Decision.without(false, Cause.APPLICATION_FAILED, subject, action, object);
            application.problems.onProblem(failed, Optional.of(e));
            return failed;
        }
        if (application.nanoTime.getAsLong() - begin > MAX_APPLICATION_TIME.toNanos()) {
            Decision slow = Decision.without(false, Cause.APPLICATION_SLOW, subject, action, object);
            application.problems.onProblem(slow, Optional.empty());
            return slow;
        }
        return isPermitted ? allowed : Decision.without(false, Cause.APPLICATION, subject, action, object);
    }
}
