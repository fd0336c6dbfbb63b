package io.chaski.remote.internal.call;

import io.chaski.core.NodeId;
import io.chaski.core.stream.Stream;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.BodyReader;
import io.chaski.remote.internal.wire.BudgetExceededException;
import io.chaski.remote.internal.wire.Failure;
import io.chaski.remote.internal.wire.MalformedException;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An answer of one body: a value, a declared exception, a failure. */
final class PlainAnswer implements Answering {

    private static final Set<Body.Kind> KINDS =
            EnumSet.of(Body.Kind.VALUE, Body.Kind.DECLARED_ERROR, Body.Kind.FAILURE, Body.Kind.STOP);

    private final Calling calling;
    private final Target target;
    private final NodeId peer;
    private final CallItems items;

    /** Null when the answer is there: whoever gets the outcome releases its body. */
    private volatile @Nullable BodyReader reader;

    PlainAnswer(Calling calling, Target target, NodeId peer, CallItems items) {
        this.calling = calling;
        this.target = target;
        this.peer = peer;
        this.items = items;
        this.reader = newReader();
    }

    private BodyReader newReader() {
        return new BodyReader(calling.options().maxBodyBytes(), calling.budget().ofPeer(peer), KINDS);
    }

    @Override
    public boolean tryBegin() {
        return true; // an answer of any size takes memory as it comes
    }

    @Override
    public @Nullable AttemptEnd onMessage(Stream from, byte[] message)
            throws MalformedException, BudgetExceededException {
        Body body = Objects.requireNonNull(reader, "nothing is read after the answer")
                .read(message);
        if (body == null) {
            return null;
        }
        return switch (body.kind()) {
            case VALUE, DECLARED_ERROR -> {
                reader = null;
                yield AttemptEnd.of(body);
            }
            case FAILURE -> Failures.of(peer, target, Failure.parse(body.bytes()));
            case STOP -> {
                body.release();
                items.stop();
                reader = newReader();
                yield null;
            }
            case ARGUMENTS, ITEM -> throw new MalformedException("arguments and items are no answer");
        };
    }

    @Override
    public AttemptEnd onEnd() throws MalformedException {
        throw new MalformedException("the other side ended without an answer");
    }

    @Override
    public void release() {
        BodyReader reading = reader;
        if (reading != null) {
            reading.release();
        }
    }
}
