package io.chaski.streamer.internal.keep;

import io.chaski.core.HybridTimestamp;
import io.chaski.streamer.internal.durable.Source;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Where it is remembered how far a subscriber is. Confined to the turns of the subscriber. */
interface Cursor {

    /** Who needs it. */
    interface Listener {

        /** What could not be given before may be given now. In a turn. */
        void onReady();

        /** Nothing can be remembered any more. In a turn. */
        void onFailed(Throwable why);
    }

    /**
     * The subscriber begins.
     *
     * @param from before all that it wants, unless that is known of an earlier time
     */
    void begin(HybridTimestamp from);

    /** How far it was when it was opened. */
    Reading reading();

    /**
     * Whether the handler may be given a message, so that it will be known that it may have been given it.
     *
     * @return if false, {@link Listener#onReady} tells when to ask again
     */
    boolean mayGive(Source source, long sequence);

    /** The subscriber has done with a message, or will not get it. */
    void onHandled(Source source, long sequence);

    /** Cursors change that no message moves. */
    void onChanges(List<Reading.Change> changes);

    /**
     * The subscriber ends.
     *
     * @param doubts what it may have been given beyond what it has done with
     * @param isPatient whether there is time to wait for what is busy, within a bound
     * @return completes when all that is remembered; fails if it cannot be
     */
    CompletableFuture<Void> close(Map<Source, Long> doubts, boolean isPatient);
}
