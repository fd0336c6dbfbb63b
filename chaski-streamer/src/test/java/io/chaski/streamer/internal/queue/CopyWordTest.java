package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.streamer.work.JobFailedException.Problem;
import io.chaski.streamer.work.JobOptions;
import io.chaski.streamer.work.JobState;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CopyWordTest {

    private static final UUID ID = new UUID(0x0123456789abcdefL, 0x1122334455667788L);

    private static JobEntry job(int priority, int attempts, long timeoutMillis, JobState state) {
        JobEntry job = new JobEntry(ID, priority, 7, timeoutMillis, attempts, new byte[] {1, 2, 3});
        job.state = state;
        return job;
    }

    private static Optional<CopyWord> read(JobEntry job) {
        return CopyWord.decode(new CopyWord("sums", ID, Optional.of(job)).encode());
    }

    @Test
    void is_read_as_it_was_written() {
        JobEntry dead = job(9, 3, 1_000, JobState.DEAD);
        dead.problem = Problem.TIMED_OUT;
        dead.detail = "too slow";
        dead.attempts = 3;

        CopyWord word = read(dead).orElseThrow();

        assertThat(word.queue()).isEqualTo("sums");
        assertThat(word.id()).isEqualTo(ID);
        assertThat(word.job().orElseThrow()).usingRecursiveComparison().isEqualTo(dead);
    }

    @Test
    void of_nothing_is_the_version_the_queue_and_the_id() {
        byte[] nothing = new CopyWord("sums", ID, Optional.empty()).encode();

        assertThat(HexFormat.of().formatHex(nothing))
                .isEqualTo("01" + "04" + "73756d73" + "0123456789abcdef1122334455667788");
        assertThat(CopyWord.decode(nothing)).contains(new CopyWord("sums", ID, Optional.empty()));
    }

    @Test
    void of_a_later_version_is_none() {
        byte[] later = new CopyWord("sums", ID, Optional.empty()).encode();
        later[0] = 2;

        assertThat(CopyWord.decode(later)).isEmpty();
    }

    @Test
    void about_a_job_that_nobody_can_have_submitted_is_none() {
        assertThat(read(job(10, 1, 0, JobState.WAITING))).isEmpty();
        assertThat(read(job(-1, 1, 0, JobState.WAITING))).isEmpty();
        assertThat(read(job(0, 0, 0, JobState.WAITING))).isEmpty();
        assertThat(read(job(0, 1_001, 0, JobState.WAITING))).isEmpty();
        assertThat(read(job(0, 1, -1, JobState.WAITING))).isEmpty();
        assertThat(read(job(0, 1, JobOptions.LONGEST.toMillis() + 1, JobState.WAITING)))
                .isEmpty();
        assertThat(read(job(0, 1, JobOptions.LONGEST.toMillis(), JobState.WAITING)))
                .isPresent();
        assertThat(read(job(0, 1, 0, JobState.DONE))).isEmpty();
        assertThat(read(job(0, 1, 0, JobState.RUNNING))).isPresent();
    }

    @Test
    void of_any_bytes_is_read_or_none() {
        byte[] whole = new CopyWord("sums", ID, Optional.of(job(0, 5, 0, JobState.WAITING))).encode();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (length != 22) { // which is that there is nothing
                assertThat(CopyWord.decode(cut).flatMap(CopyWord::job)).isEmpty();
            }
        }
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            byte[] any = whole.clone();
            any[random.nextInt(any.length)] = (byte) random.nextInt();
            any[random.nextInt(any.length)] = (byte) random.nextInt();
            assertThat(CopyWord.decode(any)).isNotNull(); // and nothing is thrown
        }
    }
}
