package io.chaski.remote.internal.context;

import io.chaski.core.NodeId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Who gets the threads when there are fewer of them than calls: peers have their turns one after the other, and none more threads than
 * three times those that are free then. So a peer that is alone gets three quarters, two get three sevenths each, and there is
 * always something left for one that comes, until many have come: dynamic thresholds, which switches use for the memory of their
 * queues (Choudhury and Hahne 1998). What waits is bounded by the slots of the peers. Thread-safe.
 */
final class PeerTurns {

    /** With 32 threads 24 for one peer alone: most of the machine, and eight for others to begin with. */
    private static final int SHARE_OF_FREE = 3;

    /** Then the thread looks for what others have for it: enough to make a wake-up cheap, few enough to be fair. */
    private static final int IN_A_ROW = 64;

    private final Executor executor;

    /** Guarded by {@code this}, as is what follows; whoever has its turn next is first. */
    private final Map<NodeId, Deque<Runnable>> waiting = new LinkedHashMap<>();

    private final Map<NodeId, Integer> running = new HashMap<>();
    private int free;
    private boolean isClosed;

    /**
     * Turns at threads that are all free.
     *
     * @param executor has the threads
     * @param threads how many
     */
    PeerTurns(Executor executor, int threads) {
        this.executor = executor;
        this.free = threads;
    }

    private record Turn(NodeId peer, Runnable task) {}

    /**
     * Runs something when it is its turn.
     *
     * @param peer for whom
     * @param task what to do
     * @return whether it will run; not if the threads are closed
     */
    boolean execute(NodeId peer, Runnable task) {
        synchronized (this) {
            waiting.computeIfAbsent(peer, first -> new ArrayDeque<>()).add(task);
        }
        return dispatch();
    }

    private boolean dispatch() {
        try {
            for (Turn next = next(); next != null; next = next()) {
                Turn turn = next;
                executor.execute(() -> run(turn));
            }
        } catch (RejectedExecutionException shutDown) {
            close();
        }
        synchronized (this) {
            return !isClosed;
        }
    }

    /** Whoever has a thread goes on with the next turn, whosever it is: another thread would have to be woken for it. */
    private void run(Turn first) {
        try {
            Turn turn = first;
            for (int i = 0; turn != null && i < IN_A_ROW; i++) {
                runOne(turn);
                turn = i + 1 < IN_A_ROW ? next() : null;
                if (turn != null) {
                    dispatch();
                }
            }
        } finally {
            dispatch();
        }
    }

    private void runOne(Turn turn) {
        try {
            turn.task().run();
        } finally {
            giveBack(turn.peer());
        }
    }

    private synchronized @Nullable Turn next() {
        if (isClosed) {
            waiting.clear();
            return null;
        }
        for (Iterator<Map.Entry<NodeId, Deque<Runnable>>> each =
                        waiting.entrySet().iterator();
                free > 0 && each.hasNext(); ) {
            Map.Entry<NodeId, Deque<Runnable>> entry = each.next();
            NodeId peer = entry.getKey();
            Deque<Runnable> tasks = entry.getValue();
            if (running.getOrDefault(peer, 0) < SHARE_OF_FREE * free) {
                each.remove();
                Runnable task = tasks.remove();
                if (!tasks.isEmpty()) {
                    waiting.put(peer, tasks); // behind the others
                }
                running.merge(peer, 1, Integer::sum);
                free--;
                return new Turn(peer, task);
            }
        }
        return null;
    }

    private synchronized void giveBack(NodeId peer) {
        running.computeIfPresent(peer, (same, count) -> count == 1 ? null : count - 1);
        free++;
    }

    /** Takes nothing any more, and drops what waits. */
    synchronized void close() {
        isClosed = true;
        waiting.clear();
    }
}
