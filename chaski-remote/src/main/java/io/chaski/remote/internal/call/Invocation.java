package io.chaski.remote.internal.call;

import io.chaski.core.codec.CodecException;
import io.chaski.remote.BadAnswerException;
import io.chaski.remote.BadArgumentsException;
import io.chaski.remote.CallException;
import io.chaski.remote.CallOptions;
import io.chaski.remote.ClientCall;
import io.chaski.remote.ClientInterceptor;
import io.chaski.remote.internal.context.CallScope;
import io.chaski.remote.internal.context.CurrentCall;
import io.chaski.remote.internal.model.MethodStreams;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.ErrorText;
import io.chaski.remote.internal.wire.MalformedException;
import io.chaski.remote.internal.wire.Values;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a program does when it calls a method: through the interceptors, with the deadline and the end of the call that it is part
 * of, to a result of Java. Used once, by the thread that calls.
 */
final class Invocation {

    private final Calling calling;
    private final Target target;
    private final CallScope scope = new CallScope();
    private final Runnable cancel = scope::cancel;
    private final @Nullable CurrentCall parent = CurrentCall.find();

    /** Decodes, and completes what the program gets. */
    private final Executor completions;

    private final @Nullable WaitingThread waiting;

    /** The failure of this call, if it is not an interceptor's. */
    private volatile @Nullable Throwable made;

    /** Whether the stream among the arguments, if there is one, is closed by what sends it. */
    private volatile boolean areItemsTaken;

    /** Where items go if the result is a stream. */
    private final @Nullable ResultItems results;

    private Invocation(Calling calling, Target target, boolean isWaiting) {
        this.calling = calling;
        this.target = target;
        Executor others = calling.threads().own();
        this.waiting = isWaiting ? new WaitingThread(others) : null;
        this.completions = waiting == null ? others : waiting;
        this.results = target.method().streams().result() == null ? null : new ResultItems(target, scope);
    }

    /** A call whose thread goes on. */
    static Invocation later(Calling calling, Target target) {
        return new Invocation(calling, target, false);
    }

    /** A call whose thread will {@link #await} its result. */
    static Invocation waiting(Calling calling, Target target) {
        return new Invocation(calling, target, true);
    }

    /** Where the items of the result go. */
    ResultItems results() {
        return Objects.requireNonNull(results, "the result is a stream");
    }

    /**
     * Calls.
     *
     * @return the result; cancelling it cancels the call
     */
    CompletableFuture<@Nullable Object> begin(List<@Nullable Object> arguments, CallOptions options) {
        joinParent();
        CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
        var unused = result.whenComplete((value, failure) -> {
            leaveParent();
            closeUntaken(arguments);
            if (result.isCancelled()) {
                scope.cancel();
            }
        });
        ClientCall call = new ClientCall(target.service(), target.method().name(), arguments, options);
        CompletableFuture<@Nullable Object> inner;
        try {
            inner = Objects.requireNonNull(around(0, call), "an interceptor has returned no future");
        } catch (Throwable failed) { // of an interceptor or of whoever chooses a node, too: it fails this call
            scope.cancel(); // it may have begun already, and nobody hears of it
            result.completeExceptionally(failed);
            return result;
        }
        var unusedToo = inner.whenComplete((value, failure) -> {
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(Unwrapped.of(failure));
            }
        });
        return result;
    }

    /** An interceptor has ended the call before it was made: a stream that was passed is closed all the same. */
    private void closeUntaken(List<@Nullable Object> arguments) {
        if (!areItemsTaken && target.method().streams().argument() != null) {
            try {
                CallItems.of(calling, target, arguments, null).close();
            } catch (BadArgumentsException none) {
                // the call has failed with just that, or before it could
            }
        }
    }

    private void joinParent() {
        if (parent != null) {
            parent.scope().add(cancel);
        }
    }

    private void leaveParent() {
        if (parent != null) {
            parent.scope().remove(cancel);
        }
    }

    private CompletableFuture<@Nullable Object> around(int index, ClientCall call) {
        List<ClientInterceptor> interceptors = calling.options().clientInterceptors();
        return index < interceptors.size()
                ? interceptors.get(index).around(call, next -> around(index + 1, next))
                : call(call);
    }

    private CompletableFuture<@Nullable Object> call(ClientCall call) {
        if (!call.service().equals(target.service())
                || !call.method().equals(target.method().name())) {
            throw new IllegalArgumentException("an interceptor of " + target.label() + " cannot call " + call);
        }
        PendingCall pending = start(call.arguments(), call.options());
        if (results != null) {
            return results.follow(pending);
        }
        if (target.method().isOneWay()) {
            return oneWay(pending);
        }
        CompletableFuture<@Nullable Object> decoded = new CompletableFuture<>();
        var unused = pending.answer().whenComplete((body, failure) -> {
            Runnable completion = () -> {
                try {
                    if (failure != null) {
                        throw Unwrapped.of(failure);
                    }
                    decoded.complete(decode(body, pending.candidate()));
                } catch (Throwable failed) {
                    made = failed;
                    decoded.completeExceptionally(failed);
                } finally {
                    if (body != null) {
                        body.release();
                    }
                }
            };
            completions.execute(completion);
        });
        return decoded;
    }

    /** The arguments are on their way when this completes; what becomes of them is told to whoever wants to know. */
    private CompletableFuture<@Nullable Object> oneWay(PendingCall pending) {
        CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
        var unused = pending.sent().whenComplete((nothing, failure) -> {
            Runnable completion = () -> {
                if (failure == null) {
                    result.complete(null);
                } else {
                    result.completeExceptionally(Unwrapped.of(failure));
                }
            };
            completions.execute(completion);
        });
        var unusedToo = pending.answer().whenComplete((body, failure) -> {
            if (body != null) {
                body.release();
            } else if (failure instanceof CallException failed) {
                // The result may not have been completed yet; what counts is whether it will be told of this.
                var unusedSent = pending.sent()
                        .thenRun(() -> calling.threads()
                                .own()
                                .execute(
                                        () -> calling.options().oneWayFailures().accept(failed)));
            }
        });
        return result;
    }

    private PendingCall start(List<@Nullable Object> arguments, CallOptions options) {
        MethodStreams streams = target.method().streams();
        CallItems items = CallItems.of(calling, target, arguments, results == null ? null : results.begin());
        areItemsTaken = true;
        try {
            return start(GivenCallbacks.of(calling, target, streams.without(arguments)), items, options);
        } catch (Throwable notStarted) {
            items.close();
            throw notStarted;
        }
    }

    private PendingCall start(GivenCallbacks callbacks, CallItems items, CallOptions options) {
        byte[] encoded;
        try {
            encoded = encode(callbacks.arguments());
        } catch (Throwable notStarted) {
            callbacks.end();
            throw notStarted;
        }
        Duration delay = options.delay().orElse(Duration.ZERO);
        CallDeadline deadline = CallDeadline.of(limitOf(options), delay, parent);
        PendingCall pending = new PendingCall(calling, target, encoded, options, deadline, items);
        Runnable end = pending::cancel;
        var unused = pending.answer().whenComplete((body, failure) -> {
            scope.remove(end);
            callbacks.end();
        });
        callbacks.allow(pending::isAt);
        scope.add(end);
        pending.start(CallDeadline.nanosOf(delay));
        return pending;
    }

    /** A call that carries a stream of items may last as long as it likes. */
    private Optional<Duration> limitOf(CallOptions options) {
        if (target.method().streams().isAny()) {
            return options.deadline();
        }
        Duration wanted = options.deadline().orElse(CallOptions.DEFAULT_DEADLINE);
        return Optional.of(wanted.compareTo(CallOptions.MAX_DEADLINE) < 0 ? wanted : CallOptions.MAX_DEADLINE);
    }

    private byte[] encode(List<@Nullable Object> arguments) {
        byte[] encoded;
        try {
            encoded = Values.encode(target.method().sentParameters(), arguments);
        } catch (CodecException wrong) {
            throw new BadArgumentsException(null, target.label() + ": " + wrong.getMessage());
        }
        int most = calling.options().maxBodyBytes();
        if (encoded.length > most) {
            throw new BadArgumentsException(
                    null, target.label() + ": the arguments take " + encoded.length + " bytes, not at most " + most);
        }
        return encoded;
    }

    private @Nullable Object decode(Body body, @Nullable Candidate by) throws Throwable {
        try {
            if (body.kind() == Body.Kind.DECLARED_ERROR) {
                throw ErrorText.parse(body.bytes()).toThrowable(target.method(), by == null ? null : by.node());
            }
            return target.method().hasResult() ? Values.decode(target.method().result(), body.bytes()) : null;
        } catch (CodecException | MalformedException wrong) {
            if (by != null) {
                calling.descriptions().forget(by.node(), target.service(), by.version(), target.model());
            }
            throw new BadAnswerException(by == null ? null : by.node(), target.label() + ": " + wrong.getMessage());
        }
    }

    /**
     * Waits for the result of a call without an interface, which declares no exception.
     *
     * @param result of {@link #begin}
     */
    @Nullable
    Object join(CompletableFuture<@Nullable Object> result) {
        try {
            return await(result, false);
        } catch (RuntimeException | Error failed) {
            throw failed;
        } catch (Throwable undeclared) {
            throw new IllegalStateException("nobody declares an exception here", undeclared);
        }
    }

    /**
     * Waits for a result.
     *
     * @param result of {@link #begin}, of a call made for waiting
     * @param isInterruptible whether the method declares {@link InterruptedException}
     * @throws Throwable what the call failed with
     */
    @Nullable
    Object await(CompletableFuture<@Nullable Object> result, boolean isInterruptible) throws Throwable {
        try {
            Objects.requireNonNull(waiting, "made for waiting").await(result);
            return result.get();
        } catch (InterruptedException interrupted) {
            result.cancel(false);
            if (isInterruptible) {
                throw interrupted;
            }
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for " + target.label());
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            // What was made for this call was made on another thread; what helps is where the call was made.
            throw cause == made ? cause.fillInStackTrace() : cause;
        } catch (CompletionException failed) {
            throw Unwrapped.of(failed);
        }
    }
}
