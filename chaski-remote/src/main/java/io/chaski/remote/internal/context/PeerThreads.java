package io.chaski.remote.internal.context;

import io.chaski.core.NodeId;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Threads that may wait for what the application does for a peer. No peer gets more than its share of them: what is beyond comes to its
 * turn, in order, when one of the same peer's is done, and nobody else waits for it. Not bounded here: a stream has one task at
 * a time. Thread-safe.
 */
public final class PeerThreads {

    /** Tasks of one peer; guarded by the map. */
    private static final class Lane {
        private final Queue<Runnable> waiting = new ArrayDeque<>();
        private int running;
    }

    private final Executor threads;
    private final int share;

    /** Those for whom something runs. */
    private final Map<NodeId, Lane> lanes = new ConcurrentHashMap<>();

    /**
     * Threads of which none is taken.
     *
     * @param threads never refuses
     * @param share most of them that one peer may take, 1 or more
     */
    public PeerThreads(Executor threads, int share) {
        this.threads = threads;
        this.share = share;
    }

    /**
     * Runs something soon.
     *
     * @param peer whose it is
     * @param task what
     */
    public void execute(NodeId peer, Runnable task) {
        boolean[] isNext = new boolean[1];
        lanes.compute(peer, (same, known) -> {
            Lane lane = known == null ? new Lane() : known;
            isNext[0] = lane.running < share;
            if (isNext[0]) {
                lane.running++;
            } else {
                lane.waiting.add(task);
            }
            return lane;
        });
        if (isNext[0]) {
            threads.execute(() -> run(peer, task));
        }
    }

    private void run(NodeId peer, Runnable task) {
        try {
            task.run();
        } finally {
            Runnable next = next(peer);
            if (next != null) {
                threads.execute(() -> run(peer, next));
            }
        }
    }

    /** Takes the place of what is done, or gives it back. */
    private @Nullable Runnable next(NodeId peer) {
        Runnable[] next = new Runnable[1];
        lanes.computeIfPresent(peer, (same, lane) -> {
            next[0] = lane.waiting.poll();
            if (next[0] == null) {
                lane.running--;
            }
            return lane.running == 0 ? null : lane;
        });
        return next[0];
    }
}
