package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileOffer;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.NameClash;
import io.chaski.streamer.file.ReceivedFile;
import io.chaski.streamer.file.TransferFailedException;
import io.chaski.streamer.internal.thread.QueuedOnce;
import io.chaski.streamer.internal.thread.SerialExecutor;
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
 * One file on its way to one directory. Everything happens on its serial executor, in small steps, but for the hash of the whole,
 * which has one of its own; the methods that others call queue.
 *
 * <pre>
 *   offered --prepare--> accepted --start--> looks whether it is there --> lists its chunks --onList--> pulls them
 *           --all are right, and the whole--> completed
 *     any --- refused, no room, wrong, idle, withdrawn, closed ---> failed
 * </pre>
 */
final class Transfer implements Pulls.Owner {

    private static final Logger log = LoggerFactory.getLogger(Transfer.class);

    /** How often others are asked for sources while some are missing. */
    private static final long WANT_NANOS = Duration.ofSeconds(2).toNanos();

    /** A tick that waited so long was held up by this transfer's own work. */
    private static final long LATE_NANOS = Duration.ofSeconds(1).toNanos();

    /** So much is here before others could have answered that they have it as well. */
    private static final int FEW_CHUNKS = 4;

    private final TransferContext context;
    private final Incoming incoming;
    private final FileOffer offer;
    private final Destination destination;
    private final NameClash clash;
    private final LongSupplier promisedBytes;
    private final Consumer<Transfer> onEnded;
    private final SerialExecutor serial;
    private final Admission admission;
    private final Reception reception;
    private final Pulls pulls;
    private final QueuedOnce inspecting;
    private final WholeHasher hasher;
    private final HeardSources heard;
    private final Set<Destination.Push> pushes = new LinkedHashSet<>();
    private final long idleNanos;
    private final AtomicBoolean isTickQueued = new AtomicBoolean();
    private long startedNanos;
    private long newsNanos;
    private long wantedNanos;
    private long toldBytes = -1;
    private boolean isAccepted;
    private boolean isPulling;
    private volatile boolean isEnded;
    private @Nullable Outcome outcome;

    /**
     * What became of it.
     *
     * @param isFinal whether the same offer is not to be looked at again: it has arrived, or would be refused or fail again
     */
    record Outcome(FilePush.State state, String problem, boolean isFinal) {}

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
        this.admission = new Admission(context, incoming, destination, clash, promisedBytes);
        this.reception = new Reception(context, incoming, destination);
        this.inspecting = new QueuedOnce(serial, () -> guarded(this::inspect));
        this.hasher = new WholeHasher(
                context.receivedHashing(), reception, new QueuedOnce(serial, () -> guarded(this::onHashed)));
        this.heard = new HeardSources(serial, this::onSources);
        long expiryNanos = context.options().idleExpiry().toNanos();
        this.idleNanos =
                expiryNanos + PullingStream.nanosFor(incoming.manifest().chunkBytes());
        this.pulls = new Pulls(
                incoming.manifest(),
                context.streams(),
                serial,
                this,
                context.clock(),
                context.random(),
                context.options().sources(),
                Math.min(PullingStream.STALLED_AFTER.toNanos(), expiryNanos / 3));
        this.pushes.add(incoming.push());
    }

    @Override
    public boolean mayTakeFrom(NodeId source) {
        return context.rights().mayGive(source, incoming.topic());
    }

    Incoming incoming() {
        return incoming;
    }

    /** As the application knows it. */
    FileOffer offer() {
        return offer;
    }

    Destination destination() {
        return destination;
    }

    /** What it will still write. */
    long missingBytes() {
        return reception.missingBytes();
    }

    /** What became of it; empty if it was closed. Only once it has ended. */
    Optional<Outcome> outcome() {
        return Optional.ofNullable(outcome);
    }

    /** The pushes that have been answered. Only once it has ended. */
    Set<Destination.Push> pushes() {
        return pushes;
    }

    // ---- what others tell it

    /** Looks whether it can be received at all, and says so. */
    void prepare() {
        serial.execute(() -> guarded(() -> {
            startedNanos = now();
            if (!admission.needsReading()) {
                accept();
            }
        }));
    }

    /** It is its turn. */
    void start() {
        serial.execute(() -> guarded(() -> {
            if (admission.needsReading()) {
                look();
            } else {
                begin();
            }
        }));
    }

    /** A node has the file, or will have parts of it. */
    void onSource(NodeId source) {
        heard.add(source);
    }

    /** The same file is offered again, perhaps by somebody else, or by a publisher that has come back. */
    void onOfferedAgain(Destination.Push push) {
        serial.execute(() -> {
            if (isEnded) {
                return;
            }
            if (pushes.add(push) && isAccepted) {
                destination.say(Set.of(push), incoming.manifest(), FilePush.State.ACCEPTED, "", "");
            }
            if (isPulling) {
                pulls.onPublisher(push.sender());
            }
        });
    }

    /** An offer was taken back; those of others still hold. */
    void onWithdrawn(Destination.Push push) {
        serial.execute(() -> {
            if (!isEnded && pushes.contains(push)) {
                if (pushes.size() == 1) {
                    fail(FileProblem.WITHDRAWN, "the publisher has taken it back", true);
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
            long queuedNanos = now(); // of this look, not of ticks that come while it waits
            serial.execute(() -> {
                isTickQueued.set(false);
                onTick(queuedNanos);
            });
        }
    }

    /** Another one is received in its place. */
    void displace() {
        serial.execute(() -> fail(FileProblem.LIMIT, "too many files wait, most of them of this sender", false));
    }

    /** The application does not want it any more. */
    void cancel() {
        serial.execute(() -> fail(FileProblem.CANCELLED, "cancelled by the application", true));
    }

    /** Ends it; another run may go on with what is there. */
    void close() {
        serial.execute(() -> fail(FileProblem.CLOSED, "closed", false));
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
            fail(refused.problem(), String.valueOf(refused.getMessage()), false);
        } catch (IOException failure) {
            fail(context.disk().problem(failure, destination.directory()), failure.toString(), false);
        } catch (RuntimeException | Error bug) {
            log.error("receiving {} failed", offer.hash(), bug);
            fail(FileProblem.DISK_FAILED, bug.toString(), false);
        }
    }

    private void accept() throws IOException {
        admission.check();
        sayAccepted();
    }

    private void sayAccepted() {
        isAccepted = true;
        destination.say(pushes, incoming.manifest(), FilePush.State.ACCEPTED, "", "");
        destination.events().tell(new FileEvent.Accepted(offer));
    }

    /** Reads what has its name and size, on the threads for that. */
    private void look() {
        context.hashing().execute(() -> {
            Optional<Path> present;
            try {
                present = admission.present(() -> isEnded);
            } catch (IOException | RuntimeException | Error unreadable) {
                log.debug("cannot read what has the name of {}: {}", offer.hash(), unreadable.toString());
                present = Optional.empty();
            }
            Optional<Path> found = present;
            serial.execute(() -> guarded(() -> onLooked(found)));
        });
    }

    private void onLooked(Optional<Path> present) throws IOException {
        if (present.isEmpty()) {
            begin();
            return;
        }
        destination.parts().forget(incoming.manifest(), incoming.offer().name());
        if (!isAccepted) {
            sayAccepted();
        }
        complete(present.get());
    }

    private void begin() throws IOException {
        if (!isAccepted) {
            accept();
        }
        isPulling = true;
        startedNanos = now();
        newsNanos = startedNanos;
        wantedNanos = startedNanos;
        if (reception.resume()) {
            inspecting.request();
        } else {
            Optional<ChunkList> implied = ChunkList.implied(incoming.manifest());
            if (implied.isPresent()) {
                create(implied.get());
            }
        }
        pushes.forEach(push -> pulls.onPublisher(push.sender()));
        heard.request();
        if (incoming.manifest().chunks() > FEW_CHUNKS) {
            destination.voice().want(incoming.manifest());
        }
    }

    @Override
    public void onList(ChunkList list) {
        guarded(() -> {
            if (!reception.isOpen()) { // what an earlier run has left brought its list along
                create(list);
            }
        });
    }

    private void create(ChunkList list) throws IOException {
        reception.create(list, promisedBytes);
        newsNanos = now();
        inspecting.request();
    }

    /** Looks for a little what is there, and when that is known, has the rest pulled. */
    private void inspect() throws IOException {
        boolean isMore = reception.inspect();
        newsNanos = now(); // it does not wait for others
        hasher.request();
        if (isMore) {
            inspecting.request();
        } else if (!pulls.isBegun()) {
            PartFile part = reception.share();
            pulls.begin(part.list(), part.verified());
        }
    }

    private void onHashed() throws IOException {
        newsNanos = now();
        if (hasher.isDone()) {
            finish();
        }
    }

    @Override
    public boolean write(int chunk, int offset, ByteBuffer content) {
        context.counters().onReceived(content.remaining());
        guarded(() -> reception.write(chunk, offset, content));
        return !isEnded;
    }

    @Override
    public void onChunk() {
        context.counters().onChunkReceived();
    }

    @Override
    public void onVerified(int chunk) {
        context.counters().onChunkVerified();
        guarded(() -> {
            reception.onVerified(chunk);
            newsNanos = now();
            hasher.request();
        });
    }

    private void onSources(Set<NodeId> sources) {
        if (!isEnded && isPulling) {
            sources.forEach(pulls::onHeard);
        }
    }

    private void onTick(long queuedNanos) {
        long now = now();
        // One that comes late says nothing about the sources: what they have said meanwhile is still queued.
        if (isEnded || !isPulling || now - queuedNanos > LATE_NANOS) {
            return;
        }
        pulls.onTick();
        if (isEnded) {
            return;
        }
        if (!reception.isAllThere()) { // otherwise it waits for nobody but its own hash
            lookForSources(now);
        }
        long verifiedBytes = reception.verifiedBytes();
        if (reception.isOpen() && verifiedBytes != toldBytes) {
            toldBytes = verifiedBytes;
            destination.events().tell(new FileEvent.Progress(offer, toldBytes));
        }
    }

    private void lookForSources(long now) {
        if (now - newsNanos > idleNanos) {
            boolean isLie = pushes.stream().allMatch(push -> pulls.isLiar(push.sender()));
            fail(
                    isLie ? FileProblem.HASH_MISMATCH : FileProblem.IDLE,
                    isLie ? "who offers it gives something else" : "nobody gives anything of it",
                    isLie);
            return;
        }
        if (pulls.needsSources() && now - wantedNanos > WANT_NANOS) {
            wantedNanos = now;
            destination.voice().want(incoming.manifest());
        }
    }

    private void finish() throws IOException {
        pulls.close();
        if (!reception.isRight()) {
            fail(FileProblem.HASH_MISMATCH, "the chunks are right and the file is not", true);
            return;
        }
        Path path = reception.place(clash);
        reception.afterPlaced(path);
        complete(path);
    }

    private void complete(Path path) {
        end(new Outcome(FilePush.State.COMPLETED, "", true));
        try {
            context.counters().onCompleted();
            destination.say(pushes, incoming.manifest(), FilePush.State.COMPLETED, "", "");
            ReceivedFile file =
                    new ReceivedFile(offer, path, Duration.ofNanos(now() - startedNanos), reception.fetchedBytes());
            destination.events().tell(new FileEvent.Completed(file));
        } finally { // or its place would never be free again
            onEnded.accept(this);
        }
    }

    /** Other nodes hear of problems by name only: details name paths of this machine. */
    private void fail(FileProblem problem, String detail, boolean isFinal) {
        if (isEnded) {
            return;
        }
        log.debug("{} from {}: {}, {}", offer.hash(), offer.sender().shortForm(), problem, detail);
        FilePush.State state = isAccepted ? FilePush.State.FAILED : FilePush.State.REFUSED;
        boolean isClash = problem == FileProblem.EXISTS && !isAccepted;
        end(problem == FileProblem.CLOSED ? null : new Outcome(state, problem.name(), isFinal || isClash));
        try {
            pulls.close();
            reception.leave(problem == FileProblem.CLOSED);
            tellFailure(problem, detail, state);
        } finally { // or its place would never be free again
            onEnded.accept(this);
        }
    }

    private void tellFailure(FileProblem problem, String detail, FilePush.State state) {
        if (problem != FileProblem.CLOSED) {
            destination.say(pushes, incoming.manifest(), state, problem.name(), "");
        }
        if (isAccepted) {
            context.counters().onFailed(problem);
            destination.events().tell(new FileEvent.Failed(offer, problem, detail));
        } else {
            context.counters().onRefused(problem);
            destination.events().tell(new FileEvent.Refused(offer, problem, detail));
        }
    }

    private void end(@Nullable Outcome how) {
        isEnded = true;
        outcome = how;
    }

    private long now() {
        return context.clock().getAsLong();
    }
}
