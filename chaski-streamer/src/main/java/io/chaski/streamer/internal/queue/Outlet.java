package io.chaski.streamer.internal.queue;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages to a peer that wait for room on its stream. As many as the peer has asked for: jobs for its free places, results of jobs that
 * it gave, answers to what it said. Confined to the thread of the queue.
 */
final class Outlet {

    private static final Logger LOG = LoggerFactory.getLogger(Outlet.class);

    private final Stream stream;
    private final Deque<byte[]> waiting = new ArrayDeque<>();

    Outlet(Stream stream) {
        this.stream = stream;
    }

    void send(byte[] message) {
        waiting.add(message);
        flush();
    }

    /** There may be room again. */
    void flush() {
        try {
            while (!waiting.isEmpty() && stream.offer(waiting.peek())) {
                waiting.remove();
            }
        } catch (StreamException ended) {
            LOG.debug("what waits for {} is not sent: the stream has ended", stream.peer());
            waiting.clear(); // its listener hears of the end as well
        }
    }
}
