package io.chaski.core.internal.netty;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.internal.protocol.LinkIdentity;
import io.chaski.core.internal.runtime.Connection;
import io.chaski.core.internal.runtime.ConnectionHandler;
import io.chaski.core.internal.runtime.LogLimiter;
import io.chaski.core.internal.runtime.TaskLoop;
import io.chaski.core.internal.runtime.TransportLimits;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.FrameEncoder;
import io.chaski.core.internal.wire.ProtocolException;
import io.chaski.core.internal.wire.UnfinishedMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What all connections have in common: frames are collected, sent once per turn, and bounded while the other side does
 * not take them. Confined to the loop.
 *
 * <pre>
 *   open -- close() --> closing -- all written, or time-out --> over
 *     \-- failure, or closed by the peer ----------------------/
 * </pre>
 */
abstract class FrameConnection implements Connection {

    /**
     * What the connections of a loop share.
     *
     * @param encoder writes their frames
     * @param lastBody what one of them has copied and others send as well
     * @param unfinished what they hold of messages that are not complete
     */
    record Shared(FrameEncoder encoder, LastBody lastBody, UnfinishedMessages unfinished) {}

    /** A blocked connection is looked at this often within its write deadline. */
    private static final int CHECKS_PER_DEADLINE = 10;

    private static final Logger LOG = LoggerFactory.getLogger(FrameConnection.class);

    private final TaskLoop loop;
    private final TransportLimits limits;
    private final Address remote;
    private final LogLimiter log;
    private final Consumer<FrameConnection> whenOver;
    private final FrameCollector collector;
    private final FrameReader reader;

    /** Null before it is known and after it has heard the end. */
    private @Nullable ConnectionHandler handler;

    private @Nullable LinkIdentity identity;

    private boolean isWritable = true;

    /** What the handler knows of it; behind during a turn, because nothing calls the protocol back while it sends. */
    private boolean toldWritable = true;

    /** Whether it is sending parts of large messages now: a part that goes at once brings it back to where it is. */
    private boolean isTakingTurns;

    private boolean isFailed;
    private boolean isClosing;
    private boolean isOver;

    private TaskLoop.@Nullable Timer closeTimer;
    private TaskLoop.@Nullable Timer watch;
    private long progress;
    private long progressNanos;

    /**
     * A connection that is open.
     *
     * @param loop where it lives
     * @param limits its bounds
     * @param remote the other end
     * @param log for what the other end can provoke
     * @param allocator where its buffers come from
     * @param shared with the other connections of the loop
     * @param whenOver called once at the end
     */
    FrameConnection(
            TaskLoop loop,
            TransportLimits limits,
            Address remote,
            LogLimiter log,
            ByteBufAllocator allocator,
            Shared shared,
            Consumer<FrameConnection> whenOver) {
        this.loop = loop;
        this.limits = limits;
        this.remote = remote;
        this.log = log;
        this.whenOver = whenOver;
        this.collector = new FrameCollector(allocator, shared.encoder, shared.lastBody, limits.maxFrame());
        this.reader = new FrameReader(
                allocator, limits.maxFrame(), shared.unfinished, () -> loop.execute(this::endForOthers));
    }

    // ---- what a kind of connection does

    /** Bytes handed to the transport and not taken by the other side or the operating system. */
    abstract long inFlightBytes();

    /** Some number that changes whenever bytes in flight are taken. */
    abstract long progress();

    /** Takes a buffer over, to be sent with the next {@link #push()}. */
    abstract void hand(ByteBuf buffer);

    /** Sends what was handed over. */
    abstract void push();

    /** All is sent: tells the other side that nothing more comes, and ends when it has heard. */
    abstract void endOutput();

    /** Drops the connection; what is in flight may be lost. Does nothing the second time. */
    abstract void drop();

    // ---- for the runtime

    @Override
    public final Address remote() {
        return remote;
    }

    @Override
    public final @Nullable LinkIdentity identity() {
        return identity;
    }

    @Override
    public final void send(Frame frame) {
        if (isFailed || isClosing || isOver) {
            return;
        }
        try {
            collector.add(frame);
        } catch (OutOfMemoryError outOfBuffers) {
            failLater(CloseReason.INTERNAL, outOfBuffers);
        }
        checkPending();
    }

    @Override
    public final void sendData(int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        if (isFailed || isClosing || isOver) {
            return;
        }
        try {
            collector.addData(source, seq, hop, hopLimit, flags, body);
        } catch (OutOfMemoryError outOfBuffers) {
            failLater(CloseReason.INTERNAL, outOfBuffers);
        }
        checkPending();
    }

    @Override
    public final boolean isWritable() {
        return isWritable;
    }

    /**
     * Full chunks go at once. The last, unfinished one goes only when nothing is in flight: while the other side is
     * busy it is better filled up, and a slow peer cannot make us hold a large buffer for each small frame.
     */
    @Override
    public final void flush() {
        if (isOver || isFailed) {
            return;
        }
        if (!collector.hasParts()) {
            sendAll();
        } else if (!isTakingTurns) {
            takeTurns();
        }
        afterProgress();
    }

    private void sendAll() {
        boolean takesChunk = isClosing || inFlightBytes() == 0;
        boolean hasHanded = false;
        for (ByteBuf next = collector.takeFull(); next != null; next = collector.takeFull()) {
            hand(next);
            hasHanded = true;
        }
        ByteBuf chunk = takesChunk ? collector.takeNext() : null;
        if (chunk != null) {
            hand(chunk);
            hasHanded = true;
        }
        if (hasHanded) {
            push();
        }
    }

    /**
     * While large messages wait, one buffer of the others and one part of them go at a time, and only when nothing is in
     * flight: neither has to wait for more than that of the other, however much there is.
     */
    private void takeTurns() {
        isTakingTurns = true;
        try {
            while (collector.bytes() > 0 && (isClosing || inFlightBytes() == 0)) {
                ByteBuf next = collector.takeNext();
                if (next != null) {
                    hand(next);
                }
                if (collector.hasParts()) {
                    collector.takePart(this::hand);
                }
                push();
            }
        } catch (OutOfMemoryError outOfBuffers) {
            failLater(CloseReason.INTERNAL, outOfBuffers);
        } finally {
            isTakingTurns = false;
        }
    }

    @Override
    public final void close() {
        if (isOver || isClosing) {
            return;
        }
        isClosing = true;
        handler = null;
        reader.close();
        closeTimer = loop.schedule(this::drop, limits.closeTimeoutNanos());
        flush();
        if (isFailed) {
            drop();
        }
    }

    // ---- for the transport

    final LogLimiter log() {
        return log;
    }

    final void handler(@Nullable ConnectionHandler newHandler) {
        if (!isClosing) {
            handler = newHandler;
        }
    }

    /** The other end has proved who it is; nothing was read before. */
    final void identify(LinkIdentity proved) {
        identity = proved;
        ConnectionHandler present = handler;
        if (present != null) {
            present.onSecured();
        }
    }

    /** What the other end proved does not count any more. */
    final void distrust(CloseReason reason) {
        ConnectionHandler present = handler;
        if (present != null) {
            present.onDistrusted(reason);
        }
    }

    /** The other end is not let in: it is told if it can be, and nobody here hears of it again. */
    final void refuse(CloseReason reason, boolean isTold) {
        ConnectionHandler present = handler;
        handler = null;
        if (present != null) {
            present.onClosed(reason);
        }
        if (isTold) {
            send(new EdgeFrame.Goodbye(reason, 0, ""));
            close();
        } else {
            drop();
        }
    }

    final TaskLoop loop() {
        return loop;
    }

    /** Bytes came; the buffer is released here. */
    final void receive(ByteBuf data) {
        ConnectionHandler present = handler;
        if (present == null || isFailed) {
            data.release(); // closing: what still comes is taken so that the last frames are not lost by a reset
            return;
        }
        try {
            reader.read(data, present);
            if (reader.isWithinFrame()) {
                tellBytes();
            }
        } catch (ProtocolException violation) {
            present.onUndecodable(violation.reason(), violation.detail());
        } catch (Throwable failure) { // no memory for a buffer, or a bug; this connection ends, the others live
            log.write(
                    LOG,
                    Level.ERROR,
                    "reading",
                    remote.host(),
                    "reading from " + remote + " failed; it is closed",
                    failure);
            fail(CloseReason.INTERNAL);
        }
    }

    private void endForOthers() {
        ConnectionHandler present = handler;
        if (present != null && !isFailed) {
            present.onUndecodable(
                    CloseReason.LIMIT,
                    "all connections hold too much of unfinished messages, this one for the longest");
        }
    }

    private void tellBytes() {
        ConnectionHandler present = handler; // the frames before may have ended it
        if (present != null) {
            present.onBytes();
        }
    }

    /** Bytes in flight were taken. */
    final void advance() {
        if (isOver || isFailed || isTakingTurns) {
            return;
        }
        if (inFlightBytes() == 0 && collector.bytes() > 0) {
            flush();
        } else {
            afterProgress();
        }
    }

    /** The connection is gone. */
    final void gone(CloseReason reason) {
        ConnectionHandler present = handler;
        handler = null;
        end();
        if (present != null) {
            present.onClosed(reason);
        }
    }

    /** Ends the connection and says why. Not called from within the protocol. */
    final void fail(CloseReason reason) {
        isFailed = true;
        ConnectionHandler present = handler;
        handler = null;
        drop();
        if (present != null) {
            present.onClosed(reason);
        }
    }

    /** Releases what it holds, once. */
    final void end() {
        if (isOver) {
            return;
        }
        isOver = true;
        reader.close();
        collector.release();
        cancel(closeTimer);
        cancel(watch);
        whenOver.accept(this);
    }

    private void checkPending() {
        long pending = pendingBytes();
        if (inTheWayBytes() > limits.highWaterMark()) {
            isWritable = false;
        }
        if (!isFailed && pending > limits.maxPendingBytes()) {
            String what = remote + " takes nothing; " + pending + " bytes are pending, the connection is closed";
            log.write(LOG, Level.WARN, "full", remote.host(), what);
            failLater(CloseReason.SLOW_CONSUMER, null);
        }
    }

    private long pendingBytes() {
        return collector.bytes() + inFlightBytes();
    }

    /** What is pending and may hold others up. A large message that leaves in parts does not, unless there are several. */
    private long inTheWayBytes() {
        return pendingBytes() - Math.min(collector.partBytes(), limits.maxFrame());
    }

    /** The protocol is in the middle of something: it hears the end in a later step. */
    private void failLater(CloseReason reason, @Nullable Throwable cause) {
        if (cause != null) {
            log.write(
                    LOG,
                    Level.ERROR,
                    "writing",
                    remote.host(),
                    "writing to " + remote + " failed; it is closed",
                    cause);
        }
        isFailed = true;
        loop.execute(() -> fail(reason));
    }

    private void afterProgress() {
        if (isClosing) {
            if (pendingBytes() == 0) {
                endOutput();
            }
            return;
        }
        watchForProgress();
        tellWritability();
        if (!isWritable && inTheWayBytes() < limits.lowWaterMark()) {
            isWritable = true;
            tellWritability();
        }
    }

    /** Who was refused in a turn hears "no" before "yes" even if all went out at its end, and so goes on. */
    private void tellWritability() {
        ConnectionHandler present = handler;
        if (present != null && toldWritable != isWritable) {
            toldWritable = isWritable;
            present.onWritability(isWritable);
        }
    }

    private void watchForProgress() {
        if (watch == null && inFlightBytes() > 0) {
            progress = progress();
            progressNanos = loop.nanoTime();
            watch = loop.schedule(this::checkProgress, limits.writeDeadlineNanos() / CHECKS_PER_DEADLINE);
        }
    }

    private void checkProgress() {
        watch = null;
        if (isOver || isFailed || inFlightBytes() == 0) {
            return;
        }
        long nowNanos = loop.nanoTime();
        if (progress != progress()) {
            watchForProgress();
        } else if (nowNanos - progressNanos >= limits.writeDeadlineNanos()) {
            String what = remote + " took no byte in time; " + pendingBytes() + " bytes are pending, it is closed";
            log.write(LOG, Level.WARN, "slow", remote.host(), what);
            fail(CloseReason.SLOW_CONSUMER);
        } else {
            watch = loop.schedule(this::checkProgress, limits.writeDeadlineNanos() / CHECKS_PER_DEADLINE);
        }
    }

    private static void cancel(TaskLoop.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }
}
