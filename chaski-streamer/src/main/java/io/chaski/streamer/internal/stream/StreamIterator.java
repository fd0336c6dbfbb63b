package io.chaski.streamer.internal.stream;

import io.chaski.streamer.TopicStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A loop that waits for each item. For one thread.
 *
 * @param <E> what the stream gives
 */
final class StreamIterator<E> implements Iterator<E> {

    /** A hundred years: until somebody closes. */
    private static final Duration FOR_EVER = Duration.ofDays(36_525);

    private final TopicStream<E> stream;
    private @Nullable E next;

    StreamIterator(TopicStream<E> stream) {
        this.stream = stream;
    }

    @Override
    public boolean hasNext() {
        if (next == null) {
            next = await();
        }
        return next != null;
    }

    private @Nullable E await() {
        try {
            return stream.poll(FOR_EVER).orElse(null);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    @Override
    public E next() {
        E taken = hasNext() ? next : null;
        if (taken == null) {
            throw new NoSuchElementException("the " + stream + " has ended");
        }
        next = null;
        return taken;
    }
}
