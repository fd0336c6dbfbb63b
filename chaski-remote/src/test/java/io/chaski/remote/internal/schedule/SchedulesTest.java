package io.chaski.remote.internal.schedule;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.remote.ScheduleInfo;
import io.chaski.remote.ScheduleRefusedException;
import io.chaski.testkit.ChaskiNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When schedules run, in virtual time. */
class SchedulesTest {

    private static final NodeId SELF = new NodeId(0, 1);
    private static final NodeId ALICE = new NodeId(0, 2);
    private static final NodeId BOB = new NodeId(0, 3);
    private static final byte[] NO_ARGUMENTS = {};

    @TempDir
    Path directory;

    private final ChaskiNetwork net = ChaskiNetwork.builder().nodes("a").start();
    private final ModuleNode module = ModuleNode.of(net.node("a"));
    private final List<Long> runs = new ArrayList<>();
    private final Deque<Consumer<Optional<String>>> running = new ArrayDeque<>();
    private boolean isSlow;
    private Optional<String> error = Optional.empty();
    private final long startMillis = module.currentTimeMillis();

    /** Notes when something runs, in milliseconds since the beginning. */
    private final class Noting implements Runs {
        @Override
        public String check(NodeId caller, Order order) {
            return "tick";
        }

        @Override
        public void run(NodeId caller, Order order, byte[] arguments, Consumer<Optional<String>> onEnded) {
            runs.add(sinceStart());
            if (isSlow) {
                running.add(onEnded);
            } else {
                onEnded.accept(error);
            }
        }
    }

    private final Schedules schedules = new Schedules(SELF, module, new Noting(), null);

    @AfterEach
    void close() {
        net.close();
    }

    private long sinceStart() {
        return module.currentTimeMillis() - startMillis;
    }

    private static Order order(int id, Duration first, Duration period, Long turns, Instant... instants) {
        return new Order(
                String.format("%032x", id),
                "clock",
                "",
                "0000000000000000",
                "void tick()",
                Map.of(),
                ofSeconds(30),
                first,
                Optional.ofNullable(period),
                Optional.ofNullable(turns),
                Arrays.asList(instants));
    }

    private static Order everySecond(int id) {
        return order(id, ofSeconds(1), ofSeconds(1), null);
    }

    private Instant at(long millis) {
        return Instant.ofEpochMilli(startMillis + millis);
    }

    private ScheduleInfo info(int id) {
        return schedules.find(ALICE, String.format("%032x", id)).orElseThrow();
    }

    @Test
    @DisplayName("X-22: every second, cancelled after 3.3 s: 3 runs, the list is right, none after the cancel")
    void everySecond() {
        schedules.create(ALICE, everySecond(1), NO_ARGUMENTS);
        net.advance(ofMillis(3_300));
        assertThat(runs).containsExactly(1_000L, 2_000L, 3_000L);
        assertThat(schedules.list(ALICE)).singleElement().satisfies(listed -> {
            assertThat(listed.runs()).isEqualTo(3);
            assertThat(listed.nextRun()).contains(at(4_000));
            assertThat(listed.method()).isEqualTo("tick");
            assertThat(listed.node()).isEqualTo(SELF);
        });

        assertThat(schedules.cancel(ALICE, info(1).id())).isTrue();
        net.advance(ofSeconds(10));
        assertThat(runs).hasSize(3);
        assertThat(schedules.list(ALICE)).isEmpty();
        assertThat(info(1).runs()).isEqualTo(3);
        assertThat(info(1).nextRun()).isEmpty();
        assertThat(schedules.cancel(ALICE, info(1).id())).isFalse();
    }

    @Test
    @DisplayName("X-22: at three instants, in whatever order and however far away")
    void instants() {
        long day = Duration.ofDays(1).toMillis();
        schedules.create(
                ALICE, order(1, Duration.ZERO, null, null, at(day), at(500), at(2_500), at(500)), NO_ARGUMENTS);
        assertThat(info(1).nextRun()).contains(at(500));
        net.advance(Duration.ofDays(2));
        assertThat(runs).containsExactly(500L, 2_500L, day);
        assertThat(schedules.list(ALICE)).isEmpty();
        assertThat(info(1).runs()).isEqualTo(3);
    }

    @Test
    void instants_that_have_passed_are_run_at_once_and_once() {
        schedules.create(ALICE, order(1, Duration.ZERO, null, null, at(-5_000), at(-1_000), at(1_000)), NO_ARGUMENTS);
        net.advance(ofMillis(1));
        assertThat(runs).hasSize(1);
        net.advance(ofSeconds(5));
        assertThat(runs).hasSize(2).endsWith(1_000L);
        assertThat(info(1).skipped()).isEqualTo(1);
    }

    @Test
    void a_first_delay_and_a_number_of_turns() {
        schedules.create(ALICE, order(1, Duration.ZERO, ofSeconds(2), 3L), NO_ARGUMENTS);
        net.advance(ofSeconds(60));
        assertThat(runs).hasSize(3).endsWith(2_000L, 4_000L);
        assertThat(schedules.size()).isZero();
    }

    @Test
    void a_turn_that_comes_while_a_run_is_under_way_is_skipped_and_counted() {
        isSlow = true;
        schedules.create(ALICE, everySecond(1), NO_ARGUMENTS);
        net.advance(ofMillis(3_500));
        assertThat(runs).containsExactly(1_000L);
        running.remove().accept(Optional.empty());
        net.advance(ofSeconds(1));
        assertThat(runs).containsExactly(1_000L, 4_000L);
        assertThat(info(1).skipped()).isEqualTo(2);
        assertThat(info(1).runs()).isEqualTo(2);
    }

    @Test
    void after_a_pause_one_run_makes_up_for_all_turns_and_the_rhythm_stays() {
        schedules.create(ALICE, everySecond(1), NO_ARGUMENTS);
        net.advance(ofMillis(100));
        net.pause("a");
        net.advance(ofMillis(4_400));
        net.resume("a");
        net.advance(ofSeconds(1));
        assertThat(runs).hasSize(2).endsWith(5_000L);
        assertThat(info(1).skipped()).isEqualTo(3);
    }

    @Test
    void errors_are_counted_and_the_last_one_kept() {
        error = Optional.of("IllegalStateException: no");
        schedules.create(ALICE, everySecond(1), NO_ARGUMENTS);
        net.advance(ofMillis(2_500));
        error = Optional.empty();
        net.advance(ofSeconds(1));
        assertThat(info(1).errors()).isEqualTo(2);
        assertThat(info(1).runs()).isEqualTo(3);
        assertThat(info(1).lastError()).contains("IllegalStateException: no");
    }

    @Test
    void an_order_that_is_repeated_is_one_schedule() {
        schedules.create(ALICE, everySecond(1), NO_ARGUMENTS);
        schedules.create(ALICE, everySecond(1), NO_ARGUMENTS);
        assertThat(schedules.size()).isEqualTo(1);
    }

    @Test
    void a_caller_sees_and_ends_its_own_schedules_only() {
        schedules.create(ALICE, everySecond(1), NO_ARGUMENTS);
        String id = info(1).id();
        assertThat(schedules.list(BOB)).isEmpty();
        assertThat(schedules.find(BOB, id)).isEmpty();
        assertThat(schedules.cancel(BOB, id)).isFalse();
        assertThatThrownBy(() -> schedules.create(BOB, everySecond(1), NO_ARGUMENTS))
                .isInstanceOf(ScheduleRefusedException.class);
        assertThat(schedules.size()).isEqualTo(1);
    }

    @Test
    void a_caller_has_64_and_a_node_1024_schedules() {
        for (int i = 0; i < Limits.MAX_PER_NODE; i++) {
            schedules.create(new NodeId(1, i / Limits.MAX_PER_CALLER), everySecond(i), NO_ARGUMENTS);
        }
        assertThatThrownBy(() -> schedules.create(new NodeId(1, 0), everySecond(5_000), NO_ARGUMENTS))
                .isInstanceOf(ScheduleRefusedException.class)
                .hasMessageContaining("this caller has 64");
        assertThatThrownBy(() -> schedules.create(ALICE, everySecond(5_000), NO_ARGUMENTS))
                .isInstanceOf(ScheduleRefusedException.class)
                .hasMessageContaining("1024");
        assertThatThrownBy(() -> schedules.create(ALICE, everySecond(5_000), new byte[Limits.MAX_ARGUMENT_BYTES + 1]))
                .isInstanceOf(ScheduleRefusedException.class)
                .hasMessageContaining("65537 bytes");
    }

    @Test
    void orders_that_make_no_sense_are_refused() {
        List<Runnable> wrong = List.of(
                () -> order(1, ofSeconds(1), ofMillis(9), null),
                () -> order(1, ofSeconds(-1), ofSeconds(1), null),
                () -> order(1, ofSeconds(1), ofSeconds(1), 0L),
                () -> order(1, ofSeconds(1), null, null),
                () -> order(1, ofSeconds(1), ofSeconds(1), null, Instant.EPOCH),
                () -> order(
                        1,
                        ofSeconds(1),
                        null,
                        null,
                        Stream.iterate(Instant.EPOCH, each -> each.plusMillis(1))
                                .limit(Limits.MAX_INSTANTS + 1)
                                .toArray(Instant[]::new)),
                () -> new Order(
                        "../../../../../../../../../../etc",
                        "clock",
                        "",
                        "",
                        "",
                        Map.of(),
                        ofSeconds(1),
                        ofSeconds(1),
                        Optional.of(ofSeconds(1)),
                        Optional.empty(),
                        List.of()));
        wrong.forEach(each -> assertThatThrownBy(each::run).isInstanceOf(IllegalArgumentException.class));
    }

    private Schedules kept() {
        return new Schedules(SELF, module, new Noting(), new ScheduleStore(directory));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void what_is_kept_goes_on_in_its_rhythm_and_makes_up_for_nothing() throws IOException {
        Schedules first = kept();
        first.create(ALICE, everySecond(1), new byte[] {1});
        first.create(ALICE, order(2, Duration.ZERO, null, null, at(3_000), at(6_000)), NO_ARGUMENTS);
        net.advance(ofMillis(1_500));
        first.close();
        net.advance(ofSeconds(3));
        assertThat(runs).containsExactly(1_000L);

        Schedules second = kept();
        net.advance(ofSeconds(2));
        assertThat(runs).containsExactlyInAnyOrder(1_000L, 5_000L, 6_000L, 6_000L);
        assertThat(second.list(ALICE)).singleElement().satisfies(left -> {
            assertThat(left.runs()).isEqualTo(2);
            assertThat(left.skipped()).isEqualTo(4);
        });
        assertThat(files()).containsExactly(String.format("%032x.schedule", 1));
        assertThat(second.cancel(ALICE, String.format("%032x", 1))).isTrue();
        assertThat(files()).isEmpty();
    }

    @Test
    void what_is_cancelled_while_it_runs_is_not_kept_if_the_node_ends_before_the_run() throws IOException {
        isSlow = true;
        Schedules cancelling = kept();
        cancelling.create(ALICE, everySecond(1), NO_ARGUMENTS);
        net.advance(ofSeconds(1));
        assertThat(running).hasSize(1);
        assertThat(cancelling.cancel(ALICE, String.format("%032x", 1))).isTrue();
        cancelling.close();
        assertThat(files()).isEmpty();
    }

    @Test
    @DisplayName("X-22: instants are the same in another time zone, in which the provider begins again")
    void zones() {
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
            Schedules first = kept();
            first.create(ALICE, order(1, Duration.ZERO, null, null, at(3_000), at(6_000), at(9_000)), NO_ARGUMENTS);
            net.advance(ofMillis(3_500));
            first.close();
            TimeZone.setDefault(TimeZone.getTimeZone("America/St_Johns"));
            Schedules second = kept();
            assertThat(second.list(ALICE).get(0).nextRun()).contains(at(6_000));
            net.advance(ofSeconds(10));
        } finally {
            TimeZone.setDefault(before);
        }
        assertThat(runs).containsExactly(3_000L, 6_000L, 9_000L);
    }

    @Test
    void a_damaged_file_is_set_aside_and_the_others_go_on() throws IOException {
        Schedules first = kept();
        first.create(ALICE, everySecond(1), NO_ARGUMENTS);
        first.create(ALICE, everySecond(2), NO_ARGUMENTS);
        first.close();
        Path damaged = directory.resolve(String.format("%032x.schedule", 1));
        byte[] content = Files.readAllBytes(damaged);
        content[content.length / 2] ^= 1;
        Files.write(damaged, content);
        Files.write(directory.resolve("x.schedule.tmp"), content);

        assertThat(kept().list(ALICE)).extracting(ScheduleInfo::id).containsExactly(String.format("%032x", 2));
        assertThat(files())
                .containsExactly(String.format("%032x.schedule.damaged", 1), String.format("%032x.schedule", 2));
    }
}
