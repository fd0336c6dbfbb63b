package io.chaski.testkit.simulation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Which runs somebody has asked for. Immutable.
 *
 * @param runs in the order of the table
 * @param file where their results are kept, null for nowhere
 */
record Selection(List<Run> runs, @Nullable Path file) {

    private static final String SEEDS = "seeds=";
    private static final String SEED = "seed=";

    Selection {
        runs = List.copyOf(runs);
    }

    /**
     * Reads a command line.
     *
     * @param arguments names of scenarios, sizes, {@code seeds=1-20} or {@code seeds=3,7-9}; what is missing is what {@link
     *     Scenario} says of the row. With {@code --results} the next is the name of a file, with {@code --print} nothing is run, so it
     *     goes with a file and nothing else
     * @throws IllegalArgumentException if that cannot be
     */
    static Selection of(String... arguments) {
        List<Scenario> scenarios = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        List<Long> seeds = new ArrayList<>();
        Path file = null;
        boolean runsAny = true;
        for (Iterator<String> rest = List.of(arguments).iterator(); rest.hasNext(); ) {
            String argument = rest.next();
            if (argument.equals("--results")) {
                if (!rest.hasNext()) {
                    throw new IllegalArgumentException("--results without the name of a file");
                }
                file = Path.of(rest.next());
            } else if (argument.equals("--print")) {
                runsAny = false;
            } else if (argument.startsWith(SEEDS) || argument.startsWith(SEED)) {
                addSeeds(argument.substring(argument.indexOf('=') + 1), seeds);
            } else if (Character.isDigit(argument.charAt(0))) {
                sizes.add(Integer.parseInt(argument));
            } else {
                scenarios.add(Scenario.valueOf(argument));
            }
        }
        if (!runsAny) {
            requireNothingElse(file, scenarios, sizes, seeds);
            return new Selection(List.of(), file);
        }
        List<Run> runs = new ArrayList<>();
        for (Scenario scenario : scenarios.isEmpty() ? List.of(Scenario.values()) : scenarios) {
            for (int nodes : sizes.isEmpty() ? scenario.sizes() : sizes) {
                for (long seed : seeds.isEmpty() ? Scenario.seeds(nodes) : seeds) {
                    runs.add(new Run(scenario, nodes, seed));
                }
            }
        }
        return new Selection(runs, file);
    }

    private static void requireNothingElse(
            @Nullable Path file, List<Scenario> scenarios, List<Integer> sizes, List<Long> seeds) {
        if (file == null) {
            throw new IllegalArgumentException("--print without --results: there is no file to print");
        }
        if (!scenarios.isEmpty() || !sizes.isEmpty() || !seeds.isEmpty()) {
            throw new IllegalArgumentException("--print prints all that is in the file, not a choice of rows "
                    + scenarios + ", sizes " + sizes + " and seeds " + seeds);
        }
    }

    private static void addSeeds(String ranges, List<Long> seeds) {
        for (String range : ranges.split(",", -1)) {
            int to = range.indexOf('-');
            long first = Long.parseLong(to < 0 ? range : range.substring(0, to));
            long last = Long.parseLong(range.substring(to + 1));
            LongStream.rangeClosed(first, last).forEach(seeds::add);
        }
    }

    /** What is known already. */
    Results results() throws IOException {
        return file == null ? Results.inMemory() : Results.in(file);
    }
}
