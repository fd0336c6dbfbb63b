package io.chaski.streamer.internal.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.streamer.internal.durable.PowerCut.Loss;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The power fails after each single thing that a log does to its disk, and again while it recovers. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PowerCutTest {

    private static final int OPERATIONS = 500;
    private static final List<Loss> LOSSES = List.of(Loss.values());

    /** A script has some 1,000 steps. */
    private static final int DEEP_SCRIPTS = 40;

    /** What was found wrong, and how often the power failed. */
    private record Findings(List<String> violations, int powerCuts) {}

    @Test
    void nothing_acknowledged_is_lost_wherever_the_power_fails() throws Exception {
        FaultFs disk = new FaultFs();
        StoreScript script = new StoreScript(disk, 1, 0);
        script.run(OPERATIONS);

        Findings findings = cutEverywhere(disk, script, 1, 1);

        assertThat(findings.violations()).isEmpty();
        assertThat(findings.powerCuts()).isGreaterThan(3 * OPERATIONS);
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

            Findings findings = cutEverywhere(disk, script, seed, LOSSES.size());

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

        assertThat(cutEverywhere(disk, script, 1, 1).violations())
                .anyMatch(violation -> violation.contains("lost: KeptMessage"));
    }

    /**
     * Cuts the power before the first step, after it, and so on until something is wrong.
     *
     * @param losses how many kinds of loss to try each time, in turn
     */
    private static Findings cutEverywhere(FaultFs disk, StoreScript script, long seed, int losses) throws IOException {
        Random random = new Random(seed);
        PowerCut power = new PowerCut();
        TopicModel model = StoreScript.model();
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
                for (String violation : violations(left, script.options(), model, random)) {
                    violations.add("step " + step + ", " + loss + ": " + violation);
                }
            }
            if (step < journal.size()) {
                power.onStep(journal.get(step));
            }
        }
        return new Findings(violations, cuts);
    }

    /** Opens what is left, and what is left when the power fails once more while that is done. */
    private static List<String> violations(FaultFs left, TopicStoreOptions options, TopicModel model, Random random)
            throws IOException {
        PowerCut again = new PowerCut(left);
        List<String> violations = violations(left, options, model);
        if (left.steps() == 0 && random.nextInt(8) > 0) {
            return violations; // there was nothing to do, so the second time is as the first
        }
        int until = random.nextInt(left.steps() + 1);
        left.journal().subList(0, until).forEach(again::onStep);
        Loss loss = LOSSES.get(random.nextInt(LOSSES.size()));
        violations.addAll(violations(new FaultFs(again.files(loss, random)), options, model));
        return violations;
    }

    private static List<String> violations(FaultFs left, TopicStoreOptions options, TopicModel model)
            throws IOException {
        List<String> violations = new ArrayList<>();
        try (TopicLog log = TopicLog.open(left, options)) {
            violations.addAll(model.violations(StoreView.of(log.contents())));
        } catch (TopicStoreException e) {
            violations.add("refused: " + e.getMessage());
        }
        if (left.openFiles() > 0) {
            violations.add(left.openFiles() + " files are still open");
        }
        return violations;
    }
}
