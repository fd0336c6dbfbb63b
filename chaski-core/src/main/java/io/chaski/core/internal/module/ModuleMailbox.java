package io.chaski.core.internal.module;

import io.chaski.core.Registration;
import java.util.function.Consumer;

/**
 * A bounded queue with listeners that are called back one item at a time, in order. What does not fit is dropped and
 * counted. Thread-safe.
 *
 * @param <E> what is queued
 */
public interface ModuleMailbox<E> {

    /**
     * Adds a listener.
     *
     * @param listener what it throws is logged and counted
     */
    Registration listen(Consumer<? super E> listener);

    /**
     * Queues an item and never waits; nothing happens when nobody listens.
     *
     * @param item what the listeners are called with
     */
    void offer(E item);

    /** Items that did not fit. */
    long dropped();
}
