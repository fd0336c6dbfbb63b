package io.chaski.benchmarks.loopback;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One measurement: a workload, a contestant, two fresh processes that warm up first. Immutable.
 *
 * @param workload what is measured
 * @param contestant who is measured
 * @param span of the measurement, and of the warm-up before it
 * @param flags of both JVMs, besides those that the contestant needs
 */
record Cell(Workload workload, Contestants contestant, Span span, List<String> flags) {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    /**
     * What a cell has given.
     *
     * @param phase the sending side's account
     * @param cpuNanos processor time of both processes
     * @param missing messages that never came, and calls without an answer, also while warming up
     * @param broken messages that came torn, twice or late, and calls with a wrong answer, also while warming up
     * @param dropped missing ones that the receiver's own queue gave up
     */
    record Result(Phase phase, long cpuNanos, long missing, long broken, long dropped) {

        double operationsPerSecond() {
            return phase.operations() * 1e9 / phase.nanos();
        }

        double cpuMicrosPerOperation() {
            return cpuNanos / 1e3 / phase.operations();
        }

        boolean isLossless() {
            return missing == 0 && broken == 0;
        }
    }

    private record Account(long delivered, long missing, long broken, long dropped, long cpuNanos) {}

    Result run() throws IOException, InterruptedException {
        Path counter = Files.createTempFile("chaski-benchmark", ".counter");
        try (SideProcess receiver = start(Side.RECEIVER, counter)) {
            String address = receiver.await(Side.LISTENING, START_LIMIT);
            try (SideProcess sender = start(Side.SENDER, counter, address)) {
                sender.await(Side.READY, START_LIMIT);
                Phase warmUp = phase(sender, span.warmUp());
                Account before = account(receiver);
                Phase phase = phase(sender, span.measured());
                Account after = account(receiver);
                return new Result(
                        phase,
                        phase.cpuNanos() + after.cpuNanos() - before.cpuNanos(),
                        warmUp.missing() + phase.missing() + after.missing() - before.missing(),
                        warmUp.broken() + phase.broken() + after.broken() - before.broken(),
                        after.dropped() - before.dropped());
            }
        } finally {
            Files.delete(counter);
        }
    }

    private SideProcess start(String role, Path counter) throws IOException {
        return start(role, counter, "-");
    }

    private SideProcess start(String role, Path counter, String address) throws IOException {
        List<String> allFlags = new ArrayList<>(flags);
        allFlags.addAll(contestant.flags());
        return SideProcess.start(allFlags, role, contestant.name(), workload.name(), counter.toString(), address);
    }

    private static Phase phase(SideProcess sender, Duration duration) throws InterruptedException {
        sender.tell(Side.GO + " " + duration.toNanos());
        return Phase.ofLine(sender.await(Side.DONE, duration.plus(START_LIMIT)));
    }

    private static Account account(SideProcess receiver) throws InterruptedException {
        receiver.tell(Side.REPORT);
        long[] numbers = SideProcess.numbers(receiver.await(Side.REPORT, START_LIMIT));
        return new Account(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }
}
