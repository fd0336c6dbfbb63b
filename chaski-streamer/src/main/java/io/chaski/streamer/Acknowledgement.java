package io.chaski.streamer;

import io.chaski.core.NodeId;
import java.util.Objects;
import java.util.Set;

/**
 * What became of a message that was published on a durable topic. Immutable.
 *
 * @param status what became of it
 * @param epoch the publisher's incarnation; with node and sequence it says which message it is; 0 if it has no number
 * @param sequence its number among those of this publisher, 0 if it has none
 * @param keptBy who has it on disk, as far as known; whatever the status says
 */
public record Acknowledgement(Status status, long epoch, long sequence, Set<NodeId> keptBy) {

    /** What became of a message. */
    public enum Status {
        /** As many keepers as were asked for have it on disk. */
        KEPT,
        /**
         * It was sent, and not enough keepers have said in time that they have it. It may be kept all the same, now or a little
         * later: publishing it again makes a second message.
         */
        UNKNOWN,
        /** Fewer keepers than were asked for could be reached in time. Nobody has it, live subscribers included. */
        NO_KEEPER,
        /** All keepers that can be reached refuse it, the last one because its disk is full. Live subscribers may have it. */
        DISK_FULL,
        /** It is larger than messages of this node may be, or than what is kept: a megabyte. Nobody has it. */
        TOO_LARGE,
        /** As much as may wait for keepers, 16 MiB, waits already, or the node's queue is full. Nobody has it. */
        BUSY,
        /**
         * All keepers that can be reached refuse it for another reason: it is too large for their retentions, or what their logs
         * tell. Live subscribers may have it.
         */
        REFUSED
    }

    /** Checks the ranges. */
    public Acknowledgement {
        Objects.requireNonNull(status, "status");
        keptBy = Set.copyOf(keptBy);
        if (sequence < 0 || epoch < 0) {
            throw new IllegalArgumentException("negative: epoch " + epoch + ", sequence " + sequence);
        }
    }

    /** Whether as many keepers have it as were asked for. */
    public boolean isKept() {
        return status == Status.KEPT;
    }
}
