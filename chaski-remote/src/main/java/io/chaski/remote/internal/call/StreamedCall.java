package io.chaski.remote.internal.call;

import io.chaski.remote.CallOptions;
import io.chaski.remote.internal.flow.ItemEnd;
import io.chaski.remote.internal.flow.ItemIterator;
import io.chaski.remote.internal.flow.ItemSubscription;
import io.chaski.remote.internal.flow.RefusedSubscription;
import io.chaski.remote.internal.model.ItemStream;
import io.chaski.remote.internal.model.StreamShape;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A call whose result is a stream of items, as a program sees it. Thread-safe. */
final class StreamedCall {

    private final Calling calling;
    private final Target target;
    private final List<@Nullable Object> arguments;
    private final CallOptions options;

    /** An argument that can be read once is for one call. */
    private final AtomicBoolean isReadOnceUsed = new AtomicBoolean();

    StreamedCall(Calling calling, Target target, List<@Nullable Object> arguments, CallOptions options) {
        this.calling = calling;
        this.target = target;
        this.arguments = arguments;
        this.options = options;
    }

    /** What the method returns. A publisher calls when somebody subscribes, and each time; the others call now. */
    Object inShape(StreamShape shape) {
        return switch (shape) {
            case PUBLISHER -> (Flow.Publisher<Object>) this::subscribe;
            case ITERATOR -> iterator();
            case STREAM -> iterator().asStream();
        };
    }

    private void subscribe(Flow.Subscriber<? super Object> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        ItemStream argument = target.method().streams().argument();
        if (argument != null
                && argument.shape() != StreamShape.PUBLISHER
                && !isReadOnceUsed.compareAndSet(false, true)) {
            RefusedSubscription.of(
                    subscriber,
                    calling.threads().signals(),
                    target.label() + " has an argument that can be read once, so it has one subscriber");
            return;
        }
        Invocation invocation = Invocation.later(calling, target);
        ResultItems results = invocation.results();
        begin(
                invocation,
                ItemSubscription.of(
                        subscriber, results.items(), results, calling.threads().signals()));
    }

    private ItemIterator iterator() {
        Invocation invocation = Invocation.later(calling, target);
        ResultItems results = invocation.results();
        ItemIterator iterator = ItemIterator.of(results.items(), results, calling.streams()::inEventLoop);
        begin(invocation, iterator);
        return iterator;
    }

    private void begin(Invocation invocation, ItemEnd.Consumer consumer) {
        var unused = invocation
                .begin(arguments, options)
                .whenComplete((nothing, failure) -> consumer.terminate(failure == null ? null : Unwrapped.of(failure)));
    }
}
