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
import java.util.List;
import java.util.Objects;
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
    private final CallDeadline deadline;
    private final CallItems items;
    private final int maxAttempts;
    private final CompletableFuture<Body> answer = new CompletableFuture<>();
    private final CompletableFuture<Void> sent = new CompletableFuture<>();
    private final Runnable cancel = this::cancel;

    /** One attempt follows the other, so what follows is written by one thread at a time. */
    private volatile List<NodeId> candidates = List.of();

    private final AtomicInteger candidate = new AtomicInteger();
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile CallId id;
    private volatile @Nullable Attempt running;
    private volatile boolean isCancelled;

    /**
     * A call that has not begun.
     *
     * @param arguments encoded
     * @param options all layers taken together
     * @param deadline when nobody waits any more
     * @param items what flows beside arguments and answer
     */
    PendingCall(
            Calling calling,
            Target target,
            byte[] arguments,
            CallOptions options,
            CallDeadline deadline,
            CallItems items) {
        this.calling = calling;
        this.target = target;
        this.arguments = arguments;
        this.options = options;
        this.deadline = deadline;
        this.items = items;
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

    void start() {
        candidates =
                target.providers().candidates(target.service(), target.model().hash(), options);
        calling.all().add(cancel);
        var unused = answer.whenComplete((body, failure) -> {
            calling.all().remove(cancel);
            items.close();
            if (failure == null) {
                sent.complete(null);
            } else {
                sent.completeExceptionally(failure);
            }
        });
        if (candidates.isEmpty()) {
            fail(new NoProviderException(null, "nobody serves '" + target.service() + "'", List.of()));
            return;
        }
        attempt();
    }

    private void attempt() {
        if (isCancelled) {
            return;
        }
        NodeId peer = candidates.get(candidate.get());
        if (deadline.isOver()) {
            fail(new CallTimeoutException(peer, target.label(), deadline.limit(), Execution.NOT_EXECUTED));
            return;
        }
        if (!calling.slots().tryTake(peer)) {
            fail(new PeerBusyException(
                    peer,
                    calling.options().maxPendingPerPeer() + " calls are under way already",
                    Execution.NOT_EXECUTED));
            return;
        }
        int number = attempts.incrementAndGet();
        CallHeaders headers = new CallHeaders(target.service(), target.method().key(), id, number, options.headers());
        Attempt begun = new Attempt(
                calling, target, peer, headers, arguments, deadline, items, () -> sent.complete(null), this::onEnded);
        running = begun;
        if (isCancelled) {
            begun.cancel();
            return;
        }
        begun.start();
    }

    private void onEnded(Outcome outcome) {
        if (outcome.body() != null) {
            answer.complete(outcome.body());
            return;
        }
        CallException failure = Objects.requireNonNull(outcome.failure(), "body or failure");
        boolean isNodeLeft = candidate.get() + 1 < candidates.size();
        boolean isIdempotent =
                target.method().isIdempotent() && !target.method().streams().isAny();
        if (isCancelled
                || !RetryRule.goesOn(failure, outcome.next(), isIdempotent, isNodeLeft, attempts.get(), maxAttempts)
                || !items.mayRepeat()) {
            fail(failure);
            return;
        }
        if (outcome.next() == Outcome.Next.AGAIN_ANEW) {
            id = CallId.random(calling.random());
        }
        if (isNodeLeft) {
            candidate.incrementAndGet();
            again(0);
        } else {
            again(RetryRule.delay(attempts.get(), calling.random()).toNanos());
        }
    }

    /** On another thread in any case: this one may be the event loop, and deep in the last attempt. */
    private void again(long delayNanos) {
        CompletableFuture.delayedExecutor(delayNanos, TimeUnit.NANOSECONDS, this::orFail)
                .execute(this::attempt);
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
