package io.chaski.core.internal.runtime;

import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.wire.ArrayPayload;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The slots of an {@link Inbox} by position, in chunks that are made when somebody comes that far, and used again further on when
 * all in them has been taken. So the inbox of a node that has little to do takes a chunk or two, which stay in the cache of its
 * processor, and one that is given much at a time uses again what it needed for that. Thread-safe, but that {@link #find} and
 * {@link #leave} are for the loop alone. Not final, for a test in which there is no memory for a chunk.
 */
class InboxSlots {

    /** Some 24 KiB, and a quarter of a millisecond of the fastest publisher. */
    static final int CHUNK = 512;

    /** Chunks that can be told apart. */
    private static final int CHUNKS = 64;

    /**
     * Entries that may wait: positions that are claimed at a time lie in no more chunks than can be told apart, so that nobody
     * claims a slot of one that the loop is about to leave.
     */
    static final int MAX_WAITING = (CHUNKS - 1) * CHUNK;

    /**
     * Used again at the most, half a mebibyte: an inbox that has held much and holds little gives up what it does not need as it comes
     * past it, which nobody can do for one that holds nothing any more.
     */
    private static final int MOST_KEPT = 24;

    /** One entry: a task or a message. */
    static final class Slot {
        /** Position plus one, once the fields below are filled for that position. */
        volatile long filled;

        NodeLoop.@Nullable Task task;

        @Nullable
        String topic;

        int channel;
        int hopLimit;
        boolean live;

        @Nullable
        ArrayPayload body;

        @Nullable
        Consumer<PublishOutcome> done;
    }

    private static final class Chunk {
        private final Slot[] slots = new Slot[CHUNK];

        Chunk() {
            for (int i = 0; i < CHUNK; i++) {
                slots[i] = new Slot();
            }
        }

        Slot slot(long position) {
            return slots[(int) position & (CHUNK - 1)];
        }
    }

    private final AtomicReferenceArray<@Nullable Chunk> chunks = new AtomicReferenceArray<>(CHUNKS);

    // How many chunks were needed at a time, the next one included: the most since the last of the periods, and in the
    // one before.
    // Each is over when so many chunks have been left as can be told apart. For the loop alone.
    private int most = 2;
    private int mostBefore = 2;
    private int left;

    /**
     * Makes sure that there is a slot for a position. If somebody else claims that, the chunk is there for later ones.
     *
     * @param position less than {@link #MAX_WAITING} beyond the first that is not taken yet
     */
    void prepare(long position) {
        int place = place(position);
        if (chunks.get(place) == null) {
            chunks.compareAndSet(place, null, new Chunk());
        }
    }

    /** The slot of a position, for whoever has {@linkplain #prepare prepared} and claimed it: it stays until it is filled and taken. */
    Slot claimed(long position) {
        return Objects.requireNonNull(chunks.get(place(position)), "it was prepared")
                .slot(position);
    }

    /** The slot of a position if it is filled for it, otherwise null. */
    @Nullable
    Slot find(long position) {
        Chunk chunk = chunks.get(place(position));
        if (chunk == null) {
            return null;
        }
        Slot slot = chunk.slot(position);
        return slot.filled == position + 1 ? slot : null;
    }

    /**
     * All of a chunk has been taken: it is used again where the next position is claimed or behind that, unless there are as many
     * as have lately been needed at a time, or as are kept at all. To be called before anybody may claim more because of that.
     *
     * @param taken first position behind it
     * @param next will be claimed next, or has been meanwhile
     */
    void leave(long taken, long next) {
        Chunk chunk = chunks.getAndSet(place(taken - 1), null);
        int waiting = (int) ((next - taken) / CHUNK);
        most = Math.max(most, Math.min(waiting + 2, MOST_KEPT));
        int kept = Math.max(most, mostBefore);
        for (int at = waiting; at < kept; at++) {
            if (chunks.compareAndSet(place(next + (long) (at - waiting) * CHUNK), null, chunk)) {
                break;
            }
        }
        if (++left == CHUNKS) {
            mostBefore = most;
            most = 2;
            left = 0;
        }
    }

    private static int place(long position) {
        return (int) (position / CHUNK) & (CHUNKS - 1);
    }
}
