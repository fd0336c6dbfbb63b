package io.chaski.core.internal.runtime;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What a node does before it leaves: it waits until its last messages have gone to all who must not miss them, because
 * nobody else may have them. Thread-safe.
 */
final class Settling {

    /** Between two looks: shorter than anybody notices, and a few hundred of them at most. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final TaskLoop loop;
    private final Supplier<List<String>> owing;

    /** As far as it is known to whoever waits; an object of its own, because a look may come after that. */
    private static final class Look {
        private final CompletableFuture<Void> over;
        private volatile List<String> topics = List.of();

        Look(CompletableFuture<Void> over) {
            this.over = over;
        }
    }

    /**
     * For one node.
     *
     * @param loop of the node
     * @param owing the topics on which something has still to go; asked on the loop
     */
    Settling(TaskLoop loop, Supplier<List<String>> owing) {
        this.loop = loop;
        this.owing = owing;
    }

    /**
     * Waits until nothing has to go any more.
     *
     * @param timeoutNanos longest
     * @return the topics on which something still has to go, as last seen
     * @throws InterruptedException if the caller is interrupted
     */
    List<String> await(long timeoutNanos) throws InterruptedException {
        Look look = new Look(loop.newFuture());
        loop.execute(() -> look(look));
        try {
            return loop.await(look.over, timeoutNanos) ? List.of() : look.topics;
        } finally {
            look.over.complete(null);
        }
    }

    private void look(Look look) {
        if (look.over.isDone()) {
            return;
        }
        look.topics = owing.get();
        if (look.topics.isEmpty()) {
            look.over.complete(null);
        } else {
            loop.schedule(() -> look(look), LOOK_NANOS);
        }
    }
}
