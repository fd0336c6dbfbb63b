package io.chaski.core.internal.protocol.stream;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.StreamFrame;
import io.chaski.core.stream.StreamCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one edge: hands frames to them, numbers new ones, and lets them take turns when the connection has
 * been full. Confined to the node's event loop.
 */
final class PeerStreams implements StreamFrame.Handler {

    private static final String NOT_ALLOWED = "not allowed";

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final ProtocolContext context;
    private final StreamSettings settings;
    private final Peer peer;
    private final Function<String, @Nullable StreamAcceptor> acceptors;
    private final StreamMemory.Share reassembly;
    private final StreamMemory.Share windows;
    private final Map<Long, ProtocolStream> open = new LinkedHashMap<>();
    private long nextId;
    private long lastAccepted;
    private int ours;
    private int theirs;
    private long emptySinceNanos;
    private long creditSecond;
    private int creditFrames;

    PeerStreams(
            ProtocolContext context,
            StreamSettings settings,
            Peer peer,
            Function<String, @Nullable StreamAcceptor> acceptors,
            StreamMemory reassembly,
            StreamMemory windows) {
        this.reassembly = reassembly.newShare();
        this.windows = windows.newShare();
        this.context = context;
        this.settings = settings;
        this.peer = peer;
        this.acceptors = acceptors;
        this.nextId = context.self().compareTo(peer.id()) < 0 ? 1 : 2;
        this.emptySinceNanos = context.nowNanos();
    }

    ProtocolContext context() {
        return context;
    }

    StreamSettings settings() {
        return settings;
    }

    /** For messages that have come in part. */
    StreamMemory.Share reassembly() {
        return reassembly;
    }

    /** For windows that have grown. */
    StreamMemory.Share windows() {
        return windows;
    }

    Peer peer() {
        return peer;
    }

    int count() {
        return open.size();
    }

    /** When the last stream ended, or the edge was new; means nothing while there are streams. */
    long emptySinceNanos() {
        return emptySinceNanos;
    }

    /** Opens a stream, or returns null when as many streams as allowed are open, or too many protocols named. */
    @Nullable
    ProtocolStream open(
            String protocol,
            Map<String, String> headers,
            long deadlineNanos,
            @Nullable ArrayPayload first,
            boolean last,
            StreamEvents events) {
        if (ours >= settings.maxStreams()) {
            context.counters().increment("stream.refused-here");
            return null;
        }
        int alias;
        try {
            alias = peer.alias(protocol);
        } catch (IllegalStateException tooManyProtocols) {
            context.counters().increment("stream.refused-here");
            return null;
        }
        ProtocolStream stream = new ProtocolStream(this, nextId, protocol, headers, deadlineNanos);
        nextId += 2;
        stream.listen(events);
        add(stream);
        // In OPEN it would pass the limit of the connection, as many times as there may be streams.
        boolean firstFits = first == null || first.size() <= settings.fragmentBytes() && peer.isWritable();
        boolean endsAtOnce = last && firstFits;
        peer.send(new StreamFrame.Open(
                stream.id(),
                alias,
                headers,
                stream.remainingMillis(context.nowNanos()),
                endsAtOnce,
                firstFits ? first : null));
        if (endsAtOnce) {
            stream.endedByOpen();
        }
        if (first == null) {
            return stream;
        }
        if (firstFits) {
            stream.spendOnOpen(first);
        } else if (last) {
            stream.sendLast(first);
        } else {
            stream.send(first);
        }
        return stream;
    }

    @Override
    public void onOpen(StreamFrame.Open frame) {
        boolean isTheirs = (frame.stream() & 1) != (nextId & 1);
        if (!isTheirs || frame.stream() <= lastAccepted) {
            peer.misbehaved("stream-id");
            if (!open.containsKey(frame.stream())) { // a reset would end the stream that has the number
                refuse(frame, StreamCode.REFUSED, "not a new number");
            }
            return;
        }
        lastAccepted = frame.stream();
        String protocol = peer.protocolOf(frame.protocol());
        StreamAcceptor acceptor = protocol == null ? null : acceptors.apply(protocol);
        if (protocol == null || acceptor == null) {
            refuse(frame, StreamCode.NO_SUCH_PROTOCOL, "not served here");
            return;
        }
        if (!peer.mayOpen(protocol)) {
            context.counters().increment("access.refused");
            refuse(frame, StreamCode.REFUSED, NOT_ALLOWED);
            return;
        }
        if (theirs >= settings.maxStreams()) {
            refuse(frame, StreamCode.LIMIT, "at most " + settings.maxStreams() + " streams");
            return;
        }
        long deadlineNanos = deadlineNanos(frame.deadlineMillis());
        ProtocolStream stream = new ProtocolStream(this, frame.stream(), protocol, frame.headers(), deadlineNanos);
        add(stream);
        stream.listen(acceptor.onOpen(stream));
        if (stream.isOpen()) {
            stream.onOpened(frame);
        }
    }

    private long deadlineNanos(long millis) {
        long atNanos = context.nowNanos() + TimeUnit.MILLISECONDS.toNanos(millis);
        boolean isBeyondAllTime = atNanos < context.nowNanos(); // the peer may say up to 2^63 - 1 ms
        return millis == 0 || isBeyondAllTime ? Timers.NONE : atNanos;
    }

    @Override
    public void onStreamData(StreamFrame.StreamData data) {
        ProtocolStream stream = find(data.stream());
        if (stream != null) {
            stream.onData(data);
        }
    }

    @Override
    public void onCredit(StreamFrame.Credit credit) {
        ProtocolStream stream = find(credit.stream());
        if (stream == null) {
            return;
        }
        if (context.nowNanos() - creditSecond >= SECOND) {
            creditSecond = context.nowNanos();
            creditFrames = 0;
        }
        if (++creditFrames > settings.creditFramesPerSecond()) {
            stream.reset(StreamCode.FLOW_CONTROL, "too many credits");
        } else {
            stream.onCredit(credit);
        }
    }

    @Override
    public void onEnd(StreamFrame.End end) {
        ProtocolStream stream = find(end.stream());
        if (stream != null) {
            stream.onEnd();
        }
    }

    @Override
    public void onReset(StreamFrame.Reset reset) {
        ProtocolStream stream = find(reset.stream());
        if (stream != null) {
            stream.onReset(reset);
        }
    }

    /** The connection takes bytes again: one frame of each stream in turn until it is full or nobody wants. */
    void onWritable() {
        boolean sent = true;
        while (sent && peer.isWritable()) {
            sent = false;
            for (ProtocolStream stream : List.copyOf(open.values())) {
                if (peer.isWritable() && stream.wantsToSend()) {
                    stream.sendOne();
                    sent = true;
                }
            }
        }
    }

    /** Other rules say who may open streams: those of the peer that it may not have any more end. */
    void onRules() {
        for (ProtocolStream stream : new ArrayList<>(open.values())) {
            if (!isOurs(stream.id()) && !peer.mayOpen(stream.protocol())) {
                stream.reset(StreamCode.REFUSED, NOT_ALLOWED);
            }
        }
    }

    /** The edge goes on without the connection that carried it. */
    void onLost(long id) {
        ProtocolStream stream = open.get(id);
        if (stream != null) {
            stream.fail(StreamCode.EDGE_CLOSED, "the connection that carried it is gone");
        }
    }

    /**
     * Ends all streams. An edge ends as idle where no stream is known, so what this side has opened by then, and has heard
     * nothing of, has crossed the news of the end, if both went over one connection.
     */
    void onPeerDown(CloseReason reason) {
        boolean isUnknownThere = reason == CloseReason.IDLE && peer.hasOneConnection();
        for (ProtocolStream stream : new ArrayList<>(open.values())) {
            if (isUnknownThere && isOurs(stream.id()) && !stream.isHeard()) {
                stream.fail(StreamCode.PEER_UNREACHABLE, "the edge ended as idle before the other side saw the stream");
            } else {
                stream.fail(StreamCode.EDGE_CLOSED, "the edge has ended");
            }
        }
    }

    void remove(ProtocolStream stream) {
        if (open.remove(stream.id()) != null) {
            if (isOurs(stream.id())) {
                ours--;
            } else {
                theirs--;
            }
            emptySinceNanos = context.nowNanos();
            peer.release(stream);
        }
    }

    private void add(ProtocolStream stream) {
        open.put(stream.id(), stream);
        if (isOurs(stream.id())) {
            ours++;
        } else {
            theirs++;
        }
        peer.hold(stream);
    }

    private void refuse(StreamFrame.Open frame, StreamCode code, String reason) {
        context.counters().increment("stream.refused");
        peer.send(new StreamFrame.Reset(frame.stream(), code.number(), reason));
    }

    /** The stream, or null when it has ended here already while the frame was on its way, which is not a mistake. */
    private @Nullable ProtocolStream find(long id) {
        ProtocolStream stream = open.get(id);
        if (stream == null && id > (isOurs(id) ? nextId - 2 : lastAccepted)) {
            peer.misbehaved("stream-unknown");
        }
        return stream;
    }

    private boolean isOurs(long id) {
        return (id & 1) == (nextId & 1);
    }
}
