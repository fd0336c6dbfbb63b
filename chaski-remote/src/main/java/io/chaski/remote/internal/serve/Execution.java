package io.chaski.remote.internal.serve;

import io.chaski.core.NodeId;
import io.chaski.core.codec.CodecException;
import io.chaski.remote.CallDeniedException;
import io.chaski.remote.ServerInterceptor;
import io.chaski.remote.internal.context.CallEvents;
import io.chaski.remote.internal.context.CurrentCall;
import io.chaski.remote.internal.flow.UnsendableItemException;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.ErrorText;
import io.chaski.remote.internal.wire.Failure;
import io.chaski.remote.internal.wire.FailureCode;
import io.chaski.remote.internal.wire.Values;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
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
 * <p>A call that is cancelled while it waits keeps its slot until a thread has taken it: what waits for threads is bounded
 * by slots. A call that is cancelled interrupts its thread, or cancels its future; it is DONE when these give in. Thread-safe.
 */
final class Execution implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Execution.class);

    private enum State {
        WAITING,
        RUNNING,
        SETTLING,
        DONE
    }

    private final Answered call;
    private final CallHeaders headers;
    private final ServedService service;
    private final MethodModel method;
    private final Serving serving;

    /** Null if the call has no stream that items could flow on. */
    private final @Nullable ServedItems items;

    private final CurrentCall context;
    private volatile CallEvents.@Nullable Call told;

    /** Of a method that has some; written by the thread that executes, before anybody else hears of it. */
    private volatile @Nullable ReceivedCallbacks callbacks;

    /** Guards what follows. */
    private final ReentrantLock lock = new ReentrantLock();

    /** The arguments, until they are decoded or not wanted any more. */
    private @Nullable Body encoded;

    /** Whether the implementation has been called: from then on nobody can say that nothing was executed. */
    private volatile boolean isEntered;

    private State state = State.WAITING;
    private @Nullable Thread thread;
    private @Nullable CompletableFuture<?> settling;

    Execution(
            Answered call,
            NodeId caller,
            CallHeaders headers,
            ServedService service,
            MethodModel method,
            Serving serving,
            @Nullable ServedItems items,
            Body encoded) {
        this.call = call;
        this.headers = headers;
        this.service = service;
        this.method = method;
        this.serving = serving;
        this.items = items;
        this.encoded = encoded;
        this.context = new CurrentCall(
                caller,
                () -> serving.services().rights().identity(caller),
                service.name(),
                method.name(),
                headers.user(),
                call.remaining());
    }

    /** Nobody waits for the result any more. */
    void cancel() {
        CompletableFuture<?> future = null;
        Body unwanted = null;
        context.markCancelled();
        lock.lock();
        try {
            if (state == State.WAITING) {
                state = State.DONE;
                unwanted = encoded;
                encoded = null;
            } else if (state == State.SETTLING) {
                future = settling;
            } else if (thread != null) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
        if (unwanted != null) {
            unwanted.release();
        }
        // Not here on the event loop: what ends with this call runs code of the application.
        CompletableFuture<?> settled = future;
        serving.threads().own().execute(() -> {
            context.scope().cancel();
            if (settled != null) {
                settled.cancel(true);
            }
        });
    }

    /** Whether the implementation has been called on a thread and has not returned. */
    boolean isRunning() {
        lock.lock();
        try {
            return state == State.RUNNING;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        if (!begin()) {
            call.onFinished();
            return;
        }
        told = serving.events().begin(call.side(), service.name(), method.name(), context.caller());
        context.run(() -> {
            Body answer;
            try {
                answer = execute();
            } catch (Throwable broken) { // the caller gets an answer, and its slot is free again
                answer = ofBroken(broken);
            }
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
        ReceivedCallbacks received = callbacks;
        if (received != null) {
            received.end();
        }
        release(State.DONE);
        CallEvents.Call begun = told;
        if (begun != null) {
            begun.end(context.caller(), Failure.outcomeOf(answer));
        }
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
        Body body = takeArguments();
        List<@Nullable Object> arguments;
        try {
            if (!serving.services().mayCall(service, headers.service(), context.caller(), method.name())) {
                return denied(service);
            }
            arguments = decode(body.bytes());
        } catch (CodecException wrong) {
            return Failure.of(FailureCode.BAD_ARGUMENTS, wrong.getMessage()).toBody();
        } catch (LinkageError | StackOverflowError wrong) { // of a class of the application
            log.warn("arguments of {} cannot be decoded", method.signature(), wrong);
            return Failure.of(FailureCode.BAD_ARGUMENTS, "the arguments cannot be decoded")
                    .toBody();
        } finally {
            body.release();
        }
        ExecutedCalls.Claim claim = serving.executed().claim(context.caller(), headers.id(), repeatable());
        if (!claim.isNew()) {
            follow(claim.entry().answer());
            return null;
        }
        return invoke(claim.entry(), items == null ? arguments : items.with(arguments, context));
    }

    /** What somebody hears who may not call. */
    static Body denied(ServedService service) {
        return Failure.of(FailureCode.DENIED, "this node may not call '" + service.name() + "'")
                .toBody();
    }

    /** How long the caller may repeat the call: one that may last longer is not repeated at all once it is executed. */
    private Duration repeatable() {
        Duration most = serving.stuck().longestCall();
        return call.remaining().filter(left -> left.compareTo(most) < 0).orElse(most);
    }

    private List<@Nullable Object> decode(byte[] bytes) {
        List<@Nullable Object> decoded = Values.decode(method.sentParameters(), bytes);
        if (!method.hasCallbacks()) {
            return decoded;
        }
        ReceivedCallbacks received = new ReceivedCallbacks(context, serving.callbacks());
        callbacks = received;
        return received.in(method, decoded);
    }

    private Body takeArguments() {
        lock.lock();
        try {
            Body body = Objects.requireNonNull(encoded, "taken once");
            encoded = null;
            return body;
        } finally {
            lock.unlock();
        }
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
        if (index < interceptors.size()) {
            return interceptors.get(index).around(context, arguments, () -> around(index + 1, arguments));
        }
        isEntered = true;
        return service.invoker().invoke(method, arguments);
    }

    /** What the answer waits for, or null if it is there. */
    private @Nullable CompletableFuture<?> later(@Nullable Object result) {
        if (items != null && method.streams().result() != null) {
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
            serving.threads().own().execute(() -> {
                Body answer = thrown == null ? ofResult(value) : ofThrown(unwrapped(thrown));
                entry.complete(items != null && items.isAnswer(answer) ? ExecutedCalls.NOT_KEPT : answer);
                end(answer);
            });
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
        } catch (Throwable unencodable) { // of a class of the application, or there is no memory for it
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
        if (thrown instanceof CallDeniedException denied && denied.peer().isEmpty() && !isEntered) {
            return Failure.of(FailureCode.DENIED, denied.getMessage()).toBody();
        }
        if (thrown instanceof UnsendableItemException wrong) {
            return Failure.of(FailureCode.BAD_RESULT, wrong.getMessage()).toBody();
        }
        try {
            return ErrorText.toBody(method, thrown);
        } catch (Throwable broken) { // its message is made by code of the application
            return ofBroken(thrown);
        }
    }

    private static Body ofBroken(Throwable broken) {
        log.warn("a call could not be answered with what it came to", broken);
        return new Failure(FailureCode.REMOTE_ERROR, broken.getClass().getName(), "").toBody();
    }
}
