package io.chaski.streamer.internal.queue;

import io.chaski.streamer.StorageException;
import io.chaski.streamer.StorageException.Problem;
import io.chaski.streamer.internal.storage.Draft;
import io.chaski.streamer.internal.storage.Limits;
import io.chaski.streamer.internal.storage.MvKvStore;
import io.chaski.streamer.internal.storage.StorageWriter;
import io.chaski.streamer.internal.storage.StoredEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The jobs of a ledger in a file, by the writer of storages: on disk when {@link #commit} returns. The bounds are those of the ledger, so
 * the file has none of its own, and what has to be noted about jobs may use the space that is kept free.
 */
final class StoredJobs implements JobStore {

    private static final String FILE = "queue.db";
    private static final String CONTENT_TYPE = "application/octet-stream";
    private static final String FORMAT_KEY = "format";
    private static final String LEDGER_KEY = "ledger";
    private static final String JOB_PREFIX = "job/";
    private static final byte FORMAT = 1;

    private final Path file;
    private final StorageWriter writer;
    private final FileStore volume;
    private final long freeSpaceFloor;
    private final UUID ledger;

    private StoredJobs(Path file, StorageWriter writer, long freeSpaceFloor) throws IOException {
        this.file = file;
        this.writer = writer;
        this.freeSpaceFloor = freeSpaceFloor;
        this.volume = Files.getFileStore(file);
        this.ledger = begin();
    }

    /**
     * Opens the file of a queue, and makes it if it is not there.
     *
     * @throws StorageException as a storage does when it is opened; {@code FAILED} also if a later version has written it
     */
    static StoredJobs open(Path directory, long freeSpaceFloor) {
        Path file = directory.resolve(FILE);
        MvKvStore store = MvKvStore.open(file, 0);
        StorageWriter writer =
                new StorageWriter(file, store, new Limits(Long.MAX_VALUE, Long.MAX_VALUE), System::currentTimeMillis);
        boolean isOpen = false;
        try {
            StoredJobs jobs = new StoredJobs(file, writer, freeSpaceFloor);
            isOpen = true;
            return jobs;
        } catch (IOException e) {
            throw new StorageException(Problem.FAILED, file, "the disk does not say what is free", e);
        } finally {
            if (!isOpen) {
                writer.close();
            }
        }
    }

    private UUID begin() {
        StoredEntry format = writer.get(FORMAT_KEY);
        if (format == null) {
            return create();
        }
        if (format.value().length != 1 || format.value()[0] != FORMAT) {
            throw new StorageException(Problem.FAILED, file, "written by a later version of this library", null);
        }
        StoredEntry found = writer.get(LEDGER_KEY);
        if (found == null || found.value().length != 2 * Long.BYTES) {
            throw new StorageException(Problem.DAMAGED, file, "no work queue, or not all of it", null);
        }
        ByteBuffer id = ByteBuffer.wrap(found.value());
        return new UUID(id.getLong(), id.getLong());
    }

    private UUID create() {
        UUID id = UUID.randomUUID();
        byte[] bytes = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        writer.execute(
                draft -> {
                    draft.put(LEDGER_KEY, entry(bytes));
                    draft.put(FORMAT_KEY, entry(new byte[] {FORMAT}));
                    return true;
                },
                bytes.length);
        return id;
    }

    private static StoredEntry entry(byte[] value) {
        return new StoredEntry(CONTENT_TYPE, value, StoredEntry.NEVER);
    }

    @Override
    public UUID ledger() {
        return ledger;
    }

    @Override
    public List<JobEntry> load() {
        List<JobEntry> jobs = new ArrayList<>();
        for (String key : writer.keys(JOB_PREFIX)) {
            StoredEntry found = writer.get(key);
            Optional<JobEntry> job = found == null ? Optional.empty() : JobFormat.decode(idOf(key), found.value());
            jobs.add(job.orElseThrow(() -> new StorageException(Problem.DAMAGED, file, "an entry is no job", null)));
        }
        return jobs;
    }

    private UUID idOf(String key) {
        try {
            return UUID.fromString(key.substring(JOB_PREFIX.length()));
        } catch (IllegalArgumentException e) {
            throw new StorageException(Problem.DAMAGED, file, "a key is no job", e);
        }
    }

    @Override
    public boolean hasRoom(int bytes) {
        try {
            return volume.getUsableSpace() - bytes >= freeSpaceFloor;
        } catch (IOException e) {
            throw new StorageException(Problem.FAILED, file, "the disk does not say what is free", e);
        }
    }

    @Override
    public void commit(Map<UUID, Optional<JobEntry>> changes) {
        // The writer has a thread of its own, and the ledger goes on only when this has returned.
        long bytes = changes.values().stream()
                .mapToLong(job -> job.map(JobEntry::bytes).orElse(0L))
                .sum();
        writer.execute(
                draft -> {
                    changes.forEach((id, job) -> change(draft, JOB_PREFIX + id, job));
                    return true;
                },
                bytes);
    }

    private static void change(Draft draft, String key, Optional<JobEntry> job) {
        job.ifPresentOrElse(there -> draft.put(key, entry(JobFormat.encode(there))), () -> draft.remove(key));
    }

    @Override
    public void close() {
        writer.close();
    }
}
