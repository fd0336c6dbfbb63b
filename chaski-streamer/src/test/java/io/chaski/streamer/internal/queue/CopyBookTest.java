package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.streamer.internal.queue.CopyBook.Answer;
import io.chaski.streamer.work.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CopyBookTest {

    private final List<UUID> said = new ArrayList<>();
    private final List<UUID> copied = new ArrayList<>();
    private final List<UUID> over = new ArrayList<>();
    private final CopyBook book = new CopyBook(new CopyBook.Voice() {
        @Override
        public void say(UUID job) {
            said.add(job);
        }

        @Override
        public void settled(UUID job, boolean isCopied) {
            (isCopied ? copied : over).add(job);
        }
    });

    private static UUID id(int number) {
        return new UUID(0, number);
    }

    private static JobEntry job(int number, JobState state) {
        JobEntry job = new JobEntry(id(number), 0, number, 0, 5, new byte[] {1});
        job.state = state;
        return job;
    }

    private void become(int number, JobState state) {
        book.onChanged(id(number), Optional.of(job(number, state)));
    }

    @Test
    void a_job_is_said_once_and_known_when_keepers_say_so() {
        become(1, JobState.WAITING);
        book.onTime(0);
        book.onTime(1);
        become(1, JobState.RUNNING);
        assertThat(book.isCopied(id(1))).contains(false);

        book.onAnswer(id(1), Answer.KEPT, 2);
        book.onTime(3);

        assertThat(said).containsExactly(id(1));
        assertThat(copied).containsExactly(id(1));
        assertThat(book.isCopied(id(1))).contains(true);
        assertThat(book.nextMillis()).isEqualTo(JobEntry.NEVER);
    }

    @Test
    void a_job_that_has_ended_is_said_to_have_and_then_forgotten() {
        become(1, JobState.WAITING);
        book.onTime(0);
        book.onAnswer(id(1), Answer.KEPT, 0);

        become(1, JobState.DONE);
        book.onTime(1);
        assertThat(book.isCopied(id(1))).isEmpty();
        book.onAnswer(id(1), Answer.KEPT, 1);
        book.onChanged(id(1), Optional.empty()); // its result was forgotten
        book.onTime(2);

        assertThat(said).containsExactly(id(1), id(1));
        assertThat(over).containsExactly(id(1));
    }

    @Test
    void a_job_that_ends_before_anything_was_said_is_not_spoken_of() {
        become(1, JobState.WAITING);
        become(1, JobState.CANCELLED);
        book.onTime(0);

        assertThat(said).isEmpty();
        assertThat(over).containsExactly(id(1));
    }

    @Test
    void what_keepers_do_not_say_to_have_is_said_again_after_longer_and_longer_pauses() {
        become(1, JobState.WAITING);
        long now = 0;
        for (long pause : new long[] {1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000}) {
            book.onTime(now);
            book.onAnswer(id(1), Answer.UNKNOWN, now);
            book.onTime(now + pause - 1);
            assertThat(book.nextMillis()).isEqualTo(now + pause);
            now += pause;
        }
        assertThat(said).hasSize(7);
        book.onTime(now);
        book.onAnswer(id(1), Answer.KEPT, now);
        become(2, JobState.WAITING);
        book.onTime(now);
        book.onAnswer(id(2), Answer.UNKNOWN, now);

        assertThat(book.nextMillis()).isEqualTo(now + 1_000);
    }

    @Test
    void words_that_fail_together_make_one_pause() {
        for (int i = 1; i <= 16; i++) {
            become(i, JobState.WAITING);
        }
        book.onTime(0);
        for (int i = 1; i <= 16; i++) {
            book.onAnswer(id(i), Answer.UNKNOWN, 5);
        }

        assertThat(book.nextMillis()).isEqualTo(5 + CopyBook.FIRST_PAUSE_MILLIS);
    }

    @Test
    void a_job_that_ends_and_that_nobody_has_heard_of_is_forgotten() {
        become(1, JobState.WAITING);
        book.onTime(0);
        become(1, JobState.DONE);
        book.onAnswer(id(1), Answer.UNSENT, 0);
        book.onTime(10_000);

        assertThat(said).hasSize(1);
    }

    @Test
    void a_word_that_was_not_sent_does_not_make_what_was_said_before_unsaid() {
        become(1, JobState.WAITING);
        book.onTime(0);
        book.onAnswer(id(1), Answer.UNKNOWN, 0);
        book.onTime(1_000);
        become(1, JobState.DONE);
        book.onAnswer(id(1), Answer.UNSENT, 1_000);
        book.onTime(10_000);

        assertThat(said).hasSize(3);
    }

    @Test
    void a_job_that_no_topic_takes_is_given_up_and_holds_up_nobody() {
        become(1, JobState.WAITING);
        become(2, JobState.WAITING);
        book.onTime(0);
        book.onAnswer(id(1), Answer.HOPELESS, 0);
        book.onTime(0);

        assertThat(over).containsExactly(id(1));
        assertThat(book.isCopied(id(1))).isEmpty();
        become(3, JobState.WAITING);
        book.onTime(0);
        assertThat(said).containsExactly(id(1), id(2), id(3));
    }

    @Test
    void what_has_changed_while_a_word_was_under_way_is_said_behind_it() {
        become(1, JobState.WAITING);
        book.onTime(0);
        become(1, JobState.DEAD);
        book.onTime(1);
        assertThat(said).hasSize(1);

        book.onAnswer(id(1), Answer.KEPT, 2);
        book.onTime(2);

        assertThat(said).hasSize(2);
        assertThat(copied).isEmpty();
        become(1, JobState.WAITING); // submitted again, while its death is on its way
        book.onAnswer(id(1), Answer.KEPT, 3);
        book.onTime(3);
        book.onAnswer(id(1), Answer.KEPT, 4);
        assertThat(said).hasSize(3);
        assertThat(copied).containsExactly(id(1));
    }

    @Test
    void sixteen_words_are_under_way_at_most() {
        for (int i = 1; i <= 20; i++) {
            become(i, JobState.WAITING);
        }
        book.onTime(0);
        assertThat(said).hasSize(CopyBook.MAX_UNDER_WAY);
        assertThat(book.nextMillis()).isEqualTo(JobEntry.NEVER);

        book.onAnswer(id(1), Answer.KEPT, 1);
        book.onTime(1);

        assertThat(said).hasSize(CopyBook.MAX_UNDER_WAY + 1);
    }

    @Test
    void what_was_there_before_is_said_whatever_it_is() {
        book.begin(job(1, JobState.WAITING));
        book.begin(job(2, JobState.DONE));
        book.begin(job(3, JobState.DEAD));

        book.onTime(0);

        assertThat(said).containsExactlyInAnyOrder(id(1), id(2), id(3));
    }

    @Test
    void what_ends_while_copies_are_read_is_told_to_whoever_reads_them() {
        become(1, JobState.WAITING);
        become(2, JobState.WAITING);
        become(3, JobState.WAITING);
        book.onTime(0);
        become(1, JobState.DONE); // and keepers do not know it yet
        assertThat(book.beginReading()).isTrue();
        assertThat(book.beginReading()).isFalse();
        become(2, JobState.DONE);

        assertThat(book.endReading()).containsExactlyInAnyOrder(id(1), id(2));
        assertThat(book.beginReading()).isTrue();
    }
}
