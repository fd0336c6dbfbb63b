package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.wire.TreeFrame.Seen;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a neighbour takes of a topic by its own word, and what it is owed: messages in the payload cache from {@link #next}
 * on that wait for credit or for a connection that is full. Confined to the node's event loop.
 *
 * <pre>
 *   cache:  | not needed | sent, perhaps lost | owed | (end)
 *                        ^ unseen             ^ next
 * </pre>
 */
final class Downstream {

    /** What it has said about credit. */
    enum Mode {
        /** Nothing yet; what it takes until it does is a constant. */
        UNKNOWN,
        /** It takes everything and drops what it cannot use. */
        LIVE,
        /** It takes what it grants. */
        LIMITED
    }

    Mode mode = Mode.UNKNOWN;

    /** Cost of what was sent since the link is up. */
    long sent;

    /** Cost up to which the neighbour takes. */
    long granted;

    /** Whether it takes little because those behind it do. */
    boolean isPassedOn;

    /** Whether it began without any credit, or was cut off: it is owed nothing until it grants some. */
    boolean isDormant;

    /** Position of the first message that is owed, meaningful while {@link #owed} is not 0. */
    long next;

    /** Cost of what is owed. */
    long owed;

    /** Whether it has been told that it is owed something. */
    boolean isOwing;

    /** Position of the first message that it is not known to have; see {@link Progress}. */
    long unseen;

    /** Cost of what was put into the cache before that. */
    long unseenAt;

    /** What it has of each source, by its last word; as many as there are logs. Never iterated. */
    final Map<OriginLog, Seen> seen = new HashMap<>();

    /** Whether {@link #unseen} has moved on since somebody looked, and since when it has not. */
    boolean hasMoved;

    long unmovedNanos;

    /** Since when it has granted nothing although it is owed something, meaningful while {@link #isBlocked}. */
    long blockedNanos;

    boolean isBlocked;
    int probes;
    Timers.@Nullable Timer timer;

    Downstream(int initial) {
        this.granted = initial;
    }

    boolean isLimited() {
        return mode == Mode.LIMITED;
    }

    boolean hasCredit() {
        return mode == Mode.LIVE || sent < granted;
    }

    /** Whether messages wait for it when they cannot be sent at once. */
    boolean waits() {
        return !isDormant && (mode == Mode.LIMITED || owed > 0 || mode == Mode.UNKNOWN && sent >= granted);
    }

    /** It is owed nothing any more. */
    void forget() {
        owed = 0;
        unblock();
    }

    void unblock() {
        isBlocked = false;
        probes = 0;
        if (timer != null) {
            timer.cancel();
        }
    }
}
