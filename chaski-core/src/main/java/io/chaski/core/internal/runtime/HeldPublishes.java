package io.chaski.core.internal.runtime;

import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.wire.ArrayPayload;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Messages that were on their way to the loop when subscribers ceased to take more: they wait here, in the order of their
 * topic, until there is credit again. Publishers of these topics are told to wait themselves. Confined to the loop.
 *
 * <p>Bounds: whoever waits for a receipt is refused when such messages take half of the room. Whoever has been told that a message is
 * accepted never is; when all of the room is taken, nobody is told so any more ({@link #isFull}), so that what is on its way
 * at that moment, as much again, is the most that ever comes on top.
 */
final class HeldPublishes {

    /** What the way to the loop holds, in messages and in bytes: all of that may be of one topic. */
    static final int MAX_MESSAGES = Inbox.MAX_PUBLISHES;

    static final long MAX_BYTES = Inbox.MAX_BYTES;

    /**
     * Hears what became of a message that its publisher was told is accepted: it is too late to refuse it.
     */
    @FunctionalInterface
    interface Accepted extends Consumer<PublishOutcome> {}

    /**
     * A message that waits.
     *
     * @param hopLimit 1 to 255
     * @param body envelope and payload
     * @param done hears the outcome, null if nobody wants to know
     */
    record Held(int hopLimit, ArrayPayload body, @Nullable Consumer<PublishOutcome> done) {
        boolean isRefusable() {
            return !(done instanceof Accepted);
        }
    }

    private final Map<String, Queue<Held>> byTopic = new LinkedHashMap<>();
    private int messages;
    private long bytes;

    /** Of these, the messages whose publishers can still be refused. */
    private int refusable;

    private long refusableBytes;

    /** Whether messages of the topic wait, so that others have to wait behind them. */
    boolean isHolding(String topic) {
        return byTopic.containsKey(topic);
    }

    /** Whether no publisher may be told any more that its message is accepted. */
    boolean isFull() {
        return messages >= MAX_MESSAGES || bytes >= MAX_BYTES;
    }

    /** How many messages wait. */
    int count() {
        return messages;
    }

    /** The topics that messages wait for. */
    List<String> topics() {
        return List.copyOf(byTopic.keySet());
    }

    /**
     * Adds a message.
     *
     * @return false if there is no room; never for one that was {@link Accepted}
     */
    boolean add(String topic, Held message) {
        boolean isHalfFull = refusable >= MAX_MESSAGES / 2 || refusableBytes >= MAX_BYTES / 2;
        if (isHalfFull && message.isRefusable()) {
            return false;
        }
        count(message, 1);
        byTopic.computeIfAbsent(topic, unused -> new ArrayDeque<>()).add(message);
        return true;
    }

    /**
     * Publishes what waits until one has to wait again.
     *
     * @param publisher tries once and says what came of it
     * @return whether none is left
     */
    boolean release(String topic, Function<Held, PublishOutcome> publisher) {
        Queue<Held> waiting = byTopic.get(topic);
        while (waiting != null && !waiting.isEmpty()) {
            Held next = waiting.element();
            if (publisher.apply(next).status() == PublishOutcome.Status.BLOCKED) {
                return false;
            }
            waiting.remove();
            count(next, -1);
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
        refusable = 0;
        refusableBytes = 0;
    }

    private void count(Held message, int sign) {
        int size = message.body().size();
        messages += sign;
        bytes += (long) sign * size;
        if (message.isRefusable()) {
            refusable += sign;
            refusableBytes += (long) sign * size;
        }
    }
}
