package io.chaski.remote.internal.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts a body together from the messages of a stream. What has not arrived takes no memory, whatever length was announced.
 * Confined to the event loop.
 */
public final class BodyReader {

    /** Kind and length. */
    static final int HEAD_BYTES = 5;

    private final int maxBytes;
    private final Budget budget;
    private Body.@Nullable Kind kind;
    private byte[] content = new byte[0];
    private int length;
    private int filled;
    private int held;

    /**
     * A reader of one body.
     *
     * @param maxBytes most bytes of it
     * @param budget what all unfinished bodies together may take
     */
    public BodyReader(int maxBytes, Budget budget) {
        this.maxBytes = maxBytes;
        this.budget = budget;
    }

    /** Whether all of it has arrived. */
    public boolean isComplete() {
        return kind != null && filled == length;
    }

    /** How many bytes have arrived. */
    public int filled() {
        return filled;
    }

    /**
     * The next message.
     *
     * @param message as it arrived
     * @return the body, if this message completes it
     * @throws MalformedException if it is no part of a body, or follows after its end
     * @throws BudgetExceededException if the body is too large, or all unfinished ones are
     */
    public @Nullable Body read(byte[] message) throws MalformedException, BudgetExceededException {
        ByteBuffer in = ByteBuffer.wrap(message);
        Body.Kind known = kind;
        if (known == null) {
            known = readHead(in);
            kind = known;
        } else if (filled == length) {
            throw new MalformedException("something follows the body");
        }
        int more = in.remaining();
        if (more > length - filled || more == 0 && filled < length) {
            throw new MalformedException("a piece does not fit into the body");
        }
        append(in, more);
        return filled == length ? new Body(known, content) : null;
    }

    private Body.Kind readHead(ByteBuffer in) throws MalformedException, BudgetExceededException {
        if (in.remaining() < HEAD_BYTES) {
            throw new MalformedException("a body begins with kind and length");
        }
        Body.Kind read = Body.Kind.ofNumber(in.get());
        length = in.getInt();
        if (length < 0 || length > maxBytes) {
            throw new BudgetExceededException("a body has at most " + maxBytes + " bytes");
        }
        return read;
    }

    /** Doubles the array as it fills, up to the announced length. */
    private void append(ByteBuffer in, int more) throws BudgetExceededException {
        int needed = filled + more;
        if (needed > content.length) {
            int grown = (int) Math.min(length, Math.max(needed, 2L * content.length));
            if (!budget.tryTake(grown - held)) {
                throw new BudgetExceededException("too many unfinished bodies");
            }
            held = grown;
            content = Arrays.copyOf(content, grown);
        }
        in.get(content, filled, more);
        filled = needed;
    }

    /** Gives back what it took of the budget; call it once, when the body is dealt with or not wanted any more. */
    public void release() {
        budget.giveBack(held);
        held = 0;
    }
}
