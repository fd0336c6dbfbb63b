package io.chaski.benchmarks.files;

import io.chaski.benchmarks.MarkdownTable;
import io.chaski.benchmarks.Spread;
import io.chaski.benchmarks.TemporaryFolder;
import io.chaski.benchmarks.tls.Identities;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * One file from one node to another over loopback, beside sockets and raw Netty with a digest. Both sides are in
 * this process; contestants take turns, after each has carried the file once to warm up.
 */
public final class FilesBenchmark {

    private static final int BLOCK_BYTES = 1 << 20;

    private final int mebibytes;
    private final int rounds;

    private FilesBenchmark(int mebibytes, int rounds) {
        this.mebibytes = mebibytes;
        this.rounds = rounds;
    }

    /**
     * What will be measured.
     *
     * @param mebibytes size of the file, 1 or more
     * @param rounds how often it is carried by each, 1 or more
     */
    public static FilesBenchmark of(int mebibytes, int rounds) {
        return new FilesBenchmark(mebibytes, rounds);
    }

    private record Carried(long nanos, long cpuNanos) {}

    /**
     * Measures, in the directory for temporary files, which needs room for the file twice.
     *
     * @return a Markdown table: median (minimum-maximum) of the rounds
     * @throws IllegalStateException if another content arrives
     */
    public String run() throws Exception {
        try (TemporaryFolder folder = TemporaryFolder.make("chaski-benchmark")) {
            Path work = folder.path();
            Path file = work.resolve("content.bin");
            Path target = Files.createDirectory(work.resolve("target"));
            Identities identities = Identities.make(work);
            write(file);
            return table(measure(file, target, identities));
        }
    }

    private void write(Path file) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        byte[] block = new byte[BLOCK_BYTES];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < mebibytes; i++) {
                random.nextBytes(block);
                out.write(block);
            }
        }
    }

    private Map<Carriers, List<Carried>> measure(Path file, Path target, Identities identities) throws Exception {
        Map<Carriers, FileCarrier> carriers = new EnumMap<>(Carriers.class);
        Map<Carriers, List<Carried>> results = new EnumMap<>(Carriers.class);
        try {
            for (Carriers each : Carriers.values()) {
                FileCarrier carrier = each.open(target, identities);
                carriers.put(each, carrier);
                carry(carrier, file);
            }
            for (int round = 1; round <= rounds; round++) {
                for (Map.Entry<Carriers, FileCarrier> each : carriers.entrySet()) {
                    Carried carried = carry(each.getValue(), file);
                    System.err.println("round " + round + ", " + each.getKey().label() + ": "
                            + Spread.threeDigits(carried.nanos() / 1e9) + " s");
                    results.computeIfAbsent(each.getKey(), unused -> new ArrayList<>())
                            .add(carried);
                }
            }
        } finally {
            for (FileCarrier carrier : carriers.values()) {
                carrier.close();
            }
        }
        return results;
    }

    private static Carried carry(FileCarrier carrier, Path file) throws Exception {
        long cpuNanos = processCpuNanos();
        long nanos = System.nanoTime();
        Path arrived = carrier.carry(file);
        Carried carried = new Carried(System.nanoTime() - nanos, processCpuNanos() - cpuNanos);
        if (Files.mismatch(file, arrived) >= 0) {
            throw new IllegalStateException("another content has arrived");
        }
        Files.delete(arrived);
        return carried;
    }

    private static long processCpuNanos() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime();
    }

    private String table(Map<Carriers, List<Carried>> results) {
        MarkdownTable table =
                new MarkdownTable(mebibytes + " MiB by", "MiB/s", "x " + Carriers.NETTY.label(), "CPU s of both sides");
        double limit = spread(Carriers.NETTY, results, this::mebibytesPerSecond).median();
        for (Carriers each : results.keySet()) {
            Spread speed = spread(each, results, this::mebibytesPerSecond);
            table.row(
                    each.label(),
                    speed.print(Spread::threeDigits),
                    Spread.threeDigits(speed.median() / limit),
                    spread(each, results, carried -> carried.cpuNanos() / 1e9).print(Spread::threeDigits));
        }
        return table.toString();
    }

    private double mebibytesPerSecond(Carried carried) {
        return mebibytes * 1e9 / carried.nanos();
    }

    private static Spread spread(Carriers of, Map<Carriers, List<Carried>> results, ToDoubleFunction<Carried> figure) {
        List<Carried> all = Objects.requireNonNull(results.get(of), "every contestant was measured");
        return Spread.of(all.stream().map(figure::applyAsDouble).toList());
    }
}
