package io.chaski.streamer.internal.queue;

import io.chaski.streamer.work.JobOptions;
import io.chaski.streamer.work.WorkQueueOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * What keepers are told of a job: version (1 byte), length of the queue's name (1), the name, id (16), and the job as it is on disk
 * ({@link JobFormat}), or nothing more if there is nothing to be known of it any more. Immutable.
 *
 * @param queue its name
 * @param id of the job
 * @param job as it was then; where it was and how often it was tried does not count
 */
record CopyWord(String queue, UUID id, Optional<JobEntry> job) {

    private static final byte VERSION = 1;

    private static final int LEAST_BYTES = 1 + 1 + 16;

    byte[] encode() {
        byte[] entry = job.map(JobFormat::encode).orElse(new byte[0]);
        byte[] name = queue.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(LEAST_BYTES + name.length + entry.length)
                .put(VERSION)
                .put((byte) name.length)
                .put(name)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .put(entry)
                .array();
    }

    /** The word in a message; empty if it is none, or of a later version, or a job that nobody can have submitted. */
    static Optional<CopyWord> decode(byte[] message) {
        if (message.length < LEAST_BYTES || message[0] != VERSION) {
            return Optional.empty();
        }
        byte[] name = new byte[Byte.toUnsignedInt(message[1])];
        if (message.length < LEAST_BYTES + name.length) {
            return Optional.empty();
        }
        ByteBuffer from = ByteBuffer.wrap(message, 2, message.length - 2).get(name);
        String queue = new String(name, StandardCharsets.UTF_8);
        UUID id = new UUID(from.getLong(), from.getLong());
        if (!from.hasRemaining()) {
            return Optional.of(new CopyWord(queue, id, Optional.empty()));
        }
        byte[] entry = new byte[from.remaining()];
        from.get(entry);
        return JobFormat.decode(id, entry)
                .filter(CopyWord::isSound)
                .map(job -> new CopyWord(queue, id, Optional.of(job)));
    }

    private static boolean isSound(JobEntry job) {
        return job.payload.length <= WorkQueueOptions.MAX_PAYLOAD_BYTES
                && job.priority >= 0
                && job.priority <= JobOptions.MAX_PRIORITY
                && job.maxAttempts >= 1
                && job.maxAttempts <= JobOptions.MAX_ATTEMPTS
                && job.timeoutMillis >= 0
                && job.timeoutMillis <= JobOptions.LONGEST.toMillis()
                && job.isLeft();
    }
}
