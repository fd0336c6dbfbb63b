package io.chaski.streamer.internal.queue;

import io.chaski.core.NodeId;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream of a submitter to one worker: what comes goes to the ledger, as long as this is the link to that worker. Everything but the
 * listener's methods and {@link #onStream} is confined to the thread of the queue.
 *
 * <p>What a worker says is always read, so that it gets rid of its results whatever waits for it here. So jobs wait while the outlet is
 * full, and a worker that asks for more answers than that and reads none loses its stream.
 */
final class WorkerLink implements StreamListener {

    /**
     * Beyond a full outlet, answers to all that a worker of the largest size has kept and does are a few hundred thousand bytes, with
     * what they cost.
     */
    static final int STUCK_BYTES = 4 * Outlet.FULL_BYTES;

    private static final Logger LOG = LoggerFactory.getLogger(WorkerLink.class);

    private final Submitting<?, ?> submitting;
    private final QueueParts<?, ?> parts;
    private final NodeId worker;
    private final ToSubmitter ear;
    private @Nullable Stream stream;
    private @Nullable Outlet outlet;
    private long promisedBytes;
    private boolean isEnded;

    WorkerLink(Submitting<?, ?> submitting, QueueParts<?, ?> parts, NodeId worker) {
        this.submitting = submitting;
        this.parts = parts;
        this.worker = worker;
        this.ear = submitting.earFor(worker);
    }

    NodeId worker() {
        return worker;
    }

    /** What is said to the worker. */
    ToWorker mouth() {
        return QueueFrames.toWorker(this::send);
    }

    private void send(byte[] message) {
        if (outlet == null || isEnded) {
            return;
        }
        outlet.send(message);
        if (outlet.waitingBytes() > STUCK_BYTES) {
            parts.thread().tell(this::onStuck);
        }
    }

    private void onStuck() {
        if (!isEnded) {
            LOG.debug("worker {} of {} reads nothing", worker, parts.type().name());
            parts.counts().add(Incident.WORKERS_STUCK);
            end(StreamCode.LIMIT, "too many answers wait that nobody reads");
        }
    }

    /** A job is about to be sent, once that is kept. */
    void promise(int bytes) {
        promisedBytes += bytes;
    }

    /** It has been sent. */
    void keepPromise(int bytes) {
        promisedBytes -= bytes;
    }

    /** Whether a job more would wait behind what waits already. */
    boolean isFull() {
        return outlet != null && outlet.waitingBytes() + promisedBytes >= Outlet.FULL_BYTES;
    }

    /** The stream is open. On any thread. */
    void onStream(Stream opened) {
        submitting.streams().add(opened);
        parts.thread().tell(() -> onOpened(opened));
    }

    /** The stream is there. Known from whatever is heard first: that it is open, or what the worker says on it. */
    void onOpened(Stream opened) {
        if (isEnded) {
            if (opened != stream) { // that one was told why
                opened.cancel();
            }
            return;
        }
        if (stream != null) {
            return;
        }
        stream = opened;
        outlet = new Outlet(opened);
        submitting.onLinked(this);
    }

    /** Ends the stream, for a reason of this side. */
    void end(StreamCode code, String reason) {
        if (stream != null) {
            stream.reset(code, reason);
        }
        onGone();
    }

    void onGone() {
        if (!isEnded) {
            isEnded = true;
            submitting.onUnlinked(this);
        }
    }

    /** The worker may not serve this queue, perhaps any more. */
    void onRefused() {
        if (!isEnded) {
            parts.counts().add(Incident.WORKERS_REFUSED);
            end(StreamCode.REFUSED, "no right to work on this queue");
        }
    }

    // ---- of the stream, on the event loop

    @Override
    public void onMessage(Stream from, byte[] message) {
        parts.thread().tell(() -> {
            onOpened(from);
            if (!isEnded && !parts.rights().mayWork(worker)) {
                onRefused();
            }
            if (!isEnded) {
                read(message);
                from.consumed(message.length);
            }
        });
    }

    private void read(byte[] message) {
        try {
            QueueFrames.read(message, ear);
        } catch (QueueFrames.Malformed e) {
            onMalformed(e.getMessage());
        }
    }

    void onMalformed(@Nullable String what) {
        LOG.debug(
                "worker {} of {} does not keep to the protocol: {}",
                worker,
                parts.type().name(),
                what);
        parts.counts().add(Incident.FRAMES_MALFORMED);
        end(StreamCode.APPLICATION, "malformed");
    }

    @Override
    public void onWritable(Stream to) {
        parts.thread().tell(() -> {
            if (outlet != null) {
                outlet.flush();
            }
        });
    }

    @Override
    public void onEnd(Stream from) {
        parts.thread().tell(() -> end(StreamCode.CANCELLED, "the worker has ended"));
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
        submitting.streams().remove(ended);
        parts.thread().tell(this::onGone);
    }
}
