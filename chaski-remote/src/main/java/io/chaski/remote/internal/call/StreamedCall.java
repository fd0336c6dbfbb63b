package io.chaski.remote.internal.call;

import io.chaski.remote.CallOptions;
import io.chaski.remote.internal.flow.ItemEnd;
import io.chaski.remote.internal.flow.ItemIterator;
import io.chaski.remote.internal.flow.ItemSubscription;
import io.chaski.remote.internal.model.StreamShape;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A call whose result is a stream of items, as a program sees it. Immutable. */
final class StreamedCall {

    private final Calling calling;
    private final Target target;
    private final List<@Nullable Object> arguments;
    private final CallOptions options;

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
