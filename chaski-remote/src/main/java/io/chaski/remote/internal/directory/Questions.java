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

    Questions(long nowNanos) {
        this.nextNanos = nowNanos;
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
        return true;
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
                }
            });
        }
    }

    void onTime(Outbox out, long nowNanos) {
        forget(nowNanos);
        if (nowNanos - nextNanos < 0) {
            return;
        }
        List<NodeId> due = new ArrayList<>();
        if (!isEverybodyAsked) {
            for (Map.Entry<NodeId, Open> each : open.entrySet()) {
                if (due.size() < Limits.MAX_ASKED && nowNanos - each.getValue().dueNanos >= 0) {
                    due.add(each.getKey());
                }
            }
            if (due.isEmpty()) {
                return;
            }
        }
        isEverybodyAsked = false;
        Announcement.Ask ask = new Announcement.Ask(due);
        out.say(ask);
        onAsked(ask, nowNanos);
        nextNanos = nowNanos + Limits.ASK_PACE.toNanos();
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
        long idleNanos = Long.MAX_VALUE;
        long paceNanos = Math.max(0, nextNanos - nowNanos);
        for (Open question : open.values()) {
            long dueNanos = Math.max(paceNanos, question.dueNanos - nowNanos);
            idleNanos = Math.min(idleNanos, Math.min(dueNanos, question.untilNanos - nowNanos));
        }
        return Math.max(0, isEverybodyAsked ? Math.min(idleNanos, paceNanos) : idleNanos);
    }
}
