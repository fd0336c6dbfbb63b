package io.chaski.benchmarks;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;

/**
 * What the command line asks for. Immutable.
 *
 * @param loopback whether two nodes are measured beside raw Netty
 * @param pairing whether many nodes are paired
 * @param nodes how many nodes are paired; several sizes one after the other if empty
 * @param rounds how often everything is repeated, 1 to 100
 * @param duration of one measurement over loopback, and of its warm-up, 1 to 60 s
 */
record BenchmarkOptions(boolean loopback, boolean pairing, OptionalInt nodes, int rounds, Duration duration) {

    static final String USAGE = "usage: [loopback | pairing] [--rounds 1..100] [--seconds 1..60] [--nodes 4..200]";

    private static final int DEFAULT_ROUNDS = 5;
    private static final int DEFAULT_SECONDS = 3;

    BenchmarkOptions {
        nodes.ifPresent(number -> {
            if (number < 4 || number > 200) {
                throw new IllegalArgumentException("--nodes must be 4 to 200: " + number);
            }
        });
        if (rounds < 1 || rounds > 100) {
            throw new IllegalArgumentException("--rounds must be 1 to 100: " + rounds);
        }
        if (duration.toSeconds() < 1 || duration.toSeconds() > 60) {
            throw new IllegalArgumentException("--seconds must be 1 to 60: " + duration.toSeconds());
        }
    }

    static BenchmarkOptions parse(List<String> arguments) {
        boolean loopback = true;
        boolean pairing = true;
        OptionalInt nodes = OptionalInt.empty();
        int rounds = DEFAULT_ROUNDS;
        int seconds = DEFAULT_SECONDS;
        Deque<String> rest = new ArrayDeque<>(arguments);
        while (!rest.isEmpty()) {
            String word = rest.removeFirst();
            switch (word) {
                case "loopback" -> pairing = false;
                case "pairing" -> loopback = false;
                case "--nodes" -> nodes = OptionalInt.of(number(word, rest));
                case "--rounds" -> rounds = number(word, rest);
                case "--seconds" -> seconds = number(word, rest);
                default -> throw new IllegalArgumentException("unknown word " + word);
            }
        }
        if (!loopback && !pairing) {
            throw new IllegalArgumentException("loopback or pairing; without either, both are measured");
        }
        return new BenchmarkOptions(loopback, pairing, nodes, rounds, Duration.ofSeconds(seconds));
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
