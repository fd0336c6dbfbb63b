package io.chaski.streamer.work;

/**
 * Where a job is.
 *
 * <pre>
 *   WAITING --- a worker takes it ---&gt; RUNNING --- its result is kept ---&gt; DONE
 *      ^                                  |
 *      +--- failed, to be tried again ----+--- failed for good ---&gt; DEAD --- resubmitted ---&gt; WAITING
 *   WAITING, RUNNING --- cancelled ---&gt; CANCELLED
 * </pre>
 */
public enum JobState {
    /** For a worker, for its time to come, or for the next attempt. */
    WAITING,
    /** A worker has it, or had it when the connection to it ended a moment ago. */
    RUNNING,
    /** Its result is there, and it never runs again. */
    DONE,
    /** All attempts have failed, or a worker said that another one is no use. It is a dead letter. */
    DEAD,
    /** Somebody has cancelled it before it was done. */
    CANCELLED;

    /** Whether nothing more happens to it by itself. */
    public boolean isEnded() {
        return compareTo(DONE) >= 0;
    }
}
