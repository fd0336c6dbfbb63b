package io.chaski.remote.internal.serve;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.BodyReader;
import io.chaski.remote.internal.wire.BodyWriter;
import io.chaski.remote.internal.wire.BudgetExceededException;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.Failure;
import io.chaski.remote.internal.wire.FailureCode;
import io.chaski.remote.internal.wire.IdleInput;
import io.chaski.remote.internal.wire.MalformedException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a call at the side that executes it: arguments in, answer out. It holds a slot of the caller until the stream
 * <em>and</em> the execution are over, so a caller that opens and cancels without end never has more threads than slots.
 *
 * <p>Listens on the event loop; {@link #answer} comes from a thread of the calls.
 */
final class ServingCall implements StreamListener, IdleInput.Watched {

    private final Stream stream;
    private final CallHeaders headers;
    private final ServedService service;
    private final MethodModel method;
    private final Serving serving;
    private final BodyReader reader;
    private final BodyWriter writer;
    private final ServedItems items;

    /** The stream, and the execution. */
    private final AtomicInteger unfinished = new AtomicInteger(2);

    private volatile @Nullable Execution execution;
    private volatile int answerBytes;
    private volatile long heardNanos = System.nanoTime();

    ServingCall(Stream stream, CallHeaders headers, ServedService service, MethodModel method, Serving serving) {
        this.stream = stream;
        this.headers = headers;
        this.service = service;
        this.method = method;
        this.serving = serving;
        this.reader = new BodyReader(serving.maxBodyBytes(), serving.budget());
        this.writer = new BodyWriter(stream);
        this.items = new ServedItems(stream, method, serving, writer);
    }

    @Override
    public void onMessage(Stream same, byte[] message) {
        heardNanos = System.nanoTime();
        boolean isExecuted = reader.isComplete();
        try {
            if (isExecuted) {
                items.onMessage(message);
                return;
            }
            Body body = reader.read(message);
            stream.consumed(message.length);
            if (body != null) {
                serving.idle().remove(this);
                execute(body);
            }
        } catch (MalformedException malformed) {
            stream.reset(isExecuted ? StreamCode.APPLICATION : StreamCode.REFUSED, malformed.what());
        } catch (BudgetExceededException tooMuch) {
            stream.reset(isExecuted ? StreamCode.LIMIT : StreamCode.REFUSED, tooMuch.what());
        }
    }

    private void execute(Body body) throws MalformedException {
        if (body.kind() != Body.Kind.ARGUMENTS) {
            throw new MalformedException("a call begins with its arguments");
        }
        Execution begun = new Execution(this, stream, headers, service, method, serving, items, body.bytes());
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
        } else {
            items.onEnd();
        }
    }

    @Override
    public void onWritable(Stream same) {
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

    /** The arguments are not complete; if nothing of them has come for so long, nothing more is waited for. */
    @Override
    public void endIfIdle(long nowNanos, long limitNanos) {
        if (nowNanos - heardNanos >= limitNanos) {
            // Not REFUSED: the last of them may be arriving at this moment.
            stream.reset(StreamCode.LIMIT, "the arguments do not get on");
        }
    }

    private void onStreamOver() {
        serving.idle().remove(this);
        if (execution == null) {
            onFinished(); // there will be none
        }
        onFinished();
    }

    /** The execution has ended with this answer, which is discarded if the stream is over. Items were an answer already. */
    void answer(Body body) {
        if (!items.isAnswer(body)) {
            writer.send(bounded(body));
        }
        writer.end();
        items.close();
        onFinished();
    }

    private Body bounded(Body body) {
        int bytes = body.bytes().length;
        if (bytes > serving.maxBodyBytes() || !serving.budget().tryTake(bytes)) {
            return Failure.of(FailureCode.BAD_RESULT, "the result is too large: " + bytes + " bytes")
                    .toBody();
        }
        answerBytes = bytes;
        return body;
    }

    /** The execution was given up before it began. */
    void onFinished() {
        if (unfinished.decrementAndGet() == 0) {
            reader.release();
            items.release();
            serving.budget().giveBack(answerBytes);
            serving.slots().giveBack(stream.peer());
        }
    }
}
