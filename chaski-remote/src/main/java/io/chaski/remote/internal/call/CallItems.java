package io.chaski.remote.internal.call;

import io.chaski.core.NodeId;
import io.chaski.core.stream.Stream;
import io.chaski.remote.BadArgumentsException;
import io.chaski.remote.CallException;
import io.chaski.remote.CallException.Execution;
import io.chaski.remote.internal.flow.IncomingItems;
import io.chaski.remote.internal.flow.ItemShapes;
import io.chaski.remote.internal.flow.OutgoingItems;
import io.chaski.remote.internal.flow.UnsendableItemException;
import io.chaski.remote.internal.model.ItemStream;
import io.chaski.remote.internal.model.MethodStreams;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.BodyWriter;
import io.chaski.remote.internal.wire.ErrorText;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What flows beside the arguments and the answer of one call, over its attempts; nothing for most. Thread-safe. */
final class CallItems {

    private final Calling calling;
    private final Target target;
    private final @Nullable OutgoingItems arguments;
    private final @Nullable IncomingItems results;
    private final AtomicBoolean isBegun = new AtomicBoolean();
    private volatile boolean isStopped;

    private CallItems(
            Calling calling, Target target, @Nullable OutgoingItems arguments, @Nullable IncomingItems results) {
        this.calling = calling;
        this.target = target;
        this.arguments = arguments;
        this.results = results;
    }

    /**
     * The items of one call.
     *
     * @param all arguments as the program has passed them
     * @param results where items of the result go, null if the result is none
     * @throws BadArgumentsException if the argument that should be a stream is none
     */
    static CallItems of(Calling calling, Target target, List<@Nullable Object> all, @Nullable IncomingItems results) {
        MethodStreams streams = target.method().streams();
        ItemStream declared = streams.argument();
        if (declared == null) {
            return new CallItems(calling, target, null, results);
        }
        try {
            Executor producers = calling.threads().producers();
            OutgoingItems arguments = new OutgoingItems(
                    ItemShapes.toPublisher(all.get(streams.index()), declared.shape(), producers),
                    declared.item(),
                    calling.options().maxBodyBytes(),
                    calling.budget(),
                    producers,
                    calling.threads().own());
            return new CallItems(calling, target, arguments, results);
        } catch (IllegalArgumentException none) {
            throw new BadArgumentsException(
                    null, target.label() + ": argument " + (streams.index() + 1) + ": " + none.getMessage());
        }
    }

    /** Reads the answer of one attempt. */
    Answering answering(NodeId peer) {
        return results == null
                ? new PlainAnswer(calling, target, peer, this)
                : new StreamedAnswer(calling, target, peer, this, results);
    }

    /** Whether credit goes back as items are taken. */
    boolean isManualCredit() {
        return results != null;
    }

    /** Items of the result have arrived: whether these are the first. */
    boolean begin() {
        return isBegun.compareAndSet(false, true);
    }

    /**
     * Whether the call may be made again after an attempt that was not executed: nothing has been taken from the program, and
     * nothing given to it.
     */
    boolean mayRepeat() {
        return !isBegun.get() && (arguments == null || arguments.detach());
    }

    /** What sends on one attempt, to be given to {@link #send}. */
    BodyWriter writer(Stream stream, byte[] encoded, Runnable onSent) {
        Body body = new Body(Body.Kind.ARGUMENTS, encoded);
        if (arguments == null) {
            return new BodyWriter(stream, body, onSent);
        }
        BodyWriter writer = new BodyWriter(stream);
        if (writer.add(body, onSent)) {
            onSent.run();
        }
        return writer;
    }

    /**
     * Sends.
     *
     * @param writer made for this attempt
     * @param onFailed called if an item cannot be sent, so that the call has failed
     */
    void send(BodyWriter writer, NodeId peer, Consumer<CallException> onFailed) {
        if (arguments == null) {
            writer.pump();
            return;
        }
        arguments.begin(writer);
        var unused = arguments.done().whenComplete((nothing, failure) -> {
            if (failure instanceof UnsendableItemException wrong) {
                onFailed.accept(
                        new BadArgumentsException(peer, target.label() + ": " + wrong.getMessage(), Execution.UNKNOWN));
                return;
            }
            if (!arguments.done().isCancelled()) {
                if (failure != null) {
                    writer.send(ErrorText.toBody(target.method(), failure));
                }
                writer.end();
            } else if (isStopped) {
                writer.end();
            }
            // Otherwise the call was given up: an end would tell the implementation that these were all items.
        });
    }

    /** The other side wants no more items. */
    void stop() {
        if (arguments != null) {
            isStopped = true;
            arguments.cancel();
        }
    }

    /** The call is over. */
    void close() {
        if (arguments != null) {
            arguments.cancel();
            arguments.release();
        }
    }
}
