package io.chaski.examples.sensorstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.process.ExampleProcess;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
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
        ExampleProcess example = ExampleProcess.run(
                SensorStream.class, Duration.ofSeconds(100), "--readings", Integer.toString(READINGS));
        String output = example.output();

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
        ExampleProcess example = ExampleProcess.run(SensorStream.class, Duration.ofSeconds(100), "--readings", "3");
        String output = example.output();

        assertThat(example.exitValue()).isEqualTo(2);
        assertThat(output).contains("--readings must be 300 to 1000000: 3");
    }
}
