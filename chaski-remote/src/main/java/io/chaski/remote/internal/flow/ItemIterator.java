package io.chaski.remote.internal.flow;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Items one waits for. The thread that waits takes and decodes them itself, so that no other thread is needed. To be used by one
 * thread at a time; {@link #close} may come from any.
 */
public final class ItemIterator implements Iterator<Object>, AutoCloseable, ItemEnd.Consumer {

    private final IncomingItems items;
    private final ItemEnd end;
    private final BooleanSupplier isEventLoop;

    /** One permit, however much has happened. */
    private final Semaphore toSee = new Semaphore(0);

    private volatile boolean isTerminated;
    private volatile @Nullable Throwable failure;
    private volatile boolean isClosed;
    private boolean isEndSeen;
    private boolean isFailureThrown;
    private @Nullable Object next;

    private ItemIterator(IncomingItems items, ItemEnd end, BooleanSupplier isEventLoop) {
        this.items = items;
        this.end = end;
        this.isEventLoop = isEventLoop;
    }

    /**
     * Makes whoever iterates the consumer of items.
     *
     * @param items what
     * @param end stands before the end
     * @param isEventLoop whether the calling thread must not wait
     */
    public static ItemIterator of(IncomingItems items, ItemEnd end, BooleanSupplier isEventLoop) {
        ItemIterator made = new ItemIterator(items, end, isEventLoop);
        items.listen(made::wake);
        return made;
    }

    /** The items as a stream, which ends the call when it is closed. */
    public Stream<Object> asStream() {
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED | Spliterator.NONNULL), false)
                .onClose(this::close);
    }

    private void wake() {
        if (toSee.availablePermits() == 0) {
            toSee.release();
        }
    }

    @Override
    public void terminate(@Nullable Throwable how) {
        failure = how;
        isTerminated = true;
        items.cancel(); // they may not have ended, if an interceptor has ended the call
        wake();
    }

    /**
     * Waits for the next item.
     *
     * @throws io.chaski.remote.CallException if the call has failed; a declared exception that is checked comes as the cause of
     *     a {@link CompletionException}
     * @throws CancellationException if the thread is interrupted, which it still is then; the call is cancelled
     * @throws IllegalStateException on an event loop
     */
    @Override
    public boolean hasNext() {
        while (next == null && !isTerminated && !isClosed) {
            if (isEventLoop.getAsBoolean()) {
                throw new IllegalStateException(
                        "this waits for an item, and the event loop must not: let the method return a Flow.Publisher");
            }
            Object polled = isEndSeen ? null : items.poll(true);
            if (polled == IncomingItems.END) {
                isEndSeen = true;
                end.onTaken(items.failure(), this);
            } else if (polled == null) {
                await();
            } else {
                next = polled;
            }
        }
        if (next == null && !isFailureThrown && failure != null && !isClosed) {
            isFailureThrown = true;
            throw unchecked(failure);
        }
        return next != null && !isClosed;
    }

    private void await() {
        try {
            toSee.acquire();
        } catch (InterruptedException interrupted) {
            close();
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for an item");
        }
    }

    private static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException unchecked ? unchecked : new CompletionException(failure);
    }

    @Override
    public Object next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the items have ended");
        }
        Object item = Objects.requireNonNull(next, "there is one");
        next = null;
        return item;
    }

    /** No more items are wanted, and the call is over. */
    @Override
    public void close() {
        isClosed = true;
        items.cancel();
        wake();
    }
}
