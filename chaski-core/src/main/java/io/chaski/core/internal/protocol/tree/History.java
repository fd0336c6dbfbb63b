package io.chaski.core.internal.protocol.tree;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.TreeFrame;
import java.util.HashMap;
import java.util.Map;

/**
 * What had been published before this node became a member, as the first neighbour tells that has anything to tell.
 * What later digests name beyond it was published since: this node has a right to it although no link may have brought
 * or advertised it, because a link went before the message came, and the next one stood after. Confined to the node's
 * event loop.
 */
final class History {

    /** An incarnation; a {@link Source} would have to be retained. */
    private record Key(NodeId origin, long epoch, int channel) {}

    private final int maxSources;
    private final int maxCatchUp;
    private final Map<Key, Long> highest = new HashMap<>(); // never iterated
    private boolean isComplete;

    History(TreeSettings settings) {
        this.maxSources = settings.repair().digestSources();
        this.maxCatchUp = settings.order().maxCatchUp();
    }

    /**
     * The first number that is not history, of a source that this node knows nothing else of. Until there is a whole
     * history, everything is part of it.
     *
     * @param source as the digest names it
     * @param seen what its sender has
     * @return above the highest number seen if all of it is history
     */
    long firstSince(Source source, TreeFrame.Seen seen) {
        Key key = new Key(source.origin(), source.epoch(), source.channel());
        Long before = highest.get(key);
        if (before == null && !isComplete) {
            before = seen.maxSeq();
            if (highest.size() < maxSources) {
                highest.put(key, before);
            }
        }
        // A source that nobody spoke of is new here. It may have a past nevertheless, if it was quiet just then.
        long since = before == null ? seen.maxSeq() - maxCatchUp + 1 : before + 1;
        return Math.max(since, seen.oldestKept());
    }

    /** A digest has been read. One that names nobody is from another newcomer, and a full one has left some out. */
    void onDigest(TreeFrame.Digest digest) {
        int named = digest.seen().size();
        isComplete |= named > 0 && named < maxSources;
    }
}
