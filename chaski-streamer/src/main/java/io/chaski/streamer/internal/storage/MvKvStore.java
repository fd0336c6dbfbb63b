package io.chaski.streamer.internal.storage;

import io.chaski.streamer.StorageException;
import io.chaski.streamer.StorageException.Problem;
import io.chaski.streamer.internal.disk.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link KvStore} in one file of h2-mvstore. A commit is written and forced to disk before it is acknowledged. When the
 * library finds the disk full, it gives the file up; the file is opened again at once, and is then as of the last commit.
 *
 * <p>When anything else keeps a write from the disk, or the force fails, nobody knows any more what is on disk, and a
 * second force would not tell: the system takes the lost pages for written (Rebello et al., "Can Applications Recover
 * from fsync Failures?", USENIX ATC 2020). So nothing is written or read from then on until somebody opens the file anew,
 * which writes all of it again.
 */
public final class MvKvStore implements KvStore {

    private static final Logger LOG = LoggerFactory.getLogger(MvKvStore.class);

    private final FileClaim claim;
    private final StorageDisk disk;
    private final Path file;
    private final long freeSpaceFloorBytes;
    private final FileStore volume;

    /** Held while the file is written or opened again; a reader that fails meanwhile tries again when it is free. */
    private final ReentrantLock writing = new ReentrantLock();

    private volatile MvMaps maps;
    private volatile boolean isClosed;

    /** Why the file is not trusted any more. */
    private volatile @Nullable Throwable poison;

    private long durableVersion; // guarded by writing

    private MvKvStore(FileClaim claim, StorageDisk disk, MvMaps maps, long freeSpaceFloorBytes) throws IOException {
        this.claim = claim;
        this.disk = disk;
        this.file = claim.file();
        this.maps = maps;
        this.durableVersion = maps.version();
        this.freeSpaceFloorBytes = freeSpaceFloorBytes;
        this.volume = Files.getFileStore(file);
    }

    /**
     * Opens the file, and makes it if it is not there.
     *
     * @param wanted any path
     * @param freeSpaceFloorBytes the disk counts as full when less is free
     * @throws StorageException {@code IN_USE}, {@code DAMAGED} or {@code FAILED}
     */
    public static MvKvStore open(Path wanted, long freeSpaceFloorBytes) {
        return open(wanted, freeSpaceFloorBytes, StorageDisk.REAL);
    }

    static MvKvStore open(Path wanted, long freeSpaceFloorBytes, StorageDisk disk) {
        try {
            FileClaim claim = FileClaim.of(wanted, disk);
            boolean isOpen = false;
            try {
                MvMaps maps = openOrCreate(claim, disk);
                MvKvStore store = new MvKvStore(claim, disk, maps, freeSpaceFloorBytes);
                isOpen = true;
                return store;
            } finally {
                if (!isOpen) {
                    claim.close();
                }
            }
        } catch (IOException e) {
            throw new StorageException(Problem.FAILED, wanted, "cannot be opened: " + e.getMessage(), e);
        } catch (MVStoreException | UncheckedIOException e) {
            throw MvProblems.translate(wanted, e);
        }
    }

    /** A new file gets its name when it is complete: so an empty file is a damaged one, never a new one. */
    private static MvMaps openOrCreate(FileClaim claim, StorageDisk disk) throws IOException {
        Path file = claim.file();
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            Path temporary = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(temporary); // left by a crash; we have the claim, so nobody is writing it
            Files.createFile(temporary, OwnerOnly.attributes(temporary));
            MvMaps.create(disk.open(temporary)).close();
            claim.note(0);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            disk.forceNames(file.resolveSibling(".").normalize());
        }
        return openExisting(claim, disk);
    }

    private static MvMaps openExisting(FileClaim claim, StorageDisk disk) throws IOException {
        Path file = claim.file();
        MvMaps maps = openAs(file, disk);
        OptionalLong noted = claim.version();
        if (noted.isEmpty() || maps.version() > noted.getAsLong()) {
            // Somebody died or failed between writing and forcing, so what we read may be in memory only.
            maps = rewritten(maps, file, disk);
        }
        if (noted.isPresent() && maps.version() < noted.getAsLong()) {
            maps.abandon();
            throw new StorageException(
                    Problem.DAMAGED,
                    file,
                    "older than what was last written to it; if it is a restored copy, delete " + file.getFileName()
                            + ".lock",
                    null);
        }
        note(claim, maps.version());
        return maps;
    }

    private static MvMaps rewritten(MvMaps maps, Path file, StorageDisk disk) throws IOException {
        try {
            maps.rewrite();
        } finally {
            maps.abandon();
        }
        return openAs(file, disk);
    }

    private static MvMaps openAs(Path file, StorageDisk disk) throws IOException {
        try {
            return MvMaps.open(file, disk.open(file));
        } catch (RuntimeException e) {
            // Of any type: the library decodes what it reads without much checking.
            throw MvProblems.translate(file, e);
        }
    }

    /** What may fail with a checked exception. */
    private interface Step {
        void run() throws IOException;
    }

    @Override
    public @Nullable StoredEntry get(String key) {
        byte[] bytes = read(now -> Optional.ofNullable(now.entries().get(key))).orElse(null);
        if (bytes == null) {
            return null;
        }
        StoredEntry entry = EntryFormat.decode(key, bytes);
        if (entry == null) {
            throw new StorageException(Problem.DAMAGED, file, "an entry has a wrong checksum", null);
        }
        return entry;
    }

    @Override
    public List<String> keys(String prefix, long nowMillis) {
        return read(now -> now.keys(prefix, nowMillis));
    }

    @Override
    public List<String> expired(long nowMillis, int limit) {
        return read(now -> now.expired(nowMillis, limit));
    }

    @Override
    public Totals totals() {
        return read(MvMaps::totals);
    }

    @Override
    public long roomBytes() {
        try {
            return volume.getUsableSpace() - freeSpaceFloorBytes;
        } catch (IOException e) {
            throw new StorageException(Problem.FAILED, file, "the disk does not say what is free", e);
        }
    }

    @Override
    public void verify() {
        boolean isSound = read(MvMaps::isSound);
        if (!isSound) {
            throw new StorageException(Problem.DAMAGED, file, "not as it was written", null);
        }
    }

    @Override
    public void commit(Map<String, Optional<StoredEntry>> changes, Totals totals) {
        write(() -> {
            changes.forEach((key, entry) -> maps.change(key, entry.orElse(null)));
            maps.keep(totals);
        });
    }

    /** The commit is durable already: without the note, an older copy of the file is not recognised, and no more. */
    private static void note(FileClaim claim, long version) {
        try {
            claim.note(version);
        } catch (IOException e) {
            LOG.warn("the version of {} cannot be noted", claim.file(), e);
        }
    }

    @Override
    public void tidy() {
        write(() -> maps.compactStep());
    }

    private void write(Step step) {
        writing.lock();
        try {
            checkUsable();
            if (maps.isClosed()) {
                reopen(); // it could not be opened when the last write had failed
            }
            attempt(step);
            note(claim, durableVersion);
        } finally {
            writing.unlock();
        }
    }

    private void attempt(Step step) {
        boolean isForcing = false;
        try {
            step.run();
            maps.write();
            isForcing = true;
            maps.force();
            durableVersion = maps.version();
        } catch (IOException | RuntimeException e) {
            throw isForcing || MvProblems.isFailedWrite(e) ? poisonedBy(e) : undone(e);
        } catch (Error e) {
            poisonedBy(e);
            throw e;
        }
    }

    /** Opens the file again as of the last commit. */
    private StorageException undone(Exception failure) {
        maps.abandon();
        try {
            reopen();
        } catch (StorageException e) {
            LOG.warn(
                    "{} cannot be opened again after a failed write, which the next write will try: {}",
                    file,
                    e.toString());
            failure.addSuppressed(e);
        }
        return poison == null ? MvProblems.translate(file, failure) : unusable();
    }

    private void reopen() {
        try {
            maps = openAs(file, disk);
        } catch (IOException e) {
            throw MvProblems.translate(file, e);
        }
        if (maps.version() != durableVersion) {
            throw poisonedBy(new IOException("version " + maps.version() + " in place of " + durableVersion));
        }
    }

    private StorageException poisonedBy(Throwable failure) {
        poison = failure;
        maps.abandon();
        return unusable();
    }

    private StorageException unusable() {
        return new StorageException(
                Problem.FAILED,
                file,
                "a write failed, and whether it has happened is not known; close the storage and open it again",
                poison);
    }

    private void checkUsable() {
        if (poison != null) {
            throw unusable();
        }
    }

    private <R> R read(Function<MvMaps, R> reading) {
        checkUsable(); // what is in memory could still be read
        try {
            return reading.apply(maps);
        } catch (StorageException e) {
            throw e;
        } catch (RuntimeException e) {
            // Of any type, as above. Perhaps a write has failed just now and the file is being opened again; then the
            // second attempt meets the new one.
            LOG.debug("{}: a read failed, trying again", file, e);
            return readAgain(reading);
        }
    }

    private <R> R readAgain(Function<MvMaps, R> reading) {
        writing.lock();
        try {
            return reading.apply(maps);
        } catch (RuntimeException e) {
            checkUsable();
            throw isClosed ? new StorageException(Problem.CLOSED, file, "closed", e) : MvProblems.translate(file, e);
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void close() {
        writing.lock();
        try {
            isClosed = true;
            maps.close();
            noteClosing();
        } catch (MVStoreException | UncheckedIOException e) {
            LOG.warn("{} was not closed in good order; nothing acknowledged is lost", file, e);
            maps.abandon();
        } finally {
            writing.unlock();
            release();
        }
    }

    /** Closing has compacted the file, and forced that. */
    private void noteClosing() {
        if (poison == null) {
            note(claim, maps.version());
        }
    }

    private void release() {
        try {
            claim.close();
        } catch (IOException e) {
            LOG.warn("the lock of {} was not closed in good order", file, e);
        }
    }
}
