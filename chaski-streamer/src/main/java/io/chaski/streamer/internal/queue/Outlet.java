package io.chaski.streamer.internal.queue;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages to a peer that wait for room on its stream. Says when it is full, and takes what comes all the same: whoever has it then does
 * nothing that makes more to say. Confined to the thread of the queue.
 */
final class Outlet {

    /** Enough for a stream never to run dry, and for the largest message. */
    static final int FULL_BYTES = QueueFrames.MAX_MESSAGE_BYTES;

    /** About what a message costs beside its bytes: otherwise many small ones would be more than they seem. */
    static final int MESSAGE_COST = 64;

    private static final Logger LOG = LoggerFactory.getLogger(Outlet.class);

    private final Stream stream;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private byte @Nullable [] latest;
    private long waitingBytes;

    Outlet(Stream stream) {
        this.stream = stream;
    }

    void send(byte[] message) {
        waiting.add(message);
        waitingBytes += message.length + MESSAGE_COST;
        flush();
    }

    /** Sends it behind everything else; of several that wait, only the latest. */
    void sendLatest(byte[] message) {
        latest = message;
        flush();
    }

    /** What waits, with what it costs; the latest is one more. */
    long waitingBytes() {
        return waitingBytes;
    }

    boolean isFull() {
        return waitingBytes >= FULL_BYTES;
    }

    /** There may be room again. */
    void flush() {
        try {
            while (!waiting.isEmpty() && stream.offer(waiting.peek())) {
                waitingBytes -= waiting.remove().length + MESSAGE_COST;
            }
            if (waiting.isEmpty() && latest != null && stream.offer(latest)) {
                latest = null;
            }
        } catch (StreamException ended) {
            LOG.debug("what waits for {} is not sent: the stream has ended", stream.peer());
            waiting.clear(); // its listener hears of the end as well
            waitingBytes = 0;
            latest = null;
        }
    }
}
