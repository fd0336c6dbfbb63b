package io.chaski.remote.internal.wire;

import io.chaski.core.NodeId;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A number of bytes that many share; no peer gets more than its share of them. As much again can be {@linkplain #reserve reserved}
 * beforehand, apart from these, so that streams on which nothing waits leave calls their memory. Thread-safe.
 */
public class Budget {

    /** A quarter of a heap of 1 GiB; a smaller heap gives a quarter of itself. */
    private static final long MOST_BYTES = 256L << 20;

    /** Four peers that take all they can still leave nothing to others, but it takes four, and one is the common case. */
    private static final int PEERS_THAT_TAKE_ALL = 4;

    private final AtomicLong left;
    private final long mostOfPeer;
    private final @Nullable Budget reserves;

    /** What is taken for each peer; those with nothing are not in it. */
    private final Map<NodeId, Long> takenOfPeer = new ConcurrentHashMap<>();

    /**
     * So many bytes.
     *
     * @param bytes 0 or more
     */
    public Budget(long bytes) {
        this(bytes, new Budget(bytes, null));
    }

    private Budget(long bytes, @Nullable Budget reserves) {
        this.left = new AtomicLong(bytes);
        this.mostOfPeer = bytes / PEERS_THAT_TAKE_ALL;
        this.reserves = reserves;
    }

    /** 256 MiB, or a quarter of a smaller heap. */
    public static Budget ofHeap() {
        return new Budget(Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / 4));
    }

    /**
     * Takes some bytes if they are left.
     *
     * @param bytes 0 or more
     * @return whether they were
     */
    public boolean tryTake(long bytes) {
        long before = left.get();
        while (before >= bytes) {
            if (left.compareAndSet(before, before - bytes)) {
                return true;
            }
            before = left.get();
        }
        return false;
    }

    /**
     * Gives bytes back.
     *
     * @param bytes as many as were taken
     */
    public void giveBack(long bytes) {
        left.addAndGet(bytes);
    }

    /** How many bytes are left. */
    public long left() {
        return left.get();
    }

    /**
     * What one peer may take of these bytes, a quarter at most: whatever it does, the others have the rest.
     *
     * @param peer whose bodies it is for
     */
    public Budget ofPeer(NodeId peer) {
        return new Share(peer);
    }

    /**
     * Takes bytes beforehand for one stream of a peer.
     *
     * @param peer whose
     * @param bytes 0 or more
     * @return what can be taken then, and beyond it what the peer may take of these bytes; null if no more can be reserved
     */
    public @Nullable Reserve reserve(NodeId peer, long bytes) {
        Budget of = Objects.requireNonNull(reserves, "not of a share").ofPeer(peer);
        return of.tryTake(bytes) ? new Reserve(of, bytes, ofPeer(peer)) : null;
    }

    /** How many bytes can still be reserved. */
    public long reservable() {
        return reserves == null ? 0 : reserves.left();
    }

    /** The bytes of one peer, which count among all. */
    private final class Share extends Budget {

        private final NodeId peer;

        Share(NodeId peer) {
            super(mostOfPeer, null);
            this.peer = peer;
        }

        @Override
        public boolean tryTake(long bytes) {
            if (bytes == 0) {
                return true;
            }
            boolean[] isTaken = new boolean[1];
            takenOfPeer.compute(peer, (same, taken) -> {
                long before = taken == null ? 0 : taken;
                isTaken[0] = before + bytes <= mostOfPeer && Budget.this.tryTake(bytes);
                return isTaken[0] ? Long.valueOf(before + bytes) : taken;
            });
            return isTaken[0];
        }

        @Override
        public void giveBack(long bytes) {
            takenOfPeer.computeIfPresent(peer, (same, taken) -> taken == bytes ? null : taken - bytes);
            Budget.this.giveBack(bytes);
        }

        @Override
        public long left() {
            return Math.min(Budget.this.left(), mostOfPeer - takenOfPeer.getOrDefault(peer, 0L));
        }
    }
}
