package io.chaski.remote.internal.call;

import io.chaski.core.NodeId;
import io.chaski.remote.CallEvent;
import io.chaski.remote.CallException;
import io.chaski.remote.CallException.Execution;
import io.chaski.remote.CallOptions;
import io.chaski.remote.CallTimeoutException;
import io.chaski.remote.NoProviderException;
import io.chaski.remote.PeerBusyException;
import io.chaski.remote.internal.context.CallEvents;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.CallId;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One call over its attempts, one after another. {@link #answer()} completes once: with the body of the answer, or with the
 * failure of the last attempt, or cancelled. Thread-safe.
 */
final class PendingCall {

    private final Calling calling;
    private final Target target;
    private final byte[] arguments;
    private final CallOptions options;
    private final long deadlineNanos;
    private final Duration limit;
    private final int maxAttempts;
    private final CompletableFuture<Body> answer = new CompletableFuture<>();
    private final CompletableFuture<Void> sent = new CompletableFuture<>();
    private final Runnable cancel = this::cancel;

    /** One attempt follows the other, so what follows is written by one thread at a time. */
    private volatile Iterator<Candidate> candidates = Collections.emptyIterator();

    private volatile @Nullable Candidate candidate;
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile CallId id;
    private volatile @Nullable Attempt running;
    private volatile @Nullable NodeId peer;
    private volatile boolean isCancelled;

    /**
     * A call that has not begun.
     *
     * @param arguments encoded
     * @param options all layers taken together
     * @param deadlineNanos when nobody waits any more
     * @param limit how long that is from now
     */
    PendingCall(
            Calling calling, Target target, byte[] arguments, CallOptions options, long deadlineNanos, Duration limit) {
        this.calling = calling;
        this.target = target;
        this.arguments = arguments;
        this.options = options;
        this.deadlineNanos = deadlineNanos;
        this.limit = limit;
        this.maxAttempts = options.attempts().orElse(CallOptions.DEFAULT_ATTEMPTS);
        this.id = CallId.random(calling.random());
    }

    /** The answer: a value or a declared exception. Its dependents may run on the event loop. */
    CompletableFuture<Body> answer() {
        return answer;
    }

    /** Completes when the arguments have been handed to the connection, and with the answer at the latest. */
    CompletableFuture<Void> sent() {
        return sent;
    }

    /** Whether this is the node that executes the call, as far as is known. */
    boolean isAt(NodeId node) {
        return node.equals(peer);
    }

    /**
     * Begins.
     *
     * @param delayNanos after this time; zero for at once, on this thread
     */
    void start(long delayNanos) {
        calling.all().add(cancel);
        CallEvents.Call told = calling.events()
                .begin(CallEvent.Side.CALLING, target.service(), target.method().name(), null);
        var unused = answer.whenComplete((body, failure) -> {
            calling.all().remove(cancel);
            Candidate last = candidate;
            told.end(last == null ? null : last.node(), outcomeOf(body, failure));
            if (failure == null) {
                sent.complete(null);
            } else {
                sent.completeExceptionally(failure);
            }
        });
        if (delayNanos == 0) {
            begin();
        } else if (calling.delays().tryAcquire()) {
            beginLater(delayNanos);
        } else {
            String many = Calling.MAX_DELAYED + " calls wait for their beginning already";
            fail(new PeerBusyException(null, many, Execution.NOT_EXECUTED));
        }
    }

    private static String outcomeOf(@Nullable Body body, @Nullable Throwable failure) {
        if (failure instanceof CallException failed) {
            return failed.reason();
        }
        if (failure != null) {
            return failure instanceof CancellationException ? "CANCELLED" : "FAILED";
        }
        return body != null && body.kind() == Body.Kind.DECLARED_ERROR ? "DECLARED_ERROR" : "OK";
    }

    private void beginLater(long delayNanos) {
        CompletableFuture<Void> timer =
                new CompletableFuture<Void>().completeOnTimeout(null, delayNanos, TimeUnit.NANOSECONDS);
        var unused = timer.whenComplete((nothing, cancelled) -> {
            calling.delays().release();
            if (cancelled == null) {
                orFail(this::begin);
            }
        });
        var unusedToo = answer.whenComplete((body, failure) -> timer.cancel(false));
    }

    private void begin() {
        if (isCancelled) {
            return;
        }
        try {
            candidates = target.providers()
                    .candidates(target.service(), target.model().hash(), options);
            candidate = candidates.hasNext() ? candidates.next() : null;
        } catch (RuntimeException ofTheSelection) {
            answer.completeExceptionally(ofTheSelection);
            return;
        }
        if (candidate == null) {
            fail(new NoProviderException(
                    null,
                    "nobody serves '" + target.service() + "'"
                            + options.version()
                                    .map(version -> ", version '" + version + "'")
                                    .orElse(""),
                    target.providers().known()));
            return;
        }
        attempt();
    }

    private void attempt() {
        if (isCancelled) {
            return;
        }
        Candidate chosen = Objects.requireNonNull(candidate, "chosen before the first attempt");
        long leftNanos = deadlineNanos - System.nanoTime();
        if (leftNanos <= 0) {
            fail(new CallTimeoutException(chosen.node(), target.label(), limit, Execution.NOT_EXECUTED));
            return;
        }
        while (!calling.slots().tryTake(chosen.node())) {
            CallException busy = new PeerBusyException(
                    chosen.node(),
                    calling.options().maxPendingPerPeer() + " calls are under way already",
                    Execution.NOT_EXECUTED);
            if (!isNodeLeft(busy)) {
                fail(busy);
                return;
            }
            chosen = candidates.next();
            candidate = chosen;
        }
        NodeId peer = chosen.node();
        this.peer = peer;
        int number = attempts.incrementAndGet();
        CallHeaders headers = new CallHeaders(
                target.service(), chosen.version(), target.method().key(), id, number, options.headers());
        Attempt begun = new Attempt(
                calling,
                target,
                peer,
                headers,
                arguments,
                deadlineNanos,
                limit,
                () -> sent.complete(null),
                this::onEnded);
        running = begun;
        if (isCancelled) {
            begun.cancel();
            return;
        }
        calling.beforeCall().accept(peer);
        begun.start();
    }

    private void onEnded(Outcome outcome) {
        if (outcome.body() != null) {
            answer.complete(outcome.body());
            return;
        }
        CallException failure = Objects.requireNonNull(outcome.failure(), "body or failure");
        boolean mayGoOn = goesOn(failure, outcome.next(), true) || goesOn(failure, outcome.next(), false);
        if (isCancelled || !mayGoOn) {
            fail(failure);
        } else {
            // This thread may be the event loop, and deep in the last attempt; and who is next is for the application
            // to say.
            orFail(() -> goOn(failure, outcome.next()));
        }
    }

    private boolean goesOn(CallException failure, Outcome.Next next, boolean isNodeLeft) {
        boolean isIdempotent = target.method().isIdempotent();
        return RetryRule.goesOn(failure, next, isIdempotent, isNodeLeft, attempts.get(), maxAttempts);
    }

    /** Whether there is another node; asks the selection, which may be the application's. */
    private boolean isNodeLeft(CallException failure) {
        try {
            return candidates.hasNext();
        } catch (RuntimeException ofTheSelection) {
            failure.addSuppressed(ofTheSelection);
            return false;
        }
    }

    private void goOn(CallException failure, Outcome.Next next) {
        boolean isNodeLeft = isNodeLeft(failure);
        if (isCancelled || !goesOn(failure, next, isNodeLeft)) {
            fail(failure);
            return;
        }
        if (next == Outcome.Next.AGAIN_ANEW) {
            id = CallId.random(calling.random());
        }
        if (isNodeLeft) {
            candidate = candidates.next();
            attempt();
        } else {
            long delayNanos = RetryRule.delay(attempts.get(), calling.random()).toNanos();
            CompletableFuture.delayedExecutor(delayNanos, TimeUnit.NANOSECONDS, this::orFail)
                    .execute(this::attempt);
        }
    }

    private void orFail(Runnable task) {
        if (!calling.threads().tryExecute(task)) {
            answer.cancel(false); // the remote has been closed, and its threads with it
        }
    }

    private void fail(CallException failure) {
        answer.completeExceptionally(failure);
    }

    /** Nobody waits for it any more; the other side hears it, and what still comes is discarded. */
    void cancel() {
        isCancelled = true;
        Attempt current = running;
        if (current != null) {
            current.cancel();
        }
        answer.cancel(false);
    }
}
