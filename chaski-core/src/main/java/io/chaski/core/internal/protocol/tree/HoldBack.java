package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.wire.ArrayPayload;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one source that wait for an earlier one, by number. It keeps the bodies that the payload cache keeps, and
 * may keep them for longer; messages in order never come here. Confined to the node's event loop.
 */
final class HoldBack {

    private long[] seqs = new long[8];
    private int[] hops = new int[8];
    private @Nullable ArrayPayload[] bodies = new ArrayPayload[8];
    private int first;
    private int end;
    private long bytes;

    int count() {
        return end - first;
    }

    long bytes() {
        return bytes;
    }

    /** The lowest number held; meaningful only while there is one. */
    long firstSeq() {
        return seqs[first];
    }

    int firstHop() {
        return hops[first];
    }

    /** Adds a message whose number is not held. */
    void add(long seq, int hop, ArrayPayload body) {
        if (end == seqs.length) {
            makeRoom();
        }
        int at = end;
        while (at > first && seqs[at - 1] > seq) {
            seqs[at] = seqs[at - 1];
            hops[at] = hops[at - 1];
            bodies[at] = bodies[at - 1];
            at--;
        }
        seqs[at] = seq;
        hops[at] = hop;
        bodies[at] = body;
        end++;
        bytes += body.size();
    }

    /** Removes the message with the lowest number and returns its body. */
    ArrayPayload removeFirst() {
        ArrayPayload body = bodies[first];
        assert body != null : "nothing is held";
        bodies[first++] = null;
        bytes -= body.size();
        if (first == end) {
            first = 0;
            end = 0;
        }
        return body;
    }

    private void makeRoom() {
        int held = count();
        int capacity = first > 0 ? seqs.length : 2 * seqs.length;
        seqs = Arrays.copyOf(Arrays.copyOfRange(seqs, first, end), capacity);
        hops = Arrays.copyOf(Arrays.copyOfRange(hops, first, end), capacity);
        bodies = Arrays.copyOf(Arrays.copyOfRange(bodies, first, end), capacity);
        first = 0;
        end = held;
    }
}
