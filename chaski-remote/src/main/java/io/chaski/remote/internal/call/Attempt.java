package io.chaski.remote.internal.call;

import io.chaski.core.Dispatch;
import io.chaski.core.NodeId;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import io.chaski.remote.BadAnswerException;
import io.chaski.remote.CallDeniedException;
import io.chaski.remote.NoProviderException;
import io.chaski.remote.PeerBusyException;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.BodyWriter;
import io.chaski.remote.internal.wire.BudgetExceededException;
import io.chaski.remote.internal.wire.CallHeaders;
import io.chaski.remote.internal.wire.MalformedException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
    private final Consumer<AttemptEnd> onEnded;
    private final Answering answering;
    private final AtomicBoolean isEnded = new AtomicBoolean();
    private final AtomicBoolean isSlotTaken = new AtomicBoolean(true);
    private volatile @Nullable CompletableFuture<Stream> opening;
    private volatile @Nullable Stream stream;
    private volatile @Nullable BodyWriter writer;

    /**
     * An attempt that has not begun. It has a slot of the peer, and gives it back when its stream is over.
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
            Consumer<AttemptEnd> onEnded) {
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
        if (answering.tryBegin()) {
            verify(true);
        } else {
            String many = target.label() + ": too many streams of items come from there already";
            end(AttemptEnd.failed(new PeerBusyException(peer, many), AttemptEnd.Next.AGAIN));
        }
    }

    /** Whoever joins a question that others have asked waits for it less long than it may take, so that it is asked once more. */
    private void verify(boolean isFirst) {
        long beganNanos = System.nanoTime();
        var unused = calling.descriptions()
                .verify(peer, target.service(), headers.version(), target.model())
                .whenComplete((served, failure) -> {
                    Throwable why = failure == null ? null : Unwrapped.of(failure);
                    if (why == null) {
                        open();
                    } else if (isFirst && isTimeout(why) && isEarly(beganNanos)) {
                        verify(false);
                    } else {
                        onUnopened(why);
                    }
                });
    }

    private static boolean isTimeout(Throwable failure) {
        return failure instanceof StreamException ended && ended.code() == StreamCode.DEADLINE_EXCEEDED;
    }

    private static boolean isEarly(long beganNanos) {
        return System.nanoTime() - beganNanos < Descriptions.LIMIT.toNanos();
    }

    /** Whether a stream was opened, so that the other side may have executed the call. */
    boolean isOpened() {
        return stream != null;
    }

    private void open() {
        if (isEnded.get()) {
            return;
        }
        CompletableFuture<Stream> opened;
        try {
            boolean isManual = items.isManualCredit();
            StreamOptions options = new StreamOptions(
                    headers.toMap(),
                    deadline.left(),
                    isManual,
                    Dispatch.INLINE,
                    StreamOptions.defaultMaxWindowBytes(isManual));
            opened = calling.streams().open(peer, CallHeaders.PROTOCOL, options, this);
        } catch (RuntimeException refused) { // the node is closed, or its loop is stuck
            onUnopened(refused);
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
        Optional<String> refusal = calling.rights().refusalToServe(peer, target.service());
        if (refusal.isPresent()) { // who it is, is known only now
            // First the outcome and then the end of the stream, which would be one, too.
            end(AttemptEnd.failed(new CallDeniedException(peer, refusal.get()), AttemptEnd.Next.ANOTHER_NODE));
            made.cancel();
            return;
        }
        BodyWriter sending = items.writer(made, arguments, onSent);
        writer = sending;
        items.send(sending, peer, failure -> {
            end(AttemptEnd.failed(failure, AttemptEnd.Next.NOTHING)); // before the other side hears of it
            made.cancel();
        });
    }

    /** Nothing was sent. */
    private void onUnopened(Throwable failure) {
        if (isTimeout(failure) && !deadline.isOver()) {
            String slow = target.label() + ": " + failure.getMessage();
            end(AttemptEnd.failed(new NoProviderException(peer, slow, List.of()), AttemptEnd.Next.AGAIN));
        } else {
            end(Failures.ofUnopened(peer, target, failure, deadline.limit()));
        }
    }

    @Override
    public void onMessage(Stream from, byte[] message) {
        if (isEnded.get()) {
            return; // late, or more than one answer
        }
        try {
            AttemptEnd outcome = answering.onMessage(from, message);
            if (outcome != null) {
                onAnswer(from, outcome);
            }
        } catch (MalformedException malformed) {
            end(badAnswer(malformed.what()));
            from.reset(StreamCode.CANCELLED, "the answer is malformed");
        } catch (BudgetExceededException tooMuch) {
            end(badAnswer(tooMuch.what()));
            from.reset(StreamCode.CANCELLED, "the answer is too large");
        }
    }

    /** In this order, as in {@link #onOpened}. */
    private void onAnswer(Stream from, AttemptEnd outcome) {
        end(outcome);
        BodyWriter sending = writer;
        if (sending == null || !sending.isDone()) {
            from.cancel(); // the rest of the arguments, or of the items, is of no interest
        }
    }

    private AttemptEnd badAnswer(String what) {
        return AttemptEnd.failed(new BadAnswerException(peer, target.label() + ": " + what), AttemptEnd.Next.NOTHING);
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
            end(badAnswer(malformed.what()));
            from.cancel();
        }
    }

    @Override
    public void onClosed(Stream same) {
        giveSlotBack();
    }

    @Override
    public void onFailed(Stream from, StreamException cause) {
        giveSlotBack();
        end(Failures.of(peer, target, cause, true, deadline.limit()));
    }

    private void end(AttemptEnd outcome) {
        Body body = outcome.body();
        if (!endOnce()) {
            if (body != null) {
                body.release();
            }
            return;
        }
        if (outcome.failure() != null && Failures.isAboutService(outcome.failure())) {
            calling.descriptions().forget(peer, target.service(), headers.version(), target.model());
        }
        onEnded.accept(outcome);
    }

    private boolean endOnce() {
        boolean isFirst = isEnded.compareAndSet(false, true);
        if (isFirst) {
            answering.release();
            if (stream == null) {
                giveSlotBack();
            }
        }
        return isFirst;
    }

    /** With the stream and not with the answer: the other side counts as long, and would be too busy for the next call. */
    private void giveSlotBack() {
        if (isSlotTaken.compareAndSet(true, false)) {
            calling.slots().giveBack(peer);
        }
    }

    /** Nobody waits for it any more. */
    void cancel() {
        if (!endOnce()) {
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
