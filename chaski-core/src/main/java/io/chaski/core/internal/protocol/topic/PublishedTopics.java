package io.chaski.core.internal.protocol.topic;

import io.chaski.core.NodeEvent;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The topics that this node only publishes on: left a minute after the last message, and bounded. Confined to the node's
 * event loop.
 */
final class PublishedTopics {

    /**
     * When one more comes, the one that was quiet longest goes, those that keep a message for somebody to come only after
     * all others. 1,024: each may hold a payload cache.
     */
    static final int MAX = 1_024;

    /** Links of a publisher without subscription outlive its last message by this much. */
    private static final long FAN_OUT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final ProtocolContext context;
    private final Consumer<TopicOverlay> leave;
    private final Timers.Timer quiet;
    private final Set<TopicOverlay> overlays = new LinkedHashSet<>();
    private boolean wasFull;

    /**
     * No topics yet.
     *
     * @param leave leaves a topic for good; calls {@link #remove}
     */
    PublishedTopics(ProtocolContext context, Consumer<TopicOverlay> leave) {
        this.context = context;
        this.leave = leave;
        this.quiet = context.timers().timer(this::leaveQuiet);
    }

    /** Makes room for one more; the first time it takes some doing, it is told. */
    void makeRoom() {
        if (overlays.size() < MAX) {
            return;
        }
        if (!wasFull) {
            wasFull = true;
            context.outbox().emit(new NodeEvent.LimitReached("topics published on only", MAX));
        }
        leaveQuietest();
    }

    /** One more, for which there is room. */
    void add(TopicOverlay overlay) {
        overlays.add(overlay);
        long publishedNanos = overlay.publishedNanos();
        // It may have subscribed, or carried the topic, since its last message; or the first one is about to come.
        long quietNanos = (publishedNanos == Long.MIN_VALUE ? context.nowNanos() : publishedNanos) + FAN_OUT_NANOS;
        if (!quiet.isArmed() || quiet.deadlineNanos() > quietNanos) {
            quiet.armAt(quietNanos);
        }
    }

    /** One fewer, if it was one of them. */
    void remove(TopicOverlay overlay) {
        overlays.remove(overlay);
    }

    void close() {
        quiet.cancel();
    }

    /** Whether its last message is so long ago that nothing keeps this node in it. */
    boolean isQuiet(TopicOverlay overlay) {
        return overlay.publishedNanos() == Long.MIN_VALUE
                || context.nowNanos() - overlay.publishedNanos() >= FAN_OUT_NANOS;
    }

    private void leaveQuiet() {
        long next = Timers.NONE;
        for (TopicOverlay overlay : List.copyOf(overlays)) {
            if (isQuiet(overlay)) {
                leave.accept(overlay);
            } else {
                next = Math.min(next, overlay.publishedNanos() + FAN_OUT_NANOS);
            }
        }
        if (overlays.size() < MAX) {
            wasFull = false;
        }
        if (next != Timers.NONE) {
            quiet.armAt(next);
        }
    }

    private void leaveQuietest() {
        overlays.stream()
                .min(Comparator.comparing(TopicOverlay::isKeeping).thenComparingLong(TopicOverlay::publishedNanos))
                .ifPresent(quietest -> {
                    context.counters().increment("topic.publisher-dropped");
                    if (quietest.isKeeping()) {
                        context.counters().increment("topic.kept-dropped");
                    }
                    leave.accept(quietest);
                });
    }
}
