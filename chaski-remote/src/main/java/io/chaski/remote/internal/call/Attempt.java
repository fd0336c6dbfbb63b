package io.chaski.remote.internal.call;

import io.chaski.core.Dispatch;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import io.chaski.remote.BadAnswerException;
import io.chaski.remote.CallException;
import io.chaski.remote.NoProviderException;
import io.chaski.remote.PeerLostException;
import io.chaski.remote.internal.wire.BodyWriter;
import io.chaski.remote.internal.wire.BudgetExceededException;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.MalformedException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call at one node: makes sure that the node serves it, opens a stream, sends the arguments, takes the answer.
 * Whatever happens, and in whatever order, it ends once. Listens on the event loop. Thread-safe.
 */
final class Attempt implements StreamListener {

    private final Calling calling;
    private final Target target;
    private final NodeId peer;
    private final CallHeaders headers;
    private final byte[] arguments;
    private final CallDeadline deadline;
    private final CallItems items;
    private final Runnable onSent;
    private final Consumer<Outcome> onEnded;
    private final Answering answering;
    private final AtomicBoolean isEnded = new AtomicBoolean();
    private volatile @Nullable CompletableFuture<Stream> opening;
    private volatile @Nullable Stream stream;
    private volatile @Nullable BodyWriter writer;

    /**
     * An attempt that has not begun. It has a slot of the peer, and gives it back at its end.
     *
     * @param onSent called when all arguments have been handed to the connection
     * @param onEnded called once, at the end, unless the attempt is cancelled
     */
    Attempt(
            Calling calling,
            Target target,
            NodeId peer,
            CallHeaders headers,
            byte[] arguments,
            CallDeadline deadline,
            CallItems items,
            Runnable onSent,
            Consumer<Outcome> onEnded) {
        this.calling = calling;
        this.target = target;
        this.peer = peer;
        this.headers = headers;
        this.arguments = arguments;
        this.deadline = deadline;
        this.items = items;
        this.onSent = onSent;
        this.onEnded = onEnded;
        this.answering = items.answering(peer);
    }

    void start() {
        CompletableFuture<Void> verified = calling.descriptions().verify(peer, target.service(), target.model());
        Optional<Duration> left = deadline.left();
        if (!verified.isDone() && left.isPresent()) {
            // A copy: the answer is for all calls, this deadline for one.
            verified = verified.copy().orTimeout(left.get().toNanos(), TimeUnit.NANOSECONDS);
        }
        var unused = verified.whenComplete((served, failure) -> {
            if (failure == null) {
                open();
            } else {
                onUnopened(Unwrapped.of(failure));
            }
        });
    }

    private void open() {
        if (isEnded.get()) {
            return;
        }
        StreamOptions options =
                new StreamOptions(headers.toMap(), deadline.left(), items.isManualCredit(), Dispatch.INLINE);
        CompletableFuture<Stream> opened;
        try {
            opened = calling.streams().open(peer, CallHeaders.PROTOCOL, options, this);
        } catch (NodeClosedException closed) {
            onUnopened(closed);
            return;
        }
        opening = opened;
        if (isEnded.get()) {
            opened.cancel(false);
        }
        var unused = opened.whenComplete((made, failure) -> {
            if (failure != null) {
                onUnopened(Unwrapped.of(failure));
            } else {
                onOpened(made);
            }
        });
    }

    private void onOpened(Stream made) {
        stream = made;
        if (isEnded.get()) {
            made.cancel();
            return;
        }
        BodyWriter sending = items.writer(made, arguments, onSent);
        writer = sending;
        items.send(sending, peer, failure -> {
            end(Outcome.failed(failure, Outcome.Next.NOTHING)); // before the other side hears of it
            made.cancel();
        });
    }

    private void onUnopened(Throwable failure) {
        if (failure instanceof StreamException ended) {
            end(Failures.of(peer, target, ended, false, deadline.limit()));
        } else if (failure instanceof CallException told) {
            boolean isElsewhere = told.execution() == CallException.Execution.NOT_EXECUTED;
            end(Outcome.failed(told, isElsewhere ? Outcome.Next.ANOTHER_NODE : Outcome.Next.AGAIN));
        } else if (failure instanceof TimeoutException) {
            end(Failures.timedOut(peer, target, deadline.limit(), false));
        } else if (failure instanceof NodeClosedException closed) {
            end(Outcome.failed(
                    new NoProviderException(null, closed.getMessage() + ", so nothing was sent", List.of()),
                    Outcome.Next.NOTHING));
        } else {
            end(Outcome.failed(
                    new PeerLostException(peer, target.label() + ": " + failure.getMessage()), Outcome.Next.NOTHING));
        }
    }

    @Override
    public void onMessage(Stream from, byte[] message) {
        if (isEnded.get()) {
            return; // late, or more than one answer
        }
        try {
            Outcome outcome = answering.onMessage(from, message);
            if (outcome != null) {
                onAnswer(from, outcome);
            }
        } catch (MalformedException malformed) {
            from.reset(StreamCode.CANCELLED, "the answer is malformed");
            end(badAnswer(malformed.what()));
        } catch (BudgetExceededException tooMuch) {
            from.reset(StreamCode.CANCELLED, "the answer is too large");
            end(badAnswer(tooMuch.what()));
        }
    }

    private void onAnswer(Stream from, Outcome outcome) {
        BodyWriter sending = writer;
        if (sending == null || !sending.isDone()) {
            from.cancel(); // the rest of the arguments, or of the items, is of no interest
        }
        end(outcome);
    }

    private Outcome badAnswer(String what) {
        return Outcome.failed(new BadAnswerException(peer, target.label() + ": " + what), Outcome.Next.NOTHING);
    }

    @Override
    public void onWritable(Stream same) {
        BodyWriter sending = writer;
        if (sending != null) {
            sending.pump();
        }
    }

    @Override
    public void onEnd(Stream from) {
        if (isEnded.get()) {
            return;
        }
        try {
            onAnswer(from, answering.onEnd());
        } catch (MalformedException malformed) {
            from.cancel();
            end(badAnswer(malformed.what()));
        }
    }

    @Override
    public void onFailed(Stream from, StreamException cause) {
        end(Failures.of(peer, target, cause, true, deadline.limit()));
    }

    private void end(Outcome outcome) {
        if (release()) {
            if (outcome.failure() != null && Failures.isAboutService(outcome.failure())) {
                calling.descriptions().forget(peer, target.service(), target.model());
            }
            onEnded.accept(outcome);
        }
    }

    private boolean release() {
        boolean isFirst = isEnded.compareAndSet(false, true);
        if (isFirst) {
            answering.release();
            calling.slots().giveBack(peer);
        }
        return isFirst;
    }

    /** Nobody waits for it any more. */
    void cancel() {
        if (!release()) {
            return;
        }
        CompletableFuture<Stream> asked = opening;
        if (asked != null) {
            asked.cancel(false);
        }
        Stream open = stream;
        if (open != null) {
            open.cancel();
        }
    }
}
