package io.chaski.streamer.internal.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.TopicStoreException.Problem;
import io.chaski.streamer.internal.durable.PowerCut.Loss;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The disk refuses, once at each of the things that are done to it, or because it is full. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FailingDiskTest {

    private static final int OPERATIONS = 40;
    private static final int RESERVE_BYTES = 4_096;

    private static TopicModel told(StoreScript script) {
        TopicModel model = StoreScript.model();
        script.events().forEach(event -> event.tell(model));
        return model;
    }

    private static List<String> violations(FaultFs disk, StoreScript script) throws IOException {
        try (TopicLog log = TopicLog.open(disk, script.options())) {
            return told(script).violations(StoreView.of(log.contents()));
        }
    }

    @Nested
    class When_something_fails {

        @Test
        void nothing_more_is_acknowledged_and_nothing_acknowledged_is_lost() throws Exception {
            int failures = 0;
            boolean hasFailed = true;
            while (hasFailed) {
                hasFailed = failAt(failures++);
            }
            assertThat(failures).as("as many as the script has steps").isGreaterThan(100);
        }

        /** Says whether the script has so many steps. */
        private boolean failAt(int failing) throws IOException {
            FaultFs disk = new FaultFs();
            StoreScript script = new StoreScript(disk, 3, 0);
            AtomicInteger counter = new AtomicInteger();
            disk.failOn(step -> counter.getAndIncrement() == failing);
            try {
                script.run(OPERATIONS);
            } catch (TopicStoreException e) {
                assertThat(e.problem()).isEqualTo(Problem.FAILED); // of a trim, or while opening
            }
            boolean hasFailed = counter.get() > failing;
            disk.failOn(step -> false);

            PowerCut power = new PowerCut();
            disk.journal().forEach(power::onStep);
            for (Loss loss : List.of(Loss.ALL, Loss.SECTORS)) {
                FaultFs left = new FaultFs(power.files(loss, new Random(failing)));
                assertThat(violations(left, script))
                        .as("failure %d, then %s", failing, loss)
                        .isEmpty();
            }
            assertThat(violationsAfterReopening(disk, script))
                    .as("failure %d", failing)
                    .isEmpty();
            return hasFailed;
        }

        /** On the same machine, which shows what it has not written; and then the power fails after all. */
        private List<String> violationsAfterReopening(FaultFs disk, StoreScript script) throws IOException {
            TopicModel model = told(script);
            List<String> violations = new ArrayList<>();
            StoreView seen;
            try (TopicLog log = TopicLog.open(disk, script.options())) {
                seen = StoreView.of(log.contents());
                violations.addAll(model.violations(seen));
            }
            PowerCut power = new PowerCut();
            disk.journal().forEach(power::onStep);
            FaultFs left = new FaultFs(power.files(Loss.ALL, new Random(0)));
            try (TopicLog log = TopicLog.open(left, script.options())) {
                if (!StoreView.of(log.contents()).equals(seen)) {
                    violations.add("what was served was not on disk");
                }
            }
            return violations;
        }

        @Test
        void opening_fails_as_a_whole_and_works_later() throws Exception {
            StoreScript script = new StoreScript(new FaultFs(), 3, RESERVE_BYTES);
            script.run(OPERATIONS);
            FaultFs killed = script.disk();
            LogEntry message = script.messages(1).get(0);
            int failures = 0;
            for (Map<String, byte[]> files : List.of(Map.<String, byte[]>of(), killed.files())) {
                boolean hasFailed = true;
                for (int failing = 0; hasFailed; failing++) {
                    hasFailed = failOpeningAt(failing, new FaultFs(files), script.options(), message);
                    failures += hasFailed ? 1 : 0;
                }
            }
            assertThat(failures).isGreaterThan(15);
        }

        private boolean failOpeningAt(int failing, FaultFs disk, TopicStoreOptions options, LogEntry message)
                throws IOException {
            PowerCut power = new PowerCut(disk);
            AtomicInteger counter = new AtomicInteger();
            disk.failOn(step -> counter.getAndIncrement() == failing);
            boolean hasFailed = false;
            try {
                TopicLog.open(disk, options).close();
            } catch (TopicStoreException e) {
                assertThat(e.problem()).isEqualTo(Problem.FAILED);
                hasFailed = true;
            }
            assertThat(disk.openFiles()).as("failure %d", failing).isZero();
            disk.failOn(step -> false);
            StoreView seen;
            try (TopicLog log = TopicLog.open(disk, options)) {
                assertThat(log.write(List.of(message))[0].answer()).isEqualTo(Appended.STORED);
                seen = StoreView.of(log.contents());
            }
            disk.journal().forEach(power::onStep);
            try (TopicLog log = TopicLog.open(new FaultFs(power.files(Loss.ALL, new Random(0))), options)) {
                assertThat(StoreView.of(log.contents()))
                        .as("failure %d", failing)
                        .isEqualTo(seen);
            }
            return hasFailed;
        }

        @Test
        void a_force_that_failed_is_never_tried_again() {
            FaultFs disk = new FaultFs();
            StoreScript script = new StoreScript(disk, 3, 0);
            disk.failOn(step -> step instanceof FaultFs.Forced);
            script.write(script.messages(1));
            disk.failOn(step -> false);
            int steps = disk.steps();

            Outcome refused = script.log().write(script.messages(1))[0];
            script.log().tick();
            script.log().close();

            assertThat(refused.refusal().problem()).isEqualTo(Problem.FAILED);
            assertThat(disk.steps()).as("nothing was written since").isEqualTo(steps);
        }

        @Test
        void a_read_that_fails_harms_nothing() throws Exception {
            FaultFs disk = new FaultFs();
            StoreScript script = new StoreScript(disk, 3, 0);
            script.run(OPERATIONS);
            LogEntry known =
                    script.log().contents().history(HistoryPosition.START, 1).get(0);
            disk.failReads(true);

            Outcome unknown = script.log().write(List.of(known))[0];
            assertThat(unknown.refusal().problem()).isEqualTo(Problem.FAILED);

            disk.failReads(false);
            assertThat(script.log().write(List.of(known))[0].answer()).isEqualTo(Appended.DUPLICATE);
            script.run(OPERATIONS);
            assertThat(told(script).violations(StoreView.of(script.log().contents())))
                    .isEmpty();
        }

        @Test
        void calls_that_do_a_part_only_are_gone_on_with() throws Exception {
            FaultFs disk = new FaultFs();
            disk.shorten(37);
            StoreScript script = new StoreScript(disk, 3, RESERVE_BYTES);
            script.run(5 * OPERATIONS);
            assertThat(told(script).violations(StoreView.of(script.log().contents())))
                    .isEmpty();
        }
    }

    @Nested
    class When_it_is_full {

        @Test
        void messages_are_refused_and_never_appear_and_there_is_no_harm() throws Exception {
            Set<Problem> problems = new HashSet<>();
            for (int capacity = 13_000; capacity < 60_000; capacity += 1_009) {
                FaultFs disk = new FaultFs();
                StoreScript script = new StoreScript(disk, capacity, RESERVE_BYTES);
                disk.capacity(capacity);
                for (int i = 0; i < 60; i++) {
                    script.write(script.messages(1 + i % 4));
                }
                script.events().stream()
                        .map(StoreScript.Event::outcome)
                        .filter(outcome -> outcome != null && outcome.refusal() != null)
                        .forEach(outcome -> problems.add(outcome.refusal().problem()));
                TopicModel model = told(script);
                assertThat(model.violations(StoreView.of(script.log().contents())))
                        .as("capacity %d", capacity)
                        .isEmpty();

                PowerCut power = new PowerCut();
                disk.journal().forEach(power::onStep);
                for (Loss loss : Loss.values()) {
                    FaultFs left = new FaultFs(power.files(loss, new Random(capacity)));
                    assertThat(violations(left, script))
                            .as("capacity %d, %s", capacity, loss)
                            .isEmpty();
                }
            }
            assertThat(problems).containsExactly(Problem.DISK_FULL);
        }

        @Test
        void cursors_move_by_means_of_the_reserve_and_messages_are_taken_when_there_is_room_again() throws Exception {
            FaultFs disk = new FaultFs();
            StoreScript script = new StoreScript(disk, 4, RESERVE_BYTES);
            script.write(script.messages(10));
            disk.capacity(disk.files().values().stream()
                    .mapToLong(bytes -> bytes.length)
                    .sum());
            LogEntry message = script.messages(1).get(0);
            LogEntry cursor = new CursorMove("archive", ((KeptMessage) message).source(), 1);
            assertThat(disk.files()).containsKey(Reserve.NAME);

            Outcome[] outcomes = script.log().write(List.of(message, cursor));

            assertThat(outcomes[0].refusal().problem()).isEqualTo(Problem.DISK_FULL);
            assertThat(outcomes[1].answer()).isEqualTo(Appended.STORED);
            assertThat(disk.files()).doesNotContainKey(Reserve.NAME);

            disk.unlimited();
            assertThat(script.log().write(List.of(message))[0].answer()).isEqualTo(Appended.STORED);
            script.reopen();
            assertThat(disk.files()).as("the reserve is made again").containsKey(Reserve.NAME);
            assertThat(script.log().contents().positions().cursor("archive")).hasSize(1);
        }

        @Test
        void old_messages_are_given_up_by_means_of_the_reserve() throws Exception {
            FaultFs disk = new FaultFs();
            StoreScript script = new StoreScript(disk, 4, RESERVE_BYTES);
            script.fill(4);
            disk.capacity(disk.files().values().stream()
                    .mapToLong(bytes -> bytes.length)
                    .sum());
            script.passMonths();

            script.log().trim();

            assertThat(script.log().contents().messages()).isZero();
            assertThat(script.log().contents().holdings())
                    .allSatisfy((source, holding) ->
                            assertThat(holding.trimmed().isEmpty()).isFalse());
            assertThat(disk.usableBytes()).isGreaterThan(RESERVE_BYTES);
        }

        @Test
        void messages_leave_the_free_space_floor_alone() throws Exception {
            FaultFs disk = new FaultFs();
            StoreClock clock = new StoreClock();
            TopicStoreOptions options = new TopicStoreOptions(StoreScript.SMALL, 100_000, 0, clock);
            StoreScript script = new StoreScript(new FaultFs(), 4, 0);
            LogEntry first = script.messages(1).get(0);
            LogEntry second = script.messages(1).get(0);
            try (TopicLog log = TopicLog.open(disk, options)) {
                disk.capacity(99_999 + 8_192 + log.contents().active().length());
                Outcome refused = log.write(List.of(first))[0];
                assertThat(refused.refusal().problem()).isEqualTo(Problem.DISK_FULL);
                LogEntry cursor = new CursorMove("archive", ((KeptMessage) first).source(), 1);
                assertThat(log.write(List.of(cursor))[0].answer()).isEqualTo(Appended.STORED);
                disk.unlimited();
                assertThat(log.write(List.of(first, second))[0].answer()).isEqualTo(Appended.STORED);
            }
        }
    }
}
