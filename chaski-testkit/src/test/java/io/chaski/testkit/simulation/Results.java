package io.chaski.testkit.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs that are over, in the order of the table, and in a file if there is one: a line for each, so that a table of many
 * evenings or of several files (one behind the other) is one table. Of a run that is there twice the first counts that ran to its
 * end: one that broke off is made again, perhaps with the reason mended. The fields
 * of a line, with tabs between them: scenario, nodes, seed, CPU seconds, why it broke off (nothing if it did not), how many
 * measurements are those of the row, and for each measurement its name, its value, and its limit if it has one. Confined to one
 * thread.
 */
final class Results {

    private static final String AT_MOST = "<= ";
    private static final String AT_LEAST = ">= ";
    private static final int HEAD = 6;
    private static final int A_MEASUREMENT = 3;

    private final Map<Run, Outcome> outcomes = new TreeMap<>();
    private final @Nullable Path file;

    private Results(@Nullable Path file) {
        this.file = file;
    }

    static Results inMemory() {
        return new Results(null);
    }

    /**
     * Those that are in a file, and from now on also those that are added.
     *
     * @param file made if it is not there
     */
    static Results in(Path file) throws IOException {
        Results results = new Results(file);
        if (Files.exists(file)) {
            String text = Files.readString(file);
            String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            if (whole.length() < text.length()) {
                Files.writeString(file, whole); // the process ended while it wrote the last line
            }
            whole.lines().map(Results::outcome).forEach(results::keep);
        }
        return results;
    }

    boolean has(Run run) {
        Outcome outcome = outcomes.get(run);
        return outcome != null && outcome.brokeOffBy() == null;
    }

    void add(Outcome outcome) {
        keep(outcome);
        if (file != null) {
            try {
                Files.writeString(file, line(outcome) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException failure) {
                throw new UncheckedIOException("could not write to " + file, failure);
            }
        }
    }

    private void keep(Outcome outcome) {
        if (!has(outcome.run())) {
            outcomes.put(outcome.run(), outcome);
        }
    }

    Collection<Outcome> outcomes() {
        return outcomes.values();
    }

    private static String line(Outcome outcome) {
        List<String> fields = new ArrayList<>();
        fields.add(outcome.run().scenario().name());
        fields.add(Integer.toString(outcome.run().nodes()));
        fields.add(Long.toString(outcome.run().seed()));
        fields.add(Double.toString(outcome.cpuSeconds()));
        fields.add(outcome.brokeOffBy() == null ? "" : outcome.brokeOffBy().replace('\t', ' '));
        fields.add(Integer.toString(outcome.gates().size()));
        outcome.gates().forEach(gate -> write(gate, fields));
        outcome.census().forEach(gate -> write(gate, fields));
        return String.join("\t", fields);
    }

    private static void write(Gate gate, List<String> fields) {
        fields.add(gate.name());
        fields.add(Double.toString(gate.value()));
        fields.add(gate.isReported() ? "" : (gate.atMost() ? AT_MOST : AT_LEAST) + gate.limit());
    }

    private static Outcome outcome(String line) {
        String[] fields = line.split("\t", -1);
        if (fields.length < HEAD || (fields.length - HEAD) % A_MEASUREMENT != 0) {
            throw new IllegalArgumentException("no result of a run: " + line);
        }
        Run run = new Run(Scenario.valueOf(fields[0]), Integer.parseInt(fields[1]), Long.parseLong(fields[2]));
        List<Gate> measured = new ArrayList<>();
        for (int i = HEAD; i < fields.length; i += A_MEASUREMENT) {
            measured.add(read(fields[i], Double.parseDouble(fields[i + 1]), fields[i + 2]));
        }
        int ofTheRow = Integer.parseInt(fields[5]);
        return new Outcome(
                run,
                measured.subList(0, ofTheRow),
                measured.subList(ofTheRow, measured.size()),
                Double.parseDouble(fields[3]),
                fields[4].isEmpty() ? null : fields[4]);
    }

    private static Gate read(String name, double value, String limit) {
        if (limit.startsWith(AT_MOST)) {
            return Gate.atMost(name, value, Double.parseDouble(limit.substring(AT_MOST.length())));
        }
        if (limit.startsWith(AT_LEAST)) {
            return Gate.atLeast(name, value, Double.parseDouble(limit.substring(AT_LEAST.length())));
        }
        return Gate.reported(name, value);
    }
}
