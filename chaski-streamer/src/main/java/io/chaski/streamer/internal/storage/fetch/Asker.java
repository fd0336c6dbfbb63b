package io.chaski.streamer.internal.storage.fetch;

import io.chaski.core.NodeId;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.streamer.FetchResult.Answer;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The asker's side of one exchange. Its calls come one after the other, apart from {@link #want} and {@link #cancel},
 * which other exchanges of the same fetch may lead to.
 *
 * <pre>
 *   ASKING --- offer ---> OFFERED --- want() ---> RECEIVING --- all there ---> (take) CONFIRMING --- YOURS ---> SETTLED
 * </pre>
 */
final class Asker implements StreamListener {

    private enum State {
        ASKING,
        OFFERED,
        RECEIVING,
        CONFIRMING,
        SETTLED
    }

    private final NodeId owner;
    private final boolean isTake;
    private final int maxBytes;
    private final Consumer<Asker> onOffer;
    private final BiConsumer<Asker, Answer> onSettled;

    private State state = State.ASKING; // this and the following: guarded by this
    private @Nullable Stream stream;
    private EntryProtocol.@Nullable Offer offer;
    private byte[] value = EntryProtocol.NOTHING;
    private int receivedBytes;

    Asker(NodeId owner, boolean isTake, int maxBytes, Consumer<Asker> onOffer, BiConsumer<Asker, Answer> onSettled) {
        this.owner = owner;
        this.isTake = isTake;
        this.maxBytes = maxBytes;
        this.onOffer = onOffer;
        this.onSettled = onSettled;
    }

    NodeId owner() {
        return owner;
    }

    /** What has arrived, once the answer is {@code FOUND}. */
    synchronized byte[] value() {
        return value;
    }

    /** What was offered, once the answer is {@code FOUND}. */
    synchronized EntryProtocol.Offer offer() {
        if (offer == null) {
            throw new IllegalStateException("nothing was offered");
        }
        return offer;
    }

    /** Asks for the value that was offered. */
    void want() {
        @Nullable Answer answer;
        synchronized (this) {
            if (state != State.OFFERED || stream == null || offer == null) {
                return; // it has failed meanwhile, and says so itself
            }
            state = State.RECEIVING;
            value = new byte[offer.lengthBytes()];
            answer = say(stream, EntryProtocol.wanted());
            if (answer == null && value.length == 0) {
                answer = complete(stream);
            }
        }
        settle(answer);
    }

    /** How much of the value has arrived. */
    synchronized int receivedBytes() {
        return receivedBytes;
    }

    /**
     * Ends the exchange as unreachable if no more than this has arrived, and nothing can be lost by it.
     *
     * @return whether it has ended it
     */
    boolean giveUp(int ifReceivedBytes) {
        synchronized (this) {
            if (state != State.RECEIVING || receivedBytes != ifReceivedBytes || stream == null) {
                return false;
            }
            state = State.SETTLED;
            stream.cancel();
        }
        onSettled.accept(this, Answer.UNREACHABLE);
        return true;
    }

    /** Ends the exchange because its outcome is not wanted any more. */
    synchronized void cancel() {
        state = State.SETTLED;
        if (stream != null) {
            stream.cancel();
        }
    }

    /** The stream is open, and perhaps not wanted any more. */
    synchronized void onOpen(Stream opened) {
        stream = opened;
        if (state == State.SETTLED) {
            opened.cancel();
        }
    }

    @Override
    public void onMessage(Stream same, byte[] message) {
        @Nullable Answer answer;
        boolean isOffer;
        synchronized (this) {
            stream = same;
            State before = state;
            answer = switch (state) {
                case ASKING -> receiveOffer(same, message);
                case RECEIVING -> receivePiece(same, message);
                case CONFIRMING -> receiveVerdict(same, message);
                case OFFERED -> broken(same);
                case SETTLED -> null;
            };
            isOffer = before == State.ASKING && state == State.OFFERED;
        }
        if (isOffer) {
            onOffer.accept(this);
        }
        settle(answer);
    }

    private @Nullable Answer receiveOffer(Stream same, byte[] message) {
        if (message.length == 0) {
            same.end();
            return Answer.NOT_FOUND;
        }
        offer = EntryProtocol.Offer.decode(message).orElse(null);
        if (offer == null) {
            return broken(same);
        }
        if (offer.lengthBytes() > maxBytes) {
            same.cancel();
            return Answer.TOO_LARGE;
        }
        state = State.OFFERED;
        return null;
    }

    private @Nullable Answer receivePiece(Stream same, byte[] message) {
        if (message.length == 0 || message.length > value.length - receivedBytes) {
            return broken(same);
        }
        System.arraycopy(message, 0, value, receivedBytes, message.length);
        receivedBytes += message.length;
        return receivedBytes == value.length ? complete(same) : null;
    }

    private @Nullable Answer complete(Stream same) {
        if (isTake) {
            state = State.CONFIRMING;
            return say(same, EntryProtocol.arrived());
        }
        same.end();
        return Answer.FOUND;
    }

    private static Answer receiveVerdict(Stream same, byte[] message) {
        same.end();
        if (EntryProtocol.isYours(message)) {
            return Answer.FOUND;
        }
        return EntryProtocol.isGone(message) ? Answer.NOT_FOUND : Answer.UNCERTAIN;
    }

    /** One byte, for which there is room from the beginning. */
    private @Nullable Answer say(Stream same, byte[] word) {
        try {
            return same.offer(word) ? null : broken(same);
        } catch (StreamException e) {
            return answerOf(e.code());
        }
    }

    private static Answer broken(Stream same) {
        same.reset(StreamCode.APPLICATION, "not expected now");
        return Answer.UNREACHABLE;
    }

    @Override
    public void onClosed(Stream same) {
        onFailure(StreamCode.APPLICATION); // does nothing if it has said what it had to say
    }

    @Override
    public void onEnd(Stream same) {
        boolean isEarly;
        synchronized (this) {
            isEarly = state != State.SETTLED;
        }
        if (isEarly) {
            onFailure(StreamCode.APPLICATION);
            same.cancel();
        }
    }

    @Override
    public void onFailed(Stream same, StreamException cause) {
        onFailure(cause.code());
    }

    /** The stream has ended early, or could not be opened. */
    void onFailure(StreamCode code) {
        @Nullable Answer answer;
        synchronized (this) {
            answer = state == State.SETTLED ? null : answerOf(code);
        }
        settle(answer);
    }

    private synchronized Answer answerOf(StreamCode code) {
        if (state == State.CONFIRMING) {
            return Answer.UNCERTAIN;
        }
        return switch (code) {
            case REFUSED -> Answer.REFUSED;
            case NO_SUCH_PROTOCOL -> Answer.NOT_SERVED;
            default -> Answer.UNREACHABLE;
        };
    }

    private void settle(@Nullable Answer answer) {
        if (answer == null) {
            return;
        }
        synchronized (this) {
            if (state == State.SETTLED) {
                return;
            }
            state = State.SETTLED;
        }
        onSettled.accept(this, answer);
    }
}
