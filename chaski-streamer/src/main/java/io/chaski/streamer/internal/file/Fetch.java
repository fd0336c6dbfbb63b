package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.NameClash;
import io.chaski.streamer.file.ReceivedFile;
import io.chaski.streamer.file.TransferFailedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One file of which only the hash is known: finds out who shares it, then receives it. Thread-safe. */
final class Fetch implements Destination.Voice {

    /** All are asked each two seconds while sources are missing, so no more than a few questions are open. */
    private static final Duration MAX_WANT = Duration.ofSeconds(4);

    private final Sha256 hash;
    private final Path directory;
    private final Duration limit;
    private final TransferContext context;
    private final Transfers transfers;
    private final Sharing sharing;
    private final Consumer<? super FileEvent> listener;
    private final CompletableFuture<ReceivedFile> result = new CompletableFuture<>();
    /** Those that are not tried yet. */
    private final Queue<Claim> claims = new ConcurrentLinkedQueue<>();

    private volatile @Nullable Transfer transfer;

    Fetch(
            Sha256 hash,
            Path directory,
            Duration limit,
            TransferContext context,
            Transfers transfers,
            Sharing sharing,
            Consumer<? super FileEvent> listener) {
        this.hash = hash;
        this.directory = directory;
        this.limit = limit;
        this.context = context;
        this.transfers = transfers;
        this.sharing = sharing;
        this.listener = listener;
    }

    /** The file; cancelling it ends the transfer. */
    CompletableFuture<ReceivedFile> result() {
        return result;
    }

    void begin() {
        var unused = result.whenComplete((file, failure) -> onEnded());
        ask();
    }

    /** However it has ended: a time limit or another value of the caller's is as good as cancelling it. */
    private void onEnded() {
        Transfer running = transfer;
        if (running != null) {
            running.onWithdrawn(running.incoming().push());
        }
    }

    private void ask() {
        var unused = sharing.ask(ShareMessage.who(hash), limit).whenComplete((answers, failure) -> {
            if (failure != null) {
                fail(FileProblem.NOT_FOUND, failure.toString());
            } else {
                start(answers);
            }
        });
    }

    private void start(Map<NodeId, List<ShareMessage.Found>> answers) {
        claims.addAll(Claim.of(hash, answers));
        if (claims.isEmpty()) {
            fail(FileProblem.NOT_FOUND, "no connected peer shares " + hash);
        } else {
            tryNext();
        }
    }

    private void tryNext() {
        if (result.isDone()) {
            return;
        }
        Claim claim = claims.remove();
        FileEvents events = new FileEvents(this::onEvent, context.callbacks());
        Destination destination = Destination.of(directory, context.disk(), events, this);
        Transfer begun = new Transfer(
                context, claim.incoming(), destination, NameClash.REFUSE, transfers::promisedBytes, transfers::onEnded);
        if (!transfers.submit(begun)) {
            if (transfers.isClosed()) {
                fail(FileProblem.CLOSED, "the exchange was closed");
            } else {
                fail(FileProblem.LIMIT, "too many files wait");
            }
            return;
        }
        transfer = begun;
        claim.peers().forEach(begun::onSource);
        if (result.isDone()) {
            onEnded(); // meanwhile, when there was nothing to end
        }
    }

    /** What peers say about the hash; of several, one is true. */
    record Claim(ShareMessage.Found file, List<NodeId> peers) {

        /** What most say first. */
        static List<Claim> of(Sha256 hash, Map<NodeId, List<ShareMessage.Found>> answers) {
            Map<Manifest, Claim> claims = new LinkedHashMap<>();
            answers.forEach((peer, found) -> found.stream()
                    .filter(file -> file.manifest().hash().equals(hash))
                    .findFirst()
                    .ifPresent(
                            file -> claims.computeIfAbsent(file.manifest(), any -> new Claim(file, new ArrayList<>()))
                                    .peers()
                                    .add(peer)));
            return claims.values().stream()
                    .sorted(Comparator.comparingInt(claim -> -claim.peers().size()))
                    .toList();
        }

        Incoming incoming() {
            return new Incoming("", peers.get(0), "", ShareMessage.offer(file));
        }
    }

    private void onEvent(FileEvent event) {
        if (event instanceof FileEvent.Completed completed) {
            result.complete(completed.file());
        } else if (event instanceof FileEvent.Failed failed) {
            onFailed(failed);
        } else if (event instanceof FileEvent.Refused refused) {
            fail(refused.problem(), refused.detail());
        }
        listener.accept(event); // last: what it throws is no failure of the file
    }

    private void onFailed(FileEvent.Failed failed) {
        boolean isOfOneClaim = failed.problem() == FileProblem.HASH_MISMATCH || failed.problem() == FileProblem.IDLE;
        if (isOfOneClaim && !claims.isEmpty() && !result.isDone()) {
            tryNext();
        } else {
            fail(failed.problem(), failed.detail());
        }
    }

    /** The exchange has closed its transfers. What has none yet will have none; what has one hears of it by that. */
    void close() {
        if (transfer == null) {
            fail(FileProblem.CLOSED, "the exchange was closed");
        }
    }

    private void fail(FileProblem problem, String detail) {
        result.completeExceptionally(new TransferFailedException(problem, detail, null));
    }

    @Override
    public void status(Announcement.Status status) {
        // Nobody has offered it, so nobody waits for an answer.
    }

    @Override
    public void want(Manifest wanted) {
        var unused = sharing.ask(ShareMessage.who(wanted.hash()), MAX_WANT).thenAccept(answers -> {
            Transfer running = transfer;
            if (running != null) {
                answers.forEach((peer, found) -> {
                    if (found.stream().anyMatch(file -> file.manifest().equals(wanted))) {
                        running.onSource(peer);
                    }
                });
            }
        });
    }
}
