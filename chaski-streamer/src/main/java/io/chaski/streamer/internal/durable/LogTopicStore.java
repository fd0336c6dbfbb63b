package io.chaski.streamer.internal.durable;

import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.TopicStoreException.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link TopicStore} in an append-only log: a daemon thread takes all that waits, makes one group of it, puts it on disk with
 * one sync and answers. Nobody waits for a group to fill: while one is on its way to the disk, the next one gathers.
 */
public final class LogTopicStore implements TopicStore {

    private static final Logger LOG = LoggerFactory.getLogger(LogTopicStore.class);

    /** Several groups: who publishes faster than the disk writes is told to slow down. */
    private static final int MAX_WAITING = 4_096;

    /** Payloads in memory; one more is taken when there is none. */
    private static final long MAX_WAITING_BYTES = 32 << 20;

    /** A sync costs milliseconds; more records for each gain nothing, and let those that wait wait longer. */
    private static final int MAX_GROUP = 1_000;

    /** How often to look for the mark and for the end when nobody writes. */
    private static final long IDLE_MILLIS = 250;

    private final LogDisk disk;
    private final TopicStoreOptions options;
    private final TopicLog log;
    private final BlockingQueue<Pending> queue = new ArrayBlockingQueue<>(MAX_WAITING);
    private final AtomicLong waitingBytes = new AtomicLong();
    private final Thread thread;
    private volatile boolean isClosed;

    /** What waits for the thread that writes. */
    private static final class Pending {
        /** What to write; null for who waits for those before. */
        final @Nullable LogEntry entry;

        final boolean trims;
        final CompletableFuture<Appended> done = new CompletableFuture<>();

        Pending(@Nullable LogEntry entry, boolean trims) {
            this.entry = entry;
            this.trims = trims;
        }

        long bytes() {
            return entry == null ? 0 : entry.lengthBytes();
        }
    }

    private LogTopicStore(LogDisk disk, TopicStoreOptions options, TopicLog log) {
        this.disk = disk;
        this.options = options;
        this.log = log;
        this.thread = new Thread(this::run, "chaski-topic-store");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Opens the store in a directory, or begins one; makes the directory, and files that only their owner reads. Reads
     * everything that is there.
     *
     * @param directory any path, for one topic
     * @param options what to keep; may differ from those of the last time
     * @throws TopicStoreException {@code IN_USE}, {@code CORRUPT}, {@code NEWER_VERSION}: the files were not changed;
     *     {@code DISK_FULL} or {@code FAILED} if the operating system refuses
     */
    public static LogTopicStore open(Path directory, TopicStoreOptions options) {
        Objects.requireNonNull(options, "options");
        try {
            return open(RealDisk.claim(directory), options);
        } catch (IOException e) {
            throw new TopicStoreException(Problem.FAILED, directory + ": cannot be opened: " + e.getMessage(), e);
        }
    }

    /** Opens the store on a disk, which it closes in the end. */
    static LogTopicStore open(LogDisk disk, TopicStoreOptions options) throws IOException {
        boolean isOpen = false;
        try {
            LogTopicStore store = new LogTopicStore(disk, options, TopicLog.open(disk, options));
            isOpen = true;
            if (!store.recovery().isClean()) {
                LOG.info("{}: put in order after a crash: {}", disk.name(), store.recovery());
            }
            return store;
        } finally {
            if (!isOpen) {
                disk.close();
            }
        }
    }

    @Override
    public UUID id() {
        return log.id();
    }

    @Override
    public Recovery recovery() {
        return log.recovery();
    }

    // ---- writing

    @Override
    public CompletableFuture<Appended> append(KeptMessage message) {
        if (message.body().remaining() > maxBodyBytes()) {
            throw new IllegalArgumentException("a message of at most " + maxBodyBytes() + " bytes fits, not one of "
                    + message.body().remaining());
        }
        return enqueue(new Pending(message, false));
    }

    @Override
    public int maxBodyBytes() {
        return options.retention().segmentBytes() - KeptMessage.OVERHEAD_BYTES;
    }

    @Override
    public CompletableFuture<Void> advance(String consumer, Source source, long sequence) {
        checkConsumer(consumer);
        Objects.requireNonNull(source, "source");
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence must be 1 or more: " + sequence);
        }
        return done(new Pending(new CursorMove(consumer, source, sequence), false));
    }

    @Override
    public CompletableFuture<Void> forget(String consumer, Source source) {
        checkConsumer(consumer);
        Objects.requireNonNull(source, "source");
        return done(new Pending(new CursorMove(consumer, source, 0), false));
    }

    @Override
    public CompletableFuture<Void> forget(String consumer) {
        checkConsumer(consumer);
        return done(new Pending(new ConsumerEnd(consumer), false));
    }

    private static void checkConsumer(String consumer) {
        int bytes = consumer.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > MAX_CONSUMER_BYTES) {
            throw new IllegalArgumentException(
                    "the name of a consumer has 1 to " + MAX_CONSUMER_BYTES + " bytes, not " + bytes);
        }
    }

    @Override
    public CompletableFuture<Void> sync() {
        return done(new Pending(null, false));
    }

    @Override
    public CompletableFuture<Void> trim() {
        return done(new Pending(null, true));
    }

    private CompletableFuture<Void> done(Pending pending) {
        return enqueue(pending).thenAccept(answer -> {});
    }

    private CompletableFuture<Appended> enqueue(Pending pending) {
        long bytes = pending.bytes();
        long before = waitingBytes.getAndAdd(bytes);
        boolean isBusy = before > 0 && before + bytes > MAX_WAITING_BYTES;
        if (isClosed || isBusy || !queue.offer(pending)) {
            waitingBytes.addAndGet(-bytes);
            pending.done.completeExceptionally(isClosed ? closed() : busy());
        } else if (isClosed) {
            failWaiting(); // perhaps the thread has looked for the last time before this was put
        }
        return pending.done;
    }

    private TopicStoreException closed() {
        return new TopicStoreException(Problem.CLOSED, disk.name() + ": closed", null);
    }

    private TopicStoreException busy() {
        return new TopicStoreException(Problem.BUSY, disk.name() + ": too many writes wait for the disk", null);
    }

    // ---- the thread that writes

    private void run() {
        try {
            while (!isClosed) {
                Pending first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    turn(groupOf(first));
                }
                log.tick();
            }
        } catch (InterruptedException e) {
            LOG.error("{}: the thread that writes was interrupted and closes the store", disk.name(), e);
        } finally {
            isClosed = true;
            failWaiting();
            close(log, disk);
        }
    }

    /** Up to the first that trims. */
    private List<Pending> groupOf(Pending first) {
        List<Pending> group = new ArrayList<>(List.of(first));
        boolean trims = first.trims;
        while (!trims && group.size() < MAX_GROUP && !queue.isEmpty()) {
            Pending next = queue.remove();
            group.add(next);
            trims = next.trims;
        }
        return group;
    }

    private void turn(List<Pending> group) {
        try {
            List<Pending> writes =
                    group.stream().filter(pending -> pending.entry != null).toList();
            List<LogEntry> entries = new ArrayList<>();
            writes.forEach(pending -> entries.add(Objects.requireNonNull(pending.entry)));
            Outcome[] outcomes = log.write(entries);
            for (int i = 0; i < outcomes.length; i++) {
                outcomes[i].complete(writes.get(i).done);
            }
            answerOthers(group);
        } catch (RuntimeException | Error e) {
            // The last line of defence: nobody may wait for ever for a thread that has died of a bug.
            LOG.error("{}: the thread that writes failed and closes the store", disk.name(), e);
            group.forEach(pending -> pending.done.completeExceptionally(e));
            isClosed = true;
        } finally {
            group.forEach(pending -> waitingBytes.addAndGet(-pending.bytes()));
        }
    }

    private void answerOthers(List<Pending> group) {
        for (Pending pending : group) {
            if (pending.entry != null) {
                continue;
            }
            try {
                log.checkUsable();
                if (pending.trims) {
                    log.trim();
                }
                pending.done.complete(Appended.STORED);
            } catch (TopicStoreException e) {
                pending.done.completeExceptionally(e);
            }
        }
    }

    private void failWaiting() {
        Pending waiting = queue.poll();
        while (waiting != null) {
            waiting.done.completeExceptionally(closed());
            waiting = queue.poll();
        }
    }

    private static void close(TopicLog log, LogDisk disk) {
        Lock lock = log.contents().lock().writeLock();
        lock.lock(); // no reader is left in the middle of a file
        try {
            log.close();
            disk.close();
        } catch (IOException e) {
            LOG.warn("{}: cannot be left", disk.name(), e);
        } finally {
            lock.unlock();
        }
    }

    // ---- reading

    /** What is asked of the contents. */
    private interface Question<R> {
        R answer(Contents contents) throws IOException;
    }

    private <R> R ask(Question<R> question) {
        Lock lock = log.contents().lock().readLock();
        lock.lock();
        try {
            if (isClosed) {
                throw closed();
            }
            log.checkUsable();
            return question.answer(log.contents());
        } catch (IOException e) {
            throw new TopicStoreException(Problem.FAILED, disk.name() + ": cannot be read: " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Map<Source, Holding> holdings() {
        return ask(Contents::holdings);
    }

    @Override
    public long messages() {
        return ask(Contents::messages);
    }

    @Override
    public long sizeBytes() {
        return ask(Contents::sizeBytes);
    }

    @Override
    public List<KeptMessage> read(Source source, long first, long last, int maxBytes) {
        Objects.requireNonNull(source, "source");
        Sequences.Interval interval = new Sequences.Interval(first, last);
        return ask(contents -> contents.read(source, interval.first(), interval.last(), maxBytes));
    }

    @Override
    public List<KeptMessage> history(HistoryPosition after, int maxBytes) {
        Objects.requireNonNull(after, "after");
        return ask(contents -> contents.history(after, maxBytes));
    }

    @Override
    public HistoryPosition beforeLast(long messages) {
        if (messages < 0) {
            throw new IllegalArgumentException("messages must be 0 or more: " + messages);
        }
        return ask(contents -> contents.beforeLast(messages));
    }

    @Override
    public Set<String> consumers() {
        return ask(contents -> contents.positions().consumers());
    }

    @Override
    public Map<Source, Long> cursor(String consumer) {
        Objects.requireNonNull(consumer, "consumer");
        return ask(contents -> contents.positions().cursor(consumer));
    }

    // ---- care

    @Override
    public void verify() {
        long number = 0;
        while (number >= 0) {
            number = verifyAfter(number);
        }
    }

    /** One segment at a time, so that writing goes on; returns which one it was, or -1. */
    private long verifyAfter(long number) {
        return ask(contents -> {
            for (Segment segment : contents.segments()) {
                if (segment.number() > number) {
                    segment.verify();
                    return segment.number();
                }
            }
            return -1L;
        });
    }

    @Override
    public void close() {
        isClosed = true;
        queue.offer(new Pending(null, false)); // wakes the thread; if the queue is full, it is awake
        boolean isInterrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                isInterrupted = true; // the directory must be free when this returns, and that takes a bounded time
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
