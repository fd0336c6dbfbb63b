package io.chaski.streamer.internal.queue;

import java.util.UUID;

/** What a worker says to a submitter. First what it has of it, then how much room there is, then what happens. */
interface ToSubmitter {

    /**
     * Room.
     *
     * @param free for how many jobs, once it has taken those that it has received
     * @param received how many jobs it has received on this stream: those that are on their way still take their room
     */
    void onReady(int free, long received);

    /** It is doing this one: said at the beginning of a stream only. */
    void onRunning(UUID job, int assignment);

    /** It has done this one. Said again at the beginning of a stream until it is acknowledged. */
    void onDone(UUID job, int assignment, byte[] result);

    /**
     * It could not do this one. Said again as above.
     *
     * @param failure what went wrong; decides about further attempts
     * @param detail for people
     */
    void onFailed(UUID job, int assignment, AttemptFailure failure, String detail);

    /** It had no room for this one, and has not looked at it. */
    void onBusy(UUID job, int assignment);
}
