package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import io.chaski.streamer.internal.queue.Incident.Counts;
import io.chaski.streamer.work.JobFailedException.Problem;
import io.chaski.streamer.work.JobOptions;
import io.chaski.streamer.work.JobRefusedException;
import io.chaski.streamer.work.JobState;
import io.chaski.streamer.work.WorkQueueOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LedgerTest {

    private static final NodeId MILL = new NodeId(2, 1);
    private static final NodeId PRESS = new NodeId(2, 2);
    private static final UUID ONE = new UUID(0, 1);
    private static final UUID TWO = new UUID(0, 2);
    private static final UUID THREE = new UUID(0, 3);

    private final List<String> said = new ArrayList<>();
    private final Set<NodeId> barred = new HashSet<>();
    private final Counts counts = new Counts();
    private Ledger ledger = ledger(options());
    private long now = 1_000;

    private static WorkQueueOptions.Builder options() {
        return WorkQueueOptions.builder()
                .pauses(Duration.ofMillis(1_000), Duration.ofMillis(3_000))
                .workerGrace(Duration.ofMillis(500))
                .resultTimeToLive(Duration.ofMillis(10_000))
                .attempts(3);
    }

    private Ledger ledger(WorkQueueOptions.Builder options) {
        return new Ledger(options.build(), 7, new Sayings(), counts);
    }

    /** What the ledger decides, in a few words; that something has changed is left out. */
    private final class Sayings implements Ledger.Outbox {
        @Override
        public boolean mayAssign(NodeId worker) {
            return !barred.contains(worker);
        }

        @Override
        public void assign(NodeId worker, UUID job, int assignment, int attempt, byte[] payload) {
            said.add(name(worker) + " do " + job.getLeastSignificantBits() + "/" + assignment + ", attempt " + attempt);
        }

        @Override
        public void cancel(NodeId worker, UUID job, int assignment) {
            said.add(name(worker) + " stop " + job.getLeastSignificantBits() + "/" + assignment);
        }

        @Override
        public void acknowledge(NodeId worker, UUID job, int assignment) {
            said.add(name(worker) + " forget " + job.getLeastSignificantBits() + "/" + assignment);
        }

        @Override
        public void changed(UUID job) {}

        @Override
        public void ended(JobEntry job) {
            said.add(job.id.getLeastSignificantBits() + " is " + job.state);
        }

        private String name(NodeId worker) {
            return worker.equals(MILL) ? "mill" : "press";
        }
    }

    private List<String> takeSaid() {
        List<String> taken = List.copyOf(said);
        said.clear();
        return taken;
    }

    private void submit(UUID id, JobOptions.Builder special) {
        ledger.submit(new NewJob(id, new byte[10], special.build(), options().build()), () -> true, now);
    }

    private void submit(UUID id) {
        submit(id, JobOptions.builder());
    }

    private void connect(NodeId worker, int free) {
        ledger.onWorker(worker);
        assertThat(ledger.onReady(worker, free, 0, now)).isTrue();
    }

    private void pass(long millis) {
        now += millis;
        ledger.onTime(now);
    }

    private void restart(WorkQueueOptions.Builder options, UUID... ids) {
        List<JobEntry> kept = new ArrayList<>();
        for (UUID id : ids) {
            JobEntry job = ledger.find(id);
            assertThat(job).isNotNull();
            kept.add(JobFormat.decode(id, JobFormat.encode(job)).orElseThrow());
        }
        ledger = ledger(options);
        ledger.restore(kept, now);
    }

    @Nested
    class Jobs_are_given {

        @Test
        void to_whoever_has_room_by_turns_and_no_more_than_there_is() {
            connect(MILL, 1);
            connect(PRESS, 2);
            for (int i = 1; i <= 5; i++) {
                submit(new UUID(0, i));
            }

            assertThat(takeSaid())
                    .containsExactly("mill do 1/1, attempt 1", "press do 2/1, attempt 1", "press do 3/1, attempt 1");
            assertThat(ledger.waiting()).isEqualTo(2);
        }

        @Test
        void not_before_a_worker_has_told_what_it_has() {
            submit(ONE);
            ledger.onWorker(MILL);
            assertThat(takeSaid()).isEmpty();

            ledger.onReady(MILL, 1, 0, now);
            assertThat(takeSaid()).containsExactly("mill do 1/1, attempt 1");
        }

        @Test
        void by_priority_and_then_in_order() {
            submit(ONE, JobOptions.builder().priority(1));
            submit(TWO, JobOptions.builder().priority(9));
            submit(THREE, JobOptions.builder().priority(9));

            connect(MILL, 3);

            assertThat(takeSaid())
                    .containsExactly("mill do 2/1, attempt 1", "mill do 3/1, attempt 1", "mill do 1/1, attempt 1");
        }

        @Test
        void not_before_their_time() {
            connect(MILL, 1);
            submit(ONE, JobOptions.builder().delay(Duration.ofMillis(100)));
            assertThat(ledger.nextMillis()).isEqualTo(now + 100);

            pass(99);
            assertThat(takeSaid()).isEmpty();
            pass(1);
            assertThat(takeSaid()).containsExactly("mill do 1/1, attempt 1");
        }

        @Test
        void by_the_room_that_is_left_when_those_on_their_way_have_come() {
            connect(MILL, 1);
            submit(ONE);
            submit(TWO);
            takeSaid();

            ledger.onReady(MILL, 1, 0, now); // said before the job came
            assertThat(takeSaid()).isEmpty();
            ledger.onReady(MILL, 1, 1, now);
            assertThat(takeSaid()).containsExactly("mill do 2/1, attempt 1");
        }

        @Test
        void to_another_one_when_a_worker_is_busy_without_an_attempt_that_counts() {
            connect(MILL, 1);
            submit(ONE);
            connect(PRESS, 1);
            takeSaid();

            ledger.onBusy(MILL, ONE, 1, now);

            assertThat(takeSaid()).containsExactly("press do 1/2, attempt 1");
            assertThat(counts.of(Incident.ATTEMPTS_BUSY)).isEqualTo(1);
        }

        @Test
        void to_nobody_who_may_not_have_them_now_although_there_is_room() {
            connect(MILL, 2);
            connect(PRESS, 1);
            submit(ONE);
            submit(TWO);
            takeSaid();
            barred.add(MILL);

            submit(THREE);
            assertThat(takeSaid()).isEmpty();
            barred.clear();
            pass(0);

            assertThat(takeSaid()).containsExactly("mill do 3/1, attempt 1");
        }

        @Test
        void to_nobody_who_cannot_count() {
            connect(MILL, 1);

            assertThat(ledger.onReady(MILL, 1, 1, now)).isFalse();
        }
    }

    @Nested
    class A_result {

        @Test
        void ends_the_job_is_acknowledged_and_kept_for_its_time() {
            connect(MILL, 1);
            submit(ONE);
            takeSaid();

            ledger.onDone(MILL, ONE, 1, new byte[] {5}, now);

            assertThat(takeSaid()).containsExactly("1 is DONE", "mill forget 1/1");
            JobEntry job = ledger.find(ONE);
            assertThat(job).isNotNull();
            assertThat(job.result).containsExactly(5);
            assertThat(ledger.unfinishedBytes()).isZero();
            pass(9_999);
            assertThat(ledger.find(ONE)).isNotNull();
            pass(1);
            assertThat(ledger.find(ONE)).isNull();
        }

        @Test
        void that_is_told_twice_is_acknowledged_twice_and_counts_once() {
            connect(MILL, 1);
            submit(ONE);
            ledger.onDone(MILL, ONE, 1, new byte[] {5}, now);
            takeSaid();

            ledger.onDone(MILL, ONE, 1, new byte[] {6}, now);

            assertThat(takeSaid()).containsExactly("mill forget 1/1");
            assertThat(counts.of(Incident.FRAMES_REPEATED)).isEqualTo(1);
            assertThat(counts.of(Incident.JOBS_DONE)).isEqualTo(1);
        }

        @Test
        void of_a_worker_that_was_not_given_the_job_changes_nothing() {
            connect(MILL, 1);
            connect(PRESS, 0);
            submit(ONE);
            takeSaid();

            ledger.onDone(PRESS, ONE, 1, new byte[] {6}, now);
            ledger.onFailed(PRESS, ONE, 1, AttemptFailure.FINAL, "forged", now);
            ledger.onBusy(PRESS, ONE, 1, now);
            ledger.onRunning(PRESS, ONE, 1, now);

            assertThat(takeSaid()).containsExactly("press forget 1/1", "press forget 1/1", "press stop 1/1");
            assertThat(counts.of(Incident.FRAMES_NOT_ASSIGNED)).isEqualTo(4);
            assertThat(ledger.running()).isEqualTo(1);
        }

        @Test
        void of_another_assignment_changes_nothing() {
            connect(MILL, 1);
            submit(ONE);
            takeSaid();

            ledger.onDone(MILL, ONE, 2, new byte[] {6}, now);

            assertThat(takeSaid()).containsExactly("mill forget 1/2");
            assertThat(counts.of(Incident.FRAMES_NOT_ASSIGNED)).isEqualTo(1);
        }

        @Test
        void of_a_job_that_nobody_knows_changes_nothing() {
            connect(MILL, 1);

            ledger.onDone(MILL, ONE, 1, new byte[] {6}, now);

            assertThat(takeSaid()).containsExactly("mill forget 1/1");
            assertThat(counts.of(Incident.FRAMES_UNKNOWN_JOB)).isEqualTo(1);
        }

        @Test
        void that_is_larger_than_is_kept_makes_a_dead_letter() {
            ledger = ledger(options().maxResultBytes(4));
            connect(MILL, 1);
            submit(ONE);
            takeSaid();

            ledger.onDone(MILL, ONE, 1, new byte[5], now);

            assertThat(takeSaid()).containsExactly("1 is DEAD", "mill forget 1/1");
            assertThat(ledger.deadLetters())
                    .singleElement()
                    .satisfies(job -> assertThat(job.problem).isEqualTo(Problem.RESULT_TOO_LARGE));
        }

        @Test
        void goes_before_its_time_when_there_are_more_than_are_kept() {
            ledger = ledger(options().maxResults(1));
            connect(MILL, 2);
            submit(ONE);
            submit(TWO);

            ledger.onDone(MILL, ONE, 1, new byte[1], now);
            ledger.onDone(MILL, TWO, 1, new byte[1], now);

            assertThat(ledger.find(ONE)).isNull();
            assertThat(ledger.find(TWO)).isNotNull();
            assertThat(counts.of(Incident.RESULTS_DROPPED)).isEqualTo(1);
        }
    }

    @Nested
    class A_failed_attempt {

        @Test
        void is_followed_by_longer_and_longer_pauses_and_then_by_a_dead_letter() {
            connect(MILL, 3);
            submit(ONE);
            takeSaid();
            List<Long> pauses = new ArrayList<>();

            for (int attempt = 1; attempt <= 2; attempt++) {
                ledger.onFailed(MILL, ONE, attempt, AttemptFailure.THROWN, "no luck", now);
                pauses.add(ledger.nextMillis() - now);
                pass(pauses.get(attempt - 1));
            }
            ledger.onFailed(MILL, ONE, 3, AttemptFailure.THROWN, "no luck", now);

            assertThat(pauses.get(0)).isBetween(500L, 1_000L);
            assertThat(pauses.get(1)).isBetween(1_000L, 2_000L);
            assertThat(takeSaid())
                    .containsExactly(
                            "mill forget 1/1",
                            "mill do 1/2, attempt 2",
                            "mill forget 1/2",
                            "mill do 1/3, attempt 3",
                            "1 is DEAD",
                            "mill forget 1/3");
            assertThat(ledger.unfinished()).isZero();
        }

        @Test
        void pauses_as_long_as_every_time_with_the_same_seed() {
            List<Long> pauses = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                ledger = ledger(options());
                connect(MILL, 1);
                submit(ONE);
                ledger.onFailed(MILL, ONE, 1, AttemptFailure.THROWN, "no luck", now);
                pauses.add(ledger.nextMillis() - now);
            }

            assertThat(pauses.get(0)).isEqualTo(pauses.get(1));
        }

        @Test
        void is_the_last_one_if_another_is_no_use() {
            connect(MILL, 1);
            submit(ONE);
            takeSaid();

            ledger.onFailed(MILL, ONE, 1, AttemptFailure.FINAL, "never", now);

            assertThat(takeSaid()).containsExactly("1 is DEAD", "mill forget 1/1");
        }

        @Test
        void is_one_that_takes_too_long_whose_worker_is_told_to_stop() {
            connect(MILL, 1);
            submit(ONE, JobOptions.builder().timeout(Duration.ofMillis(50)));
            takeSaid();

            pass(50);

            assertThat(takeSaid()).containsExactly("mill stop 1/1");
            JobEntry job = ledger.find(ONE);
            assertThat(job).isNotNull();
            assertThat(job.state).isEqualTo(JobState.WAITING);
            assertThat(job.problem).isEqualTo(Problem.TIMED_OUT);
        }
    }

    @Nested
    class A_worker_that_is_lost {

        @Test
        void keeps_its_job_when_it_is_back_in_time_and_says_so() {
            connect(MILL, 1);
            submit(ONE);
            takeSaid();
            ledger.onWorkerGone(MILL, now);
            pass(499);

            ledger.onWorker(MILL);
            ledger.onRunning(MILL, ONE, 1, now);
            ledger.onReady(MILL, 0, 0, now);
            pass(10_000);

            assertThat(takeSaid()).isEmpty();
            assertThat(ledger.running()).isEqualTo(1);
            assertThat(counts.of(Incident.ATTEMPTS_RESUMED)).isEqualTo(1);
            ledger.onDone(MILL, ONE, 1, new byte[1], now);
            assertThat(takeSaid()).containsExactly("1 is DONE", "mill forget 1/1");
        }

        @Test
        void loses_its_job_when_it_is_back_and_does_not_speak_of_it() {
            connect(MILL, 1);
            submit(ONE);
            ledger.onWorkerGone(MILL, now);
            takeSaid();

            ledger.onWorker(MILL);
            ledger.onReady(MILL, 1, 0, now);
            pass(1_000);

            assertThat(takeSaid()).containsExactly("mill do 1/2, attempt 2");
        }

        @Test
        void loses_its_job_when_it_is_not_back_in_time() {
            connect(MILL, 1);
            connect(PRESS, 1);
            submit(ONE);
            takeSaid();
            ledger.onWorkerGone(MILL, now);

            pass(499);
            assertThat(takeSaid()).isEmpty();
            pass(1);
            pass(1_000);

            assertThat(takeSaid()).containsExactly("press do 1/2, attempt 2");
            assertThat(counts.of(Incident.ATTEMPTS_WORKER_LOST)).isEqualTo(1);
        }

        @Test
        void has_done_its_job_if_it_says_so_before_somebody_else_has_it() {
            connect(MILL, 1);
            submit(ONE);
            ledger.onWorkerGone(MILL, now);
            pass(500);
            takeSaid();

            ledger.onWorker(MILL);
            ledger.onDone(MILL, ONE, 1, new byte[1], now);
            ledger.onReady(MILL, 1, 0, now);
            pass(10_000 - 1);

            assertThat(takeSaid()).containsExactly("1 is DONE", "mill forget 1/1");
        }

        @Test
        void is_looked_for_until_it_is_back_or_given_up() {
            connect(MILL, 2);
            submit(ONE);
            submit(TWO);
            assertThat(ledger.lost()).isZero();
            ledger.onWorkerGone(MILL, now);
            assertThat(ledger.lost()).isEqualTo(2);

            ledger.onWorker(MILL);
            ledger.onRunning(MILL, ONE, 1, now);
            assertThat(ledger.lost()).isEqualTo(1);
            ledger.onReady(MILL, 0, 0, now);

            assertThat(ledger.lost()).isZero();
            assertThat(ledger.isWith(MILL)).isTrue();
            assertThat(ledger.isWith(PRESS)).isFalse();
        }

        @Test
        void has_taken_too_long_when_the_time_of_its_attempt_is_over_before_the_grace() {
            ledger = ledger(options().workerGrace(Duration.ofHours(1)));
            connect(MILL, 1);
            submit(ONE, JobOptions.builder().timeout(Duration.ofMillis(800)));
            ledger.onWorkerGone(MILL, now);
            takeSaid();

            pass(800);

            assertThat(counts.of(Incident.ATTEMPTS_TIMED_OUT)).isEqualTo(1);
            assertThat(counts.of(Incident.ATTEMPTS_WORKER_LOST)).isZero();
            assertThat(ledger.lost()).isZero();
            ledger.onWorker(MILL);
            ledger.onRunning(MILL, ONE, 1, now);
            assertThat(takeSaid()).contains("mill stop 1/1");
        }

        @Test
        void comes_too_late_when_its_job_is_a_dead_letter() {
            connect(MILL, 1);
            submit(ONE, JobOptions.builder().attempts(1));
            ledger.onWorkerGone(MILL, now);
            pass(500);
            takeSaid();

            ledger.onWorker(MILL);
            ledger.onDone(MILL, ONE, 1, new byte[1], now);

            assertThat(takeSaid()).containsExactly("mill forget 1/1");
            assertThat(ledger.deadLetters()).hasSize(1);
            assertThat(counts.of(Incident.FRAMES_LATE)).isEqualTo(1);
        }

        @Test
        void is_told_to_stop_if_somebody_else_has_it() {
            connect(MILL, 1);
            connect(PRESS, 1);
            submit(ONE);
            ledger.onWorkerGone(MILL, now);
            pass(500);
            pass(1_000);
            takeSaid();

            ledger.onWorker(MILL);
            ledger.onRunning(MILL, ONE, 1, now);
            ledger.onDone(MILL, ONE, 1, new byte[1], now);

            assertThat(takeSaid()).containsExactly("mill stop 1/1", "mill forget 1/1");
            assertThat(ledger.running()).isEqualTo(1);
        }
    }

    @Nested
    class After_a_restart {

        @Test
        void what_waited_waits_what_was_done_is_done_and_what_ran_stays_with_its_worker() {
            connect(MILL, 2);
            submit(ONE);
            submit(TWO);
            submit(THREE);
            ledger.onDone(MILL, ONE, 1, new byte[] {5}, now);
            restart(options(), ONE, TWO, THREE);
            takeSaid();

            assertThat(ledger.running()).isEqualTo(1);
            assertThat(ledger.waiting()).isEqualTo(1);
            ledger.onWorker(MILL);
            ledger.onRunning(MILL, TWO, 1, now);
            ledger.onReady(MILL, 1, 0, now);

            assertThat(takeSaid()).containsExactly("mill do 3/1, attempt 1");
        }

        @Test
        void a_job_is_given_to_somebody_else_when_its_worker_is_not_found() {
            connect(MILL, 1);
            submit(ONE);
            restart(options(), ONE);
            connect(PRESS, 1);
            takeSaid();

            pass(Ledger.LEAST_RESTART_GRACE_MILLIS);
            pass(1_000);

            assertThat(takeSaid()).containsExactly("press do 1/2, attempt 2");
        }

        @Test
        void a_job_waits_for_its_worker_as_long_as_the_grace_says_if_that_is_longer() {
            connect(MILL, 1);
            submit(ONE);
            restart(options().workerGrace(Duration.ofMinutes(1)), ONE);
            connect(PRESS, 1);
            takeSaid();

            pass(59_999);
            assertThat(ledger.running()).isEqualTo(1);
            pass(1);

            assertThat(ledger.running()).isZero();
            assertThat(counts.of(Incident.ATTEMPTS_WORKER_LOST)).isEqualTo(1);
        }

        @Test
        void a_job_whose_time_is_over_waits_until_its_worker_can_have_told_what_it_has_kept() {
            connect(MILL, 2);
            submit(ONE, JobOptions.builder().timeout(Duration.ofMillis(50)));
            submit(TWO, JobOptions.builder().timeout(Duration.ofMillis(50)));
            now += 5_000;
            restart(options().workerGrace(Duration.ofHours(1)), ONE, TWO);
            takeSaid();

            ledger.onWorker(MILL);
            ledger.onDone(MILL, ONE, 1, new byte[1], now);
            pass(Ledger.LEAST_RESTART_GRACE_MILLIS);

            assertThat(takeSaid()).containsExactly("1 is DONE", "mill forget 1/1", "mill stop 2/1");
            assertThat(counts.of(Incident.ATTEMPTS_TIMED_OUT)).isEqualTo(1);
        }

        @Test
        void results_and_dead_letters_are_in_the_order_in_which_they_ended() {
            List<UUID> ids = new ArrayList<>();
            connect(MILL, 6);
            for (int i = 1; i <= 6; i++) {
                ids.add(new UUID(0, i));
                submit(ids.get(i - 1));
            }
            for (int i : new int[] {2, 1, 3}) {
                ledger.onDone(MILL, new UUID(0, i), 1, new byte[1], now);
            }
            for (int i : new int[] {6, 4, 5}) {
                ledger.onFailed(MILL, new UUID(0, i), 1, AttemptFailure.FINAL, "no", now);
            }

            restart(options().maxResults(2), ids.toArray(UUID[]::new));

            assertThat(ledger.find(TWO)).isNull();
            assertThat(ledger.deadLetters())
                    .extracting(job -> job.id.getLeastSignificantBits())
                    .containsExactly(6L, 4L, 5L);
        }

        @Test
        void a_dead_letter_that_is_resubmitted_is_behind_those_that_wait() {
            connect(MILL, 1);
            submit(ONE);
            ledger.onFailed(MILL, ONE, 1, AttemptFailure.FINAL, "no", now);
            ledger.onWorkerGone(MILL, now);
            submit(TWO);
            ledger.resubmit(ONE, () -> true, now);
            restart(options(), ONE, TWO);
            takeSaid();

            connect(MILL, 2);

            assertThat(takeSaid()).containsExactly("mill do 2/1, attempt 1", "mill do 1/2, attempt 1");
        }

        @Test
        void a_result_that_its_worker_has_kept_counts() {
            connect(MILL, 1);
            submit(ONE);
            restart(options(), ONE);
            takeSaid();

            ledger.onWorker(MILL);
            ledger.onDone(MILL, ONE, 1, new byte[1], now);
            ledger.onReady(MILL, 1, 0, now);

            assertThat(takeSaid()).containsExactly("1 is DONE", "mill forget 1/1");
        }

        @Test
        void with_narrower_bounds_what_is_beyond_them_goes() {
            connect(MILL, 3);
            submit(ONE);
            submit(TWO);
            submit(THREE);
            ledger.onDone(MILL, ONE, 1, new byte[1], now);
            ledger.onDone(MILL, TWO, 1, new byte[1], now);
            ledger.onDone(MILL, THREE, 1, new byte[1], now);

            restart(options().maxResults(1), ONE, TWO, THREE);

            assertThat(ledger.results()).isEqualTo(1);
            assertThat(ledger.find(THREE)).isNotNull();
        }
    }

    @Nested
    class Bounds {

        private void refused(UUID id, boolean hasDisk, JobRefusedException.Problem problem) {
            NewJob job =
                    new NewJob(id, new byte[10], JobOptions.DEFAULTS, options().build());
            assertThatThrownBy(() -> ledger.submit(job, () -> hasDisk, now))
                    .isInstanceOfSatisfying(
                            JobRefusedException.class,
                            e -> assertThat(e.problem()).isEqualTo(problem));
            assertThat(ledger.find(id)).isNull();
        }

        @Test
        void of_jobs_are_those_that_have_not_ended() {
            ledger = ledger(options().maxJobs(1));
            connect(MILL, 1);
            submit(ONE);

            refused(TWO, true, JobRefusedException.Problem.TOO_MANY_JOBS);
            ledger.onDone(MILL, ONE, 1, new byte[1], now);
            submit(TWO);

            assertThat(ledger.unfinished()).isEqualTo(1);
        }

        @Test
        void of_bytes_count_as_well() {
            ledger = ledger(options().maxBytes(19));
            submit(ONE);

            refused(TWO, true, JobRefusedException.Problem.TOO_MANY_BYTES);
        }

        @Test
        void are_also_those_of_the_disk() {
            refused(ONE, false, JobRefusedException.Problem.DISK_FULL);
        }

        @Test
        void of_dead_letters_let_the_oldest_go() {
            ledger = ledger(options().maxDeadLetters(1));
            connect(MILL, 2);
            submit(ONE);
            submit(TWO);

            ledger.onFailed(MILL, ONE, 1, AttemptFailure.FINAL, "no", now);
            ledger.onFailed(MILL, TWO, 1, AttemptFailure.FINAL, "no", now);

            assertThat(ledger.deadLetters()).extracting(job -> job.id).containsExactly(TWO);
            assertThat(counts.of(Incident.LETTERS_DROPPED)).isEqualTo(1);
        }

        @Test
        void hold_for_what_is_resubmitted() {
            ledger = ledger(options().maxJobs(1));
            connect(MILL, 1);
            submit(ONE);
            ledger.onFailed(MILL, ONE, 1, AttemptFailure.FINAL, "no", now);
            submit(TWO);

            assertThatThrownBy(() -> ledger.resubmit(ONE, () -> true, now)).isInstanceOf(JobRefusedException.class);
            assertThat(ledger.deadLetters()).hasSize(1);
        }
    }

    @Nested
    class Taken_back {

        @Test
        void a_job_that_runs_is_stopped_and_its_result_is_of_no_use() {
            connect(MILL, 1);
            submit(ONE);
            takeSaid();

            assertThat(ledger.cancel(ONE, now)).isTrue();
            ledger.onDone(MILL, ONE, 1, new byte[1], now);

            assertThat(takeSaid()).containsExactly("mill stop 1/1", "1 is CANCELLED", "mill forget 1/1");
            assertThat(ledger.cancel(ONE, now)).isFalse();
        }

        @Test
        void a_job_that_waits_is_given_to_nobody() {
            submit(ONE);

            assertThat(ledger.cancel(ONE, now)).isTrue();
            connect(MILL, 1);

            assertThat(takeSaid()).containsExactly("1 is CANCELLED");
        }
    }
}
