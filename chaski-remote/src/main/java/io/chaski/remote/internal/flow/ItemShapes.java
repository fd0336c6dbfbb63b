package io.chaski.remote.internal.flow;

import io.chaski.remote.internal.model.StreamShape;
import java.util.Iterator;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The shapes of Java as publishers, whose room is all that a sender knows. Stateless. */
public final class ItemShapes {

    private ItemShapes() {}

    /**
     * What an application has passed or returned.
     *
     * @param given an object of the shape
     * @param shape declared
     * @param threads on which iterators are asked
     * @throws IllegalArgumentException if it is null, or an interceptor has put something else in its place
     */
    public static Flow.Publisher<?> toPublisher(@Nullable Object given, StreamShape shape, Executor threads) {
        if (shape == StreamShape.PUBLISHER && given instanceof Flow.Publisher<?> publisher) {
            return publisher;
        }
        if (shape == StreamShape.STREAM && given instanceof Stream<?> stream) {
            return new PulledItems(stream::iterator, stream::close, threads);
        }
        if (shape == StreamShape.ITERATOR && given instanceof Iterator<?> iterator) {
            return new PulledItems(() -> iterator, () -> close(iterator), threads);
        }
        throw new IllegalArgumentException("a stream of items is expected, not "
                + (given == null ? "null" : "a " + given.getClass().getName()));
    }

    /** One of this library's ends its call; one of another kind knows what it holds. */
    private static void close(Iterator<?> iterator) {
        if (iterator instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (RuntimeException failed) {
                throw failed;
            } catch (Exception failed) {
                throw new CompletionException(failed);
            }
        }
    }
}
