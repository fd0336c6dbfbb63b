package io.chaski.streamer.internal.queue;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/**
 * The stream that a submitter has opened to this worker: what comes goes to the desk, as long as this is the link to that submitter.
 * Everything but the listener's methods is confined to the thread of the queue.
 */
final class SubmitterLink implements StreamListener {

    private final Working<?, ?> working;
    private final QueueParts<?, ?> parts;
    private final SubmitterKey submitter;
    private final Stream stream;
    private final Outlet outlet;
    private final ToWorker ear;

    /** What has come while the outlet was full: no more than the window of the stream, which is not opened again for it. */
    private final Deque<byte[]> unread = new ArrayDeque<>();

    private boolean isEnded;

    SubmitterLink(Working<?, ?> working, QueueParts<?, ?> parts, SubmitterKey submitter, Stream stream) {
        this.working = working;
        this.parts = parts;
        this.submitter = submitter;
        this.stream = stream;
        this.outlet = new Outlet(stream);
        this.ear = working.earFor(submitter);
    }

    SubmitterKey submitter() {
        return submitter;
    }

    /** What is said to the submitter. */
    ToSubmitter mouth() {
        return QueueFrames.toSubmitter(outlet::send, outlet::sendLatest);
    }

    void end(StreamCode code, String reason) {
        stream.reset(code, reason);
        onGone();
    }

    private void onGone() {
        if (!isEnded) {
            isEnded = true;
            unread.clear();
            working.onUnlinked(this);
        }
    }

    // ---- of the stream, on the event loop

    @Override
    public void onMessage(Stream from, byte[] message) {
        parts.thread().tell(() -> {
            if (!isEnded) {
                unread.add(message);
                readOn();
            }
            if (!unread.isEmpty()) {
                parts.counts().add(Incident.WORK_HELD_BACK);
            }
        });
    }

    /**
     * As long as the submitter reads what it is told: each of its messages may be answered with a whole result. A submitter of ours always
     * reads, so that the two never wait for each other.
     */
    private void readOn() {
        while (!isEnded && !outlet.isFull() && !unread.isEmpty()) {
            byte[] message = unread.remove();
            read(message);
            stream.consumed(message.length);
        }
    }

    private void read(byte[] message) {
        try {
            QueueFrames.read(message, ear);
        } catch (QueueFrames.Malformed e) {
            parts.counts().add(Incident.FRAMES_MALFORMED);
            end(StreamCode.APPLICATION, "malformed");
        }
    }

    @Override
    public void onWritable(Stream to) {
        parts.thread().tell(() -> {
            outlet.flush();
            readOn();
        });
    }

    @Override
    public void onEnd(Stream from) {
        parts.thread().tell(() -> end(StreamCode.CANCELLED, "the submitter has ended"));
    }

    @Override
    public void onClosed(Stream ended) {
        onOver(ended);
    }

    @Override
    public void onFailed(Stream ended, StreamException cause) {
        onOver(ended);
    }

    private void onOver(Stream ended) {
        working.streams().remove(ended);
        parts.thread().tell(this::onGone);
    }

    /** The ledger that a stream speaks for; throws if it says none. */
    static UUID ledgerOf(Stream stream) {
        return UUID.fromString(stream.headers().getOrDefault(QueueParts.LEDGER_HEADER, ""));
    }
}
