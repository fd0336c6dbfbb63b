package io.chaski.remote.internal.serve;

import io.chaski.core.NodeId;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.remote.BadArgumentsException;
import io.chaski.remote.CallException;
import io.chaski.remote.CallException.Execution;
import io.chaski.remote.PeerLostException;
import io.chaski.remote.RemoteCallException;
import io.chaski.remote.internal.context.CurrentCall;
import io.chaski.remote.internal.flow.IncomingItems;
import io.chaski.remote.internal.flow.ItemEnd;
import io.chaski.remote.internal.flow.ItemInbox;
import io.chaski.remote.internal.flow.ItemIterator;
import io.chaski.remote.internal.flow.ItemPublisher;
import io.chaski.remote.internal.flow.ItemShapes;
import io.chaski.remote.internal.flow.OutgoingItems;
import io.chaski.remote.internal.model.ItemStream;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.StreamShape;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.BodyWriter;
import io.chaski.remote.internal.wire.Budget;
import io.chaski.remote.internal.wire.BudgetExceededException;
import io.chaski.remote.internal.wire.ErrorText;
import io.chaski.remote.internal.wire.Failure;
import io.chaski.remote.internal.wire.MalformedException;
import io.chaski.remote.internal.wire.Reserve;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What flows beside the arguments and the answer of a call at the side that executes it; nothing for most. Messages and the end
 * come on the event loop, the rest on threads of the calls.
 */
final class ServedItems {

    private final Stream stream;
    private final MethodModel method;
    private final Serving serving;
    private final Budget budget;
    private final BodyWriter writer;

    /** Null if the method takes no items. */
    private final @Nullable ItemInbox inbox;

    private final @Nullable IncomingItems arguments;
    private @Nullable Body last;
    private volatile @Nullable OutgoingItems results;

    /**
     * Items of a call that was accepted.
     *
     * @param memory for what comes, if the method takes items
     */
    ServedItems(
            Stream stream,
            MethodModel method,
            Serving serving,
            Budget budget,
            BodyWriter writer,
            @Nullable Reserve memory) {
        this.stream = stream;
        this.method = method;
        this.serving = serving;
        this.budget = budget;
        this.writer = writer;
        ItemStream taken = method.streams().argument();
        if (taken == null || memory == null) {
            this.arguments = null;
            this.inbox = null;
            return;
        }
        IncomingItems incoming = new IncomingItems(taken.item(), this::undecodable, why -> stop());
        this.arguments = incoming;
        this.inbox = new ItemInbox(stream, serving.maxBodyBytes(), memory, serving.idle(), incoming::wake);
        incoming.attach(inbox);
    }

    private CallException undecodable(String what) {
        return new BadArgumentsException(stream.peer(), method.name() + ": " + what, Execution.UNKNOWN);
    }

    /** The caller's producer is cancelled, and the answer is still to come. */
    private void stop() {
        writer.send(new Body(Body.Kind.STOP, new byte[0]));
    }

    /** A message after the arguments. */
    void onMessage(byte[] message) throws MalformedException, BudgetExceededException {
        if (inbox == null) {
            throw new MalformedException("something follows the arguments, and the method takes no items");
        }
        if (last != null) {
            throw new MalformedException("something follows the end of the items");
        }
        Body body = inbox.onMessage(message);
        if (body != null) {
            if (body.kind() != Body.Kind.FAILURE && body.kind() != Body.Kind.DECLARED_ERROR) {
                throw new MalformedException("no item, and no end of them");
            }
            last = body;
        }
    }

    /** The caller sends no more. */
    void onEnd() {
        if (arguments == null || inbox == null) {
            return;
        }
        if (inbox.isInTheMiddle()) {
            stream.reset(StreamCode.APPLICATION, "an item is not complete");
            return;
        }
        Body body = last;
        arguments.end(body == null ? IncomingItems.IN_GOOD_ORDER : () -> thrownBy(stream.peer(), body));
    }

    private Throwable thrownBy(NodeId caller, Body body) {
        try {
            if (body.kind() == Body.Kind.DECLARED_ERROR) {
                return ErrorText.parse(body.bytes()).toThrowable(method, caller);
            }
            Failure failure = Failure.parse(body.bytes());
            return new RemoteCallException(caller, failure.type(), failure.message());
        } catch (MalformedException malformed) {
            return undecodable(malformed.what());
        }
    }

    /**
     * Whether a thread waits for items and nothing has come for too long: that of the implementation, or whichever reads an iterator.
     *
     * @param isRunning whether the implementation has not returned
     */
    boolean isSilent(boolean isRunning, long nowNanos, long limitNanos) {
        ItemStream taken = method.streams().argument();
        return inbox != null
                && taken != null
                && (isRunning || taken.shape() != StreamShape.PUBLISHER)
                && inbox.isStarving(nowNanos, limitNanos);
    }

    /** No items are waited for any more. */
    void cutOff(CallException why) {
        if (arguments != null) {
            arguments.cutOff(() -> why);
        }
    }

    /** The stream of the call has ended early. */
    void onFailed(StreamException cause) {
        if (arguments != null) {
            arguments.cutOff(() -> new PeerLostException(stream.peer(), method.name() + ": " + cause.getMessage()));
        }
    }

    /** The arguments of the implementation: those that were decoded, and the stream. */
    List<@Nullable Object> with(List<@Nullable Object> decoded, CurrentCall context) {
        ItemStream taken = method.streams().argument();
        if (taken == null || arguments == null) {
            return decoded;
        }
        Object given = switch (taken.shape()) {
            case PUBLISHER ->
                new ItemPublisher(arguments, inCall(context, serving.threads().signals()));
            case ITERATOR -> ItemIterator.of(arguments, ItemEnd.AT_ONCE, serving.inEventLoop());
            case STREAM ->
                ItemIterator.of(arguments, ItemEnd.AT_ONCE, serving.inEventLoop())
                        .asStream();
        };
        return method.streams().with(decoded, given);
    }

    /** What the application does there is part of the call: what it calls ends with it. */
    private static Executor inCall(CurrentCall context, Executor threads) {
        return task -> threads.execute(() -> context.run(task));
    }

    /**
     * Sends the items of the result.
     *
     * @param result what the implementation returned
     * @return completes when all have been given to the writer; cancelling it cancels the producer
     */
    CompletableFuture<?> send(@Nullable Object result, CurrentCall context) {
        ItemStream returned = method.streams().result();
        if (returned == null) {
            throw new IllegalStateException("the result is no stream");
        }
        Executor producers = inCall(context, task -> serving.producers().execute(stream.peer(), task));
        OutgoingItems sending = new OutgoingItems(
                ItemShapes.toPublisher(result, returned.shape(), producers),
                returned.item(),
                serving.maxBodyBytes(),
                budget,
                producers,
                inCall(context, serving.threads().own()));
        results = sending;
        sending.begin(writer);
        return sending.done();
    }

    /** Whether the answer of the call is the end of its items, which says nothing more. */
    boolean isAnswer(Body body) {
        return method.streams().result() != null && body.kind() == Body.Kind.VALUE;
    }

    /** The execution is over: items that still come are of no interest. */
    void close() {
        if (arguments != null) {
            arguments.cutOff(() -> new IllegalStateException("the call is over, and its items with it"));
        }
    }

    /** The stream and the execution are over. */
    void release() {
        if (inbox != null) {
            inbox.close();
        }
        OutgoingItems sending = results;
        if (sending != null) {
            sending.release();
        }
    }
}
