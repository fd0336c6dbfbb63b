package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.TransferFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A push as its publisher has it. Thread-safe. */
final class PushedFile implements FilePush {

    private static final Logger log = LoggerFactory.getLogger(PushedFile.class);

    /** Who waits until so many have given one of some answers. */
    private record Waiting(int receivers, Set<State> states, CompletableFuture<Void> future) {
        boolean isOver(Collection<Answer> answers) {
            return answers.stream()
                            .filter(answer -> states.contains(answer.state()))
                            .count()
                    >= receivers;
        }
    }

    /**
     * More threads and futures than an application has for one file. Whoever asks again whenever {@code get(time)} has run out leaves
     * its last future here each time, and nobody can tell that from one with dependents.
     */
    static final int MAX_WAITING = 10_000;

    private static final Set<State> DONE = EnumSet.of(State.COMPLETED);
    private static final Set<State> SETTLED = EnumSet.of(State.COMPLETED, State.REFUSED, State.FAILED);

    private final long id;
    private final Path file;
    private final String name;
    private final Map<String, String> metadata;
    private final FileTopic topic;
    private final Holdings holdings;
    private final Runnable whenEnded;
    private final CompletableFuture<Void> announced = new CompletableFuture<>();
    private final AtomicLong sentBytes = new AtomicLong();
    private final Map<NodeId, Answer> answers = new LinkedHashMap<>();
    private final Set<Waiting> waiting = new LinkedHashSet<>();
    private @Nullable FileHolding holding;
    private @Nullable TransferFailedException end;
    private volatile boolean isEnded;

    /**
     * A push that has not been read.
     *
     * @param whenEnded called once, when nobody is given the file any more
     */
    PushedFile(
            long id,
            Path file,
            String name,
            Map<String, String> metadata,
            FileTopic topic,
            Holdings holdings,
            Runnable whenEnded) {
        this.whenEnded = whenEnded;
        this.id = id;
        this.file = file;
        this.name = name;
        this.metadata = metadata;
        this.topic = topic;
        this.holdings = holdings;
    }

    long id() {
        return id;
    }

    /** Reads the file and announces it; on a thread for reading whole files. */
    void prepare() {
        if (isEnded) {
            return;
        }
        try {
            Optional<FileHasher.Hashed> hashed = FileHasher.hash(file, () -> isEnded);
            if (hashed.isEmpty()) {
                fail(FileProblem.CHANGED, file + " changed while it was read", null);
                return;
            }
            FileHolding read = new FileHolding(
                    file,
                    hashed.get(),
                    sentBytes::addAndGet,
                    changed -> fail(FileProblem.CHANGED, file + " is not what was announced", null));
            if (!holdings.add(read)) {
                fail(FileProblem.LIMIT, "too many files are offered", null);
            } else if (offer(read)) {
                if (topic.supersede(this)) {
                    topic.offer(this);
                } else {
                    onSuperseded();
                }
            } else {
                holdings.remove(read);
            }
        } catch (IOException failure) {
            fail(FileProblem.DISK_FAILED, failure.toString(), failure);
        } catch (RuntimeException | Error bug) { // whoever waits for it must not wait for ever
            log.error("reading {} failed", file, bug);
            fail(FileProblem.DISK_FAILED, bug.toString(), bug);
        }
    }

    private synchronized boolean offer(FileHolding read) {
        if (!isEnded) {
            holding = read;
        }
        return !isEnded;
    }

    /** The offer has been said. */
    void onAnnounced() {
        if (!announced.isDone()) {
            topic.complete(announced);
        }
    }

    /** The offer cannot be said. */
    void onTooLarge() {
        fail(FileProblem.LIMIT, "name and metadata are more than a message of this node may have", null);
    }

    /** A later push has its name. */
    void onSuperseded() {
        fail(FileProblem.WITHDRAWN, "another file is pushed under the name of " + name, null);
    }

    /** What it offers; empty while it is read, and when it has ended. */
    synchronized Optional<Announcement.Offer> offer() {
        return Optional.ofNullable(holding).map(held -> new Announcement.Offer(id, held.manifest(), name, metadata));
    }

    /** A receiver has answered. */
    void onStatus(NodeId from, Announcement.Status status) {
        List<CompletableFuture<Void>> done = new ArrayList<>();
        synchronized (this) {
            if (answers.size() >= MAX_RECEIVERS && !answers.containsKey(from)) {
                return;
            }
            if (holding == null || !holding.manifest().equals(status.manifest())) {
                return; // it is about something else, whatever number it gives
            }
            Answer known = answers.get(from);
            if (known != null && known.state() == State.COMPLETED) {
                return; // with one directory of two it may refuse what it has in the other
            }
            answers.put(from, new Answer(status.state(), problem(status.problem()), status.detail()));
            waiting.removeIf(who -> {
                boolean isDone = who.isOver(answers.values());
                if (isDone) {
                    done.add(who.future());
                }
                return isDone;
            });
        }
        done.forEach(topic::complete);
    }

    private static Optional<FileProblem> problem(String name) {
        if (name.isEmpty()) {
            return Optional.empty();
        }
        for (FileProblem problem : FileProblem.values()) {
            if (problem.name().equals(name)) {
                return Optional.of(problem);
            }
        }
        return Optional.of(FileProblem.OTHER);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<String> hash() {
        return offer().map(offer -> offer.manifest().hash().toString());
    }

    @Override
    public CompletableFuture<Void> announced() {
        return announced.copy();
    }

    @Override
    public CompletableFuture<Void> completedBy(int receivers) {
        return when(receivers, DONE);
    }

    @Override
    public CompletableFuture<Void> answeredBy(int receivers) {
        return when(receivers, SETTLED);
    }

    private CompletableFuture<Void> when(int receivers, Set<State> states) {
        if (receivers < 1) {
            throw new IllegalArgumentException("receivers must be 1 or more: " + receivers);
        }
        Waiting asked = new Waiting(receivers, states, new CompletableFuture<>());
        TransferFailedException why;
        boolean isDone;
        Optional<Waiting> eldest = Optional.empty();
        synchronized (this) {
            isDone = asked.isOver(answers.values());
            why = end;
            if (!isDone && why == null) {
                eldest = waiting.size() < MAX_WAITING
                        ? Optional.empty()
                        : waiting.stream().findFirst();
                eldest.ifPresent(waiting::remove);
                waiting.add(asked);
            }
        }
        if (isDone) {
            asked.future().complete(null);
        } else if (why != null) {
            asked.future().completeExceptionally(why);
        } else {
            // Whoever asked may complete it too, as orTimeout does.
            var unused = asked.future().whenComplete((nothing, failure) -> forget(asked));
        }
        eldest.ifPresent(who -> topic.fail(
                who.future(),
                new TransferFailedException(FileProblem.LIMIT, MAX_WAITING + " futures wait for this push", null)));
        return asked.future();
    }

    private synchronized void forget(Waiting over) {
        waiting.remove(over);
    }

    /** How many futures wait for answers. */
    synchronized int waiting() {
        return waiting.size();
    }

    @Override
    public synchronized Map<NodeId, Answer> answers() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(answers));
    }

    @Override
    public long sentBytes() {
        return sentBytes.get();
    }

    @Override
    public void close() {
        fail(FileProblem.CLOSED, "the push was closed", null);
    }

    /** The exchange closes: nothing is taken back. */
    void leave() {
        end(new TransferFailedException(FileProblem.CLOSED, "the exchange was closed", null));
    }

    private void fail(FileProblem problem, String detail, @Nullable Throwable cause) {
        if (end(new TransferFailedException(problem, detail, cause))) {
            topic.say(new Announcement.Withdraw(id));
        }
    }

    /** Whether this call has ended it. */
    private boolean end(TransferFailedException why) {
        List<Waiting> left;
        FileHolding held;
        synchronized (this) {
            if (isEnded) {
                return false;
            }
            isEnded = true;
            end = why;
            held = holding;
            holding = null;
            left = List.copyOf(waiting);
            waiting.clear();
        }
        if (held != null) {
            holdings.remove(held);
        }
        whenEnded.run();
        topic.onEnded(this);
        topic.fail(announced, why);
        left.forEach(who -> topic.fail(who.future(), why));
        return true;
    }
}
