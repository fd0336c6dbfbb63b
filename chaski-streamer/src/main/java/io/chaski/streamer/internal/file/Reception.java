package io.chaski.streamer.internal.file;

import io.chaski.streamer.file.NameClash;
import io.chaski.streamer.file.TransferFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file as it gets onto the disk: its part, what others may have of it meanwhile, and its name in the end. Confined to its
 * transfer, but for what it will still write and the hash of the whole.
 */
final class Reception {

    private static final Logger log = LoggerFactory.getLogger(Reception.class);

    /** How much is written between two looks at the free space: little, compared with what is kept free. */
    private static final long LOOK_BYTES = 16L << 20;

    private final TransferContext context;
    private final Incoming incoming;
    private final Destination destination;
    private volatile @Nullable PartFile part;
    private @Nullable PartHolding holding;
    private long fetchedBytes;
    private long unlookedBytes;
    private volatile long missingBytes;

    Reception(TransferContext context, Incoming incoming, Destination destination) {
        this.context = context;
        this.incoming = incoming;
        this.destination = destination;
    }

    /** Goes on with what an earlier run has left, if it has. */
    boolean resume() throws IOException {
        Optional<PartFile> left =
                destination.parts().resume(incoming.manifest(), incoming.offer().name());
        left.ifPresent(found -> {
            part = found;
            missingBytes = incoming.manifest().size();
        });
        return left.isPresent();
    }

    /**
     * Begins it, if there is room.
     *
     * @throws TransferFailedException NO_SPACE or QUOTA_EXCEEDED
     */
    void create(ChunkList list, LongSupplier promisedBytes) throws IOException {
        long size = incoming.manifest().size();
        context.room().begin(destination.directory(), size, promisedBytes, () -> {
            part = destination.parts().create(new StoredOffer(incoming, list), context.random());
            missingBytes = size; // promised before anybody else looks
        });
        opened().takeHoles();
        count();
    }

    boolean isOpen() {
        return part != null;
    }

    /** Whether all chunks are there and right. */
    boolean isAllThere() {
        return isOpen() && missingBytes == 0;
    }

    /** Reads on for a little while to see what is there; whether there is more to read. */
    boolean inspect() throws IOException {
        boolean isMore = opened().inspectMore();
        count();
        return isMore;
    }

    /** Hashes what is there in order for a little while; whether there is more now. On any thread, one at a time. */
    boolean hash() throws IOException {
        PartFile open = part;
        return open != null && open.hash();
    }

    /** Whether all of it is there and hashed. */
    boolean isHashed() {
        PartFile open = part;
        return open != null && open.isHashed();
    }

    /** From now on others may have chunks of it; those that are there, and those that come. */
    PartFile share() {
        PartHolding gives = new PartHolding(opened());
        holding = gives;
        context.holdings().add(gives);
        return opened();
    }

    void write(int chunk, int offset, ByteBuffer content) throws IOException {
        int length = content.remaining();
        opened().write(chunk, offset, content);
        fetchedBytes += length;
        unlookedBytes += length;
        if (unlookedBytes >= LOOK_BYTES) {
            unlookedBytes = 0;
            context.room().checkFloor(destination.directory());
        }
    }

    void onVerified(int chunk) {
        opened().onVerified(chunk);
        count();
        PartHolding gives = holding;
        if (gives != null) {
            gives.onVerified(chunk);
        }
    }

    private void count() {
        missingBytes = incoming.manifest().size() - opened().verifiedBytes();
    }

    /** What it will still write. On any thread. */
    long missingBytes() {
        return missingBytes;
    }

    long verifiedBytes() {
        PartFile open = part;
        return open == null ? 0 : open.verifiedBytes();
    }

    long fetchedBytes() {
        return fetchedBytes;
    }

    /** Whether the whole is what was offered, once {@link #isHashed}. */
    boolean isRight() {
        return opened().wholeHash().equals(incoming.manifest().hash());
    }

    /**
     * Gives it its name.
     *
     * @throws TransferFailedException EXISTS
     */
    Path place(NameClash clash) throws IOException {
        PartFile done = opened();
        done.force();
        done.requireUnderItsName();
        return destination.placement().place(done.content(), incoming.offer().name(), clash);
    }

    /** It has its name. What fails from here on does not undo that: others may not have it from here, or a file is left. */
    void afterPlaced(Path path) {
        PartFile done = opened();
        try {
            FileHasher.Hashed hashed = new FileHasher.Hashed(incoming.manifest(), done.list(), FileStamp.of(path));
            FileHolding whole = new FileHolding(path, hashed, bytes -> {}, context.holdings()::remove);
            if (!destination.give(whole, context.holdings())) {
                log.debug("{} is not given on: there are too many files already", path);
            }
        } catch (IOException moved) {
            log.debug("{} is not given on: {}", path, moved.toString());
        }
        forgetHolding();
        part = null;
        try {
            done.forgetDescription();
        } catch (IOException e) {
            log.warn("cannot remove what described a file that has arrived: {}", e.toString());
        }
        close(done);
    }

    /** It does not arrive. */
    void leave(boolean isToBeResumed) {
        forgetHolding();
        missingBytes = 0;
        PartFile open = part;
        part = null;
        if (open == null) {
            return;
        }
        if (isToBeResumed) {
            close(open);
            return;
        }
        try {
            open.delete();
        } catch (IOException e) {
            log.warn("cannot remove what is left of a file that did not arrive: {}", e.toString());
        }
    }

    private static void close(PartFile part) {
        try {
            part.close();
        } catch (IOException e) {
            log.warn("cannot close a temporary file: {}", e.toString());
        }
    }

    private void forgetHolding() {
        PartHolding gives = holding;
        holding = null;
        if (gives != null) {
            context.holdings().remove(gives);
        }
    }

    private PartFile opened() {
        PartFile open = part;
        if (open == null) {
            throw new IllegalStateException("chunks were asked for before there was room for them");
        }
        return open;
    }
}
