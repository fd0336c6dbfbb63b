package io.chaski.core.internal.protocol.access;

import io.chaski.core.internal.protocol.Counters;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.wire.FrameRule;
import io.chaski.core.security.policy.AccessRules;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Decision;
import io.chaski.core.security.policy.Subject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The one place of a node's protocol that asks whether somebody may do something. Answers are kept until the rules change, so
 * that a rule is looked up once for each identity, action and object. Where everybody may do everything it costs a look at a
 * field. Confined to the node's event loop.
 */
public final class Permissions {

    /** Answers that are kept; some 200 bytes each. Beyond, the one that was not asked for the longest is forgotten. */
    static final int MAX_ANSWERS = 16_384;

    private final Counters counters;
    private final SecondThoughts doubts;
    private final Map<Question, Boolean> answers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, Boolean> eldest) {
            return size() > MAX_ANSWERS;
        }
    };

    private AccessRules rules = AccessRules.OPEN;
    private boolean isOpen = true;

    private record Question(Subject subject, Action action, String object) {}

    /**
     * Everybody may do everything.
     *
     * @param counters of the node
     * @param timers of the node
     * @param nowNanos its monotonic clock
     * @param again sets the same rules again, and reviews all that was decided by them: an application has failed to answer
     */
    public Permissions(Counters counters, Timers timers, LongSupplier nowNanos, Consumer<AccessRules> again) {
        this.counters = counters;
        this.doubts = new SecondThoughts(timers, nowNanos, () -> again.accept(rules));
    }

    /**
     * Other rules hold from now on. Whoever keeps answers of its own has to ask again.
     *
     * @param next the rules
     */
    public void set(AccessRules next) {
        rules = next;
        isOpen = next.isOpen();
        answers.clear();
    }

    /** Whether everybody may do everything. */
    public boolean isOpen() {
        return isOpen;
    }

    /**
     * Whether somebody may do something.
     *
     * @param subject who
     * @param action what
     * @param object with what
     */
    public boolean may(Subject subject, Action action, String object) {
        if (isOpen) {
            return true;
        }
        Question question = new Question(subject, action, object);
        Boolean known = answers.get(question);
        if (known != null) {
            return known;
        }
        counters.increment("access.decisions");
        Decision decision = rules.decide(subject, action, object);
        answers.put(question, decision.isAllowed());
        if (!decision.isLasting()) {
            doubts.onUnsure();
        }
        return decision.isAllowed();
    }

    /**
     * Whether somebody may do one of the things that a kind of frames needs.
     *
     * @param subject who
     * @param need one of its actions is enough
     * @param topic with which topic
     */
    public boolean may(Subject subject, FrameRule.Need need, String topic) {
        if (isOpen || need.actions().isEmpty()) {
            return true;
        }
        for (Action action : need.actions()) {
            if (may(subject, action, topic)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether somebody may do something with any object.
     *
     * @param subject who
     * @param action what
     */
    public boolean mayAny(Subject subject, Action action) {
        return isOpen || rules.allowsAny(subject, action);
    }

    /**
     * Whether somebody may open a stream.
     *
     * @param subject who
     * @param protocol name of the stream's protocol
     */
    public boolean mayOpen(Subject subject, String protocol) {
        if (isOpen) {
            return true;
        }
        if (StreamRules.isNamedByPolicies(protocol)) {
            return may(subject, Action.RPC_CALL, protocol);
        }
        return StreamRules.needed(protocol).stream().anyMatch(action -> mayAny(subject, action));
    }
}
