package io.chaski.streamer.internal.storage;

import io.chaski.streamer.StorageException;
import io.chaski.streamer.StorageException.Problem;
import io.chaski.streamer.internal.disk.Directories;
import java.io.IOException;
import java.io.UncheckedIOException;
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
 * {@link KvStore} in one file of h2-mvstore. A commit is written and forced to disk before it is acknowledged. When a
 * write fails, the library gives the file up; it is opened again at once, and is then as of the last commit.
 */
public final class MvKvStore implements KvStore {

    private static final Logger LOG = LoggerFactory.getLogger(MvKvStore.class);

    private final FileClaim claim;
    private final Path file;
    private final long freeSpaceFloorBytes;
    private final java.nio.file.FileStore disk;

    /** Held while the file is written or opened again; a reader that fails meanwhile tries again when it is free. */
    private final ReentrantLock writing = new ReentrantLock();

    private volatile MvMaps maps;
    private volatile boolean isClosed;

    private MvKvStore(FileClaim claim, MvMaps maps, long freeSpaceFloorBytes) throws IOException {
        this.claim = claim;
        this.file = claim.file();
        this.maps = maps;
        this.freeSpaceFloorBytes = freeSpaceFloorBytes;
        this.disk = Files.getFileStore(file);
    }

    /**
     * Opens the file, and makes it if it is not there.
     *
     * @param wanted any path
     * @param freeSpaceFloorBytes the disk counts as full when less is free
     * @throws StorageException {@code IN_USE}, {@code DAMAGED} or {@code FAILED}
     */
    public static MvKvStore open(Path wanted, long freeSpaceFloorBytes) {
        try {
            FileClaim claim = FileClaim.of(wanted);
            boolean isOpen = false;
            try {
                MvMaps maps = openOrCreate(claim);
                MvKvStore store = new MvKvStore(claim, maps, freeSpaceFloorBytes);
                isOpen = true;
                return store;
            } finally {
                if (!isOpen) {
                    claim.close();
                }
            }
        } catch (IOException e) {
            throw new StorageException(Problem.FAILED, wanted, "cannot be opened: " + e.getMessage(), e);
        }
    }

    /** A new file gets its name when it is complete: so an empty file is a damaged one, never a new one. */
    private static MvMaps openOrCreate(FileClaim claim) throws IOException {
        Path file = claim.file();
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            Path temporary = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(temporary); // left by a crash; we have the claim, so nobody is writing it
            Files.createFile(temporary, FileClaim.ownerOnly(temporary));
            MvMaps.create(temporary).close();
            claim.note(0);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            Directories.force(file.resolveSibling("."));
        }
        return openExisting(claim);
    }

    private static MvMaps openExisting(FileClaim claim) throws IOException {
        Path file = claim.file();
        MvMaps maps = openAs(file);
        OptionalLong noted = claim.version();
        if (noted.isPresent() && maps.version() < noted.getAsLong()) {
            maps.abandon();
            throw new StorageException(
                    Problem.DAMAGED,
                    file,
                    "older than what was last written to it; if it is a restored copy, delete " + file.getFileName()
                            + ".lock",
                    null);
        }
        return maps;
    }

    private static MvMaps openAs(Path file) throws IOException {
        try {
            return MvMaps.open(file);
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
    public void verify() {
        boolean isSound = read(MvMaps::isSound);
        if (!isSound) {
            throw new StorageException(Problem.DAMAGED, file, "not as it was written", null);
        }
    }

    @Override
    public void commit(Map<String, Optional<StoredEntry>> changes, Totals totals) {
        checkFreeSpace(changes);
        write(() -> {
            changes.forEach((key, entry) -> maps.change(key, entry.orElse(null)));
            maps.keep(totals);
            note(maps.commit());
        });
    }

    private void checkFreeSpace(Map<String, Optional<StoredEntry>> changes) {
        long neededBytes = 0;
        for (Optional<StoredEntry> entry : changes.values()) {
            neededBytes += entry.map(added -> (long) added.value().length).orElse(0L);
        }
        // To remove entries must stay possible, or a full disk could never be left by this storage.
        if (neededBytes > 0 && freeBytes() - neededBytes < freeSpaceFloorBytes) {
            throw new StorageException(
                    Problem.DISK_FULL, file, "less than " + freeSpaceFloorBytes + " bytes of the disk are free", null);
        }
    }

    private long freeBytes() {
        try {
            return disk.getUsableSpace();
        } catch (IOException e) {
            throw new StorageException(Problem.FAILED, file, "the disk does not say what is free", e);
        }
    }

    /** The commit is durable already: without the note, an older copy of the file is not recognised, and no more. */
    private void note(long version) {
        try {
            claim.note(version);
        } catch (IOException e) {
            LOG.warn("the version of {} cannot be noted", file, e);
        }
    }

    @Override
    public void tidy() {
        write(() -> note(maps.compactStep()));
    }

    private void write(Step step) {
        writing.lock();
        boolean isDone = false;
        try {
            if (maps.isClosed()) {
                maps = openExisting(claim); // it could not be opened when the last write had failed
            }
            step.run();
            isDone = true;
        } catch (IOException | RuntimeException e) {
            throw MvProblems.translate(file, e);
        } finally {
            if (!isDone) {
                undo();
            }
            writing.unlock();
        }
    }

    /** Opens the file again as of the last commit. */
    private void undo() {
        maps.abandon();
        try {
            maps = openExisting(claim);
        } catch (IOException | StorageException e) {
            LOG.warn(
                    "{} cannot be opened again after a failed write, which the next write will try: {}",
                    file,
                    e.toString());
        }
    }

    private <R> R read(Function<MvMaps, R> reading) {
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
        } catch (MVStoreException | UncheckedIOException e) {
            LOG.warn("{} was not closed in good order; nothing acknowledged is lost", file, e);
            maps.abandon();
        } finally {
            writing.unlock();
            release();
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
