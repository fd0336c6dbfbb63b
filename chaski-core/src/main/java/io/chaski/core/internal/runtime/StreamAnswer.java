package io.chaski.core.internal.runtime;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the one message that answers a request. It listens on the event loop, and its future completes among the
 * completions. Cancelling the future resets the stream. Thread-safe.
 */
final class StreamAnswer implements StreamListener {

    private final CompletableFuture<byte[]> result;
    private final Completions completions;
    private final Consumer<StreamAnswer> sendAgain;

    /** The first outcome counts, although completions that are handed to the callbacks may overtake each other. */
    private final AtomicBoolean isAnswered = new AtomicBoolean();

    private volatile @Nullable Stream stream;

    /** Used on the event loop only, where the news comes from that nobody has seen a stream. */
    private boolean isRepeated;

    /**
     * An answer that is still to come.
     *
     * @param result completes with it
     * @param completions where it completes
     * @param sendAgain sends the request once more, if the other side has not seen it; called on the event loop
     */
    StreamAnswer(CompletableFuture<byte[]> result, Completions completions, Consumer<StreamAnswer> sendAgain) {
        this.result = result;
        this.completions = completions;
        this.sendAgain = sendAgain;
        WaitedFuture.onCancel(result, () -> {
            Stream opened = stream;
            if (opened != null) {
                opened.cancel();
            }
        });
    }

    void onOpened(Stream opened) {
        stream = opened;
        if (result.isCancelled()) {
            opened.cancel();
        }
    }

    /** There will be no answer. */
    void fail(StreamException cause) {
        if (isAnswered.compareAndSet(false, true)) {
            completions.fail(result, cause);
        }
    }

    @Override
    public void onMessage(Stream from, byte[] message) {
        if (isAnswered.compareAndSet(false, true)) {
            completions.complete(result, message);
        }
    }

    @Override
    public void onEnd(Stream from) {
        fail(new StreamException(StreamCode.APPLICATION, "the other side ended without an answer"));
    }

    @Override
    public void onFailed(Stream from, StreamException cause) {
        if (cause.code() != StreamCode.PEER_UNREACHABLE || isRepeated || isAnswered.get()) {
            fail(cause);
            return;
        }
        isRepeated = true;
        try {
            sendAgain.accept(this);
        } catch (RuntimeException refused) { // the node closes, or may not call any more
            cause.addSuppressed(refused);
            fail(cause);
        }
    }
}
