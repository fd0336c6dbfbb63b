package io.chaski.streamer.internal.file;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.ProbeResult;
import io.chaski.core.Registration;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileOffer;
import io.chaski.streamer.file.FileOptions;
import io.chaski.streamer.file.FilePolicy;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.FileSnapshot;
import io.chaski.streamer.file.ReceivedFile;
import io.chaski.streamer.file.SharedFile;
import io.chaski.streamer.file.TransferFailedException;
import io.chaski.streamer.internal.thread.SerialExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of one node: what it pushes, receives, shares and fetches, and the threads for that. Thread-safe. */
public final class Exchange implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Exchange.class);

    /** Files of one topic that are offered at a time; a larger tree goes as an archive, or in parts. */
    static final int MAX_PUSHES = 10_000;

    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ChaskiNode node;
    private final FileThreads threads;
    private final FileCounters counters = new FileCounters();
    private final TransferContext context;
    private final Holdings holdings = new Holdings();
    private final Transfers transfers;
    private final Map<String, FileTopic> topics = new ConcurrentHashMap<>();
    private final Set<Fetch> fetches = ConcurrentHashMap.newKeySet();
    private final Sharing sharing;
    private final Serving serving;
    private final Registration served;
    private volatile boolean isClosed;

    /** Begins to work for a node; ends with it. */
    public static Exchange on(ChaskiNode node, FileOptions options) {
        return new Exchange(node, options, new Disk());
    }

    Exchange(ChaskiNode node, FileOptions options, Disk disk) {
        this.node = node;
        this.transfers = new Transfers(options);
        this.threads = new FileThreads(node.name());
        this.context = new TransferContext(
                node.streams(),
                options,
                disk,
                new Room(disk, options),
                holdings,
                new HashedFiles(),
                threads.disk(),
                threads.hashing(),
                threads.receivedHashing(),
                threads.callbacks(),
                System::nanoTime,
                new SecureRandom(),
                counters,
                FileRights.of(node.access()));
        this.serving = new Serving(holdings, threads.disk(), System::nanoTime, counters);
        this.served = orUndo(
                () -> node.streams().serve(PullMessage.PROTOCOL, ServingSession.OPTIONS, serving), threads::close);
        this.sharing = orUndo(() -> new Sharing(node, holdings, threads.sharing(), System::nanoTime), () -> {
            served.close();
            threads.close();
        });
        boolean unused = orUndo(
                () -> {
                    threads.begin(this::tick);
                    node.events().subscribe(new EndOfNode());
                    return true;
                },
                () -> {
                    sharing.close();
                    served.close();
                    threads.close();
                });
    }

    /** A step that fails if the node is closed or has an exchange already, or no thread can be started; then nothing is left of the steps before. */
    private static <V> V orUndo(Supplier<V> step, Runnable undo) {
        boolean isDone = false;
        try {
            V made = step.get();
            isDone = true;
            return made;
        } finally {
            if (!isDone) {
                undo.run();
            }
        }
    }

    /** Closes the exchange with its node. */
    private final class EndOfNode implements Flow.Subscriber<NodeEvent> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(NodeEvent event) {
            if (event instanceof NodeEvent.Closed) {
                close();
            }
        }

        @Override
        public void onError(Throwable failure) {
            close();
        }

        @Override
        public void onComplete() {
            close();
        }
    }

    private void tick() {
        topics.values().forEach(topic -> topic.tick(System.nanoTime()));
        leaveIdleTopics();
        transfers.running().forEach(Transfer::tick);
        serving.tick();
        sharing.tick();
    }

    private FileTopic topic(String name) {
        requireOpen();
        synchronized (topics) {
            requireOpen(); // or its subscription would stay
            return topics.computeIfAbsent(
                    name,
                    any -> new FileTopic(
                            node, any, holdings, context.rights(), threads.callbacks(), System.nanoTime()));
        }
    }

    private FileTopic held(String name) {
        synchronized (topics) { // or it might be left in between
            FileTopic topic = topic(name);
            topic.hold();
            return topic;
        }
    }

    /** Others see by a node's topics whether it takes part in files. */
    private void leaveIdleTopics() {
        long now = System.nanoTime();
        synchronized (topics) { // whoever looks one up to use it does both in one step
            topics.values().removeIf(topic -> {
                boolean isIdle = topic.isIdle(now);
                if (isIdle) {
                    topic.close();
                }
                return isIdle;
            });
        }
    }

    /** Whether a node that was probed accepts or pushes files on a topic. */
    public static boolean takesPart(ProbeResult probe, String topic) {
        return probe.subscribes(FileTopic.topicOf(topic));
    }

    private void requireOpen() {
        if (isClosed) {
            throw closed();
        }
    }

    private IllegalStateException closed() {
        return new IllegalStateException("the file exchange of " + node.name() + " is closed");
    }

    // ---- pushing

    /** Whether a name is one that receivers take. */
    public static boolean isGoodName(String name) {
        return FileNames.isGoodPath(name);
    }

    /** The name a file is offered under if nothing else is said. */
    public static String offeredName(Path file) {
        return FileNames.offered(Objects.requireNonNull(file.getFileName(), "a file has a name"));
    }

    /** Offers a file. */
    public FilePush pushFile(String topic, Path file, String name, Map<String, String> metadata) {
        requireGood(name, metadata);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("not a regular file: " + file);
        }
        return push(topic, file, name, metadata, () -> {});
    }

    /** Offers what a channel has. */
    public FilePush pushFile(String topic, ReadableByteChannel content, String name, Map<String, String> metadata)
            throws IOException {
        requireGood(name, metadata);
        context.rights().requireSend(topic);
        FileTopic joined = held(topic); // before the content is read, which may take long
        try {
            return pushSpooled(topic, SpooledContent.read(content, context.room()), name, metadata);
        } finally {
            joined.release();
        }
    }

    private FilePush pushSpooled(String topic, Path file, String name, Map<String, String> metadata) {
        boolean isPushed = false;
        try {
            FilePush push = push(topic, file, name, metadata, () -> SpooledContent.delete(file));
            isPushed = true;
            return push;
        } finally {
            if (!isPushed) {
                SpooledContent.delete(file);
            }
        }
    }

    private static void requireGood(String name, Map<String, String> metadata) {
        if (!FileNames.isGoodPath(name)) {
            throw new IllegalArgumentException("no receiver would take this name: '" + name + "'");
        }
        Announcement.requirePairs(metadata);
    }

    private FilePush push(String topic, Path file, String name, Map<String, String> metadata, Runnable whenEnded) {
        context.rights().requireSend(topic);
        Map<String, String> copy = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        PushedFile push;
        synchronized (topics) {
            FileTopic on = topic(topic);
            push = new PushedFile(context.random().nextLong(), file, name, copy, on, holdings, whenEnded);
            if (!on.add(push, MAX_PUSHES)) {
                requireOpen();
                throw tooMany();
            }
        }
        try {
            threads.hashing().execute(push::prepare);
        } catch (RejectedExecutionException | Error refused) { // it closes, or no thread can be started
            push.leave(); // or it would count among the others for ever, and nobody has a handle for it
            requireOpen();
            throw refused;
        }
        return push;
    }

    /** Offers the files below a directory. */
    public List<FilePush> pushDirectory(String topic, Path directory, Map<String, String> metadata) {
        Map<Path, String> names = new LinkedHashMap<>();
        Path top = realTop(directory);
        try (Stream<Path> tree = Files.walk(top)) {
            tree.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .forEach(file -> names.put(file, FileNames.offered(top.relativize(file))));
        } catch (IOException | UncheckedIOException unreadable) {
            throw failed(directory, unreadable);
        }
        names.forEach((file, name) -> {
            if (!FileNames.isGoodPath(name)) {
                throw new IllegalArgumentException("no receiver would take the name of " + file);
            }
        });
        if (names.size() > MAX_PUSHES) {
            throw tooMany();
        }
        List<FilePush> pushes = new ArrayList<>();
        boolean isDone = false;
        try {
            names.forEach((file, name) -> pushes.add(pushFile(topic, file, name, metadata)));
            isDone = true;
            return pushes;
        } finally {
            if (!isDone) { // nobody has a handle for those that were begun
                pushes.forEach(FilePush::close);
            }
        }
    }

    private static TransferFailedException tooMany() {
        return new TransferFailedException(
                FileProblem.LIMIT, "at most " + MAX_PUSHES + " files are offered on a topic", null);
    }

    /** The top may be a link to a directory; below it, links are left out. */
    private static Path realTop(Path directory) {
        try {
            return directory.toRealPath();
        } catch (IOException unreadable) {
            throw failed(directory, unreadable);
        }
    }

    private static TransferFailedException failed(Path directory, Exception unreadable) {
        return new TransferFailedException(
                FileProblem.DISK_FAILED, "cannot read " + directory + ": " + unreadable, unreadable);
    }

    // ---- receiving

    /** Takes files from now on. */
    public Registration acceptFiles(
            String topic, Path directory, FilePolicy policy, Consumer<? super FileEvent> listener) {
        context.rights().requireReceive(topic);
        Path real = realDirectory(directory);
        FileEvents events = new FileEvents(listener, threads.callbacks());
        FileTopic on;
        Destination destination;
        Acceptor acceptor;
        synchronized (topics) {
            on = topic(topic);
            destination = Destination.of(real, context.disk(), events, on);
            acceptor = new Acceptor(destination, policy, context, transfers);
            on.add(acceptor);
        }
        on.ask();
        new SerialExecutor(threads.disk()).execute(() -> takeUp(destination, topic, acceptor));
        return () -> on.remove(acceptor);
    }

    /** Goes on with what an earlier run has left, as if it were offered again. */
    private static void takeUp(Destination destination, String topic, Acceptor acceptor) {
        try {
            destination.parts().clean();
            destination.parts().unfinished(topic).forEach(stored -> acceptor.onUnfinished(stored.incoming()));
        } catch (IOException unreadable) {
            log.warn("cannot look for unfinished files: {}", unreadable.toString());
        }
    }

    private static Path realDirectory(Path directory) {
        try {
            return Files.createDirectories(directory).toRealPath();
        } catch (IOException unusable) {
            throw failed(directory, unusable);
        }
    }

    /** Gives up a file that is being received or waits; whether there was one. */
    public boolean cancel(FileOffer offer) {
        FileTopic on = topics.get(offer.topic());
        return on != null && on.cancel(offer);
    }

    /** What is done and has been done; after the end as well. */
    public FileSnapshot snapshot() {
        int pushes = topics.values().stream().mapToInt(FileTopic::pushes).sum();
        return counters.snapshot(pushes, transfers.running().size(), transfers.waiting());
    }

    // ---- sharing

    /** Shares a directory. */
    public Registration share(Path directory) {
        requireOpen();
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException("not a directory: " + directory);
        }
        return sharing.share(realTop(directory));
    }

    /** Asks connected peers for names. */
    public CompletableFuture<List<SharedFile>> find(String pattern, Duration limit) {
        requireOpen();
        return sharing.ask(ShareMessage.find(Wildcard.of(pattern)), limit).thenApply(answers -> {
            List<SharedFile> files = new ArrayList<>();
            answers.forEach((peer, found) -> files.addAll(shared(peer, found)));
            return files;
        });
    }

    /** What this node shares itself. */
    public CompletableFuture<List<SharedFile>> shared(String pattern) {
        requireOpen();
        CompletableFuture<List<ShareMessage.Found>> own = sharing.own(Wildcard.of(pattern));
        if (isClosed) { // or nobody might be left to answer
            own.completeExceptionally(closed());
        }
        return own.thenApply(found -> shared(node.id(), found));
    }

    private static List<SharedFile> shared(NodeId peer, List<ShareMessage.Found> found) {
        return found.stream()
                .map(file -> new SharedFile(
                        peer,
                        file.name(),
                        file.manifest().size(),
                        file.manifest().hash().toString()))
                .toList();
    }

    /** Fetches a file that peers share. */
    public CompletableFuture<ReceivedFile> fetch(
            String hash, Path directory, Duration limit, Consumer<? super FileEvent> listener) {
        requireOpen();
        Fetch fetch =
                new Fetch(Sha256.parse(hash), realDirectory(directory), limit, context, transfers, sharing, listener);
        fetches.add(fetch);
        var unused = fetch.result().whenComplete((file, failure) -> fetches.remove(fetch));
        fetch.begin();
        if (isClosed) {
            fetch.close();
        }
        return fetch.result();
    }

    // ---- the end

    /** Ends everything; unfinished files are left for another run. Does nothing the second time. */
    @Override
    public void close() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
        }
        served.close();
        serving.close();
        sharing.close();
        List<FileTopic> open;
        synchronized (topics) {
            open = List.copyOf(topics.values());
        }
        open.forEach(FileTopic::close);
        transfers.close();
        fetches.forEach(Fetch::close);
        try {
            if (!transfers.awaitEnd(CLOSE_NANOS)) {
                log.warn("some files of {} were still being written when it closed", node.name());
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        threads.close();
    }
}
