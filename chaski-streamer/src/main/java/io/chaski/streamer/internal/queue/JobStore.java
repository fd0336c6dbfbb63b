package io.chaski.streamer.internal.queue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Where the jobs of a ledger are kept. Confined to the thread of the queue, apart from {@link #close()}. */
interface JobStore extends AutoCloseable {

    /** Which ledger this is: the same each time it is opened. */
    UUID ledger();

    /** What is kept. */
    List<JobEntry> load();

    /** Whether the disk takes so many more bytes and stays as free as it must be. */
    boolean hasRoom(int bytes);

    /**
     * Keeps what jobs have become, all or nothing of each job.
     *
     * @param changes a job, or nothing to forget it
     * @throws io.chaski.streamer.StorageException if it is not known whether it is kept
     */
    void commit(Map<UUID, Optional<JobEntry>> changes);

    @Override
    void close();

    /** In memory, where the ledger itself is all there is. */
    static JobStore inMemory() {
        UUID ledger = UUID.randomUUID();
        return new JobStore() {
            @Override
            public UUID ledger() {
                return ledger;
            }

            @Override
            public List<JobEntry> load() {
                return List.of();
            }

            @Override
            public boolean hasRoom(int bytes) {
                return true;
            }

            @Override
            public void commit(Map<UUID, Optional<JobEntry>> changes) {}

            @Override
            public void close() {}
        };
    }
}
