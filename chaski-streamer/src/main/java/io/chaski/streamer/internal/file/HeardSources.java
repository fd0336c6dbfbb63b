package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.streamer.internal.thread.QueuedOnce;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Nodes that say they have a file, until its transfer has time for them. Each says so as often as it likes, so what waits is
 * bounded: whoever is left out says it again when it is asked again. Thread-safe.
 */
final class HeardSources {

    private final Set<NodeId> waiting = new LinkedHashSet<>();
    private final QueuedOnce telling;

    /**
     * Nobody yet.
     *
     * @param transfer where it listens
     * @param listener hears who has spoken since the last time
     */
    HeardSources(Executor transfer, Consumer<? super Set<NodeId>> listener) {
        this.telling = new QueuedOnce(transfer, () -> {
            Set<NodeId> heard;
            synchronized (waiting) {
                heard = new LinkedHashSet<>(waiting);
                waiting.clear();
            }
            listener.accept(heard);
        });
    }

    void add(NodeId source) {
        synchronized (waiting) {
            if (waiting.size() >= Sources.MAX_KNOWN) {
                return;
            }
            waiting.add(source);
        }
        telling.request();
    }

    /** Tells of those that wait, if any. */
    void request() {
        telling.request();
    }
}
