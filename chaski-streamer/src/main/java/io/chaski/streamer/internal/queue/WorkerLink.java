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
 * listener's methods is confined to the thread of the queue.
 */
final class WorkerLink implements StreamListener {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerLink.class);

    private final Submitting<?, ?> submitting;
    private final QueueParts<?, ?> parts;
    private final NodeId worker;
    private final ToSubmitter ear;
    private @Nullable Stream stream;
    private @Nullable Outlet outlet;
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
        return QueueFrames.toWorker(message -> {
            if (outlet != null) {
                outlet.send(message);
            }
        });
    }

    /** The stream is there. Known from whatever is heard first: that it is open, or what the worker says on it. */
    void onOpened(Stream opened) {
        if (isEnded) {
            opened.cancel();
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

    // ---- of the stream, on the event loop

    @Override
    public void onMessage(Stream from, byte[] message) {
        parts.thread().tell(() -> {
            onOpened(from);
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
        parts.thread().tell(this::onGone);
    }

    @Override
    public void onFailed(Stream ended, StreamException cause) {
        parts.thread().tell(this::onGone);
    }
}
