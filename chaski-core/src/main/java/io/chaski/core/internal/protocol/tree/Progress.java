package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.tree.Downstream.Mode;
import io.chaski.core.internal.wire.TreeFrame;
import io.chaski.core.internal.wire.TreeFrame.Range;
import io.chaski.core.internal.wire.TreeFrame.Seen;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far neighbours are that must not miss anything, by what their digests say. Credit says how much a neighbour takes on
 * one link; but a tree that is young, or has just lost a link, may send it nothing at all, and then it can have everything
 * from those who hear of it and still keep it. So whatever such a neighbour is not known to have stays in the cache, whether
 * the link is eager or lazy, and publishers wait while that is too much. Confined to the node's event loop.
 */
final class Progress {

    private final PayloadCache cache;
    private final Neighbours neighbours;
    private final int messageBytes;

    /** Cost of all that was ever put into the cache. */
    private long putCost;

    Progress(PayloadCache cache, Neighbours neighbours, int messageBytes) {
        this.cache = cache;
        this.neighbours = neighbours;
        this.messageBytes = messageBytes;
    }

    /** A message has been put into the cache. */
    void onPut(long cost) {
        putCost += cost;
    }

    /** A message has been put into the cache that nobody must have: whoever had everything before it, has. */
    void onExemptPut() {
        for (int i = 0; i < neighbours.count(); i++) {
            Downstream out = neighbours.get(i).out;
            if (isWaitedFor(out) && out.unseen == cache.endPosition() - 1) {
                out.unseen++;
            }
        }
    }

    /** The neighbour has to have everything from now on. */
    void begin(Link link) {
        link.out.unseen = cache.endPosition();
        link.out.unseenAt = putCost;
        link.out.hasMoved = true;
    }

    /** The neighbour has to have everything from a position on. */
    void beginAt(Link link, long position) {
        Downstream out = link.out;
        out.unseen = Math.max(position, cache.firstPosition());
        out.unseenAt = putCost;
        out.hasMoved = true;
        for (long at = out.unseen; at < cache.endPosition(); at++) {
            out.unseenAt -= cost(cache.slotAt(at));
        }
    }

    /** The neighbour has said what it has of a source, or does not want any more. */
    void onSeen(Link link, OriginLog log, Seen seen) {
        // Of a source of which nothing is kept here, nobody asks what lies behind a gap.
        boolean isWhole = seen.gaps().isEmpty() || log.keptCount > 0;
        link.out.seen.put(log, isWhole ? seen : upToFirstGap(seen));
    }

    private static Seen upToFirstGap(Seen seen) {
        return new Seen(seen.source(), seen.oldestKept(), seen.gaps().get(0).from() - 1, List.of());
    }

    /** The log is forgotten. */
    void onDropped(OriginLog log) {
        for (int i = 0; i < neighbours.count(); i++) {
            neighbours.get(i).out.seen.remove(log);
        }
    }

    /** All of a digest has been read. One has no room for all publishers, so the last word on each counts. */
    void onDigestRead(Link link) {
        Downstream out = link.out;
        if (!isWaitedFor(out)) {
            return;
        }
        long end = cache.endPosition();
        while (out.unseen < end && isSeen(link, cache.slotAt(out.unseen))) {
            pass(out);
        }
    }

    private boolean isSeen(Link link, int slot) {
        OriginLog log = cache.log(slot);
        return cache.sender(slot) == link.serial
                || cache.hop(slot) >= cache.hopLimit(slot)
                || isExempt(slot)
                || !log.isFor(link)
                || log.dropped
                || has(link.out.seen.get(log), cache.seq(slot));
    }

    /**
     * Whether a neighbour has a message by its own word. What it has behind a gap counts: the gap may be one here as well, and if
     * all that has come since counted as not seen, this node would take nothing more, not even what is missing. A word with as many
     * gaps as find room in it says nothing of what lies behind the last of them.
     */
    private static boolean has(@Nullable Seen seen, long seq) {
        if (seen == null || seq > seen.maxSeq()) {
            return false;
        }
        List<Range> gaps = seen.gaps();
        if (gaps.size() == TreeFrame.MAX_GAPS
                && seq >= gaps.get(TreeFrame.MAX_GAPS - 1).from()) {
            return false;
        }
        for (int i = 0; i < gaps.size(); i++) {
            if (seq >= gaps.get(i).from() && seq <= gaps.get(i).to()) {
                return false;
            }
        }
        return true;
    }

    private void pass(Downstream out) {
        out.unseenAt += cost(cache.slotAt(out.unseen));
        out.unseen++;
        out.hasMoved = true;
    }

    /** There is no room for the message at a position; returns whether somebody misses it now. */
    boolean giveUp(Link link, long position) {
        Downstream out = link.out;
        if (!isWaitedFor(out) || out.unseen > position) {
            return false;
        }
        pass(out);
        return true;
    }

    /** Cost of what a neighbour is not known to have. */
    long behind(Link link) {
        return isWaitedFor(link.out) ? putCost - link.out.unseenAt : 0;
    }

    /** The most that any neighbour but one is not known to have. */
    long mostBehind(@Nullable Link except) {
        long most = 0;
        for (int i = 0; i < neighbours.count(); i++) {
            Link link = neighbours.get(i);
            if (link != except) {
                most = Math.max(most, behind(link));
            }
        }
        return most;
    }

    /** Position of the first message that some neighbour is not known to have, {@link Long#MAX_VALUE} for none. */
    long from() {
        long from = Long.MAX_VALUE;
        for (int i = 0; i < neighbours.count(); i++) {
            Downstream out = neighbours.get(i).out;
            if (isWaitedFor(out) && out.unseen < cache.endPosition()) {
                from = Math.min(from, out.unseen);
            }
        }
        return from;
    }

    private static boolean isWaitedFor(Downstream out) {
        return out.mode == Mode.LIMITED && !out.isDormant;
    }

    /** Whether nobody must have it: the latest alone counts, or whoever takes no more misses it. */
    private boolean isExempt(int slot) {
        return cache.log(slot).isLatestOnly() || Broadcast.isLive(cache.flags(slot));
    }

    private long cost(int slot) {
        return isExempt(slot) ? 0 : messageBytes + (long) cache.size(slot);
    }
}
