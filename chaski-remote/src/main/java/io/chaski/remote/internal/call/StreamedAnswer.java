package io.chaski.remote.internal.call;

import io.chaski.core.NodeId;
import io.chaski.core.stream.Stream;
import io.chaski.remote.internal.flow.IncomingItems;
import io.chaski.remote.internal.flow.ItemInbox;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.BudgetExceededException;
import io.chaski.remote.internal.wire.Failure;
import io.chaski.remote.internal.wire.MalformedException;
import io.chaski.remote.internal.wire.Reserve;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An answer of any number of items, and perhaps a declared exception or a failure after them; the end of the stream is its end. */
final class StreamedAnswer implements Answering {

    private final Calling calling;
    private final Target target;
    private final NodeId peer;
    private final CallItems items;
    private final IncomingItems results;
    private volatile @Nullable Reserve memory;
    private volatile @Nullable ItemInbox inbox;
    private volatile boolean isReleased;
    private @Nullable Body last;

    StreamedAnswer(Calling calling, Target target, NodeId peer, CallItems items, IncomingItems results) {
        this.calling = calling;
        this.target = target;
        this.peer = peer;
        this.items = items;
        this.results = results;
    }

    @Override
    public boolean tryBegin() {
        memory = calling.budget().reserve(peer, ItemInbox.WINDOW_BYTES);
        if (isReleased) {
            release();
        }
        return memory != null;
    }

    @Override
    public @Nullable AttemptEnd onMessage(Stream from, byte[] message)
            throws MalformedException, BudgetExceededException {
        if (last != null) {
            throw new MalformedException("something follows the end of the items");
        }
        Body body = inbox(from).onMessage(message);
        if (body == null) {
            return null;
        }
        switch (body.kind()) {
            case DECLARED_ERROR, FAILURE -> last = body;
            case STOP -> items.stop();
            case ARGUMENTS, VALUE, ITEM -> throw new MalformedException("arguments and values are no items");
        }
        return null;
    }

    private ItemInbox inbox(Stream from) {
        ItemInbox known = inbox;
        if (known == null) {
            known = new ItemInbox(
                    from,
                    calling.options().maxBodyBytes(),
                    Objects.requireNonNull(memory, "begun"),
                    calling.idle(),
                    this::onItem);
            inbox = known;
            if (isReleased) { // meanwhile, by a thread that has seen no inbox
                known.close();
            }
        }
        return known;
    }

    private void onItem() {
        ItemInbox from = inbox;
        if (from != null && items.begin()) {
            results.attach(from);
        }
        results.wake();
    }

    @Override
    public AttemptEnd onEnd() throws MalformedException {
        ItemInbox from = inbox;
        if (from != null && from.isInTheMiddle()) {
            throw new MalformedException("an item is not complete");
        }
        Body body = last;
        if (body == null) {
            return AttemptEnd.of(new Body(Body.Kind.VALUE, new byte[0]));
        }
        return body.kind() == Body.Kind.FAILURE
                ? Failures.of(peer, target, Failure.parse(body.bytes()))
                : AttemptEnd.of(body);
    }

    @Override
    public void release() {
        isReleased = true;
        ItemInbox from = inbox;
        if (from != null) {
            from.close();
        }
        Reserve taken = memory;
        if (taken != null) {
            taken.release();
        }
    }
}
