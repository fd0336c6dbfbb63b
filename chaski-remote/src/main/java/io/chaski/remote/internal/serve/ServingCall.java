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
import java.util.Optional;
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
    private final BodyWriter writer;
    private final ArgumentGate gate = new ArgumentGate();
    private final ServedItems items;
    private final long beganNanos = System.nanoTime();

    /** The stream, and the execution. */
    private final AtomicInteger unfinished = new AtomicInteger(2);

    private volatile @Nullable Execution execution;
    private volatile int answerBytes;
    private volatile boolean isAnswered;

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
        this.writer = new BodyWriter(stream);
        this.items = new ServedItems(stream, method, serving, budget, writer);
    }

    @Override
    public void onMessage(Stream same, byte[] message) {
        movedNanos = System.nanoTime();
        boolean isExecuted = reader.isComplete();
        try {
            if (isExecuted) {
                items.onMessage(message);
                return;
            }
            Body body = reader.read(message);
            giveRoom(gate.onPiece(message.length));
            if (body != null) {
                giveRoom(gate.open());
                execute(body);
            } else if (gate.ask()) {
                serving.threads().own().execute(this::askRule);
            }
        } catch (MalformedException malformed) {
            stream.reset(isExecuted ? StreamCode.APPLICATION : StreamCode.REFUSED, malformed.what());
        } catch (BudgetExceededException tooMuch) {
            stream.reset(isExecuted ? StreamCode.CANCELLED : StreamCode.REFUSED, tooMuch.what());
        }
    }

    private void giveRoom(int bytes) {
        if (bytes > 0) {
            stream.consumed(bytes);
        }
    }

    /** Runs code of the application. Of small arguments, which are there at once, it is asked by the execution only. */
    private void askRule() {
        if (service.isAllowed(stream.peer())) {
            giveRoom(gate.open());
        } else if (gate.shut()) {
            reader.release();
            answer(Execution.denied(service));
        }
    }

    private void execute(Body body) throws MalformedException {
        if (body.kind() != Body.Kind.ARGUMENTS) {
            throw new MalformedException("a call begins with its arguments");
        }
        Execution begun = new Execution(this, stream.peer(), headers, service, method, serving, items, body);
        execution = begun;
        if (!serving.threads().tryExecute(stream.peer(), begun)) {
            execution = null;
            stream.reset(StreamCode.REFUSED, "the node closes");
        }
    }

    @Override
    public void onEnd(Stream same) {
        if (!reader.isComplete()) {
            stream.reset(StreamCode.REFUSED, "the arguments are not complete");
        } else {
            items.onEnd();
        }
    }

    @Override
    public void onWritable(Stream same) {
        movedNanos = System.nanoTime();
        writer.pump();
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
        items.onFailed(cause);
        onStreamOver();
    }

    /** Looks whether it gets on. Its caller hears that it may have been executed: something may be arriving at this moment. */
    void endIfStuck(StuckCalls.Limits limits, long nowNanos) {
        boolean isMoving = nowNanos - movedNanos < limits.idle().toNanos()
                && nowNanos - phaseNanos < limits.transfer().toNanos();
        // With a stream of items it may last: how these get on is looked at one by one, and a reader may take its time.
        if (nowNanos - beganNanos >= limits.call().toNanos()
                && !method.streams().isAny()) {
            stream.reset(StreamCode.DEADLINE_EXCEEDED, "no call takes longer than " + limits.call());
        } else if (!reader.isComplete() && !isMoving) {
            stream.reset(StreamCode.CANCELLED, "the arguments do not get on");
        } else if (isAnswered && method.streams().result() == null && !writer.isDone() && !isMoving) {
            stream.reset(StreamCode.CANCELLED, "the answer is not taken");
        }
    }

    @Override
    public Optional<Duration> remaining() {
        if (method.streams().isAny()) {
            return stream.remaining();
        }
        Duration most = serving.stuck().longestCall();
        return Optional.of(
                stream.remaining().filter(left -> left.compareTo(most) < 0).orElse(most));
    }

    /** The remote closes. */
    void abort() {
        stream.reset(StreamCode.CANCELLED, "the other side serves no more");
    }

    private void onStreamOver() {
        serving.stuck().remove(this);
        if (gate.end() && execution == null) {
            reader.release();
            onFinished(); // there will be none
        }
        onFinished();
    }

    @Override
    public CallEvent.Side side() {
        return CallEvent.Side.SERVING;
    }

    /** The execution has ended with this answer, which is discarded if the stream is over. Items were an answer already. */
    @Override
    public void answer(Body body) {
        boolean isSaid = items.isAnswer(body);
        Body sent = body;
        try {
            sent = isSaid ? body : bounded(body);
            movedNanos = System.nanoTime();
            phaseNanos = movedNanos;
            isAnswered = true;
        } finally {
            // Before the caller can know that the call is over: its next one must find the slot free.
            onFinished();
        }
        if (!isSaid) {
            writer.send(sent);
        }
        writer.end();
        items.close();
    }

    private Body bounded(Body body) {
        int bytes = body.length();
        if (bytes > serving.maxBodyBytes() || !budget.tryTake(bytes)) {
            return Failure.of(FailureCode.BAD_RESULT, "the result is too large: " + bytes + " bytes")
                    .toBody();
        }
        answerBytes = bytes;
        return body;
    }

    /** The execution is over, or the stream. */
    @Override
    public void onFinished() {
        if (unfinished.decrementAndGet() == 0) {
            budget.giveBack(answerBytes);
            items.release();
            serving.slots().giveBack(stream.peer());
        }
    }
}
