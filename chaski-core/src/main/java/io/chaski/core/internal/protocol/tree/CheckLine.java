package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.proof.ProofCheck.Item;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Signed messages of one neighbour that wait until their proofs are checked, in the order in which they came. One check at a
 * time takes the first ones; what comes meanwhile is the next. Confined to the node's event loop.
 */
final class CheckLine {

    /** What one check takes: some milliseconds of hashing at most. */
    static final int MAX_CHECKED = 256;

    static final int MAX_CHECKED_BYTES = 1 << 20;

    /** Four windows of credit: whoever grants credit never sees it full. Beyond, messages are dropped and pulled again later. */
    static final long MAX_BYTES = 4 << 20;

    /** Besides the body: the objects around it. */
    static final int OVERHEAD_BYTES = 128;

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long bytes;

    /** How many of the first ones are in the check that runs, and were not removed by it yet. */
    private int checking;

    private boolean isRunning;
    private boolean isClosed;

    /**
     * A message that waits.
     *
     * @param item the message
     * @param bytes what it keeps in memory; its chain counts unless the message before it waits with the same one
     */
    record Waiting(Item item, long bytes) {}

    /** Whether one more message finds room; the first one always does. */
    boolean hasRoom(int bodySize) {
        return waiting.isEmpty() || bytes + bodySize + OVERHEAD_BYTES <= MAX_BYTES;
    }

    /** Adds a message; what it counts for. */
    @SuppressWarnings("ReferenceEquality") // an equal chain in another array takes memory of its own
    long add(Item item) {
        Waiting last = waiting.peekLast();
        boolean sharesChain = last != null && last.item.chain() == item.chain();
        Waiting added = new Waiting(
                item,
                item.body().size()
                        + (long) OVERHEAD_BYTES
                        + (sharesChain ? 0 : item.chain().size()));
        waiting.add(added);
        bytes += added.bytes;
        return added.bytes;
    }

    /** Whether there is something to check, and nobody does. */
    boolean isDue() {
        return !isRunning && !isClosed && !waiting.isEmpty();
    }

    /** The first messages, for a check that begins now. They stay in the line until {@link #remove}. */
    List<Item> begin() {
        List<Item> first = new ArrayList<>();
        long size = 0;
        for (Waiting next : waiting) {
            if (first.size() == MAX_CHECKED || size >= MAX_CHECKED_BYTES) {
                break;
            }
            first.add(next.item);
            size += next.item.body().size();
        }
        checking = first.size();
        isRunning = true;
        return first;
    }

    /** The check has ended. */
    void end() {
        checking = 0;
        isRunning = false;
    }

    /** Removes the first message. */
    Waiting remove() {
        assert checking > 0 : "only the check that runs removes";
        Waiting first = waiting.remove();
        bytes -= first.bytes;
        checking--;
        return first;
    }

    /**
     * Nothing of this neighbour counts any more.
     *
     * @return what it loses now; the others are held by the check that runs
     */
    List<Waiting> close() {
        isClosed = true;
        List<Waiting> lost = new ArrayList<>();
        while (waiting.size() > checking) {
            Waiting last = waiting.removeLast();
            bytes -= last.bytes;
            lost.add(last);
        }
        return lost;
    }

    boolean isClosed() {
        return isClosed;
    }
}
