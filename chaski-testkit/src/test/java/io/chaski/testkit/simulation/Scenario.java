package io.chaski.testkit.simulation;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The rows of table 4.3 of the overlay's design. Each run builds a mesh from the seed, does something to it, and compares
 * what it measures with the gates of the table.
 */
enum Scenario {
    STABLE("stable", Scenario.LARGEST, StableRows::measure),
    JOIN_STORM("join storm", Scenario.LARGEST, JoinRows::throughOne),
    STORM_THROUGH_FIVE("storm through five", Scenario.LARGEST, JoinRows::throughFive),
    CRASH_30("crash 30 %", (nodes, seed) -> CrashRows.visible(nodes, seed, 0.3)),
    CRASH_50("crash 50 %", (nodes, seed) -> CrashRows.visible(nodes, seed, 0.5)),
    CRASH_80("crash 80 %", Scenario.LARGEST, (nodes, seed) -> CrashRows.visible(nodes, seed, 0.8)),
    CRASH_95("crash 95 %", Scenario.SMALLEST_THAT_TELLS, Scenario.LARGEST, CrashRows::nearlyAll),
    SILENT_CRASH_50("silent crash 50 %", (nodes, seed) -> CrashRows.silent(nodes, seed, 0.5)),
    SILENT_CRASH_80("silent crash 80 %", (nodes, seed) -> CrashRows.silent(nodes, seed, 0.8)),
    PARTITION_60(
            "partition 60 s",
            Scenario.LARGEST,
            (nodes, seed) -> PartitionRows.halves(nodes, seed, Duration.ofSeconds(60))),
    PARTITION_600(
            "partition 600 s",
            Scenario.LARGEST,
            (nodes, seed) -> PartitionRows.halves(nodes, seed, Duration.ofMinutes(10))),
    ROOT_RESTART("root restart", PartitionRows::rootRestart),
    LOSS_1("loss 1 %", (nodes, seed) -> FaultRows.loss(nodes, seed, 0.01)),
    LOSS_5("loss 5 %", (nodes, seed) -> FaultRows.loss(nodes, seed, 0.05)),
    LOSS_10("loss 10 %", (nodes, seed) -> FaultRows.loss(nodes, seed, 0.1)),
    LOSS_20("loss 20 %", (nodes, seed) -> FaultRows.loss(nodes, seed, 0.2)),
    CHURN("churn 1 % a second", Scenario.LARGEST, ChurnRows::comeAndGo),
    ONE_WAY("one-way paths 5 %", FaultRows::oneWay),
    PAUSE("pause of 5 %", FaultRows::pause),
    CLOCK_JUMP("clock jump of 5 %", FaultRows::clockJump),
    SLOW("slow 1 %", SlowRows::measure),
    WAIT("wait for the slowest", FlowRows::waitForSlowest),
    CUT_OFF("cut off", FlowRows::cutOff),
    RING("ring of full buffers", FlowRows::ring),
    RESTARTS("100 restarts", Scenario.SMALLEST_THAT_TELLS, Scenario.LARGE, ChurnRows::restarts),
    EPOCHS_BACKWARDS(
            "100 restarts, epochs backwards", Scenario.SMALLEST_THAT_TELLS, Scenario.LARGE, ChurnRows::epochsBackwards),
    ZIPF("100 topics", TopicRows::zipf),
    LOOK_UP_1_ROOT("topic of 1, root", (nodes, seed) -> TopicRows.lookUp(nodes, seed, 1, true)),
    LOOK_UP_5_ROOT(
            "topic of 5, root",
            Scenario.SMALLEST_THAT_TELLS,
            Scenario.LARGE,
            (nodes, seed) -> TopicRows.lookUp(nodes, seed, 5, true)),
    LOOK_UP_20_ROOT(
            "topic of 20, root",
            Scenario.SMALLEST_THAT_TELLS,
            Scenario.LARGE,
            (nodes, seed) -> TopicRows.lookUp(nodes, seed, 20, true)),
    LOOK_UP_1("topic of 1, no root", (nodes, seed) -> TopicRows.lookUp(nodes, seed, 1, false)),
    LOOK_UP_5(
            "topic of 5, no root",
            Scenario.SMALLEST_THAT_TELLS,
            Scenario.LARGE,
            (nodes, seed) -> TopicRows.lookUp(nodes, seed, 5, false)),
    LOOK_UP_20(
            "topic of 20, no root",
            Scenario.SMALLEST_THAT_TELLS,
            Scenario.LARGE,
            (nodes, seed) -> TopicRows.lookUp(nodes, seed, 20, false));

    /** Of the rows that the design names for it. */
    private static final int LARGEST = 10_000;

    /** Of all others. */
    private static final int LARGE = 1_000;

    /**
     * Where ten nodes cannot fail: of a crash of 95 % one is left, with a restart each half second next to nothing is due, and not even
     * five are there to subscribe to a topic that most do not subscribe to.
     */
    private static final int SMALLEST_THAT_TELLS = 100;

    private static final int SMALLEST = 10;

    private static final List<Integer> SIZES = List.of(SMALLEST, SMALLEST_THAT_TELLS, LARGE, LARGEST);

    /** Any twenty would do; runs that failed once are in {@link KnownSeedsTest}. */
    private static final int SEEDS = 20;

    /** One of ten thousand nodes takes up to an hour. */
    private static final int SEEDS_OF_LARGEST = 5;

    private final String row;
    private final int smallest;
    private final int largest;

    @SuppressWarnings("ImmutableEnumChecker") // each is a method without state
    private final Measurement measurement;

    @FunctionalInterface
    interface Measurement {
        List<Gate> measure(int nodes, long seed);
    }

    Scenario(String row, Measurement measurement) {
        this(row, LARGE, measurement);
    }

    Scenario(String row, int largest, Measurement measurement) {
        this(row, SMALLEST, largest, measurement);
    }

    Scenario(String row, int smallest, int largest, Measurement measurement) {
        this.row = row;
        this.smallest = smallest;
        this.largest = largest;
        this.measurement = measurement;
    }

    /** Its name in the table. */
    String row() {
        return row;
    }

    /** Numbers of nodes that the table has it for; {@link #run} takes others too. */
    List<Integer> sizes() {
        return SIZES.stream()
                .filter(nodes -> smallest <= nodes && nodes <= largest)
                .toList();
    }

    /** Seeds that the table has a number of nodes for. */
    static List<Long> seeds(int nodes) {
        return LongStream.rangeClosed(1, nodes < LARGEST ? SEEDS : SEEDS_OF_LARGEST)
                .boxed()
                .toList();
    }

    /**
     * One run. If it breaks off, its outcome is the reason, whose trace is printed, and one gate that is not reached: whoever makes many
     * runs goes on with the next.
     *
     * @param nodes how many
     * @param seed decides everything that chance decides
     */
    Outcome run(int nodes, long seed) {
        return run(new Run(this, nodes, seed), measurement);
    }

    static Outcome run(Run run, Measurement measurement) {
        long begin = cpuNanos();
        try {
            return measure(run, measurement);
        } catch (RuntimeException | AssertionError failure) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            System.err.println(run + " broke off: " + trace);
            String reason = failure.toString().lines().findFirst().orElse("");
            return new Outcome(run, List.of(ranToItsEnd(false)), List.of(), secondsSince(begin), reason);
        }
    }

    /** As {@link #run}, but what breaks the run off is thrown. */
    Outcome measure(int nodes, long seed) {
        return measure(new Run(this, nodes, seed), measurement);
    }

    static Outcome measure(Run run, Measurement measurement) {
        Census census = new Census();
        long begin = cpuNanos();
        List<Gate> gates = new ArrayList<>(List.of(ranToItsEnd(true)));
        gates.addAll(SimulatedNetwork.watched(census::onMade, () -> measurement.measure(run.nodes(), run.seed())));
        gates.add(census.cutLinks());
        double cpuSeconds = secondsSince(begin);
        return new Outcome(run, gates, census.measure(), cpuSeconds);
    }

    /** In each run, so that the table says of how many seeds it is not so. */
    private static Gate ranToItsEnd(boolean holds) {
        return Gate.atLeast("ran to its end", holds ? 1 : 0, 1);
    }

    private static double secondsSince(long begin) {
        return (cpuNanos() - begin) / 1e9;
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
