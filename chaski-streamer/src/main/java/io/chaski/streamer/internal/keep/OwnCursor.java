package io.chaski.streamer.internal.keep;

import io.chaski.core.HybridTimestamp;
import io.chaski.streamer.internal.durable.Source;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A cursor that the application remembers, or nobody: nothing waits for a disk. */
final class OwnCursor implements Cursor {

    private final Reading reading;

    /**
     * A cursor.
     *
     * @param done the last number that was handled of each source
     */
    OwnCursor(Map<Source, Long> done) {
        this.reading = new Reading(done, Map.of(), done.isEmpty(), 0);
    }

    @Override
    public void begin(HybridTimestamp from) {
        reading.beginAt(from);
    }

    @Override
    public Reading reading() {
        return reading;
    }

    @Override
    public boolean mayGive(Source source, long sequence) {
        return true;
    }

    @Override
    public void onHandled(Source source, long sequence) {}

    @Override
    public void onChanges(List<Reading.Change> changes) {}

    @Override
    public CompletableFuture<Void> close(Map<Source, Long> doubts, boolean isPatient) {
        return CompletableFuture.completedFuture(null);
    }
}
