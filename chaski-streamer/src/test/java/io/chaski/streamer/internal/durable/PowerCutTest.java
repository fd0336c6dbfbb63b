package io.chaski.streamer.internal.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.internal.durable.PowerCut.Loss;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The power fails after each single thing that a log does to its disk, and again while it recovers and goes on. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PowerCutTest {

    private static final int OPERATIONS = 500;

    /** Enough to begin, to roll and to close: there are few kinds of recovery. */
    private static final int OPERATIONS_CUT_TWICE = 12;

    /** At one of the twenty steps of a recovery, on average; and at one of three recoveries in each build. */
    private static final double ONCE = 0.05;

    private static final double SOMETIMES = ONCE / 3;
    private static final double ALWAYS = 1;

    private static final List<Loss> LOSSES = List.of(Loss.values());

    /** A script of 500 operations has some 1,800 steps, and is cut after each of them in each of five ways. */
    private static final int DEEP_SCRIPTS = 40;

    /** What a process that goes on writes after the recovery: the second one never fits into the segment of the first. */
    private static final List<LogEntry> NEWS = List.of(news(1), news(2));

    private static KeptMessage news(int sequence) {
        return KeptMessage.of(
                new Source(new NodeId(9, 9), 1),
                sequence,
                new HybridTimestamp(StoreClock.START_MILLIS, 0),
                new byte[StoreScript.SMALL.segmentBytes() / 2]);
    }

    /** What was found wrong, and how often the power failed. */
    private record Findings(List<String> violations, int powerCuts) {}

    @Test
    void nothing_acknowledged_is_lost_wherever_the_power_fails() throws Exception {
        FaultFs disk = new FaultFs();
        StoreScript script = new StoreScript(disk, 1, 0);
        script.run(OPERATIONS);

        Findings findings = cutEverywhere(disk, script, 1, 1, SOMETIMES);

        assertThat(findings.violations()).isEmpty();
        assertThat(findings.powerCuts()).isGreaterThan(3 * OPERATIONS);
    }

    @Test
    void nothing_acknowledged_is_lost_wherever_it_fails_again_while_the_log_recovers() throws Exception {
        FaultFs disk = new FaultFs();
        StoreScript script = new StoreScript(disk, 1, 0);
        script.run(OPERATIONS_CUT_TWICE);

        Findings findings = cutEverywhere(disk, script, 1, LOSSES.size(), ALWAYS);

        assertThat(findings.violations()).isEmpty();
    }

    @Test
    @Tag("deep")
    void nothing_acknowledged_is_lost_wherever_it_fails_again_in_a_long_script() throws Exception {
        FaultFs disk = new FaultFs();
        StoreScript script = new StoreScript(disk, 2, 0);
        script.run(OPERATIONS);

        Findings findings = cutEverywhere(disk, script, 2, LOSSES.size(), ALWAYS);

        assertThat(findings.violations()).isEmpty();
        System.out.println("power cuts, each followed by one at each step of the recovery: " + findings.powerCuts());
    }

    @Test
    @Tag("deep")
    void nothing_acknowledged_is_lost_in_many_scripts() throws Exception {
        int powerCuts = 0;
        for (long seed = 2; seed < 2 + DEEP_SCRIPTS; seed++) {
            FaultFs disk = new FaultFs();
            disk.shorten(seed % 2 == 0 ? 1_000 : Integer.MAX_VALUE);
            StoreScript script = new StoreScript(disk, seed, 0);
            script.run(OPERATIONS);

            Findings findings = cutEverywhere(disk, script, seed, LOSSES.size(), ONCE);

            assertThat(findings.violations()).as("seed %d", seed).isEmpty();
            powerCuts += findings.powerCuts();
        }
        assertThat(powerCuts).isGreaterThan(100_000);
        System.out.println("power cuts survived: " + powerCuts);
    }

    /** Proves that the test would notice. */
    @Test
    void a_disk_that_only_says_that_it_has_forced_is_found_out() throws Exception {
        FaultFs disk = new FaultFs();
        StoreScript script = new StoreScript(disk, 1, 0);
        disk.forgetForces();
        script.run(20);

        assertThat(cutEverywhere(disk, script, 1, 1, SOMETIMES).violations())
                .anyMatch(violation -> violation.contains("lost: KeptMessage"));
    }

    /**
     * Cuts the power before the first step, after it, and so on until something is wrong.
     *
     * @param losses how many kinds of loss to try each time, in turn
     * @param again at how many of the steps of the recovery it fails once more, 0 to 1
     */
    private static Findings cutEverywhere(FaultFs disk, StoreScript script, long seed, int losses, double again)
            throws IOException {
        Random random = new Random(seed);
        PowerCut power = new PowerCut();
        TopicModel model = StoreScript.model();
        NEWS.forEach(model::onAsked);
        List<String> violations = new ArrayList<>();
        List<FaultFs.Step> journal = disk.journal();
        int told = 0;
        int cuts = 0;
        for (int step = 0; step <= journal.size() && violations.isEmpty(); step++) {
            while (told < script.events().size() && script.events().get(told).step() <= step) {
                script.events().get(told++).tell(model);
            }
            for (int i = 0; i < losses; i++) {
                cuts++;
                Loss loss = LOSSES.get((step + i) % LOSSES.size());
                FaultFs left = new FaultFs(power.files(loss, random));
                for (String violation : violations(left, script.options(), model, random, again)) {
                    violations.add("step " + step + ", " + loss + ": " + violation);
                }
            }
            if (step < journal.size()) {
                power.onStep(journal.get(step));
            }
        }
        return new Findings(violations, cuts);
    }

    /** Opens what is left and goes on, and opens what is left when the power fails once more meanwhile. */
    private static List<String> violations(
            FaultFs left, TopicStoreOptions options, TopicModel model, Random random, double again) throws IOException {
        PowerCut power = new PowerCut(left);
        Opened opened = open(left, options, model);
        List<String> violations = new ArrayList<>(opened.violations);
        List<FaultFs.Step> journal = left.journal();
        for (int step = 1; step <= journal.size() && violations.isEmpty(); step++) {
            power.onStep(journal.get(step - 1));
            if (random.nextDouble() < again) {
                Loss loss = LOSSES.get(random.nextInt(LOSSES.size()));
                String when = "then step " + step + " of " + journal.size() + ", " + loss + ": ";
                Opened then = open(new FaultFs(power.files(loss, random)), options, model);
                then.violations.forEach(violation -> violations.add(when + violation));
                if (step >= opened.answeredAt && !then.found.containsAll(NEWS)) {
                    violations.add(when + "lost what was acknowledged after the recovery");
                }
            }
        }
        return violations;
    }

    /** What was found when a disk was opened, and when the news were acknowledged, in steps of the disk. */
    private record Opened(List<String> violations, List<KeptMessage> found, int answeredAt) {}

    private static Opened open(FaultFs left, TopicStoreOptions options, TopicModel model) throws IOException {
        List<String> violations = new ArrayList<>();
        List<KeptMessage> found = List.of();
        int answeredAt = Integer.MAX_VALUE;
        try (TopicLog log = TopicLog.open(left, options)) {
            StoreView view = StoreView.of(log.contents());
            found = view.history();
            violations.addAll(model.violations(view));
            for (Outcome outcome : log.write(NEWS)) {
                if (!Set.of(Outcome.of(Appended.STORED), Outcome.of(Appended.DUPLICATE))
                        .contains(outcome)) {
                    violations.add("not taken after the recovery: " + outcome);
                }
            }
            answeredAt = left.steps();
        } catch (TopicStoreException e) {
            violations.add("refused: " + e.getMessage());
        }
        if (left.openFiles() > 0) {
            violations.add(left.openFiles() + " files are still open");
        }
        return new Opened(violations, found, answeredAt);
    }
}
