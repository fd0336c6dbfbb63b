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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One file of which only the hash is known: finds out who shares it, then receives it. Thread-safe. */
final class Fetch implements Destination.Voice {

    private final Sha256 hash;
    private final Path directory;
    private final Duration limit;
    private final TransferContext context;
    private final Transfers transfers;
    private final Sharing sharing;
    private final CompletableFuture<ReceivedFile> result = new CompletableFuture<>();
    private volatile @Nullable Transfer transfer;

    Fetch(Sha256 hash, Path directory, Duration limit, TransferContext context, Transfers transfers, Sharing sharing) {
        this.hash = hash;
        this.directory = directory;
        this.limit = limit;
        this.context = context;
        this.transfers = transfers;
        this.sharing = sharing;
    }

    /** The file; cancelling it ends the transfer. */
    CompletableFuture<ReceivedFile> result() {
        return result;
    }

    void begin() {
        var unused = result.whenComplete((file, failure) -> onEnded());
        ask();
    }

    private void onEnded() {
        Transfer running = transfer;
        if (running != null && result.isCancelled()) {
            running.onWithdrawn(pushOf(running.incoming()));
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
        List<NodeId> sources = new ArrayList<>();
        List<Incoming> offers = new ArrayList<>();
        answers.forEach((peer, found) -> found.stream()
                .filter(file -> file.manifest().hash().equals(hash))
                .findFirst()
                .ifPresent(file -> {
                    sources.add(peer);
                    offers.add(new Incoming("", peer, "", ShareMessage.offer(file)));
                }));
        if (offers.isEmpty()) {
            fail(FileProblem.NOT_FOUND, "no connected peer shares " + hash);
            return;
        }
        FileEvents events = new FileEvents(this::onEvent, context.callbacks());
        Destination destination = Destination.of(directory, context.disk(), events, this);
        Transfer begun = new Transfer(
                context, offers.get(0), destination, NameClash.REFUSE, transfers::promisedBytes, transfers::onEnded);
        transfer = begun;
        if (result.isDone() || transfers.find(offers.get(0), directory).isPresent() || !transfers.submit(begun)) {
            fail(FileProblem.LIMIT, "it is being fetched already, or too many files wait");
            return;
        }
        sources.forEach(begun::onSource);
    }

    private static Destination.Push pushOf(Incoming incoming) {
        return new Destination.Push(incoming.sender(), incoming.offer().pushId());
    }

    private void onEvent(FileEvent event) {
        if (event instanceof FileEvent.Completed completed) {
            result.complete(completed.file());
        } else if (event instanceof FileEvent.Failed failed) {
            fail(failed.problem(), failed.detail());
        } else if (event instanceof FileEvent.Refused refused) {
            fail(refused.problem(), refused.detail());
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
        var unused = sharing.ask(ShareMessage.who(wanted.hash()), limit).thenAccept(answers -> {
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
