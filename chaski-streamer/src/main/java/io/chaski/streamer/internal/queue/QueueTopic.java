package io.chaski.streamer.internal.queue;

import io.chaski.core.ChaskiException;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeClosedException;
import io.chaski.core.PublishOptions;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.internal.module.ReservedName;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.streamer.internal.queue.Announcement.Kind;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic where workers of all queues say that they are there, and submitters ask. A worker says it every ten seconds, when somebody
 * asks, and when it has a neighbour more, until it has nothing to do or to tell any more; a submitter asks as long as it has jobs and nobody
 * to do them, or one whose worker is lost. Confined to the thread of the
 * queue.
 */
final class QueueTopic implements AutoCloseable {

    /** The one topic for all queues: nodes are few, and what is said is short. */
    static final Topic<byte[]> TOPIC = Topic.of(new ReservedName("$queues"), byte[].class);

    private static final Logger LOG = LoggerFactory.getLogger(QueueTopic.class);

    /** A third of what word of a worker counts. */
    private static final long REFRESH_MILLIS = WorkerTable.LEASE_MILLIS / 3;

    /** However many ask. */
    private static final long LEAST_PAUSE_MILLIS = 500;

    /** How often to look at the neighbours, and to ask. */
    private static final long LOOK_MILLIS = 250;

    private static final long LONGEST_LOOK_MILLIS = 2_000;

    /** A worker or submitter that takes nothing must not keep others from being heard. */
    private static final PublishOptions LIVE = PublishOptions.builder().live().build();

    private final ChaskiNode node;
    private final String queue;
    private final BiConsumer<Message<byte[]>, Announcement> listener;
    private final Runnable onUnreadable;

    /** Null while it is not allowed. */
    private @Nullable Subscription subscription;

    /** What this node says of itself; nothing if it does not work. */
    private @Nullable Kind work;

    private boolean isAsked;
    private boolean isWanted;
    private int neighbours;
    private long saidMillis;
    private long nextLookMillis;
    private long pauseMillis = LOOK_MILLIS;

    /**
     * Joins the topic, as soon as policies allow it.
     *
     * @param listener hears what is said of the queue, on any thread
     * @param onUnreadable hears of what cannot be read, on any thread
     */
    QueueTopic(
            ChaskiNode node,
            String queue,
            BiConsumer<Message<byte[]>, Announcement> listener,
            Runnable onUnreadable,
            long nowMillis) {
        this.node = node;
        this.queue = queue;
        this.listener = listener;
        this.onUnreadable = onUnreadable;
        this.nextLookMillis = nowMillis;
        this.saidMillis = nowMillis - REFRESH_MILLIS;
        this.subscription = subscribe();
    }

    private @Nullable Subscription subscribe() {
        try {
            return node.subscribe(TOPIC, this::onMessage, SubscribeOptions.DEFAULTS);
        } catch (AccessDeniedException denied) {
            LOG.debug("nothing is heard of queues: {}", denied.getMessage());
            return null;
        } catch (NodeClosedException ending) {
            return null;
        }
    }

    private void onMessage(Message<byte[]> message) {
        Announcement.decode(message.payload())
                .ifPresentOrElse(
                        announcement -> {
                            if (announcement.queue().equals(queue)) {
                                listener.accept(message, announcement);
                            }
                        },
                        onUnreadable);
    }

    /** This node works, from now on. */
    void work(long nowMillis) {
        work = Kind.WORKS;
        sayThatItIsThere(work, nowMillis);
    }

    /** This node finishes what it has, and is to be found by those who wait for that. */
    void drain(long nowMillis) {
        if (work == Kind.WORKS) {
            work = Kind.DRAINS;
            sayThatItIsThere(work, nowMillis);
        }
    }

    /** This node works no more. */
    void leave() {
        if (work != null) {
            work = null;
            say(Announcement.of(Kind.LEAVES, queue));
        }
    }

    /** Somebody wants to know who works. */
    void onAsked() {
        isAsked = true;
    }

    /** Whether this node has jobs and nobody to do them. */
    void want(boolean workers, long nowMillis) {
        if (workers && !isWanted) {
            nextLookMillis = nowMillis;
            pauseMillis = LOOK_MILLIS;
        }
        isWanted = workers;
    }

    /** Says what is due. */
    void onTime(long nowMillis) {
        if (nextLookMillis <= nowMillis) {
            isAsked |= look(); // whoever comes wants to know
            if (isWanted) {
                say(Announcement.of(Kind.WHO, queue));
            }
            pauseMillis = neighbours == 0 ? LOOK_MILLIS : Math.min(2 * pauseMillis, LONGEST_LOOK_MILLIS);
            nextLookMillis = nowMillis + pauseMillis;
        }
        boolean isDue =
                nowMillis - saidMillis >= REFRESH_MILLIS || (isAsked && nowMillis - saidMillis >= LEAST_PAUSE_MILLIS);
        if (work != null && isDue) {
            sayThatItIsThere(work, nowMillis);
        }
    }

    /** Whether there are more neighbours than before. Subscribes again if that is allowed again. */
    private boolean look() {
        if (subscription == null || subscription.closed().isDone()) {
            try {
                subscription = subscribe();
            } catch (IllegalStateException refused) { // no subscription is left, or the loop is stuck
                LOG.debug("nothing is heard of queues for now: {}", refused.getMessage());
            }
        }
        int before = neighbours;
        neighbours = subscription == null ? 0 : subscription.neighbours();
        return neighbours > before;
    }

    /** When {@link #onTime} has something to do next. */
    long nextMillis() {
        if (work == null) {
            return nextLookMillis;
        }
        return Math.min(nextLookMillis, saidMillis + (isAsked ? LEAST_PAUSE_MILLIS : REFRESH_MILLIS));
    }

    private void sayThatItIsThere(Kind how, long nowMillis) {
        isAsked = false;
        saidMillis = nowMillis;
        say(Announcement.there(how, queue, node.addresses()));
    }

    private void say(Announcement announcement) {
        try {
            var unused = node.publishAsync(TOPIC, announcement.encode(), LIVE);
        } catch (ChaskiException | IllegalStateException unsaid) { // not allowed, closing, or the loop is stuck
            LOG.debug("nothing is said about queues: {}", unsaid.getMessage());
        }
    }

    @Override
    public void close() {
        if (subscription != null) {
            subscription.close();
        }
    }
}
