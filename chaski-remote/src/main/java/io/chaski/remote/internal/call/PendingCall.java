package io.chaski.remote.internal.call;

import io.chaski.core.NodeId;
import io.chaski.remote.CallDeniedException;
import io.chaski.remote.CallEvent;
import io.chaski.remote.CallException;
import io.chaski.remote.CallException.Execution;
import io.chaski.remote.CallOptions;
import io.chaski.remote.CallTimeoutException;
import io.chaski.remote.NoProviderException;
import io.chaski.remote.PeerBusyException;
import io.chaski.remote.internal.context.CallEvents;
import io.chaski.remote.internal.context.Deadlines;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.CallId;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
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
    private final CallDeadline deadline;
    private final CallItems items;
    private final int maxAttempts;
    private final CompletableFuture<Body> answer = new CompletableFuture<>();
    private final CompletableFuture<Void> sent = new CompletableFuture<>();
    private final Runnable cancel = this::cancel;

    /** One attempt follows the other, so what follows is written by one thread at a time. */
    private volatile @Nullable Route route;

    private final AtomicInteger attempts = new AtomicInteger();
    private volatile @Nullable Candidate last;

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
        this.id = calling.newId();
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
        return node.equals(peer());
    }

    /** Who was called last; null if nobody was. */
    @Nullable
    Candidate candidate() {
        return last;
    }

    private @Nullable NodeId peer() {
        Candidate called = last;
        return called == null ? null : called.node();
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
            told.end(peer(), outcomeOf(body, failure));
            items.close();
            if (failure == null || isExecuted(failure)) {
                sent.complete(null); // the thread that has sent it may not have come to say so
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
            giveUp(new PeerBusyException(null, many));
        }
    }

    private static boolean isExecuted(Throwable failure) {
        return failure instanceof CallException failed && failed.execution() == Execution.EXECUTED;
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
                calling.threads().own().execute(this::begin);
            }
        });
        var unusedToo = answer.whenComplete((body, failure) -> timer.cancel(false));
    }

    private void begin() {
        if (isOver()) {
            return;
        }
        Optional<String> refusal = calling.rights()
                .ownRefusalToCall(target.service(), target.method().name());
        if (refusal.isPresent()) {
            giveUp(new CallDeniedException(refusal.get()));
            return;
        }
        boolean isSomebody;
        try {
            Route made = new Route(
                    candidates(),
                    candidate -> calling.descriptions().isUnlikely(candidate, target.service(), target.model()));
            route = made;
            isSomebody = made.advance();
        } catch (RuntimeException | Error ofTheSelection) {
            answer.completeExceptionally(ofTheSelection);
            return;
        }
        if (!isSomebody) {
            giveUp(new NoProviderException(
                    null,
                    "nobody serves '" + target.service() + "'"
                            + options.version()
                                    .map(version -> ", version '" + version + "'")
                                    .orElse(""),
                    target.providers().known()));
            return;
        }
        setTimer();
        attempt();
    }

    /** One for the whole call, if it has a deadline: it holds between attempts as well, and whatever threads are busy with. */
    private void setTimer() {
        if (deadline.atNanos().isEmpty()) {
            return;
        }
        Deadlines.Deadline end = calling.deadlines().add(deadline.atNanos().getAsLong(), this::onDeadline);
        var unused = answer.whenComplete((body, failure) -> calling.deadlines().remove(end));
    }

    private void onDeadline() {
        if (isOver()) {
            return;
        }
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
                peer(), target.label(), deadline.limit(), isUnknown ? Execution.UNKNOWN : Execution.NOT_EXECUTED));
    }

    private Route route() {
        return Objects.requireNonNull(route, "there is one before the first attempt");
    }

    private boolean isOver() {
        return isCancelled || answer.isDone();
    }

    private void attempt() {
        if (isOver()) {
            return;
        }
        if (deadline.isOver()) {
            timeOut(false);
            return;
        }
        Candidate chosen = route().take();
        while (!calling.slots().tryTake(chosen.node())) {
            CallException busy = new PeerBusyException(
                    chosen.node(), calling.options().maxPendingPerPeer() + " calls are under way already");
            if (!advance(busy)) {
                giveUp(busy);
                return;
            }
            chosen = route().take();
        }
        last = chosen;
        CallHeaders headers = new CallHeaders(
                target.service(), chosen.version(), target.method().key(), id, attempts.get() + 1, options.headers());
        Attempt begun = new Attempt(
                calling,
                target,
                chosen.node(),
                headers,
                arguments,
                deadline,
                items,
                () -> sent.complete(null),
                this::onEnded);
        running = begun;
        if (isOver()) {
            begun.cancel();
            return;
        }
        calling.beforeCall().accept(chosen.node());
        begun.start();
    }

    private void onEnded(AttemptEnd outcome) {
        running = null;
        Body body = outcome.body();
        if (body != null) {
            if (!answer.complete(body)) {
                body.release();
            }
            return;
        }
        CallException failure = Objects.requireNonNull(outcome.failure(), "body or failure");
        if (outcome.next() != AttemptEnd.Next.ANOTHER_NODE) {
            attempts.incrementAndGet();
            route().keep();
        }
        if (isOver() || !goesOn(failure, outcome.next(), true) || !items.mayRepeat()) {
            giveUp(failure);
        } else {
            // This thread may be the event loop, and deep in the last attempt; and who is next is for a selection to
            // say.
            calling.threads().own().execute(() -> goOn(failure, outcome.next()));
        }
    }

    /** Half a stream cannot be taken back, so that a method which has one is never executed twice. */
    private boolean goesOn(CallException failure, AttemptEnd.Next next, boolean isNodeLeft) {
        boolean isIdempotent =
                target.method().isIdempotent() && !target.method().streams().isAny();
        return RetryRule.goesOn(failure, next, isIdempotent, isNodeLeft, attempts.get(), maxAttempts);
    }

    /** Whether there is another node; asks the selection, which may be the application's. */
    private boolean advance(CallException failure) {
        try {
            return route().advance();
        } catch (RuntimeException | Error ofTheSelection) {
            failure.addSuppressed(ofTheSelection);
            return false;
        }
    }

    private void goOn(CallException failure, AttemptEnd.Next next) {
        boolean isLeft = advance(failure);
        boolean isNew = isLeft && !route().isRepeated();
        if (isOver() || !isLeft || !goesOn(failure, next, isNew || next == AttemptEnd.Next.ANOTHER_NODE)) {
            giveUp(failure);
            return;
        }
        strongest = RetryRule.stronger(strongest, failure);
        if (next == AttemptEnd.Next.AGAIN_ANEW) {
            id = calling.newId();
        }
        if (!isNew) {
            Duration first = options.retryDelay().orElse(CallOptions.DEFAULT_RETRY_DELAY);
            Duration delay = RetryRule.delay(first, Math.max(1, attempts.get()), calling.random());
            CompletableFuture.delayedExecutor(
                            delay.toNanos(),
                            TimeUnit.NANOSECONDS,
                            calling.threads().own())
                    .execute(() -> attemptAgain(failure));
        } else {
            attempt();
        }
    }

    /** Much may have changed in the time of the delay: who was lost has left, and others have come. */
    private void attemptAgain(CallException failure) {
        if (isOver()) {
            return;
        }
        try {
            route().renew(candidates());
        } catch (RuntimeException | Error ofTheSelection) {
            failure.addSuppressed(ofTheSelection);
        }
        attempt();
    }

    private Iterator<Candidate> candidates() {
        return target.providers().candidates(target.service(), target.model().hash(), options);
    }

    /** The last failure may say less than an earlier one: that somebody is busy, or that it may have been executed there. */
    private void giveUp(CallException failure) {
        answer.completeExceptionally(RetryRule.stronger(strongest, failure));
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
