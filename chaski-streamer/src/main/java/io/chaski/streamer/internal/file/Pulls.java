package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.core.stream.NodeStreams;
import io.chaski.streamer.internal.thread.SerialExecutor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sources of one file and what is asked of each. Confined to its transfer. */
final class Pulls implements PullingStream.Receiver {

    private static final Logger log = LoggerFactory.getLogger(Pulls.class);

    /** How often a source that has only a part of the file is asked how far it is. */
    private static final long ASK_BOOK_NANOS = Duration.ofMillis(500).toNanos();

    /** The transfer, which has the disk. */
    interface Owner {

        /** Whether content may be taken from a node that there is a connection to. */
        boolean mayTakeFrom(NodeId source);

        void onList(ChunkList list);

        /** False if it could not be written and the transfer has ended. */
        boolean write(int chunk, int offset, ByteBuffer content);

        /** A chunk has come as a whole; whether it is right is said next. */
        void onChunk();

        void onVerified(int chunk);
    }

    private final Manifest manifest;
    private final NodeStreams streams;
    private final SerialExecutor serial;
    private final Owner owner;
    private final LongSupplier clock;
    private final RandomGenerator random;
    private final long stalledAfterNanos;
    private final Sources sources;
    private final Map<NodeId, PullingStream> open = new LinkedHashMap<>();
    private final Map<NodeId, BitSet> books = new LinkedHashMap<>();
    private @Nullable ChunkList list;
    private @Nullable ChunkPlan plan;
    private long bookAskedNanos;
    private boolean isClosed;

    Pulls(
            Manifest manifest,
            NodeStreams streams,
            SerialExecutor serial,
            Owner owner,
            LongSupplier clock,
            RandomGenerator random,
            int maxSources,
            long stalledAfterNanos) {
        this.manifest = manifest;
        this.streams = streams;
        this.serial = serial;
        this.owner = owner;
        this.clock = clock;
        this.random = random;
        this.sources = new Sources(maxSources);
        this.stalledAfterNanos = stalledAfterNanos;
        this.bookAskedNanos = clock.getAsLong();
    }

    /** A node has the file, or will have parts of it. */
    void onHeard(NodeId source) {
        sources.onHeard(source, clock.getAsLong());
        openMore();
    }

    /** A node offers the file, or offers it again. */
    void onPublisher(NodeId publisher) {
        sources.onPublisher(publisher, clock.getAsLong());
        openMore();
    }

    /** A node has taken its offer back. */
    void onWithdrawn(NodeId publisher) {
        sources.onWithdrawn(publisher);
    }

    /** The list is known and there is room on the disk: chunks can be asked for. */
    void begin(ChunkList known, BitSet verified) {
        list = known;
        ChunkPlan begun = new ChunkPlan(manifest.chunks(), verified, random);
        plan = begun;
        books.forEach(begun::onBook);
        books.clear();
        ask();
    }

    /** Whether chunks can be asked for. */
    boolean isBegun() {
        return plan != null;
    }

    void onTick() {
        long now = clock.getAsLong();
        List.copyOf(open.values()).forEach(stream -> stream.onTick(now, stalledAfterNanos));
        ChunkPlan begun = plan;
        if (begun != null && now - bookAskedNanos > ASK_BOOK_NANOS) {
            bookAskedNanos = now;
            begun.idleSources().forEach(id -> {
                PullingStream stream = open.get(id);
                if (stream != null) {
                    stream.askBook();
                }
            });
        }
        if (begun != null && begun.isStarved()) {
            sources.toReplace(begun.idleSources(), now).forEach(this::replace);
        }
        openMore();
    }

    private void replace(NodeId id) {
        PullingStream stream = open.get(id);
        if (stream != null) {
            stream.giveUp();
        }
    }

    /** Whether it would help to find more sources. */
    boolean needsSources() {
        ChunkPlan begun = plan;
        return open.isEmpty() || begun != null && begun.isStarved();
    }

    /** Whether it has given what is not the file. */
    boolean isLiar(NodeId source) {
        return sources.isLiar(source);
    }

    private void openMore() {
        if (isClosed) {
            return;
        }
        for (NodeId id : sources.toOpen(clock.getAsLong())) {
            PullingStream stream = new PullingStream(id, manifest, serial, this, clock);
            open.put(id, stream);
            stream.open(streams);
        }
    }

    private void ask() {
        ChunkPlan begun = plan;
        if (begun == null || isClosed) {
            return;
        }
        for (ChunkPlan.Request request : begun.next()) {
            PullingStream stream = open.get(request.source());
            if (stream != null) {
                stream.get(request.chunk());
            }
        }
    }

    @Override
    public boolean mayTakeFrom(NodeId source) {
        return owner.mayTakeFrom(source);
    }

    @Override
    public @Nullable ChunkList list() {
        return list;
    }

    @Override
    public void onList(ChunkList arrived) {
        if (list == null) {
            list = arrived;
            owner.onList(arrived);
        }
    }

    @Override
    public void onBook(PullingStream from, BitSet has) {
        ChunkPlan begun = plan;
        if (begun == null) {
            books.put(from.source(), has);
        } else {
            begun.onBook(from.source(), has);
            ask();
        }
    }

    @Override
    public boolean write(int chunk, int offset, ByteBuffer content) {
        return owner.write(chunk, offset, content);
    }

    @Override
    public void onChunk() {
        owner.onChunk();
    }

    @Override
    public void onVerified(PullingStream from, int chunk) {
        sources.onGood(from.source());
        ChunkPlan begun = plan;
        if (begun != null) {
            begun.onVerified(from.source(), chunk);
            begun.onPace(from.source(), from.chunksAhead());
        }
        owner.onVerified(chunk);
        ask();
    }

    @Override
    public void onLacks(PullingStream from, int chunk) {
        ChunkPlan begun = plan;
        if (begun != null) {
            begun.onLacks(from.source(), chunk);
        }
        from.giveUp(); // no honest source says that it has a chunk and then that it has not
    }

    @Override
    public void onGone(PullingStream from) {
        sources.onGone(from.source(), clock.getAsLong());
        forget(from);
    }

    @Override
    public void onLie(PullingStream from, String what) {
        log.warn(
                "{} gave {} for {} and is not asked for it again", from.source().shortForm(), what, manifest.hash());
        sources.onLie(from.source());
        forget(from);
    }

    private void forget(PullingStream from) {
        open.remove(from.source(), from);
        books.remove(from.source());
        ChunkPlan begun = plan;
        if (begun != null) {
            begun.onGone(from.source());
        }
        openMore();
        ask();
    }

    /** Ends all streams. */
    void close() {
        isClosed = true;
        new ArrayList<>(open.values()).forEach(PullingStream::close);
        open.clear();
    }
}
