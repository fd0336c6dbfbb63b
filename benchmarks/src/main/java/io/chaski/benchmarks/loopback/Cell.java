package io.chaski.benchmarks.loopback;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One measurement: a workload, a contestant, two or three fresh processes that warm up first. Immutable.
 *
 * @param workload what is measured
 * @param contestant who is measured
 * @param span of the measurement, and of the warm-up before it
 * @param flags of all JVMs, besides those that the contestant needs
 * @param recording of what the threads do; none without a profile
 */
record Cell(Workload workload, Contestants contestant, Span span, List<String> flags, Optional<Recording> recording) {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    /** Without a profile. */
    Cell(Workload workload, Contestants contestant, Span span, List<String> flags) {
        this(workload, contestant, span, flags, Optional.empty());
    }

    /**
     * What a cell has given.
     *
     * @param phase the sending side's account
     * @param cpuNanos processor time of all processes
     * @param relayCpuNanos that of the one between the two, 0 if there is none
     * @param missing messages that never came, and calls without an answer, also while warming up
     * @param broken messages that came torn, twice or late, and calls with a wrong answer, also while warming up
     * @param dropped missing ones that the receiver's own queue gave up, and what the relay's gave up
     * @param threads what each group of threads of each role took; none without a profile
     */
    record Result(
            Phase phase,
            long cpuNanos,
            long relayCpuNanos,
            long missing,
            long broken,
            long dropped,
            Map<String, Map<String, ThreadCosts.Cost>> threads) {

        double operationsPerSecond() {
            return phase.operations() * 1e9 / phase.nanos();
        }

        double cpuMicrosPerOperation() {
            return cpuNanos / 1e3 / phase.operations();
        }

        double relayCpuMicrosPerOperation() {
            return relayCpuNanos / 1e3 / phase.operations();
        }

        boolean isLossless() {
            return missing == 0 && broken == 0;
        }

        /** How many were missing, broken and dropped. */
        String losses() {
            return missing + " missing, " + broken + " broken, " + dropped + " dropped";
        }

        /**
         * Sums up what all sides have counted, from the first message on.
         *
         * @param warmUp the sender's account of it
         * @param phase the sender's account of what is measured
         * @param before what the others had counted after the warm-up
         * @param after what they have at the end
         * @param threads of each role, if there is a profile
         */
        static Result of(
                Phase warmUp,
                Phase phase,
                Account before,
                Account after,
                Map<String, Map<String, ThreadCosts.Cost>> threads) {
            long relayCpuNanos = after.relayCpuNanos() - before.relayCpuNanos();
            return new Result(
                    phase,
                    phase.cpuNanos() + after.cpuNanos() - before.cpuNanos() + relayCpuNanos,
                    relayCpuNanos,
                    warmUp.missing() + phase.missing() + after.missing(),
                    warmUp.broken() + phase.broken() + after.broken(),
                    after.dropped(),
                    threads);
        }
    }

    /** What the sides other than the sender have counted since they began; the relay only its processor time and its drops. */
    record Account(long missing, long broken, long dropped, long cpuNanos, long relayCpuNanos) {}

    /**
     * Measures.
     *
     * @throws IllegalStateException if a process ends or is silent for too long
     */
    Result run() throws IOException, InterruptedException {
        Path counter = Files.createTempFile("chaski-benchmark", ".counter");
        try (SideProcess receiver = start(Side.RECEIVER, counter)) {
            String address = receiver.await(Side.LISTENING, START_LIMIT);
            if (!workload.hasRelay()) {
                return run(counter, address, receiver, null);
            }
            try (SideProcess relay = start(Side.RELAY, counter, address)) {
                return run(counter, relay.await(Side.LISTENING, START_LIMIT), receiver, relay);
            }
        } finally {
            Files.delete(counter);
        }
    }

    private Result run(Path counter, String address, SideProcess receiver, @Nullable SideProcess relay)
            throws IOException, InterruptedException {
        try (SideProcess sender = start(Side.SENDER, counter, address)) {
            sender.await(Side.READY, START_LIMIT);
            Phase warmUp = phase(sender, span.warmUp());
            Map<String, SideProcess> sides = new LinkedHashMap<>(Map.of(Side.SENDER, sender, Side.RECEIVER, receiver));
            if (relay != null) {
                sides.put(Side.RELAY, relay);
            }
            Map<String, Map<String, ThreadCosts.Cost>> unused = threads(sides); // from here on
            Account before = account(receiver, relay);
            Phase phase = phase(sender, span.measured());
            Account after = account(receiver, relay);
            return Result.of(warmUp, phase, before, after, threads(sides));
        }
    }

    /** What the threads of each role took since they were asked last. */
    private Map<String, Map<String, ThreadCosts.Cost>> threads(Map<String, SideProcess> sides)
            throws InterruptedException {
        Map<String, Map<String, ThreadCosts.Cost>> costs = new LinkedHashMap<>();
        if (recording.isPresent()) {
            for (Map.Entry<String, SideProcess> side : sides.entrySet()) {
                side.getValue().tell(Side.THREADS);
                costs.put(side.getKey(), ThreadCosts.ofLine(side.getValue().await(Side.THREADS, START_LIMIT)));
            }
        }
        return costs;
    }

    private SideProcess start(String role, Path counter) throws IOException {
        return start(role, counter, "-");
    }

    private SideProcess start(String role, Path counter, String address) throws IOException {
        List<String> allFlags = new ArrayList<>(flags);
        allFlags.addAll(contestant.flags());
        recording.ifPresent(each -> allFlags.add(each.flag(workload, contestant, role)));
        return SideProcess.start(allFlags, role, contestant.name(), workload.name(), counter.toString(), address);
    }

    private static Phase phase(SideProcess sender, Duration duration) throws InterruptedException {
        sender.tell(Side.GO + " " + duration.toNanos());
        return Phase.ofLine(sender.await(Side.DONE, duration.plus(START_LIMIT)));
    }

    private static Account account(SideProcess receiver, @Nullable SideProcess relay) throws InterruptedException {
        long[] received = report(receiver);
        long[] relayed = relay == null ? new long[Side.REPORTED_CPU + 1] : report(relay);
        return new Account(
                received[0],
                received[1],
                received[2] + relayed[2],
                received[Side.REPORTED_CPU],
                relayed[Side.REPORTED_CPU]);
    }

    private static long[] report(SideProcess side) throws InterruptedException {
        side.tell(Side.REPORT);
        return SideProcess.numbers(side.await(Side.REPORT, START_LIMIT));
    }
}
