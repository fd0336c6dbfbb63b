package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.Timers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message that is known to exist and has not come: who has it, and who has been asked. Reused; see {@link Repair}.
 * Confined to the node's event loop.
 *
 * <pre>
 *   patient --timer--> asked --timer or NOHAVE--> asked the next --rounds used up--> forgotten
 *   any state --the message comes--> forgotten
 * </pre>
 */
final class Wanted {

    /** The hop of an advertiser that did not say. */
    static final int UNKNOWN_HOP = Integer.MAX_VALUE;

    final Link[] advertisers;
    final int[] hops;

    /** When each of them first said so by IHAVE; meaningful where the hop is known. */
    final long[] toldNanos;

    int advertiserCount;

    /** Neighbours that have asked for it in vain. */
    final List<Link> askers = new ArrayList<>(0);

    @Nullable
    OriginLog log;

    long seq;
    Timers.@Nullable Timer timer;

    /** When the first IHAVE told of it; meaningful if {@link #fromTree}. */
    long advertisedNanos;

    /** Whether an IHAVE told of it, so that the tree should have brought it. */
    boolean fromTree;

    /** Whether a digest told a newcomer of it: it was there before, as far as anybody knows. */
    boolean isPast;

    /** Whether it lies before the first that was heard of its source: if it does not come, nobody is told that it is missing. */
    boolean isBeforeFirst;

    /** The neighbour whose word made it wanted. */
    @Nullable
    Link creator;

    /** Who was asked last and has not answered. */
    @Nullable
    Link asked;

    long createdNanos;
    long askedNanos;

    /** Whether that was to mend the tree, and not only for the message. */
    boolean askedForTree;

    int requests;
    boolean due;

    /** Neighbours in the list of everything wanted, in the order of becoming so. */
    @Nullable
    Wanted previous;

    @Nullable
    Wanted next;

    Wanted(int maxAdvertisers) {
        advertisers = new Link[maxAdvertisers];
        hops = new int[maxAdvertisers];
        toldNanos = new long[maxAdvertisers];
    }

    /** Remembers one more neighbour that has it, unless it is known already or there are enough. */
    void addAdvertiser(Link link, int hop, long nowNanos) {
        for (int i = 0; i < advertiserCount; i++) {
            if (advertisers[i] == link) {
                if (hops[i] == UNKNOWN_HOP) {
                    toldNanos[i] = nowNanos;
                }
                hops[i] = Math.min(hops[i], hop);
                return;
            }
        }
        if (advertiserCount < advertisers.length) {
            advertisers[advertiserCount] = link;
            toldNanos[advertiserCount] = nowNanos;
            hops[advertiserCount++] = hop;
        }
    }

    /** Remembers who gets it as soon as it comes. */
    void addAsker(Link link) {
        if (!askers.contains(link) && askers.size() < advertisers.length) {
            askers.add(link);
        }
    }

    /** Whether the neighbour has said by IHAVE that it has the message. */
    boolean isAdvertisedBy(Link link) {
        for (int i = 0; i < advertiserCount; i++) {
            if (advertisers[i] == link) {
                return hops[i] != UNKNOWN_HOP;
            }
        }
        return false;
    }

    /** When a neighbour that {@link #isAdvertisedBy} names has first said so. */
    long toldNanos(Link link) {
        int i = 0;
        while (advertisers[i] != link) {
            i++;
        }
        return toldNanos[i];
    }

    void removeAdvertiser(Link link) {
        for (int i = 0; i < advertiserCount; i++) {
            if (advertisers[i] == link) {
                int moved = advertiserCount - i - 1;
                System.arraycopy(advertisers, i + 1, advertisers, i, moved);
                System.arraycopy(hops, i + 1, hops, i, moved);
                System.arraycopy(toldNanos, i + 1, toldNanos, i, moved);
                advertiserCount--;
                return;
            }
        }
    }

    /** Whether this node had to ask for what others had before it came. */
    boolean isCaughtUpWith() {
        return isPast && !fromTree && requests > 0;
    }

    /** Makes the entry as good as new, but for its timer. */
    void clear() {
        Arrays.fill(advertisers, 0, advertiserCount, null);
        advertiserCount = 0;
        askers.clear();
        log = null;
        creator = null;
        asked = null;
        previous = null;
        next = null;
        fromTree = false;
        isPast = false;
        isBeforeFirst = false;
        requests = 0;
        due = false;
    }
}
