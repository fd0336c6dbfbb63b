package io.chaski.streamer.internal.queue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The messages on the stream between a submitter and a worker: kind (1 byte), id of the job (16), number of the assignment (4), and
 * what the kind adds. READY has free places (4) and received jobs (8) in place of the two. Numbers are big endian.
 */
final class QueueFrames {

    /** With everything, the largest job is a message. */
    static final int MAX_MESSAGE_BYTES = 1 << 20;

    /** Longest detail of a failure, in characters. */
    static final int MAX_DETAIL = 1_000;

    private static final byte JOB = 1;
    private static final byte ACKNOWLEDGED = 2;
    private static final byte CANCELLED = 3;
    private static final byte READY = 4;
    private static final byte RUNNING = 5;
    private static final byte DONE = 6;
    private static final byte FAILED = 7;
    private static final byte BUSY = 8;

    private static final int HEAD_BYTES = 1 + 16 + Integer.BYTES;

    /** The other side does not speak this protocol. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String what) {
            super(what);
        }
    }

    private QueueFrames() {}

    /** Writes what a submitter says. */
    static ToWorker toWorker(Consumer<byte[]> stream) {
        return new ToWorker() {
            @Override
            public void onJob(UUID job, int assignment, int attempt, byte[] payload) {
                stream.accept(frame(JOB, job, assignment, Integer.BYTES + payload.length)
                        .putInt(attempt)
                        .put(payload)
                        .array());
            }

            @Override
            public void onAcknowledged(UUID job, int assignment) {
                stream.accept(frame(ACKNOWLEDGED, job, assignment, 0).array());
            }

            @Override
            public void onCancelled(UUID job, int assignment) {
                stream.accept(frame(CANCELLED, job, assignment, 0).array());
            }
        };
    }

    /** Writes what a worker says. */
    static ToSubmitter toSubmitter(Consumer<byte[]> stream) {
        return toSubmitter(stream, stream);
    }

    /**
     * Writes what a worker says.
     *
     * @param room takes how much room there is, of which only the latest word counts
     */
    static ToSubmitter toSubmitter(Consumer<byte[]> stream, Consumer<byte[]> room) {
        return new ToSubmitter() {
            @Override
            public void onReady(int free, long received) {
                room.accept(ByteBuffer.allocate(1 + Integer.BYTES + Long.BYTES)
                        .put(READY)
                        .putInt(free)
                        .putLong(received)
                        .array());
            }

            @Override
            public void onRunning(UUID job, int assignment) {
                stream.accept(frame(RUNNING, job, assignment, 0).array());
            }

            @Override
            public void onDone(UUID job, int assignment, byte[] result) {
                stream.accept(
                        frame(DONE, job, assignment, result.length).put(result).array());
            }

            @Override
            public void onFailed(UUID job, int assignment, AttemptFailure failure, String detail) {
                byte[] text = shortened(detail).getBytes(StandardCharsets.UTF_8);
                stream.accept(frame(FAILED, job, assignment, 1 + text.length)
                        .put((byte) failure.number())
                        .put(text)
                        .array());
            }

            @Override
            public void onBusy(UUID job, int assignment) {
                stream.accept(frame(BUSY, job, assignment, 0).array());
            }
        };
    }

    static String shortened(String detail) {
        return detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL);
    }

    private static ByteBuffer frame(byte kind, UUID job, int assignment, int moreBytes) {
        return ByteBuffer.allocate(HEAD_BYTES + moreBytes)
                .put(kind)
                .putLong(job.getMostSignificantBits())
                .putLong(job.getLeastSignificantBits())
                .putInt(assignment);
    }

    /** Reads a message of a submitter. */
    static void read(byte[] message, ToWorker worker) throws Malformed {
        Head head = Head.of(message);
        switch (head.kind()) {
            case JOB -> {
                int attempt = head.rest().remaining() < Integer.BYTES
                        ? 0
                        : head.rest().getInt();
                if (attempt < 1) {
                    throw new Malformed("a job without an attempt");
                }
                worker.onJob(head.job(), head.assignment(), attempt, rest(head.rest()));
            }
            case ACKNOWLEDGED -> worker.onAcknowledged(head.job(), head.endingAssignment());
            case CANCELLED -> worker.onCancelled(head.job(), head.endingAssignment());
            default -> throw new Malformed("kind " + head.kind());
        }
    }

    /** Reads a message of a worker. */
    static void read(byte[] message, ToSubmitter submitter) throws Malformed {
        if (message.length > 0 && message[0] == READY) {
            readReady(message, submitter);
            return;
        }
        Head head = Head.of(message);
        switch (head.kind()) {
            case RUNNING -> submitter.onRunning(head.job(), head.endingAssignment());
            case DONE -> submitter.onDone(head.job(), head.assignment(), rest(head.rest()));
            case FAILED -> readFailed(head, submitter);
            case BUSY -> submitter.onBusy(head.job(), head.endingAssignment());
            default -> throw new Malformed("kind " + head.kind());
        }
    }

    private static void readReady(byte[] message, ToSubmitter submitter) throws Malformed {
        ByteBuffer buffer = ByteBuffer.wrap(message);
        if (buffer.remaining() != 1 + Integer.BYTES + Long.BYTES) {
            throw new Malformed("room of another length");
        }
        buffer.get();
        int free = buffer.getInt();
        long received = buffer.getLong();
        if (free < 0 || received < 0) {
            throw new Malformed("negative room");
        }
        submitter.onReady(free, received);
    }

    private static void readFailed(Head head, ToSubmitter submitter) throws Malformed {
        int number = head.rest().hasRemaining() ? head.rest().get() : 0;
        AttemptFailure failure =
                AttemptFailure.ofNumber(number).orElseThrow(() -> new Malformed("a failure without a reason"));
        String detail = new String(rest(head.rest()), StandardCharsets.UTF_8);
        submitter.onFailed(head.job(), head.assignment(), failure, shortened(detail));
    }

    private static byte[] rest(ByteBuffer buffer) {
        byte[] rest = new byte[buffer.remaining()];
        buffer.get(rest);
        return rest;
    }

    private record Head(byte kind, UUID job, int assignment, ByteBuffer rest) {

        static Head of(byte[] message) throws Malformed {
            if (message.length < HEAD_BYTES) {
                throw new Malformed("a message of " + message.length + " bytes");
            }
            ByteBuffer buffer = ByteBuffer.wrap(message);
            return new Head(buffer.get(), new UUID(buffer.getLong(), buffer.getLong()), buffer.getInt(), buffer);
        }

        /** The number of the assignment, of a message that has nothing behind it. */
        int endingAssignment() throws Malformed {
            if (rest.hasRemaining()) {
                throw new Malformed("bytes behind the message");
            }
            return assignment;
        }
    }
}
