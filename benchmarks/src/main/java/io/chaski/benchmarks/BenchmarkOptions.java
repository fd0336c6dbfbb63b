package io.chaski.benchmarks;

import io.chaski.benchmarks.loopback.LoopbackBenchmark;
import io.chaski.benchmarks.loopback.Setup;
import io.chaski.benchmarks.loopback.Span;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the command line asks for. Immutable.
 *
 * @param subjects what is measured, in this order
 * @param nodes how many nodes are paired; several sizes one after the other if empty
 * @param mebibytes size of the file, 1 to 65,536
 * @param rounds how often everything is repeated, 1 to 100
 * @param warmUpSeconds of all subjects, 1 to 120; that of each subject if empty
 * @param seconds of one measurement after that, 1 to 60
 * @param profile where recordings of the measured processes go; none are made if empty
 * @param only who takes part in what processes measure, as the tables call them; everybody if empty
 */
record BenchmarkOptions(
        Set<Subject> subjects,
        OptionalInt nodes,
        int mebibytes,
        int rounds,
        OptionalInt warmUpSeconds,
        int seconds,
        Optional<Path> profile,
        Set<String> only) {

    /** After three seconds the compiler of two cores is as busy as the code it compiles; after ten it is busy now and then. */
    private static final int WARM_UP_SECONDS = 10;

    /**
     * The code of a call is much more: gRPC and Chaski keep the compiler of two cores busy for about twenty seconds. So do three JVMs, and
     * ciphers.
     */
    private static final int LONG_WARM_UP_SECONDS = 25;

    /** What can be measured, in the order in which it is. */
    enum Subject {
        /** How many nodes find each other. */
        PAIRING(0),
        /** Two nodes beside raw Netty. */
        LOOPBACK(WARM_UP_SECONDS),
        /** One publisher, one subscriber and eight. */
        STREAMS(WARM_UP_SECONDS),
        /** A message over a node between two. */
        CHAIN(LONG_WARM_UP_SECONDS),
        /** Calls of a method, beside other libraries. */
        CALLS(LONG_WARM_UP_SECONDS),
        /** Handshakes, and messages with TLS beside the same without. */
        TLS(LONG_WARM_UP_SECONDS),
        /** A file beside a socket. */
        FILES(0),
        /** A cold start, and what idle nodes take. */
        COSTS(0),
        /** The parts of a message's way on their own. */
        PARTS(0);

        private final int warmUpSeconds;

        /**
         * A subject.
         *
         * @param warmUpSeconds before each measurement; 0 for as long as that takes, if it has a length at all
         */
        Subject(int warmUpSeconds) {
            this.warmUpSeconds = warmUpSeconds;
        }

        /** Whether it is measured by processes that can be profiled. */
        boolean isOfProcesses() {
            return warmUpSeconds > 0;
        }

        /** How it is called on the command line. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final String USAGE = """
            usage: [loopback] [streams] [chain] [calls] [tls] [pairing] [files] [costs] [parts]
                   [--rounds 1..100] [--warm-up 1..120] [--seconds 1..60] [--nodes 4..200] [--mebibytes 1..65536]
                   [--profile DIRECTORY] [--only CONTESTANT,...]
            Everything, five rounds of 3 s, 60 nodes at most and 512 MiB unless told otherwise. Each measurement is warmed up for 10 s in
            loopback and streams, for 25 s in chain, calls and tls, for as long as it takes in parts.
            With a profile, each process of loopback, streams, chain, calls and tls leaves a recording in that directory.
            With --only nobody else takes part in these, for example --only netty-nio,chaski.
            With the defaults, if nobody is left out, these take about""";

    private static final int DEFAULT_ROUNDS = 5;
    private static final int DEFAULT_SECONDS = 3;
    private static final int DEFAULT_MEBIBYTES = 512;

    BenchmarkOptions {
        subjects = Collections.unmodifiableSet(EnumSet.copyOf(subjects));
        only = Collections.unmodifiableSet(new LinkedHashSet<>(only));
        nodes.ifPresent(number -> {
            if (number < 4 || number > 200) {
                throw new IllegalArgumentException("--nodes must be 4 to 200: " + number);
            }
        });
        if (mebibytes < 1 || mebibytes > 65_536) {
            throw new IllegalArgumentException("--mebibytes must be 1 to 65,536: " + mebibytes);
        }
        if (rounds < 1 || rounds > 100) {
            throw new IllegalArgumentException("--rounds must be 1 to 100: " + rounds);
        }
        requireSeconds("--seconds", seconds, 60);
        warmUpSeconds.ifPresent(number -> requireSeconds("--warm-up", number, 120));
        profile.ifPresent(directory -> {
            if (directory.toString().contains(",")) { // ends a name in the flag of the JVM
                throw new IllegalArgumentException("--profile must name a directory without a comma: " + directory);
            }
        });
        for (String label : only) {
            if (!LoopbackBenchmark.CONTESTANTS.contains(label)) {
                throw new IllegalArgumentException(
                        "--only must name some of " + LoopbackBenchmark.CONTESTANTS + ": '" + label + "'");
            }
        }
    }

    private static void requireSeconds(String option, int seconds, int most) {
        if (seconds < 1 || seconds > most) {
            throw new IllegalArgumentException(option + " must be 1 to " + most + ": " + seconds);
        }
    }

    /** What to say on the command line to measure a subject in the same way. */
    String describe(Subject subject) {
        StringBuilder line = new StringBuilder(subject.word() + " --rounds " + rounds);
        switch (subject) {
            case LOOPBACK, STREAMS, CHAIN, CALLS, TLS, PARTS ->
                line.append(" --warm-up " + span(subject).warmUp().toSeconds() + " --seconds " + seconds);
            case PAIRING -> nodes.ifPresent(number -> line.append(" --nodes " + number));
            case FILES -> line.append(" --mebibytes " + mebibytes);
            case COSTS -> {} // has nothing else
        }
        if (subject.isOfProcesses()) {
            profile.ifPresent(directory -> line.append(" --profile " + directory));
            line.append(only.isEmpty() ? "" : " --only " + String.join(",", only));
        }
        return line.toString();
    }

    /** How long each measurement of a subject takes, and its warm-up. */
    Span span(Subject subject) {
        int ofSubject = subject.warmUpSeconds == 0 ? seconds : subject.warmUpSeconds;
        return new Span(Duration.ofSeconds(warmUpSeconds.orElse(ofSubject)), Duration.ofSeconds(seconds));
    }

    /** How each cell of a subject is measured, if it is measured by processes. */
    Setup setup(Subject subject) {
        return new Setup(rounds, span(subject), only, profile);
    }

    static BenchmarkOptions parse(List<String> arguments) {
        Set<Subject> subjects = EnumSet.noneOf(Subject.class);
        OptionalInt nodes = OptionalInt.empty();
        int mebibytes = DEFAULT_MEBIBYTES;
        int rounds = DEFAULT_ROUNDS;
        int seconds = DEFAULT_SECONDS;
        OptionalInt warmUp = OptionalInt.empty();
        Optional<Path> profile = Optional.empty();
        Set<String> only = Set.of();
        Deque<String> rest = new ArrayDeque<>(arguments);
        while (!rest.isEmpty()) {
            String word = rest.removeFirst();
            switch (word) {
                case "--nodes" -> nodes = OptionalInt.of(number(word, rest));
                case "--mebibytes" -> mebibytes = number(word, rest);
                case "--rounds" -> rounds = number(word, rest);
                case "--warm-up" -> warmUp = OptionalInt.of(number(word, rest));
                case "--seconds" -> seconds = number(word, rest);
                case "--profile" -> profile = Optional.of(Path.of(text(word, "a directory", rest)));
                case "--only" ->
                    only = new LinkedHashSet<>(
                            List.of(text(word, "contestants", rest).split(",", -1)));
                default -> subjects.add(subject(word));
            }
        }
        Set<Subject> wanted = subjects.isEmpty() ? EnumSet.allOf(Subject.class) : subjects;
        return new BenchmarkOptions(wanted, nodes, mebibytes, rounds, warmUp, seconds, profile, only);
    }

    private static Subject subject(String word) {
        return Arrays.stream(Subject.values())
                .filter(subject -> subject.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown word " + word));
    }

    private static String text(String option, String what, Deque<String> rest) {
        String text = rest.pollFirst();
        if (text == null) {
            throw new IllegalArgumentException(option + " needs " + what);
        }
        return text;
    }

    private static int number(String option, Deque<String> rest) {
        String text = text(option, "a number", rest);
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " needs a number, not " + text, e);
        }
    }
}
