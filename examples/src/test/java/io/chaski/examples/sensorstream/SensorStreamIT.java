package io.chaski.examples.sensorstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SensorStreamIT {

    /** Enough that the slow third takes three seconds at least, whatever the machine does. */
    private static final int READINGS = 9_000;

    private static final Pattern SLOW = Pattern.compile("slow +(\\d+) +(\\d+) +(\\d+)");

    @Test
    void the_sensor_is_as_slow_as_the_archive_and_nothing_is_lost() throws Exception {
        Process example = start("--readings", Integer.toString(READINGS));
        String output = read(example);
        assertThat(example.waitFor(120, TimeUnit.SECONDS)).as(output).isTrue();

        assertThat(example.exitValue()).as(output).isZero();
        assertThat(output).contains("sent: 9000, stored: 9000, missing: 0");
        List<MatchResult> slow = SLOW.matcher(output).results().toList();
        assertThat(slow).as(output).hasSizeGreaterThan(3);
        // A reading a millisecond at most, in the second half of the phase, when what was on the way has been stored.
        MatchResult last = slow.get(slow.size() - 1);
        assertThat(Integer.parseInt(last.group(2))).as(output).isBetween(1, 1_100);
    }

    @Test
    void says_how_it_is_used_when_an_option_makes_no_sense() throws Exception {
        Process example = start("--readings", "3");
        String output = read(example);
        assertThat(example.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();

        assertThat(example.exitValue()).isEqualTo(2);
        assertThat(output).contains("--readings must be 300 to 1000000: 3");
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SensorStream.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String read(Process process) throws IOException {
        try (BufferedReader lines = process.inputReader()) {
            return lines.lines().collect(Collectors.joining(System.lineSeparator()));
        }
    }
}
