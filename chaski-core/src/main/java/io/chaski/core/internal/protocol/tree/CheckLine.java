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

    private final Deque<Item> waiting = new ArrayDeque<>();
    private long bytes;

    /** How many of the first ones are in the check that runs. */
    private int checking;

    private boolean isClosed;

    static long cost(Item item) {
        return item.body().size() + (long) OVERHEAD_BYTES;
    }

    /** Whether one more message finds room; the first one always does. */
    boolean hasRoom(int bodySize) {
        return waiting.isEmpty() || bytes + bodySize + OVERHEAD_BYTES <= MAX_BYTES;
    }

    void add(Item item) {
        waiting.add(item);
        bytes += cost(item);
    }

    /** Whether there is something to check, and nobody does. */
    boolean isDue() {
        return checking == 0 && !isClosed && !waiting.isEmpty();
    }

    /** The first messages, for a check that begins now. They stay in the line until {@link #remove}. */
    List<Item> begin() {
        List<Item> first = new ArrayList<>();
        long size = 0;
        for (Item item : waiting) {
            if (first.size() == MAX_CHECKED || size >= MAX_CHECKED_BYTES) {
                break;
            }
            first.add(item);
            size += item.body().size();
        }
        checking = first.size();
        return first;
    }

    /** The check has ended. */
    void end() {
        checking = 0;
    }

    /** Removes the first message. */
    Item remove() {
        Item item = waiting.remove();
        bytes -= cost(item);
        checking = Math.max(0, checking - 1);
        return item;
    }

    /**
     * Nothing of this neighbour counts any more.
     *
     * @return what it loses now; the others are held by the check that runs
     */
    List<Item> close() {
        isClosed = true;
        List<Item> lost = new ArrayList<>();
        while (waiting.size() > checking) {
            Item item = waiting.removeLast();
            bytes -= cost(item);
            lost.add(item);
        }
        return lost;
    }

    boolean isClosed() {
        return isClosed;
    }
}
