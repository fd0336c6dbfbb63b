package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeId;
import io.chaski.streamer.internal.queue.Incident.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DeskTest {

    private static final SubmitterKey SHOP = new SubmitterKey(new NodeId(1, 1), new UUID(0, 1));
    private static final SubmitterKey BANK = new SubmitterKey(new NodeId(1, 2), new UUID(0, 2));
    private static final UUID ONE = new UUID(0, 1);
    private static final UUID TWO = new UUID(0, 2);
    private static final byte[] JOB = {1};

    private final List<String> said = new ArrayList<>();
    private final Counts counts = new Counts();
    private final Desk desk = new Desk(1, new Tasks(), counts);

    private final class Tasks implements Desk.Outbox {
        @Override
        public void start(TaskKey task, int attempt, byte[] payload) {
            said.add("start " + task.job().getLeastSignificantBits() + "/" + task.assignment());
        }

        @Override
        public void interrupt(TaskKey task) {
            said.add("interrupt " + task.job().getLeastSignificantBits() + "/" + task.assignment());
        }
    }

    private ToSubmitter ear(String name) {
        return new ToSubmitter() {
            @Override
            public void onReady(int free, long received) {
                said.add(name + ": " + free + " free after " + received);
            }

            @Override
            public void onRunning(UUID job, int assignment) {
                say("running", job, assignment);
            }

            @Override
            public void onDone(UUID job, int assignment, byte[] result) {
                say("done", job, assignment);
            }

            @Override
            public void onFailed(UUID job, int assignment, AttemptFailure failure, String detail) {
                say("failed", job, assignment);
            }

            @Override
            public void onBusy(UUID job, int assignment) {
                say("busy", job, assignment);
            }

            private void say(String what, UUID job, int assignment) {
                said.add(name + ": " + what + " " + job.getLeastSignificantBits() + "/" + assignment);
            }
        };
    }

    private List<String> takeSaid() {
        List<String> taken = List.copyOf(said);
        said.clear();
        return taken;
    }

    @Test
    void tells_all_submitters_how_many_places_are_free_but_not_what_they_know() {
        desk.onSubmitter(SHOP, ear("shop"));
        desk.onSubmitter(BANK, ear("bank"));
        assertThat(takeSaid()).containsExactly("shop: 1 free after 0", "bank: 1 free after 0");

        desk.onJob(SHOP, ONE, 1, 1, JOB);
        assertThat(takeSaid()).containsExactly("start 1/1", "bank: 0 free after 0");

        desk.onFinished(new TaskKey(SHOP, ONE, 1), TaskOutcome.done(JOB), 0);
        assertThat(takeSaid()).containsExactly("shop: done 1/1", "shop: 1 free after 1", "bank: 1 free after 0");
    }

    @Test
    void says_that_it_is_busy_when_somebody_else_was_faster() {
        desk.onSubmitter(SHOP, ear("shop"));
        desk.onSubmitter(BANK, ear("bank"));
        desk.onJob(SHOP, ONE, 1, 1, JOB);
        takeSaid();

        desk.onJob(BANK, TWO, 1, 1, JOB);

        assertThat(takeSaid()).containsExactly("bank: busy 2/1", "bank: 0 free after 1");
        assertThat(desk.running()).isEqualTo(1);
    }

    @Test
    void tells_a_submitter_that_is_back_what_it_does_and_has_done_for_it_until_that_is_acknowledged() {
        desk.onSubmitter(SHOP, ear("shop"));
        desk.onJob(SHOP, ONE, 1, 1, JOB);
        desk.onSubmitterGone(SHOP);
        takeSaid();

        desk.onSubmitter(SHOP, ear("shop"));
        assertThat(takeSaid()).containsExactly("shop: running 1/1", "shop: 0 free after 0");
        desk.onSubmitterGone(SHOP);
        desk.onFinished(new TaskKey(SHOP, ONE, 1), TaskOutcome.done(JOB), 0);
        desk.onSubmitter(BANK, ear("bank"));
        assertThat(takeSaid()).containsExactly("bank: 1 free after 0");
        desk.onSubmitter(SHOP, ear("shop"));
        assertThat(takeSaid()).containsExactly("shop: done 1/1", "shop: 1 free after 0");

        desk.onAcknowledged(SHOP, ONE, 1);
        desk.onSubmitter(SHOP, ear("shop"));
        assertThat(takeSaid()).containsExactly("shop: 1 free after 0");
        assertThat(desk.isIdle()).isTrue();
    }

    @Test
    void does_nothing_twice_that_comes_twice() {
        desk.onSubmitter(SHOP, ear("shop"));
        desk.onJob(SHOP, ONE, 1, 1, JOB);
        desk.onJob(SHOP, ONE, 1, 1, JOB);
        desk.onFinished(new TaskKey(SHOP, ONE, 1), TaskOutcome.done(JOB), 0);
        takeSaid();

        desk.onJob(SHOP, ONE, 1, 1, JOB);

        assertThat(takeSaid()).containsExactly("shop: done 1/1", "shop: 1 free after 3");
        assertThat(counts.of(Incident.WORK_DONE)).isEqualTo(1);
        assertThat(counts.of(Incident.FRAMES_REPEATED)).isEqualTo(1);
    }

    @Test
    void stops_what_is_not_wanted_and_tells_nobody_what_came_of_it() {
        desk.onSubmitter(SHOP, ear("shop"));
        desk.onJob(SHOP, ONE, 1, 1, JOB);
        takeSaid();

        desk.onCancelled(SHOP, ONE, 1);
        assertThat(takeSaid()).containsExactly("interrupt 1/1");
        desk.onFinished(new TaskKey(SHOP, ONE, 1), TaskOutcome.done(JOB), 0);

        assertThat(takeSaid()).containsExactly("shop: 1 free after 1");
        assertThat(desk.isIdle()).isTrue();
    }

    @Test
    void has_no_ear_for_jobs_and_words_of_others() {
        desk.onSubmitter(SHOP, ear("shop"));
        desk.onJob(SHOP, ONE, 1, 1, JOB);
        takeSaid();

        desk.onCancelled(BANK, ONE, 1);
        desk.onAcknowledged(BANK, ONE, 1);
        desk.onJob(BANK, TWO, 1, 1, JOB);

        assertThat(takeSaid()).isEmpty();
        assertThat(desk.running()).isEqualTo(1);
    }

    @Test
    void forgets_results_that_nobody_fetches_in_time() {
        desk.onSubmitter(SHOP, ear("shop"));
        desk.onJob(SHOP, ONE, 1, 1, JOB);
        desk.onSubmitterGone(SHOP);
        desk.onFinished(new TaskKey(SHOP, ONE, 1), TaskOutcome.done(JOB), 5);
        assertThat(desk.nextMillis()).isEqualTo(5 + Desk.KEEP_MILLIS);

        desk.onTime(5 + Desk.KEEP_MILLIS);

        assertThat(desk.isIdle()).isTrue();
        assertThat(counts.of(Incident.WORK_RESULTS_DROPPED)).isEqualTo(1);
    }

    @Test
    void keeps_results_within_bounds_the_oldest_going_first() {
        desk.onSubmitter(SHOP, ear("shop"));
        for (int i = 0; i <= Desk.MAX_KEPT; i++) {
            UUID job = new UUID(1, i);
            desk.onJob(SHOP, job, 1, 1, JOB);
            desk.onFinished(new TaskKey(SHOP, job, 1), TaskOutcome.done(JOB), i);
        }
        assertThat(counts.of(Incident.WORK_RESULTS_DROPPED)).isEqualTo(1);
        byte[] large = new byte[(int) Desk.MAX_KEPT_BYTES];
        desk.onJob(SHOP, ONE, 1, 1, JOB);

        desk.onFinished(new TaskKey(SHOP, ONE, 1), TaskOutcome.done(large), 5_000);
        takeSaid();
        desk.onSubmitter(SHOP, ear("shop"));

        assertThat(takeSaid()).containsExactly("shop: done 1/1", "shop: 1 free after 0");
    }

    @Test
    void takes_no_more_when_it_leaves() {
        desk.onSubmitter(SHOP, ear("shop"));
        takeSaid();

        desk.leave();
        desk.onJob(SHOP, ONE, 1, 1, JOB);

        assertThat(takeSaid()).containsExactly("shop: 0 free after 0", "shop: busy 1/1", "shop: 0 free after 1");
    }
}
