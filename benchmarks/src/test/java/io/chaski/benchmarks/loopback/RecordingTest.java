package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RecordingTest {

    @Test
    void names_files_by_what_any_system_and_the_flag_itself_take() {
        Path directory = Path.of("profiles");
        assertThat(new Recording(directory, 2).flag(Workload.HANDSHAKES_4, Contestants.HANDSHAKES_JDK, Side.SENDER))
                .isEqualTo("-XX:StartFlightRecording=settings=profile,filename="
                        + directory.resolve("TLS_handshakes_4_at_a_time-jdk-sender-2.jfr"));
    }
}
