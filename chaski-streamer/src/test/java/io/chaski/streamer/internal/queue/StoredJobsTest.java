package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import io.chaski.streamer.MemoryDisk;
import io.chaski.streamer.Storage;
import io.chaski.streamer.StorageException;
import io.chaski.streamer.StorageException.Problem;
import io.chaski.streamer.StorageOptions;
import io.chaski.streamer.work.JobFailedException;
import io.chaski.streamer.work.JobState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StoredJobsTest {

    private static final UUID ID = new UUID(1, 2);

    @TempDir(factory = MemoryDisk.class)
    Path folder;

    private static JobEntry job() {
        JobEntry job = new JobEntry(ID, 9, 77, 1_500, 4, new byte[] {1, 2, 3});
        job.state = JobState.RUNNING;
        job.dueAtMillis = 99;
        job.attempts = 2;
        job.assignment = 3;
        job.worker = new NodeId(5, 6);
        job.timeoutAtMillis = 101;
        job.problem = JobFailedException.Problem.TIMED_OUT;
        job.detail = "täst";
        return job;
    }

    private StoredJobs open() {
        return StoredJobs.open(folder, 0);
    }

    private void alter(String key, byte[] value) {
        StorageOptions options = StorageOptions.builder().freeSpaceFloor(0).build();
        try (Storage storage = Storage.open(folder.resolve("queue.db"), options)) {
            storage.put(key, value, Storage.FOREVER);
        }
    }

    @Test
    void has_what_was_kept_when_it_is_opened_again() {
        UUID ledger;
        try (StoredJobs jobs = open()) {
            ledger = jobs.ledger();
            jobs.commit(Map.of(ID, Optional.of(job()), new UUID(3, 4), Optional.of(job())));
            jobs.commit(Map.of(new UUID(3, 4), Optional.empty()));
        }

        try (StoredJobs jobs = open()) {
            assertThat(jobs.ledger()).isEqualTo(ledger);
            assertThat(jobs.load()).singleElement().usingRecursiveComparison().isEqualTo(job());
        }
    }

    @Test
    void keeps_a_result_and_tells_an_empty_one_from_none() {
        JobEntry done = job();
        done.state = JobState.DONE;
        done.payload = new byte[0];
        done.result = new byte[0];
        done.worker = null;
        done.problem = null;

        assertThat(JobFormat.decode(ID, JobFormat.encode(done)))
                .get()
                .usingRecursiveComparison()
                .isEqualTo(done);
    }

    @Test
    void a_record_that_is_cut_off_or_has_a_state_of_its_own_is_none() {
        byte[] bytes = JobFormat.encode(job());
        for (int length = 0; length < bytes.length; length++) {
            assertThat(JobFormat.decode(ID, Arrays.copyOf(bytes, length))).isEmpty();
        }
        int state = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("RUNNING");
        bytes[state] = 'G';
        assertThat(JobFormat.decode(ID, bytes)).isEmpty();
    }

    @Test
    void is_refused_when_a_later_version_has_written_it() {
        open().close();
        alter("format", new byte[] {2});

        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.FAILED))
                .hasMessageContaining("later version");
        alter("format", new byte[] {1}); // it is free again, and as it was
        open().close();
    }

    @Test
    void is_damaged_when_an_entry_is_no_job() {
        open().close();
        alter("job/" + ID, new byte[] {1});

        try (StoredJobs jobs = open()) {
            assertThatThrownBy(jobs::load)
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.problem()).isEqualTo(Problem.DAMAGED));
        }
    }

    @Test
    void has_room_as_long_as_the_disk_has_more_than_must_stay_free() {
        try (StoredJobs jobs = StoredJobs.open(folder, 0)) {
            assertThat(jobs.hasRoom(1)).isTrue();
        }
        try (StoredJobs jobs = StoredJobs.open(folder, Long.MAX_VALUE)) {
            assertThat(jobs.hasRoom(1)).isFalse();
        }
    }
}
