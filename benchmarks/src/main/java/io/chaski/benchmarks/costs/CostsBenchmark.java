package io.chaski.benchmarks.costs;

import io.chaski.benchmarks.MarkdownTable;
import io.chaski.benchmarks.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What users feel before the first message, as often as there are rounds: each cold start in a JVM of its own, and what nodes,
 * edges and topics take in another one. On the class path is what core needs, and nothing that other contestants need.
 */
public final class CostsBenchmark {

    private static final double KIB = 1024;
    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    /** Far above what each takes: its own limits are shorter. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private static final String CORE = "io.chaski.core";
    private static final String WITH_ARCHIVE = "the same with an archive of classes, ms";
    private static final String WITHOUT_EVENTS = "the same with an archive, without Netty's events, ms";

    /** Netty makes events for the Flight Recorder when it gets its first buffers, whether anybody records or not. */
    private static final String NO_EVENTS = "-Dio.netty.jfr.enabled=false";

    /** So many that what a collector leaves lying does not matter. */
    private static final int NODES = 64;

    private final int rounds;
    private final int nodes;
    private final Map<String, List<Double>> figures = new LinkedHashMap<>();
    private String leftOut = "";

    private CostsBenchmark(int rounds, int nodes) {
        this.rounds = rounds;
        this.nodes = nodes;
    }

    /**
     * Measures nothing yet.
     *
     * @param rounds how often everything is repeated, 1 or more
     */
    public static CostsBenchmark of(int rounds) {
        return of(rounds, NODES);
    }

    static CostsBenchmark of(int rounds, int nodes) {
        return new CostsBenchmark(rounds, nodes);
    }

    /**
     * Measures.
     *
     * @return a Markdown table, and above it what is not in it, and why
     * @throws IllegalStateException if a process fails
     */
    public String run() throws IOException, InterruptedException {
        MarkdownTable table = new MarkdownTable("cost", "median (least-most)");
        try (JarFolder jars = JarFolder.make()) {
            List<String> withArchive = withArchive(jars);
            for (int round = 0; round < rounds; round++) {
                add("JVM to first delivered message, ms", firstMessage(jars, List.of()));
                if (!withArchive.isEmpty()) {
                    add(WITH_ARCHIVE, firstMessage(jars, withArchive));
                    add(WITHOUT_EVENTS, firstMessage(jars, and(withArchive, NO_EVENTS)));
                }
                idle(jars);
            }
            figures.forEach((name, values) -> table.row(name, Spread.of(values).print(CostsBenchmark::signed)));
            jars.ownSizes().forEach((name, bytes) -> table.row("jar of " + name + ", KiB", kib(bytes)));
            table.row("jars that " + CORE + " needs, with its own, KiB", kib(jars.sizeWithNeeds(CORE)));
        }
        return leftOut + table;
    }

    private static String kib(long bytes) {
        return Spread.threeDigits(bytes / KIB);
    }

    /**
     * Makes an archive of classes.
     *
     * @return the flags with which a JVM uses it or ends; none if there is no such archive, which is told above the table
     */
    private List<String> withArchive(JarFolder jars) throws IOException, InterruptedException {
        Path archive = jars.resolve("classes.jsa");
        try {
            firstMessage(
                    jars, List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
            if (!Files.exists(archive) || Files.size(archive) == 0) {
                throw new IllegalStateException("no archive was written");
            }
            List<String> flags = List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:on");
            firstMessage(jars, flags);
            return flags;
        } catch (IllegalStateException failed) { // the other figures are worth no less
            leftOut = "Left out: " + WITH_ARCHIVE + ", " + failed.getMessage() + System.lineSeparator();
            return List.of();
        }
    }

    private static List<String> and(List<String> flags, String another) {
        List<String> all = new ArrayList<>(flags);
        all.add(another);
        return all;
    }

    private void add(String name, double value) {
        figures.computeIfAbsent(name, first -> new ArrayList<>()).add(value);
    }

    private static double firstMessage(JarFolder jars, List<String> flags) throws IOException, InterruptedException {
        long beganNanos = System.nanoTime();
        long[] saidNanos = new long[1];
        run(jars, flags, List.of(FirstMessage.class.getName()), line -> {
            if (line.equals(FirstMessage.SAID)) {
                saidNanos[0] = System.nanoTime();
            }
        });
        if (saidNanos[0] == 0) {
            throw new IllegalStateException("nothing was delivered");
        }
        return (saidNanos[0] - beganNanos) / NANOS_PER_MILLI;
    }

    private void idle(JarFolder jars) throws IOException, InterruptedException {
        List<String> program = List.of(Idle.class.getName(), Integer.toString(nodes));
        run(jars, List.of("-XX:+UseSerialGC"), program, line -> {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case Idle.NODE -> {
                    addKib("heap of an idle node, KiB", words[1]);
                    addKib("direct memory of an idle node, KiB", words[2]);
                    add("threads of an idle node", Double.parseDouble(words[3]));
                }
                case Idle.EDGE -> {
                    addKib("heap of one end of an idle edge, KiB", words[1]);
                    addKib("direct memory of one end of an idle edge, KiB", words[2]);
                }
                case Idle.TOPIC -> {
                    addKib("heap of an idle topic, KiB", words[1]);
                    addKib("direct memory of an idle topic, KiB", words[2]);
                }
                default -> System.err.println(line);
            }
        });
    }

    private void addKib(String name, String bytes) {
        add(name, Long.parseLong(bytes) / KIB);
    }

    /** What is below the noise can be below 0, and says so. */
    static String signed(double figure) {
        return (figure < 0 ? "-" : "") + Spread.threeDigits(Math.abs(figure));
    }

    private static void run(JarFolder jars, Collection<String> flags, List<String> program, Consumer<String> hears)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(flags);
        command.addAll(List.of("-cp", jars.classPath(CORE)));
        command.addAll(program);
        new Program(command, LIMIT).run(hears);
    }
}
