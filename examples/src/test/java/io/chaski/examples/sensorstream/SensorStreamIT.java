package io.chaski.examples.sensorstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.examples.process.ExampleProcess;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SensorStreamIT {

    /** Enough that the slow third takes three seconds at least, whatever the machine does. */
    private static final int READINGS = 9_000;

    private static final Pattern WAITS = Pattern.compile("sent: 9000, stored: 9000, missing: 0, waited for: (\\d+)");

    @Test
    void the_sensor_waits_for_the_archive_and_nothing_is_lost() throws Exception {
        ExampleProcess example = ExampleProcess.run(
                SensorStream.class, Duration.ofSeconds(100), "--readings", Integer.toString(READINGS));
        String output = example.output();

        assertThat(example.exitValue()).as(output).isZero();
        Matcher waits = WAITS.matcher(output);
        assertThat(waits.find()).as(output).isTrue();
        assertThat(Long.parseLong(waits.group(1))).as(output).isPositive();
    }

    @Test
    void says_how_it_is_used_when_an_option_makes_no_sense() throws Exception {
        ExampleProcess example = ExampleProcess.run(SensorStream.class, Duration.ofSeconds(100), "--readings", "3");
        String output = example.output();

        assertThat(example.exitValue()).isEqualTo(2);
        assertThat(output).contains("--readings must be 300 to 1000000: 3");
    }
}
