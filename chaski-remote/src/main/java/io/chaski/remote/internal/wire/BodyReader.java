package io.chaski.remote.internal.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts a body together from the messages of a stream. What has not arrived takes no memory, whatever length was announced, and
 * what has arrived is not moved any more, so that a message costs the event loop no more than its own length.
 *
 * <p>Reads on the event loop; {@link #release} comes from any thread.
 */
public final class BodyReader {

    /** Kind and length. */
    static final int HEAD_BYTES = 5;

    /**
     * Most bytes of a failure and of a declared exception, which are read on the event loop: a code, a name of 255 bytes and a
     * message of 1 KiB, and then as much again.
     */
    static final int MAX_FAILURE_BYTES = 4 << 10;

    /** A chunk takes at most this much ahead of what arrives. */
    private static final int MAX_CHUNK_BYTES = 256 << 10;

    private final int maxBytes;
    private final Budget budget;
    private final Set<Body.Kind> kinds;
    private final List<byte[]> chunks = new ArrayList<>();
    private Body.@Nullable Kind kind;
    private int length;
    private int filled;

    /** How much of the last chunk is filled. */
    private int filledOfLast;

    private int held;
    private boolean isReleased;

    /**
     * A reader of one body.
     *
     * @param maxBytes most bytes of it
     * @param budget what all bodies that share it may take
     */
    public BodyReader(int maxBytes, Budget budget) {
        this(maxBytes, budget, EnumSet.allOf(Body.Kind.class));
    }

    /**
     * A reader of one body of some kinds: another one is refused by its first byte.
     *
     * @param maxBytes most bytes of it
     * @param budget what all bodies that share it may take
     * @param kinds what it may be
     */
    public BodyReader(int maxBytes, Budget budget, Set<Body.Kind> kinds) {
        this.maxBytes = maxBytes;
        this.budget = budget;
        this.kinds = kinds;
    }

    /** Whether all of it has arrived. */
    public synchronized boolean isComplete() {
        return kind != null && filled == length;
    }

    /** How many bytes have arrived. */
    public synchronized int filled() {
        return filled;
    }

    /**
     * The next message.
     *
     * @param message as it arrived
     * @return the body, if this message completes it and it is still wanted; it counts until it is released
     * @throws MalformedException if it is no part of a body, or follows after its end
     * @throws BudgetExceededException if the body is too large, or all together are
     */
    public synchronized @Nullable Body read(byte[] message) throws MalformedException, BudgetExceededException {
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
        if (isReleased) {
            filled += more; // nobody wants it any more, so that it takes no memory
            return null;
        }
        append(in);
        return filled == length ? new Body(known, chunks, this::release) : null;
    }

    private Body.Kind readHead(ByteBuffer in) throws MalformedException, BudgetExceededException {
        if (in.remaining() < HEAD_BYTES) {
            throw new MalformedException("a body begins with kind and length");
        }
        Body.Kind read = Body.Kind.ofNumber(in.get());
        if (!kinds.contains(read)) {
            throw new MalformedException("no place for " + read);
        }
        length = in.getInt();
        if (read == Body.Kind.STOP && length != 0) {
            throw new MalformedException("STOP is empty");
        }
        boolean isText = read == Body.Kind.FAILURE || read == Body.Kind.DECLARED_ERROR;
        int most = isText ? Math.min(maxBytes, MAX_FAILURE_BYTES) : maxBytes;
        if (length < 0 || length > most) {
            throw new BudgetExceededException("a body of this kind has at most " + most + " bytes");
        }
        return read;
    }

    /** Into the room that is left, and then into a chunk that is at most twice as long as what has arrived. */
    private void append(ByteBuffer in) throws BudgetExceededException {
        while (in.hasRemaining()) {
            byte[] last = chunks.isEmpty() ? null : chunks.get(chunks.size() - 1);
            if (last == null || filledOfLast == last.length) {
                last = grow(in.remaining());
            }
            int part = Math.min(in.remaining(), last.length - filledOfLast);
            in.get(last, filledOfLast, part);
            filledOfLast += part;
            filled += part;
        }
    }

    private byte[] grow(int needed) throws BudgetExceededException {
        int bytes = Math.min(length - filled, Math.max(needed, Math.min(filled, MAX_CHUNK_BYTES)));
        if (!budget.tryTake(bytes)) {
            throw new BudgetExceededException("too many bodies are under way");
        }
        held += bytes;
        byte[] chunk = new byte[bytes];
        chunks.add(chunk);
        filledOfLast = 0;
        return chunk;
    }

    /**
     * Lets go of the bytes and gives back what they took of the budget: when the body is dealt with, or not wanted any more. Does
     * nothing the second time.
     */
    public synchronized void release() {
        isReleased = true;
        chunks.clear();
        budget.giveBack(held);
        held = 0;
    }
}
