package io.chaski.streamer.internal.file;

import io.chaski.core.Dispatch;
import io.chaski.core.NodeId;
import io.chaski.core.stream.NodeStreams;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import io.chaski.streamer.internal.thread.SerialExecutor;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One source of one file. The stream calls it on the event loop, where it only queues; everything else is confined to the
 * transfer, on whose executor it runs. Credit goes back when a message has been dealt with, so a slow disk slows the source.
 *
 * <p>Whatever the source does wrong - a chunk that was not asked for, pieces out of order, doubled or too long, content with
 * another hash - makes it a liar.
 */
final class PullingStream implements StreamListener {

    private static final Logger log = LoggerFactory.getLogger(PullingStream.class);

    /** Credit for four pieces is out at least: five seconds without any of them are not the usual delay. */
    static final Duration STALLED_AFTER = Duration.ofSeconds(5);

    /** A chunk takes at most 20 s, and what 64 KiB/s need for it. */
    private static final long CHUNK_NANOS = Duration.ofSeconds(20).toNanos();

    private static final long NANOS_PER_BYTE = TimeUnit.SECONDS.toNanos(1) / (64 << 10);

    /**
     * What is asked of a source ahead of what it has sent: a second of it, more than the longest way there is. Like the time for
     * which libtorrent asks ahead, and shorter, because what a source is asked for is asked of nobody else.
     */
    private static final long AHEAD_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The mean time of a chunk looks back on so many: few, so that a source that becomes slow is asked for less soon. */
    private static final int MEAN_OF = 4;

    /** Credit goes back when a message has been dealt with; what waits for the disk may be more over a long way. */
    static final StreamOptions OPTIONS = StreamOptions.builder()
            .manualCredit(true)
            .dispatch(Dispatch.INLINE)
            .maxWindowBytes(StreamOptions.DEFAULT_MAX_WINDOW_BYTES)
            .build();

    /** What the transfer makes of it. Each is called on the transfer's executor. */
    interface Receiver {

        /** Whether content may be taken from a node that there is a connection to. */
        boolean mayTakeFrom(NodeId source);

        /** The list of chunks, once it is known. */
        @Nullable
        ChunkList list();

        /** The list has come, and is right. */
        void onList(ChunkList list);

        void onBook(PullingStream from, BitSet has);

        /** A piece, at its place; false if it could not be written and the transfer has ended. */
        boolean write(int chunk, int offset, ByteBuffer content);

        /** A chunk has come as a whole; whether it is right is said next. */
        void onChunk();

        void onVerified(PullingStream from, int chunk);

        void onLacks(PullingStream from, int chunk);

        /** The stream has ended, or makes no progress; the last call. */
        void onGone(PullingStream from);

        /** The source has lied; the last call. */
        void onLie(PullingStream from, String what);
    }

    private final NodeId source;
    private final Manifest manifest;
    private final SerialExecutor serial;
    private final Receiver receiver;
    private final LongSupplier clock;
    private final Queue<Integer> asked = new ArrayDeque<>();
    private final MessageDigest digest = Sha256.digest();
    private @Nullable Stream stream;
    private int offset;
    private long heardNanos;
    private long chunkSinceNanos;
    private long chunkNanos;
    private boolean hasBook;
    private boolean isEnded;

    PullingStream(NodeId source, Manifest manifest, SerialExecutor serial, Receiver receiver, LongSupplier clock) {
        this.source = source;
        this.manifest = manifest;
        this.serial = serial;
        this.receiver = receiver;
        this.clock = clock;
        this.heardNanos = clock.getAsLong();
    }

    /** What the slowest source that is not given up needs for so many bytes. */
    static long nanosFor(int bytes) {
        return bytes * NANOS_PER_BYTE;
    }

    NodeId source() {
        return source;
    }

    /** What fails at once fails as what fails later: it is the source that is not reached, and not the file that fails. */
    void open(NodeStreams streams) {
        CompletableFuture<Stream> opening;
        try {
            opening = streams.open(source, PullMessage.PROTOCOL, OPTIONS, this);
        } catch (RuntimeException | Error refused) { // the node closes, its loop is stuck, or a policy says no
            log.debug("no stream to {}: {}", source.shortForm(), refused.toString());
            serial.execute(this::gone);
            return;
        }
        var unused = opening.whenComplete((opened, failure) -> serial.execute(() -> {
            if (failure != null) {
                gone();
            } else {
                onOpen(opened);
            }
        }));
    }

    private void onOpen(Stream opened) {
        stream = opened;
        if (isEnded) {
            opened.cancel();
        } else if (!receiver.mayTakeFrom(source)) { // who it is, is known only now
            opened.cancel();
            gone();
        } else {
            send(new PullMessage.Which(manifest, receiver.list() == null));
        }
    }

    /** Asks for a chunk. */
    void get(int chunk) {
        long now = clock.getAsLong();
        if (asked.isEmpty()) {
            chunkSinceNanos = now;
            heardNanos = now;
        }
        asked.add(chunk);
        send(new PullMessage.Get(chunk));
    }

    /** How many chunks it sends in the time for which it is asked ahead, as far as is known. */
    long chunksAhead() {
        return AHEAD_NANOS / Math.max(1, chunkNanos);
    }

    /** Asks what the source has by now, unless it still owes an answer to that. */
    void askBook() {
        if (hasBook) {
            hasBook = false;
            heardNanos = clock.getAsLong();
            send(new PullMessage.AskBook());
        }
    }

    /** Makes room for another source. */
    void giveUp() {
        gone();
    }

    private void send(PullMessage message) {
        Stream open = stream;
        if (open == null || isEnded) {
            return;
        }
        try {
            if (!open.offer(message.encode())) {
                gone(); // a source that does not even take a few requests is not worth waiting for
            }
        } catch (StreamException ended) {
            gone();
        }
    }

    /** Gives a source up that does not get on. */
    void onTick(long nowNanos, long stalledAfterNanos) {
        boolean isWaiting = !asked.isEmpty() || !hasBook;
        boolean isSilent = isWaiting && nowNanos - heardNanos > stalledAfterNanos;
        boolean isSlow = !asked.isEmpty() && nowNanos - chunkSinceNanos > mostNanosOfAChunk();
        if (isSilent || isSlow) {
            gone();
        }
    }

    /** Who was asked for many chunks because it was fast does not hold them up by becoming slow. */
    private long mostNanosOfAChunk() {
        return asked.size() > ChunkPlan.LEAST_REQUESTS
                ? STALLED_AFTER.toNanos()
                : CHUNK_NANOS + nanosFor(manifest.chunkBytes());
    }

    @Override
    public void onMessage(Stream from, byte[] message) {
        serial.execute(() -> {
            if (!isEnded) {
                heardNanos = clock.getAsLong();
                onMessage(message);
                from.consumed(message.length);
            }
        });
    }

    @Override
    public void onEnd(Stream from) {
        serial.execute(this::gone);
    }

    @Override
    public void onClosed(Stream from) {
        serial.execute(this::gone);
    }

    @Override
    public void onFailed(Stream from, StreamException cause) {
        serial.execute(this::gone);
    }

    private void onMessage(byte[] bytes) {
        PullMessage message;
        try {
            message = PullMessage.decode(bytes);
        } catch (IllegalArgumentException malformed) {
            lie("a malformed message");
            return;
        }
        if (message instanceof PullMessage.Piece piece) {
            onPiece(piece);
        } else if (message instanceof PullMessage.Book book) {
            hasBook = true;
            receiver.onBook(this, book.of(manifest));
        } else if (message instanceof PullMessage.Lacks lacks) {
            onLacks(lacks.chunk());
        } else if (message instanceof PullMessage.ChunkHashes hashes) {
            onHashes(hashes.encoded());
        } else {
            lie("a request");
        }
    }

    private void onHashes(ByteBuffer encoded) {
        byte[] copy = new byte[encoded.remaining()];
        encoded.get(copy);
        ChunkList.verified(copy, manifest).ifPresentOrElse(receiver::onList, () -> lie("another list of chunks"));
    }

    private void onLacks(int chunk) {
        Integer expected = asked.peek();
        if (expected == null || expected != chunk || offset > 0) {
            lie("no answer to what was asked");
            return;
        }
        nextChunk();
        receiver.onLacks(this, chunk);
    }

    private void onPiece(PullMessage.Piece piece) {
        Integer expected = asked.peek();
        ChunkList list = receiver.list();
        int length = piece.content().remaining();
        if (expected == null || list == null || expected != piece.chunk() || piece.offset() != offset) {
            lie("a piece that is not the next one");
            return;
        }
        int chunk = expected;
        if (length == 0 || length > manifest.length(chunk) - offset) {
            lie("a piece that is too long");
            return;
        }
        digest.update(piece.content().duplicate());
        if (!receiver.write(chunk, offset, piece.content())) {
            return;
        }
        offset += length;
        if (offset == manifest.length(chunk)) {
            boolean isRight = Sha256.finish(digest).equals(list.get(chunk));
            nextChunk();
            receiver.onChunk();
            if (isRight) {
                receiver.onVerified(this, chunk);
            } else {
                lie("a chunk with another hash");
            }
        }
    }

    private void nextChunk() {
        asked.remove();
        offset = 0;
        long now = clock.getAsLong();
        long took = now - chunkSinceNanos;
        chunkNanos = chunkNanos == 0 ? took : chunkNanos + (took - chunkNanos) / MEAN_OF;
        chunkSinceNanos = now;
    }

    private void gone() {
        if (!isEnded) {
            close();
            receiver.onGone(this);
        }
    }

    private void lie(String what) {
        close();
        receiver.onLie(this, what);
    }

    /** Ends it; the receiver hears no more. */
    void close() {
        isEnded = true;
        Stream open = stream;
        if (open != null) {
            open.reset(StreamCode.CANCELLED, "not needed any more");
        }
    }
}
