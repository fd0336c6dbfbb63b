package io.chaski.remote.internal.call;

import io.chaski.remote.BadAnswerException;
import io.chaski.remote.CallException;
import io.chaski.remote.RemoteCallException;
import io.chaski.remote.internal.context.CallScope;
import io.chaski.remote.internal.flow.IncomingItems;
import io.chaski.remote.internal.flow.ItemEnd;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.ErrorText;
import io.chaski.remote.internal.wire.MalformedException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The items of the result of one call on their way through the interceptors: these see a future that completes when the program
 * has taken the last item, and the program hears of the end what they make of it. Thread-safe.
 */
final class ResultItems implements ItemEnd {

    private final Target target;
    private final CallScope scope;
    private final IncomingItems items;
    private final CompletableFuture<@Nullable Object> taken = new CompletableFuture<>();
    private final AtomicBoolean isBegun = new AtomicBoolean();

    /**
     * Items that nobody has asked for.
     *
     * @param scope cancels the call
     */
    ResultItems(Target target, CallScope scope) {
        this.target = target;
        this.scope = scope;
        this.items = new IncomingItems(
                Objects.requireNonNull(target.method().streams().result(), "the result is a stream")
                        .item(),
                wrong -> new BadAnswerException(null, target.label() + ": " + wrong),
                this::onUnwanted);
    }

    /** What the program takes. */
    IncomingItems items() {
        return items;
    }

    /**
     * The call is about to be made.
     *
     * @throws IllegalStateException if an interceptor makes it once more: two answers would be mixed
     */
    IncomingItems begin() {
        if (!isBegun.compareAndSet(false, true)) {
            throw new IllegalStateException("a call whose result is a stream can be made once only");
        }
        return items;
    }

    /** Completes when the last item of this call has been taken. */
    CompletableFuture<@Nullable Object> follow(PendingCall pending) {
        var unused = pending.answer().whenComplete((body, thrown) -> {
            Throwable failure = thrown == null ? null : Unwrapped.of(thrown);
            if (failure == null) {
                items.end(() -> failureOf(body));
            } else if (failure instanceof RemoteCallException || failure instanceof BadAnswerException) {
                items.end(() -> failure); // of the producer, which has given the items before
            } else {
                items.cutOff(() -> failure);
            }
        });
        return taken;
    }

    private @Nullable Throwable failureOf(Body body) {
        if (body.kind() != Body.Kind.DECLARED_ERROR) {
            return null;
        }
        try {
            return ErrorText.parse(body.bytes()).toThrowable(target.method(), null);
        } catch (MalformedException wrong) {
            return new BadAnswerException(null, target.label() + ": " + wrong.what());
        }
    }

    @Override
    public void onTaken(@Nullable Throwable failure, Consumer consumer) {
        if (failure == null) {
            taken.complete(null);
        } else {
            taken.completeExceptionally(failure);
        }
    }

    private void onUnwanted(@Nullable CallException why) {
        scope.cancel();
        taken.completeExceptionally(
                why == null ? new CancellationException("no more items of " + target.label() + " are wanted") : why);
    }
}
