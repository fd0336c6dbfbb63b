package io.chaski.benchmarks.files;

import io.chaski.benchmarks.MarkdownTable;
import io.chaski.benchmarks.Spread;
import io.chaski.benchmarks.TemporaryFolder;
import io.chaski.benchmarks.ThisProcess;
import io.chaski.benchmarks.tls.Identities;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
    private final Map<Carriers, List<Carried>> results = new EnumMap<>(Carriers.class);
    private final Map<Carriers, Exception> failures = new EnumMap<>(Carriers.class);

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
     * @return who has failed and why, and a Markdown table: median (minimum-maximum) of the rounds
     */
    public String run() throws Exception {
        try (TemporaryFolder folder = TemporaryFolder.make("chaski-benchmark")) {
            Path work = folder.path();
            Path file = work.resolve("content.bin");
            Path target = Files.createDirectory(work.resolve("target"));
            Identities identities = Identities.make(work);
            write(file);
            measure(file, target, identities);
            return table();
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

    private void measure(Path file, Path target, Identities identities) throws Exception {
        Map<Carriers, FileCarrier> carriers = new EnumMap<>(Carriers.class);
        try {
            for (Carriers each : Carriers.values()) {
                attempt(each, () -> {
                    Path own =
                            Files.createDirectory(target.resolve(each.name())); // where one who fails leaves something
                    carriers.put(each, each.open(own, identities));
                    return carry(carriers.get(each), file);
                });
            }
            for (int round = 1; round <= rounds; round++) {
                for (Map.Entry<Carriers, FileCarrier> each : carriers.entrySet()) {
                    Optional<Carried> carried = attempt(each.getKey(), () -> carry(each.getValue(), file));
                    if (carried.isPresent()) {
                        System.err.println(
                                "round " + round + ", " + each.getKey().label() + ": "
                                        + Spread.threeDigits(carried.get().nanos() / 1e9) + " s");
                        results.computeIfAbsent(each.getKey(), unused -> new ArrayList<>())
                                .add(carried.get());
                    }
                }
            }
        } finally {
            for (FileCarrier carrier : carriers.values()) {
                carrier.close();
            }
        }
    }

    private interface Carrying {
        Carried carry() throws Exception;
    }

    /** Whoever has failed once takes part no more; the others' figures are worth no less. */
    private Optional<Carried> attempt(Carriers who, Carrying carrying) throws InterruptedException {
        if (failures.containsKey(who)) {
            return Optional.empty();
        }
        try {
            return Optional.of(carrying.carry());
        } catch (InterruptedException end) {
            throw end;
        } catch (Exception failure) {
            failures.put(who, failure);
            failure.printStackTrace();
            return Optional.empty();
        }
    }

    private static Carried carry(FileCarrier carrier, Path file) throws Exception {
        long cpuNanos = ThisProcess.cpuNanos();
        long nanos = System.nanoTime();
        Path arrived = carrier.carry(file);
        Carried carried = new Carried(System.nanoTime() - nanos, ThisProcess.cpuNanos() - cpuNanos);
        if (Files.mismatch(file, arrived) >= 0) {
            throw new IllegalStateException("another content has arrived");
        }
        Files.delete(arrived);
        return carried;
    }

    private String table() {
        MarkdownTable table = new MarkdownTable(mebibytes + " MiB by", "MiB/s", "x raw Netty", "CPU s of both sides");
        for (Carriers each : Carriers.values()) {
            if (failures.containsKey(each)) {
                table.row(each.label(), "FAILED", "-", "-");
            } else {
                List<Double> speeds = figures(each, this::mebibytesPerSecond);
                table.row(
                        each.label(),
                        Spread.of(speeds).print(Spread::threeDigits),
                        failures.containsKey(each.limit())
                                ? "-"
                                : Spread.ofRatios(speeds, figures(each.limit(), this::mebibytesPerSecond))
                                        .print(Spread::threeDigits),
                        Spread.of(figures(each, carried -> carried.cpuNanos() / 1e9))
                                .print(Spread::threeDigits));
            }
        }
        StringBuilder said = new StringBuilder();
        failures.forEach((who, why) -> said.append("Failed: ")
                .append(who.label())
                .append(", ")
                .append(why)
                .append(System.lineSeparator()));
        return said.append(table).toString();
    }

    private double mebibytesPerSecond(Carried carried) {
        return mebibytes * 1e9 / carried.nanos();
    }

    private List<Double> figures(Carriers of, ToDoubleFunction<Carried> figure) {
        List<Carried> all = Objects.requireNonNull(results.get(of), "every contestant was measured");
        return all.stream().map(figure::applyAsDouble).toList();
    }

    /** Whether somebody did not carry the file. */
    public boolean hasFailed() {
        return !failures.isEmpty();
    }
}
