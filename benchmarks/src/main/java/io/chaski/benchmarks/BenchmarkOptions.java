package io.chaski.benchmarks;

import io.chaski.benchmarks.loopback.Span;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the command line asks for. Immutable.
 *
 * @param subjects what is measured, in this order
 * @param nodes how many nodes are paired; several sizes one after the other if empty
 * @param mebibytes size of the file, 1 to 65,536
 * @param rounds how often everything is repeated, 1 to 100
 * @param span of one measurement over loopback, 1 to 60 s, and of its warm-up, 1 to 120 s
 */
record BenchmarkOptions(Set<Subject> subjects, OptionalInt nodes, int mebibytes, int rounds, Span span) {

    /** What can be measured, in the order in which it is. */
    enum Subject {
        /** How many nodes find each other. */
        PAIRING,
        /** Two nodes beside raw Netty. */
        LOOPBACK,
        /** One publisher, one subscriber and eight. */
        STREAMS,
        /** A message over a node between two. */
        CHAIN,
        /** Calls of a method, beside other libraries. */
        CALLS,
        /** Handshakes, and messages with TLS beside the same without. */
        TLS,
        /** A file beside a socket. */
        FILES,
        /** A cold start, and what idle nodes take. */
        COSTS,
        /** The parts of a message's way on their own. */
        PARTS
    }

    static final String USAGE =
            "usage: [loopback] [streams] [chain] [calls] [tls] [pairing] [files] [costs] [parts] [--rounds 1..100] [--warm-up 1..120] [--seconds 1..60] [--nodes 4..200] [--mebibytes 1..65536]";

    private static final int DEFAULT_ROUNDS = 5;
    private static final int DEFAULT_SECONDS = 3;
    private static final int DEFAULT_MEBIBYTES = 512;

    BenchmarkOptions {
        subjects = Collections.unmodifiableSet(EnumSet.copyOf(subjects));
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
        requireSeconds("--seconds", span.measured(), 60);
        requireSeconds("--warm-up", span.warmUp(), 120);
    }

    private static void requireSeconds(String option, Duration duration, int most) {
        if (duration.toSeconds() < 1 || duration.toSeconds() > most) {
            throw new IllegalArgumentException(option + " must be 1 to " + most + ": " + duration.toSeconds());
        }
    }

    static BenchmarkOptions parse(List<String> arguments) {
        Set<Subject> subjects = EnumSet.noneOf(Subject.class);
        OptionalInt nodes = OptionalInt.empty();
        int mebibytes = DEFAULT_MEBIBYTES;
        int rounds = DEFAULT_ROUNDS;
        int seconds = DEFAULT_SECONDS;
        OptionalInt warmUp = OptionalInt.empty();
        Deque<String> rest = new ArrayDeque<>(arguments);
        while (!rest.isEmpty()) {
            String word = rest.removeFirst();
            switch (word) {
                case "loopback" -> subjects.add(Subject.LOOPBACK);
                case "streams" -> subjects.add(Subject.STREAMS);
                case "chain" -> subjects.add(Subject.CHAIN);
                case "calls" -> subjects.add(Subject.CALLS);
                case "tls" -> subjects.add(Subject.TLS);
                case "pairing" -> subjects.add(Subject.PAIRING);
                case "files" -> subjects.add(Subject.FILES);
                case "costs" -> subjects.add(Subject.COSTS);
                case "parts" -> subjects.add(Subject.PARTS);
                case "--nodes" -> nodes = OptionalInt.of(number(word, rest));
                case "--mebibytes" -> mebibytes = number(word, rest);
                case "--rounds" -> rounds = number(word, rest);
                case "--warm-up" -> warmUp = OptionalInt.of(number(word, rest));
                case "--seconds" -> seconds = number(word, rest);
                default -> throw new IllegalArgumentException("unknown word " + word);
            }
        }
        Set<Subject> wanted = subjects.isEmpty() ? EnumSet.allOf(Subject.class) : subjects;
        Span span = new Span(Duration.ofSeconds(warmUp.orElse(seconds)), Duration.ofSeconds(seconds));
        return new BenchmarkOptions(wanted, nodes, mebibytes, rounds, span);
    }

    private static int number(String option, Deque<String> rest) {
        String text = rest.pollFirst();
        if (text == null) {
            throw new IllegalArgumentException(option + " needs a number");
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " needs a number, not " + text, e);
        }
    }
}
