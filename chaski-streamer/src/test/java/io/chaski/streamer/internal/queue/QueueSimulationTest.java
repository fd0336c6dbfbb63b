package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.streamer.work.WorkQueueOptions;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two submitters and three workers in virtual time, while everything goes wrong. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class QueueSimulationTest {

    private static WorkQueueOptions.Builder options() {
        return WorkQueueOptions.builder()
                .pauses(Duration.ofMillis(200), Duration.ofSeconds(5))
                .workerGrace(Duration.ofSeconds(2))
                .resultTimeToLive(Duration.ofHours(2));
    }

    @Test
    void every_job_ends_once_whoever_dies_and_whatever_is_lost() {
        run(20, options().build());
    }

    @Test
    @Tag("deep")
    void every_job_ends_once_whoever_dies_and_whatever_is_lost_with_many_seeds() {
        run(5_000, options().build());
    }

    @Test
    void bounds_hold_and_what_is_refused_is_taken_later() {
        WorkQueueOptions tight = options()
                .maxJobs(8)
                .maxBytes(500)
                .maxResults(5)
                .maxDeadLetters(2)
                .build();

        Totals totals = run(6, tight);

        assertThat(totals.refused).isPositive();
        assertThat(totals.resultsDropped).isPositive();
        assertThat(totals.deadLettersDropped).isPositive();
    }

    private static final class Totals {
        private long refused;
        private long resultsDropped;
        private long deadLettersDropped;
    }

    private static Totals run(int seeds, WorkQueueOptions options) {
        Totals totals = new Totals();
        long done = 0;
        long dead = 0;
        long resumed = 0;
        long repeated = 0;
        long submitterDeaths = 0;
        long workerDeaths = 0;
        long busy = 0;
        long timedOut = 0;
        for (long seed = 1; seed <= seeds; seed++) {
            QueueSimulation simulation = new QueueSimulation(seed, options);
            try {
                simulation.run();
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
            done += simulation.done;
            dead += simulation.dead;
            submitterDeaths += simulation.submitterDeaths;
            workerDeaths += simulation.workerDeaths;
            resumed += simulation.counts.of(Incident.ATTEMPTS_RESUMED);
            repeated += simulation.counts.of(Incident.FRAMES_REPEATED);
            busy += simulation.counts.of(Incident.ATTEMPTS_BUSY);
            timedOut += simulation.counts.of(Incident.ATTEMPTS_TIMED_OUT);
            totals.refused += simulation.refused;
            totals.resultsDropped += simulation.counts.of(Incident.RESULTS_DROPPED);
            totals.deadLettersDropped += simulation.counts.of(Incident.LETTERS_DROPPED);
        }
        System.out.printf(
                "%d seeds: %d done, %d dead, %d deaths of submitters, %d of workers, %d resumed, %d told twice, %d busy, "
                        + "%d timed out%n",
                seeds, done, dead, submitterDeaths, workerDeaths, resumed, repeated, busy, timedOut);
        assertThat(done).isGreaterThan(dead);
        assertThat(dead).isPositive();
        assertThat(submitterDeaths).isPositive();
        assertThat(workerDeaths).isPositive();
        assertThat(resumed).isPositive();
        assertThat(repeated).isPositive();
        assertThat(busy).isPositive();
        assertThat(timedOut).isPositive();
        return totals;
    }
}
