package io.chaski.remote.internal.serve;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.remote.CallEvent;
import io.chaski.remote.ItemsIdleException;
import io.chaski.remote.internal.context.IdleInput;
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
import io.chaski.remote.internal.wire.Reserve;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a call at the side that executes it: arguments in, answer out. It holds a slot of the caller until the stream
 * <em>and</em> the execution are over, so a caller that opens and cancels without end never has more threads than slots.
 *
 * <p>Listens on the event loop; {@link #answer} comes from a thread of the calls.
 */
final class ServingCall implements StreamListener, Answered {

    private static final Set<Body.Kind> ARGUMENTS = Set.of(Body.Kind.ARGUMENTS);

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

    private final IdleInput.Watched silence = this::endIfSilent;

    /** The stream, and the execution. */
    private final AtomicInteger unfinished = new AtomicInteger(2);

    /** Whether it counts among those that hold a thread because they wait for items. */
    private final AtomicBoolean isWaiter = new AtomicBoolean();

    private boolean isEndedAsSilent;

    private volatile @Nullable Execution execution;
    private volatile int answerBytes;
    private volatile boolean isAnswered;

    /** When something came or was taken last, and when the arguments began or the answer did. */
    private volatile long movedNanos = beganNanos;

    private volatile long phaseNanos = beganNanos;

    /**
     * A call that has a slot.
     *
     * @param memory for items that come, if the method takes any
     */
    ServingCall(
            Stream stream,
            CallHeaders headers,
            ServedService service,
            MethodModel method,
            Serving serving,
            @Nullable Reserve memory) {
        this.stream = stream;
        this.headers = headers;
        this.service = service;
        this.method = method;
        this.serving = serving;
        this.budget = serving.budget().ofPeer(stream.peer());
        this.reader = new BodyReader(serving.maxBodyBytes(), budget, ARGUMENTS);
        this.writer = new BodyWriter(stream);
        this.items = new ServedItems(stream, method, serving, budget, writer, memory);
    }

    /** Takes a place among those that may wait for items, if it may; it is given back when the implementation has returned. */
    boolean tryTakeWaiter() {
        if (method.streams().mayWait(method.isFuture())) {
            isWaiter.set(serving.waiters().tryTake(stream.peer()));
            return isWaiter.get();
        }
        return true;
    }

    private void giveWaiterBack() {
        if (isWaiter.compareAndSet(true, false)) {
            serving.waiters().giveBack(stream.peer());
        }
    }

    /** It was not accepted after all. */
    void giveBack() {
        onFinished();
        onFinished();
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
                int held = gate.open();
                if (method.streams().isAny()) { // otherwise nothing follows
                    giveRoom(held);
                }
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
        if (serving.services().mayCall(service, headers.service(), stream.peer(), method.name())) {
            giveRoom(gate.open());
        } else if (gate.shut()) {
            reader.release();
            answer(Execution.denied(service));
        }
    }

    private void execute(Body body) {
        Execution begun = new Execution(this, stream.peer(), headers, service, method, serving, items, body);
        execution = begun;
        if (method.streams().argument() != null) {
            serving.silent().add(silence);
        }
        if (!serving.threads().tryExecute(stream.peer(), () -> run(begun))) {
            execution = null;
            stream.reset(StreamCode.REFUSED, "the node closes");
        }
    }

    private void run(Execution begun) {
        try {
            begun.run();
        } finally {
            giveWaiterBack();
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

    /**
     * A thread waits for items and none come. The caller hears it if it listens, and if it does not, its stream is reset when this
     * is looked at again.
     */
    private void endIfSilent(long nowNanos, long limitNanos) {
        Execution running = execution;
        if (isEndedAsSilent) {
            stream.reset(StreamCode.CANCELLED, "no items come");
        } else if (running != null && items.isSilent(running.isRunning(), nowNanos, limitNanos)) {
            isEndedAsSilent = true;
            String what = "no item has come for " + Duration.ofNanos(limitNanos).toMillis() + " ms";
            writer.end(Failure.of(FailureCode.ITEMS_IDLE, what).toBody());
            items.cutOff(new ItemsIdleException(stream.peer(), method.name() + ": " + what));
            running.cancel();
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
        giveWaiterBack(); // as the slot below
        try {
            sent = isSaid ? body : bounded(body);
            movedNanos = System.nanoTime();
            phaseNanos = movedNanos;
            isAnswered = true;
        } finally {
            // Before the caller can know that the call is over: its next one must find the slot free.
            onFinished();
        }
        if (isSaid) {
            writer.end();
        } else {
            writer.end(sent);
        }
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
            serving.silent().remove(silence);
            giveWaiterBack();
            budget.giveBack(answerBytes);
            items.release();
            serving.slots().giveBack(stream.peer());
        }
    }
}
