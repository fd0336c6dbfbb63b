package io.chaski.remote.internal.directory;

import io.chaski.core.NodeId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whom to ask what it serves, and when: one question a second, the same node every five seconds at most, nobody whom
 * somebody else has just asked, because the answer is for all. Confined to one thread at a time.
 */
final class Questions {

    private static final class Open {
        long dueNanos;
        final long untilNanos;

        Open(long dueNanos, long untilNanos) {
            this.dueNanos = dueNanos;
            this.untilNanos = untilNanos;
        }
    }

    private final Map<NodeId, Open> open = new LinkedHashMap<>();
    private boolean isEverybodyAsked;
    private long nextNanos;

    /** No question is due before; one may be due later, which is found out when this has passed. */
    private long earliestNanos;

    Questions(long nowNanos) {
        this.nextNanos = nowNanos;
        this.earliestNanos = nowNanos;
    }

    /** Everybody is asked soon. */
    void askEverybody() {
        isEverybodyAsked = true;
    }

    /**
     * A node says that there is more than is known of it.
     *
     * @return false if too many are to be asked already
     */
    boolean ask(NodeId node, long nowNanos) {
        Open known = open.remove(node);
        if (known == null && open.size() >= Limits.MAX_RECORDS) {
            return false;
        }
        long dueNanos = known == null ? nowNanos : known.dueNanos;
        open.put(node, new Open(dueNanos, nowNanos + Limits.LEASE.toNanos()));
        noteDue(dueNanos);
        return true;
    }

    private void noteDue(long dueNanos) {
        if (dueNanos - earliestNanos < 0) {
            earliestNanos = dueNanos;
        }
    }

    /** Everything is known of it, or it is gone. */
    void onAnswered(NodeId node) {
        open.remove(node);
    }

    /** Somebody else asks. */
    void onAsked(Announcement.Ask ask, long nowNanos) {
        long dueNanos = nowNanos + Limits.ASK_AGAIN.toNanos();
        if (ask.nodes().isEmpty()) {
            open.values().forEach(question -> question.dueNanos = dueNanos);
        } else {
            ask.nodes().forEach(node -> {
                Open question = open.get(node);
                if (question != null) {
                    question.dueNanos = dueNanos;
                }
            });
        }
    }

    /** A question did not leave this node: it is asked again as soon as the pace allows it. */
    void onUnasked(Announcement.Ask ask, long nowNanos) {
        if (ask.nodes().isEmpty()) {
            askEverybody();
        } else {
            ask.nodes().forEach(node -> {
                Open question = open.get(node);
                if (question != null) {
                    question.dueNanos = nowNanos;
                    noteDue(nowNanos);
                }
            });
        }
    }

    void onTime(Outbox out, long nowNanos) {
        forget(nowNanos);
        if (nowNanos - nextNanos < 0) {
            return;
        }
        List<NodeId> due = isEverybodyAsked ? List.of() : takeDue(nowNanos);
        if (due.isEmpty() && !isEverybodyAsked) {
            return;
        }
        isEverybodyAsked = false;
        Announcement.Ask ask = new Announcement.Ask(due);
        out.say(ask);
        onAsked(ask, nowNanos);
        nextNanos = nowNanos + Limits.ASK_PACE.toNanos();
    }

    /** Looks at all questions only if one of them may be due: most inputs have nothing to do with any. */
    private List<NodeId> takeDue(long nowNanos) {
        if (nowNanos - earliestNanos < 0) {
            return List.of();
        }
        List<NodeId> due = new ArrayList<>();
        earliestNanos = nowNanos + Limits.ASK_AGAIN.toNanos(); // when those that are asked now are due again
        open.forEach((node, question) -> {
            if (due.size() < Limits.MAX_ASKED && nowNanos - question.dueNanos >= 0) {
                due.add(node);
            } else {
                noteDue(question.dueNanos);
            }
        });
        return due;
    }

    /** Those that are silent are not asked for ever. They are in the order in which they were heard. */
    private void forget(long nowNanos) {
        Iterator<Open> oldest = open.values().iterator();
        while (oldest.hasNext() && nowNanos - oldest.next().untilNanos >= 0) {
            oldest.remove();
        }
    }

    /** How long there is nothing to do; {@link Long#MAX_VALUE} if it is for ever. */
    long idleNanos(long nowNanos) {
        long paceNanos = Math.max(0, nextNanos - nowNanos);
        if (isEverybodyAsked) {
            return paceNanos;
        }
        if (open.isEmpty()) {
            return Long.MAX_VALUE;
        }
        // The first is the one that was heard longest ago.
        long forgetNanos = open.values().iterator().next().untilNanos - nowNanos;
        return Math.max(0, Math.min(forgetNanos, Math.max(paceNanos, earliestNanos - nowNanos)));
    }
}
