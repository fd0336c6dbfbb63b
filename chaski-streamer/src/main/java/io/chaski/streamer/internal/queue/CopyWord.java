package io.chaski.streamer.internal.queue;

import io.chaski.streamer.work.JobOptions;
import io.chaski.streamer.work.WorkQueueOptions;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * What keepers are told of a job: version (1 byte), id (16), and the job as it is on disk ({@link JobFormat}), or nothing more if there is
 * nothing to be known of it any more. Immutable.
 *
 * @param id of the job
 * @param job as it was then; where it was and how often it was tried does not count
 */
record CopyWord(UUID id, Optional<JobEntry> job) {

    private static final byte VERSION = 1;

    private static final int HEAD_BYTES = 1 + 16;

    byte[] encode() {
        byte[] entry = job.map(JobFormat::encode).orElse(new byte[0]);
        return ByteBuffer.allocate(HEAD_BYTES + entry.length)
                .put(VERSION)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .put(entry)
                .array();
    }

    /** The word in a message; empty if it is none, or of a later version, or a job that nobody can have submitted. */
    static Optional<CopyWord> decode(byte[] message) {
        if (message.length < HEAD_BYTES || message[0] != VERSION) {
            return Optional.empty();
        }
        ByteBuffer from = ByteBuffer.wrap(message, 1, message.length - 1);
        UUID id = new UUID(from.getLong(), from.getLong());
        if (!from.hasRemaining()) {
            return Optional.of(new CopyWord(id, Optional.empty()));
        }
        byte[] entry = new byte[from.remaining()];
        from.get(entry);
        return JobFormat.decode(id, entry).filter(CopyWord::isSound).map(job -> new CopyWord(id, Optional.of(job)));
    }

    private static boolean isSound(JobEntry job) {
        return job.payload.length <= WorkQueueOptions.MAX_PAYLOAD_BYTES
                && job.priority >= 0
                && job.priority <= JobOptions.MAX_PRIORITY
                && job.maxAttempts >= 1
                && job.maxAttempts <= JobOptions.MAX_ATTEMPTS
                && job.timeoutMillis >= 0
                && job.isLeft();
    }
}
