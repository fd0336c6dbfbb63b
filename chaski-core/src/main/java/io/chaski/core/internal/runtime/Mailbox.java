package io.chaski.core.internal.runtime;

import io.chaski.core.Registration;
import io.chaski.core.internal.module.ModuleMailbox;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue with listeners that are called back one item at a time, in order. What does not fit is dropped and
 * counted; what is queued waits while the callback executor takes nothing, and goes on by itself when it does again.
 * Thread-safe; offering never waits.
 *
 * @param <E> what is queued
 */
final class Mailbox<E> implements ModuleMailbox<E> {

    private final String what;
    private final int capacity;
    private final Callbacks callbacks;
    private final Deque<E> items = new ArrayDeque<>();
    private final List<Consumer<? super E>> listeners = new CopyOnWriteArrayList<>();
    private final LongAdder dropped = new LongAdder();

    /** Of whoever drains there is one at most. */
    private final PatientExecutor drainers;

    private boolean isDrainerOnTheWay;

    /**
     * An empty one.
     *
     * @param what a name for the log
     * @param capacity items at most
     * @param callbacks where listeners are called
     */
    Mailbox(String what, int capacity, Callbacks callbacks) {
        this.what = what;
        this.capacity = capacity;
        this.callbacks = callbacks;
        this.drainers = new PatientExecutor(callbacks);
    }

    @Override
    public Registration listen(Consumer<? super E> listener) {
        Consumer<E> own = listener::accept; // so that one callback registered twice is ended one by one
        listeners.add(own);
        return () -> listeners.remove(own);
    }

    @Override
    public void offer(E item) {
        if (listeners.isEmpty()) {
            return;
        }
        drainers.retry(); // before the look at the capacity: an executor that has recovered may make room
        synchronized (items) {
            if (items.size() == capacity) {
                dropped.increment();
                return;
            }
            items.addLast(item);
            if (isDrainerOnTheWay) {
                return;
            }
            isDrainerOnTheWay = true;
        }
        drainers.execute(this::drain);
    }

    @Override
    public long dropped() {
        return dropped.sum();
    }

    private void drain() {
        for (E item = poll(); item != null; item = poll()) {
            E next = item;
            for (Consumer<? super E> listener : listeners) {
                callbacks.call(what, () -> listener.accept(next));
            }
        }
    }

    private @Nullable E poll() {
        synchronized (items) {
            E item = items.pollFirst();
            if (item == null) {
                isDrainerOnTheWay = false;
            }
            return item;
        }
    }
}
