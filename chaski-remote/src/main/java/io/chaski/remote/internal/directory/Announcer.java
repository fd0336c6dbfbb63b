package io.chaski.remote.internal.directory;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeClosedException;
import io.chaski.core.PublishOptions;
import io.chaski.core.Receipt;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what there is to say about services, in its order. One thread says everything, also what others add meanwhile. What does not
 * leave the node is handed back, while no lock is held: to be refused at once is an input like any other. Thread-safe.
 */
final class Announcer {

    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    /** Somebody who subscribes and takes nothing must not keep leases from being renewed. */
    private static final PublishOptions LIVE = PublishOptions.builder().live().build();

    private final ChaskiNode node;
    private final Consumer<Announcement> onUnsaid;
    private final AtomicBoolean isTooLarge = new AtomicBoolean();

    /** Guarded by itself, as is what follows. A few: each input of the directory makes one or two, and says them. */
    private final Deque<Announcement> unsaid = new ArrayDeque<>();

    private boolean isSaying;

    /**
     * Nothing to say yet.
     *
     * @param node says it
     * @param onUnsaid hears of what did not leave the node, unless it closes
     */
    Announcer(ChaskiNode node, Consumer<Announcement> onUnsaid) {
        this.node = node;
        this.onUnsaid = onUnsaid;
    }

    /** Adds something to be said by the next {@link #sayAll}. Waits for nothing, and calls nobody. */
    void add(Announcement announcement) {
        synchronized (unsaid) {
            unsaid.add(announcement);
        }
    }

    /** Says what there is, or leaves it to the thread that is saying something. Not under a lock. */
    void sayAll() {
        sayFrom(next(false));
    }

    /** As {@link #sayAll}, and leaves nothing to another thread: the node may be gone when that goes on. */
    void sayLast() {
        sayFrom(next(true));
    }

    private void sayFrom(@Nullable Announcement first) {
        for (Announcement next = first; next != null; next = next(true)) {
            publish(next);
        }
    }

    private @Nullable Announcement next(boolean isSayingMyself) {
        synchronized (unsaid) {
            if (isSaying && !isSayingMyself) {
                return null;
            }
            Announcement next = unsaid.poll();
            isSaying = next != null;
            return next;
        }
    }

    private void publish(Announcement announcement) {
        try {
            var unused = node.publishAsync(ServiceDirectory.TOPIC, announcement.encode(), LIVE)
                    .whenComplete((receipt, failure) -> onSaid(announcement, receipt));
        } catch (NodeClosedException ending) {
            LOG.debug("nothing more is said about services: the node closes");
        } catch (RuntimeException refused) { // the loop is stuck: as if there were no room
            LOG.debug("nothing can be said about services now", refused);
            onUnsaid.accept(announcement);
        }
    }

    private void onSaid(Announcement announcement, @Nullable Receipt receipt) {
        if (receipt == null || !receipt.isRejected()) {
            return;
        }
        if (receipt.status() != Receipt.Status.TOO_LARGE) {
            onUnsaid.accept(announcement);
        } else if (isTooLarge.compareAndSet(false, true)) {
            LOG.warn("node {} cannot announce its services: together they are larger than its maxPayload", node.name());
        }
    }
}
