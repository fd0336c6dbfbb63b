package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileOffer;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.NameClash;
import io.chaski.streamer.file.ReceivedFile;
import io.chaski.streamer.file.TransferFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file on its way to one directory. Everything happens on its serial executor; the methods that others call queue.
 *
 * <pre>
 *   offered --prepare--> accepted --start--> lists its chunks --onList--> pulls them --all are right--> completed
 *     any --- refused, no room, wrong, idle, withdrawn, closed ---> failed
 * </pre>
 */
final class Transfer implements Pulls.Owner {

    private static final Logger log = LoggerFactory.getLogger(Transfer.class);

    /** How often others are asked for sources while some are missing. */
    private static final long WANT_NANOS = Duration.ofSeconds(2).toNanos();

    /** A tick that waited so long was held up by this transfer's own work, such as hashing what is there already. */
    private static final long LATE_NANOS = Duration.ofSeconds(1).toNanos();

    /** How much is written between two looks at the free space: little, compared with what is kept free. */
    private static final long LOOK_BYTES = 16L << 20;

    /** So much is here before others could have answered that they have it as well. */
    private static final int FEW_CHUNKS = 4;

    /** Answers go to this many pushes of one file; more come from a publisher that repeats itself. */
    private static final int MAX_PUSHES = 16;

    private final TransferContext context;
    private final Incoming incoming;
    private final FileOffer offer;
    private final Destination destination;
    private final NameClash clash;
    private final LongSupplier promisedBytes;
    private final Consumer<Transfer> onEnded;
    private final SerialExecutor serial;
    private final Pulls pulls;
    private final Set<Destination.Push> pushes = new LinkedHashSet<>();
    private final AtomicBoolean isTickQueued = new AtomicBoolean();
    private @Nullable PartFile part;
    private @Nullable PartHolding holding;
    private long startedNanos;
    private long newsNanos;
    private long wantedNanos;
    private long fetchedBytes;
    private long unlookedBytes;
    private long toldBytes = -1;
    private boolean isAccepted;
    private boolean isStarted;
    private volatile boolean isSettled;
    private volatile long missingBytes;
    private boolean isEnded;

    /**
     * A file that is wanted.
     *
     * @param promisedBytes what the running transfers will still write
     * @param onEnded the last call
     */
    Transfer(
            TransferContext context,
            Incoming incoming,
            Destination destination,
            NameClash clash,
            LongSupplier promisedBytes,
            Consumer<Transfer> onEnded) {
        this.context = context;
        this.incoming = incoming;
        this.offer = incoming.published();
        this.destination = destination;
        this.clash = clash;
        this.promisedBytes = promisedBytes;
        this.onEnded = onEnded;
        this.serial = new SerialExecutor(context.threads());
        this.pulls = new Pulls(
                incoming.manifest(),
                context.streams(),
                serial,
                this,
                context.clock(),
                context.random(),
                context.options().sources(),
                Math.min(
                        PullingStream.STALLED_AFTER.toNanos(),
                        context.options().idleExpiry().toNanos() / 3));
        this.pushes.add(new Destination.Push(incoming.sender(), incoming.offer().pushId()));
    }

    Incoming incoming() {
        return incoming;
    }

    Destination destination() {
        return destination;
    }

    /** What it will still write. */
    long missingBytes() {
        return missingBytes;
    }

    /** Whether the same offer is not to be looked at again: it has arrived, or would be refused or fail again. */
    boolean isSettled() {
        return isSettled;
    }

    /** The pushes that have been answered. Only once it has ended. */
    Set<Destination.Push> pushes() {
        return pushes;
    }

    // ---- what others tell it

    /** Looks whether it can be received at all, and says so. */
    void prepare() {
        serial.execute(() -> guarded(this::checkPlace));
    }

    /** It is its turn. */
    void start() {
        serial.execute(() -> guarded(this::begin));
    }

    /** A node has the file, or will have parts of it. */
    void onSource(NodeId source) {
        serial.execute(() -> {
            if (!isEnded && isStarted) {
                pulls.onHeard(source);
            }
        });
    }

    /** The same file is offered again, perhaps by somebody else, or by a publisher that has come back. */
    void onOfferedAgain(Destination.Push push) {
        serial.execute(() -> {
            if (!isEnded && (pushes.contains(push) || pushes.size() < MAX_PUSHES)) {
                boolean isNew = pushes.add(push);
                if (isNew && isAccepted) {
                    say(FilePush.State.ACCEPTED, "", "");
                }
                if (isStarted) {
                    pulls.onPublisher(push.sender());
                }
            }
        });
    }

    /** An offer was taken back; those of others still hold. */
    void onWithdrawn(Destination.Push push) {
        serial.execute(() -> {
            if (!isEnded && pushes.contains(push)) {
                if (pushes.size() == 1) {
                    fail(FileProblem.WITHDRAWN, "the publisher has taken it back");
                } else {
                    pushes.remove(push);
                    pulls.onWithdrawn(push.sender());
                }
            }
        });
    }

    /** Looks after what takes too long. Does nothing if the last look is still to come. */
    void tick() {
        if (isTickQueued.compareAndSet(false, true)) {
            long queuedNanos = now();
            serial.execute(() -> {
                isTickQueued.set(false);
                // One that comes late says nothing about the sources: what they have said meanwhile is still queued.
                if (!isEnded && isStarted && now() - queuedNanos < LATE_NANOS) {
                    onTick();
                }
            });
        }
    }

    /** Ends it; another run may go on with what is there. */
    void close() {
        serial.execute(() -> fail(FileProblem.CLOSED, "closed"));
    }

    // ---- its life

    /** A step that may meet a disk. */
    private interface Step {
        void run() throws IOException;
    }

    private void guarded(Step step) {
        if (isEnded) {
            return;
        }
        try {
            step.run();
        } catch (TransferFailedException refused) {
            fail(refused.problem(), String.valueOf(refused.getMessage()));
        } catch (IOException failure) {
            fail(context.disk().problem(failure, destination.directory()), failure.toString());
        }
    }

    private void checkPlace() throws IOException {
        startedNanos = now();
        Optional<Path> present =
                destination.placement().present(incoming.offer().name(), incoming.manifest());
        if (present.isPresent()) {
            complete(present.get());
            return;
        }
        destination.placement().check(incoming.offer().name(), clash);
        if (!isUnfinished()) {
            context.room().check(destination.directory(), incoming.manifest().size(), promisedBytes.getAsLong());
        }
        isAccepted = true;
        say(FilePush.State.ACCEPTED, "", "");
        destination.events().tell(new FileEvent.Accepted(offer));
    }

    private boolean isUnfinished() throws IOException {
        return destination.parts().unfinished(incoming.topic()).stream()
                .anyMatch(stored -> stored.manifest().equals(incoming.manifest()));
    }

    private void begin() throws IOException {
        isStarted = true;
        startedNanos = now();
        newsNanos = startedNanos;
        wantedNanos = startedNanos;
        Optional<PartFile> left =
                destination.parts().resume(incoming.manifest(), incoming.offer().name());
        if (left.isPresent()) {
            part = left.get();
            left.get().takeVerified();
            onPart(left.get());
        } else {
            Optional<ChunkList> implied = ChunkList.implied(incoming.manifest());
            if (implied.isPresent()) {
                create(implied.get());
            }
        }
        if (!isEnded) {
            newsNanos = now();
            pushes.forEach(push -> pulls.onPublisher(push.sender()));
            if (incoming.manifest().chunks() > FEW_CHUNKS) {
                destination.voice().want(incoming.manifest());
            }
        }
    }

    @Override
    public void onList(ChunkList list) {
        guarded(() -> create(list));
        newsNanos = now();
    }

    private void create(ChunkList list) throws IOException {
        context.room().check(destination.directory(), incoming.manifest().size(), promisedBytes.getAsLong());
        PartFile created = destination.parts().create(new StoredOffer(incoming, list), context.random());
        part = created;
        created.takeHoles();
        onPart(created);
    }

    private void onPart(PartFile opened) throws IOException {
        PartHolding gives = new PartHolding(opened);
        holding = gives;
        context.holdings().add(gives);
        missingBytes = incoming.manifest().size() - opened.verifiedBytes();
        if (missingBytes == 0) {
            finish(opened);
        } else {
            pulls.begin(opened.list(), opened.verified());
        }
    }

    @Override
    public boolean write(int chunk, int offset, ByteBuffer content) {
        int length = content.remaining();
        guarded(() -> {
            opened().write(chunk, offset, content);
            fetchedBytes += length;
            unlookedBytes += length;
            if (unlookedBytes >= LOOK_BYTES) {
                unlookedBytes = 0;
                context.room().checkFloor(destination.directory());
            }
        });
        return !isEnded;
    }

    @Override
    public void onVerified(int chunk) {
        guarded(() -> {
            PartFile to = opened();
            to.onVerified(chunk);
            PartHolding gives = holding;
            if (gives != null) {
                gives.onVerified(chunk);
            }
            newsNanos = now();
            missingBytes = incoming.manifest().size() - to.verifiedBytes();
            if (missingBytes == 0) {
                finish(to);
            }
        });
    }

    private PartFile opened() {
        PartFile open = part;
        if (open == null) {
            throw new IllegalStateException("chunks were asked for before there was room for them");
        }
        return open;
    }

    private void onTick() {
        long now = now();
        pulls.onTick();
        if (isEnded) {
            return;
        }
        if (now - newsNanos > context.options().idleExpiry().toNanos()) {
            boolean isLie = pushes.stream().allMatch(push -> pulls.isLiar(push.sender()));
            fail(
                    isLie ? FileProblem.HASH_MISMATCH : FileProblem.IDLE,
                    isLie ? "who offers it gives something else" : "nobody gives anything of it");
            return;
        }
        if (pulls.needsSources() && now - wantedNanos > WANT_NANOS) {
            wantedNanos = now;
            destination.voice().want(incoming.manifest());
        }
        PartFile open = part;
        if (open != null && open.verifiedBytes() != toldBytes) {
            toldBytes = open.verifiedBytes();
            destination.events().tell(new FileEvent.Progress(offer, toldBytes));
        }
    }

    private void finish(PartFile done) throws IOException {
        pulls.close();
        if (!done.wholeHash().equals(incoming.manifest().hash())) {
            fail(FileProblem.HASH_MISMATCH, "the chunks are right and the file is not");
            return;
        }
        done.force();
        Path path =
                destination.placement().place(done.content(), incoming.offer().name(), clash);
        done.forgetDescription();
        give(path, done.list());
        forgetHolding();
        done.close();
        complete(path);
    }

    /** From now on others may have it from here. */
    private void give(Path path, ChunkList list) throws IOException {
        FileHasher.Hashed hashed = new FileHasher.Hashed(incoming.manifest(), list, FileStamp.of(path));
        FileHolding whole = new FileHolding(path, hashed, bytes -> {}, context.holdings()::remove);
        if (!context.holdings().add(whole)) {
            log.debug("{} is not given on: there are too many files already", path);
        }
    }

    private void complete(Path path) {
        isSettled = true;
        missingBytes = 0;
        say(FilePush.State.COMPLETED, "", "");
        ReceivedFile file = new ReceivedFile(offer, path, Duration.ofNanos(now() - startedNanos), fetchedBytes);
        destination.events().tell(new FileEvent.Completed(file));
        end();
    }

    private void fail(FileProblem problem, String detail) {
        if (isEnded) {
            return;
        }
        pulls.close();
        forgetHolding();
        leave(problem == FileProblem.CLOSED);
        missingBytes = 0;
        log.debug("{} from {}: {}, {}", offer.hash(), offer.sender().shortForm(), problem, detail);
        if (isAccepted) {
            isSettled = problem == FileProblem.HASH_MISMATCH || problem == FileProblem.WITHDRAWN;
            destination.events().tell(new FileEvent.Failed(offer, problem, detail));
            if (problem != FileProblem.CLOSED) {
                say(FilePush.State.FAILED, problem.name(), "");
            }
        } else {
            isSettled = problem != FileProblem.CLOSED;
            destination.events().tell(new FileEvent.Refused(offer, problem, detail));
            say(FilePush.State.REFUSED, problem.name(), "");
        }
        end();
    }

    /** Other nodes hear of problems by name only: details name paths of this machine. */
    private void say(FilePush.State state, String problem, String detail) {
        destination.say(pushes, incoming.manifest(), state, problem, detail);
    }

    private void leave(boolean isToBeResumed) {
        PartFile open = part;
        part = null;
        if (open == null) {
            return;
        }
        try {
            if (isToBeResumed) {
                open.close();
            } else {
                open.delete();
            }
        } catch (IOException e) {
            log.warn("cannot remove what is left of a file that did not arrive: {}", e.toString());
        }
    }

    private void forgetHolding() {
        PartHolding gives = holding;
        holding = null;
        if (gives != null) {
            context.holdings().remove(gives);
        }
    }

    private void end() {
        isEnded = true;
        onEnded.accept(this);
    }

    private long now() {
        return context.clock().getAsLong();
    }
}
