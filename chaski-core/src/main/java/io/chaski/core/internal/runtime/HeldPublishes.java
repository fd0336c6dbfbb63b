package io.chaski.core.internal.runtime;

import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.wire.ArrayPayload;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages that were on their way to the loop when subscribers ceased to take more: they wait here, in the order of their
 * topic, until there is credit again. Publishers are told to wait themselves, so that no more come than were under way.
 * Confined to the loop.
 */
final class HeldPublishes {

    /** What the way to the loop holds, in messages and in bytes: all of that may be of one topic. */
    private static final int MAX_MESSAGES = Inbox.MAX_PUBLISHES;

    private static final long MAX_BYTES = Inbox.MAX_BYTES;

    /** Tries to publish. */
    @FunctionalInterface
    interface Publisher {
        /**
         * Tries once.
         *
         * @param topic where
         * @param message what
         * @return what came of it
         */
        PublishOutcome publish(String topic, Held message);
    }

    /**
     * A message that waits.
     *
     * @param hopLimit 1 to 255
     * @param body envelope and payload
     * @param done hears the outcome, null if nobody wants to know
     */
    record Held(int hopLimit, ArrayPayload body, @Nullable Consumer<PublishOutcome> done) {}

    private final Map<String, Queue<Held>> byTopic = new HashMap<>();
    private int messages;
    private long bytes;

    /** Whether messages of the topic wait, so that others have to wait behind them. */
    boolean isHolding(String topic) {
        return byTopic.containsKey(topic);
    }

    /**
     * Adds a message.
     *
     * @return false if there is no room
     */
    boolean add(String topic, Held message) {
        if (messages >= MAX_MESSAGES || messages > 0 && bytes + message.body().size() > MAX_BYTES) {
            return false;
        }
        messages++;
        bytes += message.body().size();
        byTopic.computeIfAbsent(topic, unused -> new ArrayDeque<>()).add(message);
        return true;
    }

    /**
     * Publishes what waits until one has to wait again.
     *
     * @return whether none is left
     */
    boolean release(String topic, Publisher publisher) {
        Queue<Held> waiting = byTopic.get(topic);
        while (waiting != null && !waiting.isEmpty()) {
            Held next = waiting.element();
            if (publisher.publish(topic, next).status() == PublishOutcome.Status.BLOCKED) {
                return false;
            }
            waiting.remove();
            messages--;
            bytes -= next.body().size();
        }
        byTopic.remove(topic);
        return true;
    }

    /** Gives everything up. */
    void giveUp(Consumer<Held> lost) {
        byTopic.values().forEach(waiting -> waiting.forEach(lost));
        byTopic.clear();
        messages = 0;
        bytes = 0;
    }
}
