package io.chaski.remote.internal.flow;

import io.chaski.core.codec.CodecException;
import io.chaski.remote.CallException;
import io.chaski.remote.internal.wire.Values;
import java.lang.reflect.Type;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The items of a call as objects, and their end. One consumer takes them and is woken when there is more. Thread-safe; items are
 * decoded on the thread that takes them.
 */
public final class IncomingItems {

    private static final Logger log = LoggerFactory.getLogger(IncomingItems.class);

    /** What {@link #poll} returns after the last item. */
    static final Object END = new Object();

    /** A stream without failure ends like this. */
    public static final Supplier<@Nullable Throwable> IN_GOOD_ORDER = () -> null;

    private final Type type;
    private final Function<String, CallException> undecodable;
    private final Consumer<@Nullable CallException> onUnwanted;

    /** Guards what follows; not a monitor, which would pin a virtual thread. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable ItemInbox inbox;
    private @Nullable Supplier<@Nullable Throwable> end;
    private boolean isCancelled;
    private Runnable consumer = () -> {};

    /**
     * Items that have not begun to arrive.
     *
     * @param type declared type of an item
     * @param undecodable what the consumer hears of an item that is none, made from a short sentence
     * @param onUnwanted called once when no more items are wanted, on whatever thread, with the item that was none if that is why;
     *     must not wait
     */
    public IncomingItems(
            Type type, Function<String, CallException> undecodable, Consumer<@Nullable CallException> onUnwanted) {
        this.type = type;
        this.undecodable = undecodable;
        this.onUnwanted = onUnwanted;
    }

    /**
     * Items arrive here from now on.
     *
     * @param arriving calls {@link #wake}
     */
    public void attach(ItemInbox arriving) {
        boolean isUnwanted;
        lock.lock();
        try {
            inbox = arriving;
            isUnwanted = isCancelled;
        } finally {
            lock.unlock();
        }
        if (isUnwanted) {
            arriving.discard();
        }
    }

    /**
     * Nothing follows what has arrived. Only the first end counts.
     *
     * @param how null if the items ended in good order; asked on the thread of the consumer
     */
    public void end(Supplier<@Nullable Throwable> how) {
        lock.lock();
        try {
            if (end == null) {
                end = how;
            }
        } finally {
            lock.unlock();
        }
        wake();
    }

    /**
     * Nothing comes any more, and what has arrived and was not taken is dropped: the consumer hears of it now, even if it does not
     * ask for items.
     *
     * @param how as for {@link #end}
     */
    public void cutOff(Supplier<@Nullable Throwable> how) {
        ItemInbox left;
        lock.lock();
        try {
            left = inbox;
        } finally {
            lock.unlock();
        }
        if (left != null) {
            left.discard();
        }
        end(how);
    }

    /** Has the consumer look. */
    public void wake() {
        Runnable woken;
        lock.lock();
        try {
            woken = consumer;
        } finally {
            lock.unlock();
        }
        woken.run();
    }

    /** Who takes the items; woken at once. */
    void listen(Runnable woken) {
        lock.lock();
        try {
            consumer = woken;
        } finally {
            lock.unlock();
        }
        woken.run();
    }

    /**
     * The next item. Whoever has got {@link #END} asks no more.
     *
     * @param isWanted false to ask for the end only
     * @return an item, {@link #END}, or null if the consumer will be woken
     */
    @Nullable
    Object poll(boolean isWanted) {
        ItemInbox from;
        Supplier<@Nullable Throwable> ended;
        lock.lock();
        try {
            from = inbox;
            ended = end; // read before the inbox is: what it holds then is all there is
        } finally {
            lock.unlock();
        }
        if (from == null || !isWanted) {
            return ended != null && (from == null || from.isEmpty()) ? taken() : null;
        }
        byte[] bytes = from.take();
        if (bytes == null) {
            return ended == null ? null : taken();
        }
        return decoded(bytes);
    }

    private Object taken() {
        lock.lock();
        try {
            isCancelled = true; // there is nothing more to cancel
        } finally {
            lock.unlock();
        }
        return END;
    }

    private Object decoded(byte[] bytes) {
        CallException wrong;
        try {
            Object item = Values.decode(type, bytes);
            if (item != null) {
                return item;
            }
            wrong = undecodable.apply("an item is null");
        } catch (CodecException undecoded) {
            wrong = undecodable.apply("an item cannot be decoded: " + undecoded.getMessage());
        } catch (RuntimeException | Error broken) { // of a class of the application, or there is no memory for it
            log.warn("an item of type {} cannot be decoded", type.getTypeName(), broken);
            wrong = undecodable.apply("an item cannot be decoded");
        }
        CallException failure = wrong;
        lock.lock();
        try {
            end = () -> failure;
        } finally {
            lock.unlock();
        }
        cancel(failure);
        return END;
    }

    /** How the items ended; after {@link #END}. */
    @Nullable
    Throwable failure() {
        Supplier<@Nullable Throwable> how;
        lock.lock();
        try {
            how = end;
        } finally {
            lock.unlock();
        }
        try {
            return how == null ? null : how.get();
        } catch (RuntimeException
                | Error broken) { // of what makes exceptions of the application: a failure all the same
            return broken;
        }
    }

    /** No more items are wanted. Does nothing the second time. */
    public void cancel() {
        cancel(null);
    }

    private void cancel(@Nullable CallException why) {
        ItemInbox unwanted;
        lock.lock();
        try {
            if (isCancelled) {
                return;
            }
            isCancelled = true;
            unwanted = inbox;
            consumer = () -> {};
        } finally {
            lock.unlock();
        }
        onUnwanted.accept(why); // first, so that no credit goes to a producer that is about to be cancelled
        if (unwanted != null) {
            unwanted.discard();
        }
    }
}
