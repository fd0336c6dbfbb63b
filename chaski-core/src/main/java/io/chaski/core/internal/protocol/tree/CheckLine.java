package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.proof.ProofCheck.Item;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

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

    private final Queue<Item> waiting = new ArrayDeque<>();
    private long bytes;
    private boolean isRunning;
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
        return !isRunning && !isClosed && !waiting.isEmpty();
    }

    /** The first messages, for a check that begins now. They stay in the line until {@link #remove}. */
    List<Item> begin() {
        isRunning = true;
        List<Item> first = new ArrayList<>();
        long size = 0;
        for (Item item : waiting) {
            if (first.size() == MAX_CHECKED || size >= MAX_CHECKED_BYTES) {
                break;
            }
            first.add(item);
            size += item.body().size();
        }
        return first;
    }

    /** The check has ended. */
    void end() {
        isRunning = false;
    }

    /** Removes the first message. */
    Item remove() {
        Item item = waiting.remove();
        bytes -= cost(item);
        return item;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Nothing of this neighbour counts any more. */
    void close() {
        isClosed = true;
    }

    boolean isClosed() {
        return isClosed;
    }
}
