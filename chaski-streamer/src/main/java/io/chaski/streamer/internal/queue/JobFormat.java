package io.chaski.streamer.internal.queue;

import io.chaski.core.NodeId;
import io.chaski.streamer.work.JobFailedException.Problem;
import io.chaski.streamer.work.JobState;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * A job as it is on disk: priority (1 byte), sequence (8), time-out of an attempt (8), most attempts (4), due at (8), attempts (4),
 * assignment (4), time-out of this attempt (8), worker (1 and 16), then state, problem and detail as texts and the payload, each behind its
 * length (4), and 1 and the result, or 0. Numbers are big endian, a problem that there is not is an empty text. The storage below
 * knows when any of it has been damaged.
 */
final class JobFormat {

    private static final int FIXED_BYTES = 1 + 8 + 8 + 4 + 8 + 4 + 4 + 8 + 1 + 16 + 4 * Integer.BYTES + 1;

    private static final NodeId NOBODY = new NodeId(0, 0);

    private JobFormat() {}

    static byte[] encode(JobEntry job) {
        byte[] state = job.state.name().getBytes(StandardCharsets.UTF_8);
        byte[] problem = (job.problem == null ? "" : job.problem.name()).getBytes(StandardCharsets.UTF_8);
        byte[] detail = job.detail.getBytes(StandardCharsets.UTF_8);
        byte[] result = job.result == null ? new byte[0] : job.result;
        NodeId worker = job.worker == null ? NOBODY : job.worker;
        int texts = state.length + problem.length + detail.length;
        return ByteBuffer.allocate(FIXED_BYTES + texts + job.payload.length + result.length)
                .put((byte) job.priority)
                .putLong(job.sequence)
                .putLong(job.timeoutMillis)
                .putInt(job.maxAttempts)
                .putLong(job.dueAtMillis)
                .putInt(job.attempts)
                .putInt(job.assignment)
                .putLong(job.timeoutAtMillis)
                .put(flag(job.worker != null))
                .putLong(worker.high())
                .putLong(worker.low())
                .putInt(state.length)
                .put(state)
                .putInt(problem.length)
                .put(problem)
                .putInt(detail.length)
                .put(detail)
                .putInt(job.payload.length)
                .put(job.payload)
                .put(flag(job.result != null))
                .put(result)
                .array();
    }

    private static byte flag(boolean isSet) {
        return (byte) (isSet ? 1 : 0);
    }

    /** The job, or nothing if these bytes are none. */
    static Optional<JobEntry> decode(UUID id, byte[] bytes) {
        try {
            return Optional.of(decode(id, ByteBuffer.wrap(bytes)));
        } catch (BufferUnderflowException | IllegalArgumentException noJob) {
            return Optional.empty();
        }
    }

    private static JobEntry decode(UUID id, ByteBuffer from) {
        int priority = from.get();
        long sequence = from.getLong();
        long timeoutMillis = from.getLong();
        int maxAttempts = from.getInt();
        long dueAtMillis = from.getLong();
        int attempts = from.getInt();
        int assignment = from.getInt();
        long timeoutAtMillis = from.getLong();
        boolean hasWorker = from.get() == 1;
        NodeId worker = new NodeId(from.getLong(), from.getLong());
        JobState state = JobState.valueOf(text(from));
        String problem = text(from);
        String detail = text(from);
        byte[] payload = bytes(from);
        boolean hasResult = from.get() == 1;
        byte[] result = new byte[from.remaining()];
        from.get(result);
        JobEntry job = new JobEntry(id, priority, sequence, timeoutMillis, maxAttempts, payload);
        job.state = state;
        job.dueAtMillis = dueAtMillis;
        job.attempts = attempts;
        job.assignment = assignment;
        job.timeoutAtMillis = timeoutAtMillis;
        job.worker = hasWorker ? worker : null;
        job.problem = problem.isEmpty() ? null : Problem.valueOf(problem);
        job.detail = detail;
        job.result = hasResult ? result : null;
        return job;
    }

    private static String text(ByteBuffer from) {
        return new String(bytes(from), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(ByteBuffer from) {
        int length = from.getInt();
        if (length < 0 || length > from.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }
}
