package io.chaski.streamer.internal.storage;

import io.chaski.streamer.StorageException;
import io.chaski.streamer.StorageException.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of a storage: a daemon thread that takes all writes that wait, makes them one commit, and answers when
 * the commit is on disk, so that threads share the price of a sync (group commit, as of DeWitt et al., "Implementation
 * Techniques for Main Memory Database Systems", 1984, section 5). Between the commits it removes what has expired.
 *
 * <p>It is also the only thread that writes to the file: an interrupted thread of the application would close the channel
 * that it writes to. Thread-safe.
 */
public final class StorageWriter {

    private static final Logger LOG = LoggerFactory.getLogger(StorageWriter.class);

    /** A sync costs milliseconds; more writes than this per sync gain nothing, and further callers wait outside. */
    private static final int MAX_WAITING = 1_024;

    /** A commit holds its values in memory until they are on disk. */
    private static final long MAX_COMMIT_BYTES = 16 << 20;

    /** How often to look for expired entries, and for the end, when nobody writes. */
    private static final long IDLE_MILLIS = 250;

    /** Space is given back after so many commits, in small steps, because each step delays the next commit. */
    private static final int COMMITS_PER_TIDYING = 64;

    private final Path file;
    private final KvStore store;
    private final CommittedReads reads;
    private final Limits limits;
    private final LongSupplier nowMillis;
    private final BlockingQueue<Pending<?>> queue = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Thread thread;
    private int commitsSinceTidying; // this and the following: of the writer thread
    private boolean isExpiryFailing;
    private volatile boolean isClosed;

    /** One write and who waits for it. */
    private static final class Pending<R extends @Nullable Object> {
        final Function<Draft, R> write;
        final long bytes;
        final CompletableFuture<R> done = new CompletableFuture<>();

        @Nullable
        R result;

        Pending(Function<Draft, R> write, long bytes) {
            this.write = write;
            this.bytes = bytes;
        }

        void applyTo(Draft draft) {
            try {
                result = write.apply(draft);
            } catch (StorageException e) {
                done.completeExceptionally(e);
            }
        }

        @SuppressWarnings("NullAway") // R says whether it may be null
        void succeed() {
            done.complete(result);
        }
    }

    /**
     * Starts the thread.
     *
     * @param file for messages
     * @param store written by this writer only, and closed by it
     * @param limits what may be kept
     * @param nowMillis the wall clock
     */
    public StorageWriter(Path file, KvStore store, Limits limits, LongSupplier nowMillis) {
        this.file = file;
        this.store = store;
        this.reads = new CommittedReads(store);
        this.limits = limits;
        this.nowMillis = nowMillis;
        this.thread = new Thread(this::run, "chaski-storage-" + file.getFileName());
        thread.setDaemon(true);
        thread.start();
    }

    /** The entry of a key, as of the last commit, unless it has expired. */
    public @Nullable StoredEntry get(String key) {
        checkOpen();
        StoredEntry entry = reads.get(key);
        return entry == null || entry.isExpiredAt(nowMillis.getAsLong()) ? null : entry;
    }

    /** The keys that begin with a prefix and have not expired, in order, as of the last commit. */
    public List<String> keys(String prefix) {
        checkOpen();
        return reads.keys(prefix, nowMillis.getAsLong());
    }

    /**
     * Does a write and waits until it is on disk.
     *
     * @param write what to do; run by the writer, more than once never
     * @param bytes what it adds
     * @return what the write has returned
     * @throws StorageException if the write refused, or it could not be made durable
     * @throws CancellationException if the caller is interrupted, which it then still is; the write may still happen
     */
    public <R extends @Nullable Object> R execute(Function<Draft, R> write, long bytes) {
        Pending<R> pending = new Pending<>(write, bytes);
        try {
            checkOpen();
            queue.put(pending);
            if (isClosed) {
                failWaiting(); // perhaps the writer has looked for the last time before this was put
            }
            return pending.done.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for the disk");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException failure) {
                throw failure;
            }
            throw new StorageException(Problem.FAILED, file, "the write failed", e.getCause());
        }
    }

    /** How many writes wait for the next commit. */
    int waiting() {
        return queue.size();
    }

    /** Whether it takes no more writes. */
    boolean isClosed() {
        return isClosed;
    }

    /** Finishes the commit under way, refuses what waits, and lets go of the file. */
    public void close() {
        isClosed = true;
        queue.offer(new Pending<>(draft -> null, 0)); // wakes the writer; if the queue is full, it is awake
        boolean isInterrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                isInterrupted = true; // the file must be free when this returns, and that takes a bounded time
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void checkOpen() {
        if (isClosed) {
            throw closed();
        }
    }

    private StorageException closed() {
        return new StorageException(Problem.CLOSED, file, "closed", null);
    }

    private void run() {
        try {
            boolean hasMoreExpired = false;
            while (!isClosed) {
                Pending<?> first = hasMoreExpired ? queue.poll() : queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
                hasMoreExpired = turn(first);
                tidy();
            }
        } catch (InterruptedException e) {
            LOG.error("{}: the writer was interrupted and closes the storage", file, e);
        } finally {
            isClosed = true;
            failWaiting();
            store.close();
        }
    }

    /** One commit. Says whether there may be more expired entries than it has removed. */
    private boolean turn(@Nullable Pending<?> first) {
        List<Pending<?>> batch = first == null ? List.of() : batchOf(first);
        boolean hasMoreExpired = false;
        try {
            Draft draft = new Draft(store, limits, nowMillis.getAsLong(), file);
            batch.forEach(pending -> pending.applyTo(draft));
            hasMoreExpired = draft.removeExpired() > 0;
            commit(draft);
            batch.forEach(Pending::succeed);
            isExpiryFailing = false;
        } catch (StorageException e) {
            if (batch.isEmpty() && !isExpiryFailing) {
                isExpiryFailing = true; // and will try again several times a second
                LOG.warn("cannot remove expired entries: {}", e.getMessage());
            }
            batch.forEach(pending -> pending.done.completeExceptionally(e));
            return false;
        } catch (RuntimeException | Error e) {
            // The last line of defence: nobody may wait for ever for a writer that has died of a bug.
            LOG.error("{}: the writer failed and closes the storage", file, e);
            batch.forEach(pending -> pending.done.completeExceptionally(e));
            isClosed = true;
        }
        return hasMoreExpired;
    }

    private List<Pending<?>> batchOf(Pending<?> first) {
        List<Pending<?>> batch = new ArrayList<>();
        batch.add(first);
        long bytes = first.bytes;
        while (batch.size() < MAX_WAITING && bytes < MAX_COMMIT_BYTES) {
            Pending<?> next = queue.poll();
            if (next == null) {
                break;
            }
            batch.add(next);
            bytes += next.bytes;
        }
        return batch;
    }

    private void commit(Draft draft) {
        if (draft.isEmpty()) {
            return;
        }
        reads.begin(draft.before());
        try {
            store.commit(draft.after(), draft.totals());
        } finally {
            reads.end();
        }
        commitsSinceTidying++;
    }

    /** Apart from the commit, which is durable and acknowledged whatever becomes of this. */
    private void tidy() {
        if (commitsSinceTidying >= COMMITS_PER_TIDYING) {
            commitsSinceTidying = 0;
            try {
                store.tidy();
            } catch (StorageException e) {
                LOG.warn("cannot give space back: {}", e.getMessage());
            }
        }
    }

    private void failWaiting() {
        Pending<?> waiting = queue.poll();
        while (waiting != null) {
            waiting.done.completeExceptionally(closed());
            waiting = queue.poll();
        }
    }
}
