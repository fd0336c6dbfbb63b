package io.chaski.remote.internal.flow;

import io.chaski.core.codec.CodecException;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.BodyWriter;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.Values;
import java.lang.reflect.Type;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes items from a publisher of the application and sends them: one is requested when the one before has been handed to the
 * stream, so the room of the stream paces the publisher, and one item at most waits here. Subscribes once, when there is first a
 * stream to send on; a call that is repeated may go on with another stream as long as no item was taken. Thread-safe; the publisher
 * is called on threads of the calls.
 */
public final class OutgoingItems implements Flow.Subscriber<Object> {

    private static final Logger log = LoggerFactory.getLogger(OutgoingItems.class);

    /**
     * An item of one piece is sent also if no memory is left for it: a slow reader of many streams slows them, and must not end
     * them. There is one for each stream, and the stream itself holds four times that.
     */
    private static final int UNCOUNTED_BYTES = 64 << 10;

    private final Flow.Publisher<?> publisher;
    private final Type type;
    private final int maxItemBytes;
    private final Budget budget;
    private final Executor threads;
    private final Executor own;
    private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();

    /** What there may be to say to the subscription; whoever makes it more than zero says it, so that it is said serially (rule 2.7). */
    private final AtomicInteger toSay = new AtomicInteger();

    /** Guards what follows; not a monitor, which would pin a virtual thread. */
    private final ReentrantLock lock = new ReentrantLock();

    private Flow.@Nullable Subscription subscription;
    private @Nullable BodyWriter writer;

    /** Taken between two attempts. */
    private @Nullable Body waiting;

    private boolean isBegun;
    private boolean isRequested;
    private boolean isItemTaken;

    /** Nothing is requested any more, whoever said so; and whether it was the publisher. */
    private boolean isOver;

    private boolean isFinished;

    /** Bytes of the item that is being sent, as long as the budget has them. */
    private int heldBytes;

    private boolean isSending;

    /**
     * Items of which none has been asked for.
     *
     * @param publisher of the application
     * @param type declared type of an item
     * @param maxItemBytes most bytes of one, encoded
     * @param budget what all bodies of the node may take
     * @param threads those that may wait for the publisher
     * @param own cancels, which must not wait for those
     */
    public OutgoingItems(
            Flow.Publisher<?> publisher, Type type, int maxItemBytes, Budget budget, Executor threads, Executor own) {
        this.publisher = publisher;
        this.type = type;
        this.maxItemBytes = maxItemBytes;
        this.budget = budget;
        this.threads = threads;
        this.own = own;
        var unused = done.whenComplete((nothing, failure) -> {
            if (done.isCancelled()) {
                stop();
            }
        });
    }

    /**
     * Completes when the publisher has: then the last item has been given to the writer. Fails with what the publisher failed with,
     * or with {@link UnsendableItemException}; cancelling it cancels the subscription.
     */
    public CompletableFuture<@Nullable Void> done() {
        return done;
    }

    /**
     * Sends on this stream no longer.
     *
     * @return whether another attempt of the call may send the items, because none has been taken from the publisher; what is taken
     *     meanwhile waits for it
     */
    public boolean detach() {
        lock.lock();
        try {
            boolean isUntouched = !isItemTaken && (!isOver || isFinished);
            if (isUntouched) {
                writer = null;
            }
            return isUntouched;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends on this stream from now on.
     *
     * @param to what comes before the items has been added
     */
    public void begin(BodyWriter to) {
        boolean isFirst;
        Body kept;
        lock.lock();
        try {
            if (isOver) {
                return; // what it came to is sent by whoever waits for it
            }
            isFirst = !isBegun;
            isBegun = true;
            writer = to;
            kept = waiting;
            waiting = null;
        } finally {
            lock.unlock();
        }
        if (isFirst) {
            threads.execute(this::subscribe);
        } else if (kept == null) {
            threads.execute(this::requestOne);
        } else if (to.add(kept, this::onSentLater)) {
            onSentLater();
        }
    }

    @SuppressWarnings("unchecked") // every item is checked when it is encoded
    private void subscribe() {
        try {
            ((Flow.Publisher<Object>) publisher).subscribe(this);
        } catch (Throwable broken) { // of the application, and all it means is that there are no items
            finish(broken);
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        Objects.requireNonNull(given, "subscription");
        boolean isUnwanted;
        lock.lock();
        try {
            isUnwanted = isOver || subscription != null;
            if (!isUnwanted) {
                subscription = given;
            }
        } finally {
            lock.unlock();
        }
        if (isUnwanted) {
            given.cancel();
        } else {
            requestOne();
        }
    }

    /** One after the other, so that a publisher which gives its item at once is not called from within itself. */
    private void requestOne() {
        if (toSay.getAndIncrement() == 0) {
            sayAll();
        }
    }

    private void sayAll() {
        do {
            say();
        } while (toSay.decrementAndGet() > 0);
    }

    /** Requests an item if there is room for it, or cancels if none is wanted. */
    private void say() {
        Flow.Subscription from;
        boolean isUnwanted;
        lock.lock();
        try {
            from = subscription;
            isUnwanted = isOver;
            if (isUnwanted) {
                subscription = null;
            } else if (isRequested || isSending) {
                from = null;
            } else {
                isRequested = from != null;
            }
        } finally {
            lock.unlock();
        }
        if (from == null) {
            return;
        }
        try {
            if (isUnwanted) {
                from.cancel();
            } else {
                from.request(1);
            }
        } catch (Throwable broken) { // of the application, which must not throw here (rules 3.15 and 3.16)
            log.warn("a publisher of items has failed when it was {}", isUnwanted ? "cancelled" : "asked", broken);
            cancelWith(broken);
        }
    }

    @Override
    public void onNext(Object item) {
        Objects.requireNonNull(item, "item");
        Body body;
        int counted;
        try {
            body = encoded(item);
            counted = count(body.length());
        } catch (UnsendableItemException wrong) {
            cancelWith(wrong);
            return;
        }
        BodyWriter to;
        boolean isUnwanted;
        boolean isTooMany;
        lock.lock();
        try {
            isUnwanted = isOver;
            isTooMany = !isOver && !isRequested;
            to = writer;
            if (!isUnwanted && !isTooMany) {
                isRequested = false;
                isItemTaken = true;
                isSending = true;
                heldBytes = counted;
                waiting = to == null ? body : null;
            }
        } finally {
            lock.unlock();
        }
        if (isUnwanted || isTooMany) {
            budget.giveBack(counted);
            if (isTooMany) {
                cancelWith(new IllegalStateException("a publisher gave more items than were requested"));
            }
        } else if (to != null && to.add(body, this::onSentLater)) {
            onSent();
            requestOne();
        }
    }

    private Body encoded(Object item) {
        byte[] bytes;
        try {
            bytes = Values.encode(type, item);
        } catch (CodecException wrong) {
            throw new UnsendableItemException("an item cannot be encoded: " + wrong.getMessage());
        } catch (Throwable broken) { // of an accessor of a record, or there is no memory: it fails this stream
            log.warn("an item of type {} cannot be encoded", type.getTypeName(), broken);
            throw new UnsendableItemException("an item cannot be encoded");
        }
        if (bytes.length > maxItemBytes) {
            throw new UnsendableItemException(
                    "an item is too large: " + bytes.length + " bytes, not at most " + maxItemBytes);
        }
        return new Body(Body.Kind.ITEM, bytes);
    }

    /** How many bytes the budget has counted. */
    private int count(int bytes) {
        if (budget.tryTake(bytes)) {
            return bytes;
        }
        if (bytes > UNCOUNTED_BYTES) {
            throw new UnsendableItemException("no memory for an item of " + bytes + " bytes: too much is under way");
        }
        return 0;
    }

    /** On the event loop, where no publisher is called. */
    private void onSentLater() {
        onSent();
        threads.execute(this::requestOne);
    }

    private void onSent() {
        lock.lock();
        try {
            isSending = false;
        } finally {
            lock.unlock();
        }
        release();
    }

    /** The stream has ended: nothing more leaves, whatever was on its way. */
    public void release() {
        int held;
        lock.lock();
        try {
            held = heldBytes;
            heldBytes = 0;
        } finally {
            lock.unlock();
        }
        budget.giveBack(held);
    }

    @Override
    public void onComplete() {
        finish(null);
    }

    @Override
    public void onError(Throwable failure) {
        finish(Objects.requireNonNull(failure, "failure"));
    }

    private void finish(@Nullable Throwable failure) {
        lock.lock();
        try {
            if (isOver) {
                return;
            }
            isOver = true;
            isFinished = true;
            subscription = null;
        } finally {
            lock.unlock();
        }
        if (failure == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(failure);
        }
    }

    private void cancelWith(Throwable failure) {
        stop();
        done.completeExceptionally(failure);
    }

    /** No more items are wanted. */
    public void cancel() {
        done.cancel(false);
    }

    /** The subscription hears it when it is not being asked for an item at this moment, and never waits for a thread that waits. */
    private void stop() {
        boolean isNeverBegun;
        lock.lock();
        try {
            isNeverBegun = !isBegun && !isOver;
            isOver = true;
        } finally {
            lock.unlock();
        }
        if (isNeverBegun) {
            if (publisher instanceof PulledItems unread) {
                threads.execute(unread::close);
            }
            return;
        }
        if (toSay.getAndIncrement() == 0) {
            own.execute(this::sayAll);
        }
    }
}
