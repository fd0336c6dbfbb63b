package io.chaski.streamer.internal.queue;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The streams of one side of a queue, from the moment that they are open: so that one which opens while that side ends, and which its
 * thread hears of no more, ends as well. Thread-safe.
 */
final class OpenStreams {

    private final Set<Stream> streams = new LinkedHashSet<>(); // guarded by itself, as is what follows
    private boolean isClosed;

    /** A stream is open; it is reset at once if this side has ended. */
    void add(Stream stream) {
        synchronized (streams) {
            if (!isClosed) {
                streams.add(stream);
                return;
            }
        }
        end(stream);
    }

    /** A stream has ended. */
    void remove(Stream stream) {
        synchronized (streams) {
            streams.remove(stream);
        }
    }

    /** Ends all of them, and those that open later. */
    void close() {
        List<Stream> left;
        synchronized (streams) {
            isClosed = true;
            left = List.copyOf(streams);
            streams.clear();
        }
        left.forEach(OpenStreams::end);
    }

    private static void end(Stream stream) {
        stream.reset(StreamCode.CANCELLED, "this side is closed");
    }
}
