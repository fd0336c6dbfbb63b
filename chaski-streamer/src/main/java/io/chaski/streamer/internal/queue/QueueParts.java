package io.chaski.streamer.internal.queue;

import io.chaski.core.ChaskiNode;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.streamer.internal.queue.Incident.Counts;
import io.chaski.streamer.work.QueueType;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What both sides of a queue need.
 *
 * @param node carries the queue
 * @param module the same, for modules
 * @param type name, types and codec
 * @param thread of the queue
 * @param counts confined to that
 * @param clock milliseconds that never go back while it runs, and go on over restarts
 */
record QueueParts<J, R extends @Nullable Object>(
        ChaskiNode node,
        ModuleNode module,
        QueueType<J, R> type,
        QueueThread thread,
        Counts counts,
        LongSupplier clock) {

    /** Says which ledger a submitter has, on the streams that it opens. */
    static final String LEDGER_HEADER = "ledger";

    /** Says how jobs and results are encoded. */
    static final String CODEC_HEADER = "codec";

    QueueRights rights() {
        return new QueueRights(node, type.protocol());
    }

    long nowMillis() {
        return clock.getAsLong();
    }

    /**
     * As {@link QueueThread#ask}, for the application.
     *
     * @throws IllegalStateException also on an event loop
     */
    <V> V ask(Supplier<V> question) {
        checkMayWait();
        return thread.ask(question);
    }

    /**
     * As {@link QueueThread#askPatiently}, for the application.
     *
     * @throws IllegalStateException also on an event loop
     */
    <V> V askPatiently(Supplier<V> question) {
        checkMayWait();
        return thread.askPatiently(question);
    }

    private void checkMayWait() {
        if (node.streams().inEventLoop()) {
            throw new IllegalStateException("a queue must not be waited for on an event loop");
        }
    }

    /** A clock that begins with the one of the wall and then goes on by itself. */
    static LongSupplier clockOf(ModuleNode module) {
        long beginMillis = module.currentTimeMillis();
        long beginNanos = module.nanoTime();
        return () -> beginMillis + (module.nanoTime() - beginNanos) / 1_000_000;
    }
}
