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
 * topic, until there is credit again. Publishers of these topics are told to wait themselves, and no others. Confined to
 * the loop.
 *
 * <p>Bounds: whoever has been told that a message is accepted is never refused, so the bound lies before that, on the way
 * to the loop. All that is on it may be of one topic, and may have to be held; so there may be on it what a switch lets one
 * queue have of a memory that all share, half of what is left (A. K. Choudhury, E. L. Hahne, "Dynamic Queue Length
 * Thresholds for Shared-Memory Packet Switches", 1998). With nothing held that is the whole of the way, and each topic that
 * is held at its fullest halves it. It never falls below {@link #LEAST_MESSAGES} and {@link #LEAST_BYTES}: with these,
 * publishers of other topics wait for the loop a little more often, and never for subscribers that are not theirs. In all
 * there are at most {@link #MAX_MESSAGES} and {@link #MAX_BYTES}, and of each topic beyond these so many more, one message,
 * and one for each thread that was publishing on it. Whoever waits for a receipt is refused when such messages of
 * one topic take half of what may be on the way.
 */
final class HeldPublishes {

    /** Twice what the way to the loop holds, so that half of it is the whole way when nothing is held. */
    static final int MAX_MESSAGES = 2 * Inbox.MAX_PUBLISHES;

    static final long MAX_BYTES = 2 * Inbox.MAX_BYTES;

    /** Enough that the loop, which takes a batch in a millisecond, is not waited for long. */
    static final int LEAST_MESSAGES = 64;

    /** What the loop takes in one turn. */
    static final long LEAST_BYTES = Inbox.BATCH_BYTES;

    /**
     * Hears what became of a message that its publisher was told is accepted: it is too late to refuse it.
     */
    @FunctionalInterface
    interface Accepted extends Consumer<PublishOutcome> {}

    /**
     * A message that waits.
     *
     * @param channel see {@link io.chaski.core.internal.protocol.Source}
     * @param hopLimit 1 to 255
     * @param body envelope and payload
     * @param done hears the outcome, null if nobody wants to know
     */
    record Held(
            int channel,
            int hopLimit,
            ArrayPayload body,
            @Nullable Consumer<PublishOutcome> done) {
        boolean isRefusable() {
            return !(done instanceof Accepted);
        }
    }

    /** What waits for one topic; never empty between two calls. */
    private static final class Line {
        final Queue<Held> messages = new ArrayDeque<>();

        /** Of these, the messages whose publishers can still be refused. */
        int refusable;

        long refusableBytes;
    }

    private final Map<String, Line> byTopic = new LinkedHashMap<>();
    private int messages;
    private long bytes;

    /** Whether messages of the topic wait, so that others have to wait behind them. */
    boolean isHolding(String topic) {
        return byTopic.containsKey(topic);
    }

    /** How many messages may be on their way to the loop. */
    int mostOnTheWay() {
        return Math.max(LEAST_MESSAGES, (MAX_MESSAGES - messages) / 2);
    }

    /** How many bytes may be on their way to the loop. */
    long mostBytesOnTheWay() {
        return Math.max(LEAST_BYTES, (MAX_BYTES - bytes) / 2);
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
        Line line = byTopic.get(topic);
        if (line == null) {
            line = new Line();
            byTopic.put(topic, line);
        } else if (message.isRefusable()
                && (line.refusable >= mostOnTheWay() / 2 || line.refusableBytes >= mostBytesOnTheWay() / 2)) {
            return false;
        }
        line.messages.add(message);
        count(line, message, 1);
        return true;
    }

    /** What a release led to. */
    enum Released {
        /** None is left. */
        ALL,
        /** One has to wait again. */
        BLOCKED,
        /** As much as was to be released, and some is left. */
        BATCH
    }

    /**
     * Publishes what waits until one has to wait again.
     *
     * @param most messages, 1 or more
     * @param mostBytes bytes; the message that reaches them is the last one
     * @param publisher tries once and says what came of it
     */
    Released release(String topic, int most, long mostBytes, Function<Held, PublishOutcome> publisher) {
        Line line = byTopic.get(topic);
        int released = 0;
        long releasedBytes = 0;
        while (line != null && !line.messages.isEmpty()) {
            if (released >= most || releasedBytes >= mostBytes) {
                return Released.BATCH;
            }
            Held next = line.messages.element();
            if (publisher.apply(next).status() == PublishOutcome.Status.BLOCKED) {
                return Released.BLOCKED;
            }
            line.messages.remove();
            count(line, next, -1);
            released++;
            releasedBytes += next.body().size();
        }
        byTopic.remove(topic);
        return Released.ALL;
    }

    /** Gives everything up. */
    void giveUp(Consumer<Held> lost) {
        byTopic.values().forEach(line -> line.messages.forEach(lost));
        byTopic.clear();
        messages = 0;
        bytes = 0;
    }

    private void count(Line line, Held message, int sign) {
        int size = message.body().size();
        messages += sign;
        bytes += (long) sign * size;
        if (message.isRefusable()) {
            line.refusable += sign;
            line.refusableBytes += (long) sign * size;
        }
    }
}
