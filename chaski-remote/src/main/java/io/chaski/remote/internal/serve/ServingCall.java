package io.chaski.remote.internal.serve;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.remote.CallEvent;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.BodyReader;
import io.chaski.remote.internal.wire.BodyWriter;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.BudgetExceededException;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.Failure;
import io.chaski.remote.internal.wire.FailureCode;
import io.chaski.remote.internal.wire.MalformedException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a call at the side that executes it: arguments in, answer out. It holds a slot of the caller until the stream
 * <em>and</em> the execution are over, so a caller that opens and cancels without end never has more threads than slots.
 *
 * <p>Listens on the event loop; {@link #answer} comes from a thread of the calls.
 */
final class ServingCall implements StreamListener, Answered {

    private final Stream stream;
    private final CallHeaders headers;
    private final ServedService service;
    private final MethodModel method;
    private final Serving serving;
    private final Budget budget;
    private final BodyReader reader;
    private final long beganNanos = System.nanoTime();

    /** The stream, and the execution. */
    private final AtomicInteger unfinished = new AtomicInteger(2);

    private volatile @Nullable Execution execution;
    private volatile @Nullable BodyWriter writer;
    private volatile int answerBytes;

    /** When something came or was taken last, and when the arguments began or the answer did. */
    private volatile long movedNanos = beganNanos;

    private volatile long phaseNanos = beganNanos;

    ServingCall(Stream stream, CallHeaders headers, ServedService service, MethodModel method, Serving serving) {
        this.stream = stream;
        this.headers = headers;
        this.service = service;
        this.method = method;
        this.serving = serving;
        this.budget = serving.budget().ofPeer(stream.peer());
        this.reader = new BodyReader(serving.maxBodyBytes(), budget);
    }

    @Override
    public void onMessage(Stream same, byte[] message) {
        movedNanos = System.nanoTime();
        try {
            Body body = reader.read(message);
            if (body != null) {
                execute(body);
            }
        } catch (MalformedException malformed) {
            stream.reset(StreamCode.REFUSED, malformed.what());
        } catch (BudgetExceededException tooMuch) {
            stream.reset(StreamCode.REFUSED, tooMuch.what());
        }
    }

    private void execute(Body body) throws MalformedException {
        if (body.kind() != Body.Kind.ARGUMENTS) {
            throw new MalformedException("a call begins with its arguments");
        }
        Execution begun = new Execution(this, stream.peer(), headers, service, method, serving, body);
        execution = begun;
        if (!serving.threads().tryExecute(begun)) {
            execution = null;
            stream.reset(StreamCode.REFUSED, "the node closes");
        }
    }

    @Override
    public void onEnd(Stream same) {
        if (!reader.isComplete()) {
            stream.reset(StreamCode.REFUSED, "the arguments are not complete");
        }
    }

    @Override
    public void onWritable(Stream same) {
        movedNanos = System.nanoTime();
        BodyWriter sending = writer;
        if (sending != null) {
            sending.pump();
        }
    }

    @Override
    public void onClosed(Stream same) {
        onStreamOver();
    }

    @Override
    public void onFailed(Stream same, StreamException cause) {
        Execution running = execution;
        if (running != null) {
            running.cancel();
        }
        onStreamOver();
    }

    /** Looks whether it gets on. Its caller hears that it may have been executed: something may be arriving at this moment. */
    void endIfStuck(StuckCalls.Limits limits, long nowNanos) {
        // A call that carries streams of values may last, since these have limits of their own: it will be exempt here.
        if (nowNanos - beganNanos >= limits.call().toNanos()) {
            stream.reset(StreamCode.DEADLINE_EXCEEDED, "no call takes longer than " + limits.call());
            return;
        }
        boolean isMoving = nowNanos - movedNanos < limits.idle().toNanos()
                && nowNanos - phaseNanos < limits.transfer().toNanos();
        BodyWriter sending = writer;
        if (!reader.isComplete() && !isMoving) {
            stream.reset(StreamCode.LIMIT, "the arguments do not get on");
        } else if (sending != null && !sending.isDone() && !isMoving) {
            stream.reset(StreamCode.LIMIT, "the answer is not taken");
        }
    }

    @Override
    public Duration remaining() {
        Duration most = serving.stuck().longestCall();
        return stream.remaining().filter(left -> left.compareTo(most) < 0).orElse(most);
    }

    /** The remote closes. */
    void abort() {
        stream.reset(StreamCode.CANCELLED, "the other side serves no more");
    }

    private void onStreamOver() {
        serving.stuck().remove(this);
        if (execution == null) {
            reader.release();
            onFinished(); // there will be none
        }
        onFinished();
    }

    @Override
    public CallEvent.Side side() {
        return CallEvent.Side.SERVING;
    }

    /** The execution has ended with this answer, which is discarded if the stream is over. */
    @Override
    public void answer(Body body) {
        try {
            Body sent = body;
            int bytes = body.length();
            if (bytes > serving.maxBodyBytes() || !budget.tryTake(bytes)) {
                sent = Failure.of(FailureCode.BAD_RESULT, "the result is too large: " + bytes + " bytes")
                        .toBody();
            } else {
                answerBytes = bytes;
            }
            movedNanos = System.nanoTime();
            phaseNanos = movedNanos;
            writer = new BodyWriter(stream, sent, () -> {});
        } finally {
            // Before the caller can know that the call is over: its next one must find the slot free.
            onFinished();
        }
        onWritable(stream);
    }

    /** The execution is over, or the stream. */
    @Override
    public void onFinished() {
        if (unfinished.decrementAndGet() == 0) {
            budget.giveBack(answerBytes);
            serving.slots().giveBack(stream.peer());
        }
    }
}
