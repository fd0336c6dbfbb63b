package io.chaski.core.internal.protocol.trust;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.TokenBucket;
import io.chaski.core.internal.wire.TrustFrame;
import io.chaski.core.internal.wire.TrustFrame.Edition;
import io.chaski.core.internal.wire.TrustFrame.TrustState;
import io.chaski.core.internal.wire.TrustFrame.TrustUpdate;
import io.chaski.core.internal.wire.TrustKind;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one peer says that it has, and what it is being sent. Confined to the node's event loop. */
final class Neighbour {

    /** Whoever has lost a document asks again; more than one of each kind at once, and one in four seconds, nobody needs. */
    private static final int ANSWERS = 4;

    /** Tokens that an answer takes, of which one comes in a second. */
    private static final int COST = 4;

    /** An authority signs a few times a day, and what was said is said again every five seconds. */
    private static final int STATES_PER_SECOND = 2;

    private static final int STATES_AT_ONCE = 10;

    final Peer peer;
    private final Map<TrustKind, Edition> editions = new EnumMap<>(TrustKind.class);
    private final Map<TrustKind, Sending> sendings = new EnumMap<>(TrustKind.class);
    private final TokenBucket states = new TokenBucket(STATES_PER_SECOND, STATES_AT_ONCE);
    private final TokenBucket answers = new TokenBucket(1, ANSWERS * COST);

    /** When it may be asked again. */
    private long askableNanos;

    private static final class Sending {
        private final Holding holding;
        private int offset;

        Sending(Holding holding) {
            this.holding = holding;
        }

        TrustUpdate next() {
            int size = holding.document().size();
            int count = Math.min(TrustFrame.PART_BYTES, size - offset);
            TrustUpdate part = new TrustUpdate(
                    holding.edition(), size, offset, holding.document().slice(offset, count));
            offset += count;
            return part;
        }

        boolean isDone() {
            return offset == holding.document().size();
        }
    }

    Neighbour(Peer peer, long nowNanos) {
        this.peer = peer;
        this.askableNanos = nowNanos;
    }

    /**
     * Takes its word for what it has. Kinds that this version does not know are nothing to us.
     *
     * @return false if it speaks too often; it will say it again
     */
    boolean onState(TrustState state, long nowNanos) {
        if (!states.tryTake(1, nowNanos)) {
            return false;
        }
        editions.clear();
        for (Edition edition : state.editions()) {
            TrustKind kind = TrustKind.of(edition.kind());
            if (kind != null) {
                editions.put(kind, edition);
            }
        }
        return true;
    }

    /** What it has of a kind, null if nothing. */
    @Nullable
    Edition edition(TrustKind kind) {
        return editions.get(kind);
    }

    void pause(long untilNanos) {
        askableNanos = untilNanos;
    }

    long askableNanos() {
        return askableNanos;
    }

    /** Begins to send it something; false if it asks for too much. */
    boolean answer(TrustKind kind, Holding holding, long nowNanos) {
        if (sendings.containsKey(kind) || !answers.tryTake(COST, nowNanos)) {
            return false;
        }
        sendings.put(kind, new Sending(holding));
        pump();
        return true;
    }

    /** Sends as much as its connection takes. */
    void pump() {
        Iterator<Sending> each = sendings.values().iterator();
        while (each.hasNext()) {
            Sending sending = each.next();
            while (!sending.isDone() && peer.isWritable()) {
                peer.send(sending.next());
            }
            if (sending.isDone()) {
                each.remove();
            }
        }
    }
}
