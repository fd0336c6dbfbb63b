package io.chaski.core.internal.protocol.stream;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.StreamFrame.Credit;
import io.chaski.core.internal.wire.StreamFrame.End;
import io.chaski.core.internal.wire.StreamFrame.Open;
import io.chaski.core.internal.wire.StreamFrame.Reset;
import io.chaski.core.internal.wire.StreamFrame.StreamData;
import io.chaski.core.stream.StreamCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One end of one stream. Confined to the node's event loop.
 *
 * <pre>
 *   OPEN ---- end() / END received ----> half closed ---- the other one ----> closed
 *     \------ reset() / RESET received / deadline / edge down -------------> reset
 * </pre>
 *
 * <p>Each direction has a window in bytes. The sender spends it, at least {@link #MIN_COST} for each frame with data; the
 * receiver grants it back: for a fragment that is not the last of its message at once, because the message cannot be
 * consumed before it is whole, but not while the application has anything left to consume, and for the rest when it has
 * consumed it. So a receiver holds at most one {@linkplain ReceiveWindow window} and one message, and the unfinished messages of all
 * streams share one {@link StreamMemory}. One that does not get on although its sender has credit is reset after {@link #IDLE_NANOS}. A sender
 * begins no fragment before it has credit for a whole one, so a message of one frame is never in fragments.
 */
public final class ProtocolStream {

    /** About what a queued message costs beyond its bytes: without it, empty messages would be free and unbounded. */
    public static final int MIN_COST = 64;

    /** Most streams carry a message each way: a queue of the usual size is most of what such a one would take. */
    private static final int USUAL_MESSAGES = 2;

    /** How long nothing may come of a message of which a part has: longer than any pause of a connection that is kept. */
    static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final PeerStreams streams;
    private final long id;
    private final String protocol;
    private final Map<String, String> headers;
    private final long deadlineNanos;
    private final Timers.@Nullable Timer deadline;
    private @Nullable StreamEvents events;

    private final Deque<ArrayPayload> outbound = new ArrayDeque<>(USUAL_MESSAGES);
    private int sentOfFirst;
    private long sendCredit;
    private boolean ending;
    private boolean ended;

    private final List<ArrayPayload> unfinished = new ArrayList<>();
    private int unfinishedBytes;
    private int unfinishedCost;

    /** Armed when a message begins in fragments; looks at the time itself, so that a fragment costs it nothing. */
    private Timers.@Nullable Timer idle;

    /** When the unfinished message last got a fragment, or its sender credit. */
    private long movedNanos;

    private final ReceiveWindow window;

    /** What fragments cost that came while the application had something to consume. */
    private long withheld;

    /** What the last frames of delivered messages cost, oldest first; the window bounds how many there are. */
    private final Deque<Integer> unconsumed = new ArrayDeque<>(USUAL_MESSAGES);

    private boolean remoteEnded;
    private boolean isHeard;

    private boolean gone;

    ProtocolStream(PeerStreams streams, long id, String protocol, Map<String, String> headers, long deadlineNanos) {
        this.streams = streams;
        this.id = id;
        this.protocol = protocol;
        this.headers = headers;
        this.deadlineNanos = deadlineNanos;
        this.sendCredit = streams.settings().windowBytes();
        this.window = new ReceiveWindow(streams, id);
        if (deadlineNanos == Timers.NONE) {
            this.deadline = null;
        } else {
            this.deadline = streams.context()
                    .timers()
                    .timer(() -> reset(StreamCode.DEADLINE_EXCEEDED, "the deadline has passed"));
            this.deadline.armAt(deadlineNanos);
        }
    }

    /**
     * What a message or a fragment takes from a window.
     *
     * @param bytes its size
     */
    public static int costOf(int bytes) {
        return Math.max(MIN_COST, bytes);
    }

    /** Number of the stream on its edge. */
    public long id() {
        return id;
    }

    /** Who is at the other end. */
    public Peer peer() {
        return streams.peer();
    }

    /** Name of the protocol it was opened for. */
    public String protocol() {
        return protocol;
    }

    /** What the opener said about it. */
    public Map<String, String> headers() {
        return headers;
    }

    /** When it is reset by itself, on the node's clock, or {@link Timers#NONE}. */
    public long deadlineNanos() {
        return deadlineNanos;
    }

    /** Whether it can still be used. */
    public boolean isOpen() {
        return !gone;
    }

    /**
     * Lets the peer send more at a time while the way is long and what comes is consumed at once.
     *
     * @param most bytes that may wait here
     */
    public void growUpTo(int most) {
        window.growUpTo(most);
    }

    /**
     * Queues a message. The caller bounds what is queued by listening to {@link StreamEvents#onSent}.
     *
     * @param message at most {@link StreamSettings#maxMessageBytes()}
     * @throws IllegalStateException after {@link #end()}
     */
    public void send(ArrayPayload message) {
        if (!gone) {
            queue(message);
            pump();
        }
    }

    /**
     * Queues a message after which nothing follows.
     *
     * @param message as for {@link #send}
     * @throws IllegalStateException after {@link #end()}
     */
    public void sendLast(ArrayPayload message) {
        if (!gone) {
            queue(message);
            ending = true;
            pump();
        }
    }

    private void queue(ArrayPayload message) {
        if (ending) {
            throw new IllegalStateException("the stream has been ended by this side");
        }
        if (message.size() > streams.settings().maxMessageBytes()) {
            throw new IllegalArgumentException(
                    "a message has at most " + streams.settings().maxMessageBytes() + " bytes, not " + message.size());
        }
        outbound.add(message);
    }

    /** Says that nothing more will be sent, after what is queued. */
    public void end() {
        if (!gone && !ending) {
            ending = true;
            pump();
        }
    }

    /**
     * Ends both directions at once; queued messages are dropped.
     *
     * @param code why
     * @param reason a short sentence, at most 1,024 bytes of UTF-8
     */
    public void reset(StreamCode code, String reason) {
        if (!gone) {
            streams.peer().send(new Reset(id, code.number(), reason));
            fail(code, reason);
        }
    }

    /**
     * Gives messages back to the peer's window, oldest first.
     *
     * @param messages how many were dealt with
     * @throws IllegalArgumentException if fewer were delivered
     */
    public void consumed(int messages) {
        if (gone || remoteEnded) {
            return;
        }
        if (messages > unconsumed.size()) {
            throw new IllegalArgumentException(messages + " messages consumed of " + unconsumed.size());
        }
        long bytes = 0;
        for (int i = 0; i < messages; i++) {
            bytes += unconsumed.remove();
        }
        if (unconsumed.isEmpty()) {
            bytes += withheld;
            withheld = 0;
        }
        grant(bytes);
    }

    void listen(StreamEvents listener) {
        events = listener;
    }

    void onOpened(Open open) {
        ArrayPayload first = open.payload();
        if (first != null) {
            onData(new StreamData(id, false, open.last(), first));
        } else if (open.last()) {
            onEnd();
        }
    }

    /** Reserves window for a first message that travels in OPEN itself. */
    void spendOnOpen(ArrayPayload first) {
        sendCredit -= costOf(first.size());
    }

    void endedByOpen() {
        ending = true;
        ended = true;
    }

    /** Whether the other side has said anything on it. */
    boolean isHeard() {
        return isHeard;
    }

    void onData(StreamData data) {
        isHeard = true;
        int size = data.payload().size();
        int cost = costOf(size);
        if (data.more() && size == 0) {
            streams.peer().misbehaved("stream-empty-fragment");
            reset(StreamCode.FLOW_CONTROL, "an empty fragment");
            return;
        }
        if (remoteEnded || cost > window.credit()) {
            reset(StreamCode.FLOW_CONTROL, remoteEnded ? "data after the end" : "data beyond the window");
            return;
        }
        if (unfinishedBytes + size > streams.settings().maxMessageBytes()) {
            reset(
                    StreamCode.TOO_LARGE,
                    "a message has at most " + streams.settings().maxMessageBytes() + " bytes");
            return;
        }
        if (data.more() && !streams.reassembly().take(cost)) {
            reset(StreamCode.LIMIT, "too many unfinished messages here");
            return;
        }
        window.spend(cost);
        if (data.more()) {
            unfinished.add(data.payload());
            unfinishedBytes += size;
            unfinishedCost += cost;
            watchUnfinished();
            if (unconsumed.isEmpty()) {
                grant(cost);
            } else {
                withheld += cost;
            }
            return;
        }
        ArrayPayload message = unfinished.isEmpty() ? data.payload() : assemble(data.payload());
        unconsumed.add(cost); // the fragments before the last were granted as they came, or are withheld
        listener().onMessage(message);
        if (data.last()) {
            onEnd();
        }
    }

    void onCredit(Credit credit) {
        isHeard = true;
        if (credit.bytes() < 1 || credit.bytes() > Integer.MAX_VALUE - sendCredit) {
            reset(StreamCode.FLOW_CONTROL, "credit of " + credit.bytes() + " bytes");
            return;
        }
        sendCredit += credit.bytes();
        pump();
    }

    void onEnd() {
        isHeard = true;
        if (gone) {
            return;
        }
        if (remoteEnded || !unfinished.isEmpty()) {
            reset(StreamCode.FLOW_CONTROL, "an end in the wrong place");
            return;
        }
        remoteEnded = true;
        listener().onEnd();
        closeIfDone();
    }

    void onReset(Reset reset) {
        StreamCode code = StreamCode.ofNumber(reset.code());
        // Only this side can know these two, and callers rely on what they mean.
        boolean isOfThisSide = code == StreamCode.EDGE_CLOSED || code == StreamCode.PEER_UNREACHABLE;
        fail(isOfThisSide ? StreamCode.APPLICATION : code, reset.reason());
    }

    /** The edge is gone, or the stream could not be kept: tells the listener, not the peer. */
    void fail(StreamCode code, String reason) {
        if (!gone) {
            finish();
            listener().onReset(code, reason);
        }
    }

    boolean wantsToSend() {
        ArrayPayload first = outbound.peek();
        if (first == null) {
            return ending && !ended && !gone;
        }
        // A receiver keeps back less than half of its window, which is never smaller than at first: so half of that
        // comes.
        int most =
                Math.min(streams.settings().fragmentBytes(), streams.settings().windowBytes() / 2);
        return sendCredit >= costOf(Math.min(first.size() - sentOfFirst, most));
    }

    /** Sends as much as the window and the connection allow. */
    void pump() {
        while (wantsToSend() && streams.peer().isWritable()) {
            sendOne();
        }
    }

    /** Sends one frame; the edge's streams take turns. */
    void sendOne() {
        ArrayPayload first = outbound.peek();
        if (first == null) {
            ended = true;
            streams.peer().send(new End(id));
            closeIfDone();
            return;
        }
        int rest = first.size() - sentOfFirst;
        int size = (int) Math.min(Math.min(rest, streams.settings().fragmentBytes()), sendCredit);
        boolean more = size < rest;
        int room = more ? size : Math.max(size, MIN_COST - sentOfFirst);
        boolean last = !more && ending && outbound.size() == 1;
        ArrayPayload fragment = size == first.size() ? first : first.slice(sentOfFirst, size);
        sendCredit -= costOf(size);
        if (more) {
            sentOfFirst += size;
        } else {
            sentOfFirst = 0;
            outbound.remove();
            ended = last;
        }
        streams.peer().send(new StreamData(id, more, last, fragment));
        listener().onSent(room);
        closeIfDone();
    }

    private ArrayPayload assemble(ArrayPayload lastFragment) {
        byte[] whole = new byte[unfinishedBytes + lastFragment.size()];
        int offset = 0;
        for (ArrayPayload fragment : unfinished) {
            fragment.copyTo(whole, offset);
            offset += fragment.size();
        }
        lastFragment.copyTo(whole, offset);
        forgetUnfinished();
        return ArrayPayload.owning(whole);
    }

    private void grant(long bytes) {
        if (window.giveBack(bytes)) {
            movedNanos = streams.context().nowNanos();
        }
    }

    private void closeIfDone() {
        if (ended && remoteEnded && !gone) {
            finish();
            listener().onClosed();
        }
    }

    private void finish() {
        gone = true;
        window.close();
        outbound.clear();
        unconsumed.clear();
        forgetUnfinished();
        if (deadline != null) {
            deadline.cancel();
        }
        if (idle != null) {
            idle.cancel();
        }
        streams.remove(this);
    }

    private void watchUnfinished() {
        movedNanos = streams.context().nowNanos();
        if (idle == null) {
            idle = streams.context().timers().timer(this::endIfIdle);
        }
        if (!idle.isArmed()) {
            idle.armAt(movedNanos + IDLE_NANOS);
        }
    }

    /** A sender may wait for as long as the application takes nothing; when it has taken all, more than half a window is granted. */
    private void endIfIdle() {
        if (unfinished.isEmpty()) {
            return;
        }
        long nowNanos = streams.context().nowNanos();
        boolean mayWait = !unconsumed.isEmpty();
        if (!mayWait && nowNanos - movedNanos >= IDLE_NANOS) {
            reset(StreamCode.LIMIT, "a message does not get on");
        } else {
            Objects.requireNonNull(idle, "it has fired")
                    .armAt(mayWait ? nowNanos + IDLE_NANOS : movedNanos + IDLE_NANOS);
        }
    }

    private void forgetUnfinished() {
        unfinished.clear();
        streams.reassembly().giveBack(unfinishedCost);
        unfinishedBytes = 0;
        unfinishedCost = 0;
    }

    private StreamEvents listener() {
        return Objects.requireNonNull(events, "a stream gets its listener before anything happens to it");
    }

    /** Time left until the deadline in milliseconds, at least 1 while it is open, 0 for no deadline. */
    long remainingMillis(long nowNanos) {
        return deadlineNanos == Timers.NONE ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - nowNanos));
    }

    @Override
    public String toString() {
        return "stream " + id + " (" + protocol + ") with "
                + streams.peer().id().shortForm();
    }
}
