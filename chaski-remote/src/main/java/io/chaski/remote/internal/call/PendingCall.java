package io.chaski.remote.internal.call;

import io.chaski.core.NodeId;
import io.chaski.remote.CallException;
import io.chaski.remote.CallException.Execution;
import io.chaski.remote.CallOptions;
import io.chaski.remote.CallTimeoutException;
import io.chaski.remote.NoProviderException;
import io.chaski.remote.PeerBusyException;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.CallId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One call over its attempts, one after another. {@link #answer()} completes once: with the body of the answer, or with the
 * failure that says most, or at the deadline, or cancelled. Thread-safe.
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
    private volatile Route route = new Route(List.of());

    private final AtomicInteger attempts = new AtomicInteger();
    private volatile @Nullable NodeId peer;

    /** What the attempts that have ended say of the call, if one has failed. */
    private volatile @Nullable CallException strongest;

    private volatile CallId id;
    private volatile @Nullable Attempt running;
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

    /** Who was called last; null if nobody was. */
    @Nullable
    NodeId peer() {
        return peer;
    }

    void start() {
        List<NodeId> candidates =
                target.providers().candidates(target.service(), target.model().hash(), options);
        route = new Route(calling.descriptions().likelyFirst(candidates, target.service(), target.model()));
        calling.all().add(cancel);
        var unused = answer.whenComplete((body, failure) -> {
            calling.all().remove(cancel);
            if (failure == null) {
                sent.complete(null);
            } else {
                sent.completeExceptionally(failure);
            }
        });
        if (route.isEmpty()) {
            giveUp(new NoProviderException(null, "nobody serves '" + target.service() + "'", List.of()));
            return;
        }
        setTimer();
        attempt();
    }

    /** One for the whole call: it holds between attempts as well, and whatever threads are busy with. */
    private void setTimer() {
        long leftNanos = Math.max(1, deadlineNanos - System.nanoTime());
        var unused = answer.copy().orTimeout(leftNanos, TimeUnit.NANOSECONDS).whenComplete((body, failure) -> {
            if (failure instanceof TimeoutException) {
                calling.threads().own().execute(this::onDeadline);
            }
        });
    }

    private void onDeadline() {
        Attempt current = running;
        timeOut(current != null && current.isOpened());
        if (current != null) {
            current.cancel();
        }
    }

    private void timeOut(boolean isOpened) {
        CallException known = strongest;
        boolean isUnknown = isOpened || known != null && known.execution() != Execution.NOT_EXECUTED;
        answer.completeExceptionally(new CallTimeoutException(
                peer, target.label(), limit, isUnknown ? Execution.UNKNOWN : Execution.NOT_EXECUTED));
    }

    private boolean isOver() {
        return isCancelled || answer.isDone();
    }

    private void attempt() {
        if (isOver()) {
            return;
        }
        if (deadlineNanos - System.nanoTime() <= 0) {
            timeOut(false);
            return;
        }
        NodeId node = route.take();
        peer = node;
        if (!calling.slots().tryTake(node)) {
            giveUp(new PeerBusyException(
                    node,
                    calling.options().maxPendingPerPeer() + " calls are under way already",
                    Execution.NOT_EXECUTED));
            return;
        }
        CallHeaders headers =
                new CallHeaders(target.service(), target.method().key(), id, attempts.get() + 1, options.headers());
        Attempt begun = new Attempt(
                calling,
                target,
                node,
                headers,
                arguments,
                deadlineNanos,
                limit,
                () -> sent.complete(null),
                this::onEnded);
        running = begun;
        if (isOver()) {
            begun.cancel();
            return;
        }
        begun.start();
    }

    private void onEnded(Outcome outcome) {
        running = null;
        Body body = outcome.body();
        if (body != null) {
            if (!answer.complete(body)) {
                body.release();
            }
            return;
        }
        CallException failure = Objects.requireNonNull(outcome.failure(), "body or failure");
        if (outcome.next() == Outcome.Next.ANOTHER_NODE) {
            route.dropFirst();
        } else {
            attempts.incrementAndGet();
            route.moveOn();
        }
        boolean isIdempotent = target.method().isIdempotent();
        if (isOver()
                || !RetryRule.goesOn(
                        failure, outcome.next(), isIdempotent, !route.isEmpty(), attempts.get(), maxAttempts)) {
            giveUp(failure);
            return;
        }
        strongest = RetryRule.stronger(strongest, failure);
        if (outcome.next() == Outcome.Next.AGAIN_ANEW) {
            id = CallId.random(calling.random());
        }
        again(
                route.isRepeated()
                        ? RetryRule.delay(Math.max(1, attempts.get()), calling.random())
                                .toNanos()
                        : 0);
    }

    /** On another thread in any case: this one may be the event loop, and deep in the last attempt. */
    private void again(long delayNanos) {
        CompletableFuture.delayedExecutor(
                        delayNanos, TimeUnit.NANOSECONDS, calling.threads().own())
                .execute(this::attempt);
    }

    /** The last failure may say less than an earlier one: that somebody is busy, or that it may have been executed there. */
    private void giveUp(CallException last) {
        answer.completeExceptionally(RetryRule.stronger(strongest, last));
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
