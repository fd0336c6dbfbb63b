package io.chaski.streamer.internal.queue;

import java.util.UUID;

/** What a submitter says to a worker. */
interface ToWorker {

    /**
     * A job, to a worker that has said it has room.
     *
     * @param job its id
     * @param assignment which one of this job; whatever is said about it names both
     * @param attempt what the handler is told
     * @param payload the encoded job
     */
    void onJob(UUID job, int assignment, int attempt, byte[] payload);

    /** What the worker has said of an assignment is kept, or not wanted: it may be forgotten. */
    void onAcknowledged(UUID job, int assignment);

    /** An assignment is not wanted any more: its handler is to stop, and whatever comes of it is of no use. */
    void onCancelled(UUID job, int assignment);
}
