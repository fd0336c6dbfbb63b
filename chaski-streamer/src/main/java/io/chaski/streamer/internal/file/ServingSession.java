package io.chaski.streamer.internal.file;

import io.chaski.core.Dispatch;
import io.chaski.core.NodeId;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import io.chaski.streamer.internal.thread.SerialExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives one file to one node. The stream calls it on the event loop, where it only queues; everything else happens one after
 * the other on the threads of the exchange. No thread waits for the stream: when there is no room, it goes on when there is.
 */
final class ServingSession implements StreamListener, OpenExchanges.Exchange {

    private static final Logger log = LoggerFactory.getLogger(ServingSession.class);

    /** Credit goes back when a request has been dealt with. Requests are small, so the least window is plenty. */
    static final StreamOptions OPTIONS =
            StreamOptions.builder().manualCredit(true).dispatch(Dispatch.INLINE).build();

    private final Stream stream;
    private final Holdings holdings;
    private final SerialExecutor serial;
    private final LongSupplier clock;
    private final FileCounters counters;
    private final Consumer<? super ServingSession> onEnded;

    private final Queue<PullMessage> requests = new ArrayDeque<>();
    private @Nullable Holding holding;
    private Holding.@Nullable Reader reader;
    private byte @Nullable [] unsent;
    private int chunk;
    private int offset;
    private boolean isInChunk;
    private boolean hasPeerEnded;
    private boolean isEnded;
    private volatile long usedNanos;

    /**
     * A session that gives nothing yet.
     *
     * @param onEnded the last call
     */
    ServingSession(
            Stream stream,
            Holdings holdings,
            SerialExecutor serial,
            LongSupplier clock,
            FileCounters counters,
            Consumer<? super ServingSession> onEnded) {
        this.stream = stream;
        this.holdings = holdings;
        this.serial = serial;
        this.clock = clock;
        this.counters = counters;
        this.onEnded = onEnded;
        this.usedNanos = clock.getAsLong();
    }

    @Override
    public NodeId peer() {
        return stream.peer();
    }

    @Override
    public long usedNanos() {
        return usedNanos;
    }

    /** Ends it from this side. */
    void close(StreamCode code, String reason) {
        serial.execute(() -> {
            if (!isEnded) {
                refuse(code, reason);
            }
        });
    }

    @Override
    public void onMessage(Stream same, byte[] message) {
        serial.execute(() -> {
            if (!isEnded) {
                usedNanos = clock.getAsLong();
                onRequest(message);
                stream.consumed(message.length);
            }
        });
    }

    @Override
    public void onWritable(Stream same) {
        serial.execute(this::pump);
    }

    /** In its turn: what was asked for before is still given. */
    @Override
    public void onEnd(Stream same) {
        serial.execute(() -> {
            hasPeerEnded = true;
            pump();
        });
    }

    @Override
    public void onClosed(Stream same) {
        serial.execute(this::end);
    }

    @Override
    public void onFailed(Stream same, StreamException cause) {
        serial.execute(this::end);
    }

    private void onRequest(byte[] message) {
        PullMessage request;
        try {
            request = PullMessage.decode(message);
        } catch (IllegalArgumentException malformed) {
            refuse(StreamCode.REFUSED, "malformed: " + malformed.getMessage());
            return;
        }
        if (requests.size() >= PullMessage.MAX_REQUESTS) {
            refuse(StreamCode.LIMIT, "more requests than " + PullMessage.MAX_REQUESTS);
            return;
        }
        requests.add(request);
        pump();
    }

    /** Sends while there is something to send and room for it; when nothing more can be asked for, the end as well. */
    private void pump() {
        try {
            while (!isEnded) {
                byte[] message = unsent == null ? next() : unsent;
                unsent = message;
                if (message == null) {
                    endIfAllIsGiven();
                    return;
                }
                if (!stream.offer(message)) {
                    return;
                }
                unsent = null;
                usedNanos = clock.getAsLong();
            }
        } catch (IOException e) {
            log.debug("cannot read for {}: {}", stream.peer(), e.toString());
            refuse(StreamCode.REFUSED, "the file is not here any more");
        } catch (StreamException ended) {
            end();
        }
    }

    private void endIfAllIsGiven() {
        if (hasPeerEnded && !isEnded) {
            stream.end();
        }
    }

    private byte @Nullable [] next() throws IOException {
        while (!isEnded) {
            if (isInChunk) {
                return nextPiece();
            }
            PullMessage request = requests.poll();
            if (request == null) {
                return null;
            }
            Optional<byte[]> answer = answer(request);
            if (answer.isPresent()) {
                return answer.get();
            }
        }
        return null;
    }

    private Optional<byte[]> answer(PullMessage request) throws IOException {
        if (request instanceof PullMessage.Which which && holding == null) {
            return begin(which);
        }
        Holding given = holding;
        if (given != null && !holdings.contains(given)) {
            refuse(StreamCode.REFUSED, "the file is not given any more");
            return Optional.empty();
        }
        if (given != null && request instanceof PullMessage.AskBook) {
            return Optional.of(
                    PullMessage.Book.of(given.manifest(), given.has()).encode());
        }
        if (given != null
                && request instanceof PullMessage.Get get
                && get.chunk() >= 0
                && get.chunk() < given.manifest().chunks()) {
            if (!openReader(given).has(get.chunk())) {
                return Optional.of(new PullMessage.Lacks(get.chunk()).encode());
            }
            chunk = get.chunk();
            offset = 0;
            isInChunk = true;
            return Optional.empty();
        }
        refuse(StreamCode.REFUSED, "not now, or no such chunk");
        return Optional.empty();
    }

    private Optional<byte[]> begin(PullMessage.Which which) {
        Optional<Holding> found = holdings.find(which.manifest());
        if (found.isEmpty()) {
            refuse(StreamCode.REFUSED, "no such file");
            return Optional.empty();
        }
        Holding given = found.get();
        holding = given;
        requests.add(new PullMessage.AskBook()); // the answer to WHICH ends with the book
        return which.withList()
                ? Optional.of(
                        new PullMessage.ChunkHashes(ByteBuffer.wrap(given.list().encoded())).encode())
                : Optional.empty();
    }

    private Holding.Reader openReader(Holding given) throws IOException {
        Holding.Reader open = reader;
        if (open == null) {
            open = given.open();
            reader = open;
        }
        return open;
    }

    private byte[] nextPiece() throws IOException {
        Holding given = Objects.requireNonNull(holding, "a chunk is of a file");
        int left = given.manifest().length(chunk) - offset;
        int length = Math.min(PullMessage.MAX_PIECE_BYTES, left);
        byte[] message = PullMessage.piece(chunk, offset, length);
        openReader(given)
                .read(
                        ByteBuffer.wrap(message, PullMessage.PIECE_HEADER_BYTES, length),
                        given.manifest().position(chunk) + offset);
        offset += length;
        isInChunk = length < left;
        counters.onSent(length, !isInChunk);
        return message;
    }

    private void refuse(StreamCode code, String reason) {
        stream.reset(code, reason);
        end();
    }

    private void end() {
        if (isEnded) {
            return;
        }
        isEnded = true;
        requests.clear();
        unsent = null;
        Holding.Reader open = reader;
        reader = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                log.debug("cannot close a file that was read: {}", e.toString());
            }
        }
        onEnded.accept(this);
    }
}
