package io.chaski.remote.internal.serve;

import io.chaski.core.codec.CodecException;
import io.chaski.core.stream.Stream;
import io.chaski.remote.CallDeniedException;
import io.chaski.remote.ServerInterceptor;
import io.chaski.remote.internal.context.CurrentCall;
import io.chaski.remote.internal.flow.UnsendableItemException;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.ErrorText;
import io.chaski.remote.internal.wire.Failure;
import io.chaski.remote.internal.wire.FailureCode;
import io.chaski.remote.internal.wire.Values;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes one call on a thread of the calls, and answers it exactly once.
 *
 * <pre>
 * WAITING --thread--> RUNNING --returned--> DONE
 *    |                   '--a future--> SETTLING --> DONE
 *    '--cancelled--> DONE
 * </pre>
 *
 * <p>A call that is cancelled interrupts its thread, or cancels its future; it is DONE when these give in. Thread-safe.
 */
final class Execution implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Execution.class);

    private enum State {
        WAITING,
        RUNNING,
        SETTLING,
        DONE
    }

    private final ServingCall call;
    private final CallHeaders headers;
    private final ServedService service;
    private final MethodModel method;
    private final Serving serving;
    private final ServedItems items;
    private final CurrentCall context;
    private byte @Nullable [] encoded;

    /** Guards what follows. */
    private final ReentrantLock lock = new ReentrantLock();

    private State state = State.WAITING;
    private @Nullable Thread thread;
    private @Nullable CompletableFuture<?> settling;

    Execution(
            ServingCall call,
            Stream stream,
            CallHeaders headers,
            ServedService service,
            MethodModel method,
            Serving serving,
            ServedItems items,
            byte[] encoded) {
        this.call = call;
        this.headers = headers;
        this.service = service;
        this.method = method;
        this.serving = serving;
        this.items = items;
        this.encoded = encoded;
        this.context =
                new CurrentCall(stream.peer(), service.name(), method.name(), headers.user(), stream.remaining());
    }

    /** Nobody waits for the result any more. */
    void cancel() {
        CompletableFuture<?> future = null;
        boolean isOver = false;
        context.markCancelled();
        lock.lock();
        try {
            if (state == State.WAITING) {
                state = State.DONE;
                isOver = true;
            } else if (state == State.SETTLING) {
                future = settling;
            } else if (thread != null) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
        // Not here on the event loop: what ends with this call runs code of the application.
        CompletableFuture<?> settled = future;
        Runnable tellOthers = () -> {
            context.scope().cancel();
            if (settled != null) {
                settled.cancel(true);
            }
        };
        if (!serving.threads().tryExecute(tellOthers)) {
            tellOthers.run(); // the remote closes, and so does everything on it
        }
        if (isOver) {
            call.onFinished();
        }
    }

    @Override
    public void run() {
        if (!begin()) {
            return;
        }
        context.run(() -> {
            Body answer = execute();
            if (answer != null) {
                end(answer);
            }
        });
    }

    private boolean begin() {
        lock.lock();
        try {
            if (state != State.WAITING) {
                return false;
            }
            state = State.RUNNING;
            thread = Thread.currentThread();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void end(Body answer) {
        release(State.DONE);
        call.answer(answer);
    }

    /** From here on no interrupt of this call reaches the thread. */
    private void release(State next) {
        lock.lock();
        try {
            state = next;
            if (thread == Thread.currentThread()) {
                thread = null;
                Thread.interrupted();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The answer, or null if it comes later. */
    private @Nullable Body execute() {
        if (!service.isAllowed(context.caller())) {
            return Failure.of(FailureCode.DENIED, "this node may not call '" + service.name() + "'")
                    .toBody();
        }
        List<@Nullable Object> arguments;
        try {
            byte[] bytes = encoded;
            encoded = null;
            arguments = bytes == null ? List.of() : Values.decode(method.parameters(), bytes);
        } catch (CodecException wrong) {
            return Failure.of(FailureCode.BAD_ARGUMENTS, wrong.getMessage()).toBody();
        }
        ExecutedCalls.Claim claim = serving.executed().claim(context.caller(), headers.id());
        if (!claim.isNew()) {
            follow(claim.entry().answer());
            return null;
        }
        return invoke(claim.entry(), items.with(arguments, context));
    }

    /** The call is, or was, executed by an earlier attempt: its answer is that of this one. */
    private void follow(CompletableFuture<Body> earlier) {
        release(State.SETTLING);
        var unused = earlier.thenAccept(this::end);
    }

    /** Nothing that an implementation throws, errors included, gets past this: the thread belongs to all. */
    private @Nullable Body invoke(ExecutedCalls.Entry entry, List<@Nullable Object> arguments) {
        Body answer;
        try {
            Object result = around(0, Collections.unmodifiableList(arguments));
            CompletableFuture<?> later = later(result);
            if (later != null) {
                settleLater(entry, later);
                return null;
            }
            answer = ofResult(result);
        } catch (Throwable thrown) {
            answer = ofThrown(thrown);
        }
        entry.complete(answer);
        return answer;
    }

    private @Nullable Object around(int index, List<@Nullable Object> arguments) throws Throwable {
        List<ServerInterceptor> interceptors = serving.interceptors();
        return index < interceptors.size()
                ? interceptors.get(index).around(context, arguments, () -> around(index + 1, arguments))
                : service.invoker().invoke(method, arguments);
    }

    /** What the answer waits for, or null if it is there. */
    private @Nullable CompletableFuture<?> later(@Nullable Object result) {
        if (method.streams().result() != null) {
            return items.send(result, context);
        }
        return method.isFuture() && result instanceof CompletionStage<?> stage ? stage.toCompletableFuture() : null;
    }

    private void settleLater(ExecutedCalls.Entry entry, CompletableFuture<?> result) {
        lock.lock();
        try {
            settling = result;
        } finally {
            lock.unlock();
        }
        release(State.SETTLING);
        if (context.isCancelled()) {
            result.cancel(true);
        }
        var unused = result.whenComplete((value, thrown) -> {
            Runnable settle = () -> {
                Body answer = thrown == null ? ofResult(value) : ofThrown(unwrapped(thrown));
                entry.complete(items.isAnswer(answer) ? ExecutedCalls.NOT_KEPT : answer);
                end(answer);
            };
            if (!serving.threads().tryExecute(settle)) {
                settle.run();
            }
        });
    }

    private static Throwable unwrapped(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    private Body ofResult(@Nullable Object result) {
        if (!method.hasResult()) {
            return new Body(Body.Kind.VALUE, new byte[0]);
        }
        try {
            return new Body(Body.Kind.VALUE, Values.encode(method.result(), result));
        } catch (RuntimeException | StackOverflowError unencodable) {
            log.warn("the result of {} cannot be sent: {}", method.signature(), unencodable.toString());
            return Failure.of(FailureCode.BAD_RESULT, "the result cannot be encoded as " + method.signature())
                    .toBody();
        }
    }

    private Body ofThrown(Throwable thrown) {
        log.debug(
                "{} of {} has thrown {}",
                method.signature(),
                service.name(),
                thrown.getClass().getName());
        if (context.isCancelled()) {
            return Failure.of(FailureCode.ABORTED, "an earlier attempt of this call was given up")
                    .toBody();
        }
        if (thrown instanceof CallDeniedException denied && denied.peer().isEmpty()) {
            return Failure.of(FailureCode.DENIED, denied.getMessage()).toBody();
        }
        if (thrown instanceof UnsendableItemException wrong) {
            return Failure.of(FailureCode.BAD_RESULT, wrong.getMessage()).toBody();
        }
        return ErrorText.toBody(method, thrown);
    }
}
