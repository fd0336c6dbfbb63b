package io.chaski.ca.internal.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.internal.disk.SimulatedDisk.Loss;
import io.chaski.ca.internal.disk.SimulatedDisk.PowerFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SmallFilesTest {

    private static final Path FILE = Path.of("/ca/crl.der");
    private static final byte[] OLD = "old".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NEW = "a newer and longer one".getBytes(StandardCharsets.US_ASCII);

    @Test
    void a_file_is_read_as_it_was_written() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        SmallFiles.write(disk, FILE, OLD);
        SmallFiles.write(disk, FILE, NEW);

        assertThat(SmallFiles.read(disk, FILE, 100)).isEqualTo(NEW);
        assertThat(disk.files()).containsExactly(FILE);
    }

    @Test
    void after_a_power_failure_at_any_operation_it_is_old_or_new() throws IOException {
        int failures = 0;
        for (int operation = 0; ; operation++) {
            SimulatedDisk disk = new SimulatedDisk();
            SmallFiles.write(disk, FILE, OLD);
            disk.endPowerAt(operation);
            boolean isWritten = isWritten(disk);
            for (Loss loss : Loss.values()) {
                for (int seed = 0; seed < 20; seed++) {
                    SimulatedDisk after = disk.afterPowerFailure(loss, new Random(seed));
                    byte[] found = SmallFiles.read(after, FILE, 100);
                    assertThat(found)
                            .as("%s", disk.trace())
                            .isIn(isWritten ? new byte[][] {NEW} : new byte[][] {OLD, NEW});
                    SmallFiles.write(after, FILE, NEW); // whatever the failure has left lying about
                }
            }
            if (isWritten) {
                break;
            }
            failures++;
        }
        assertThat(failures).as("create, write, force, move, force names").isEqualTo(5);
    }

    private static boolean isWritten(SimulatedDisk disk) throws IOException {
        try {
            SmallFiles.write(disk, FILE, NEW);
            return true;
        } catch (PowerFailure e) {
            return false;
        }
    }

    @Test
    void a_missing_file_is_named() {
        assertThatThrownBy(() -> SmallFiles.read(new SimulatedDisk(), FILE, 100))
                .isInstanceOfSatisfying(
                        AuthorityException.class, e -> assertThat(e.problem()).isEqualTo(Problem.MISSING))
                .hasMessageContaining(FILE.toString());
    }

    @Test
    void a_file_that_is_too_long_is_not_read() {
        SimulatedDisk disk = new SimulatedDisk();
        disk.put(FILE, new byte[101]);

        assertThatThrownBy(() -> SmallFiles.read(disk, FILE, 100))
                .isInstanceOfSatisfying(
                        AuthorityException.class, e -> assertThat(e.problem()).isEqualTo(Problem.DAMAGED));
    }
}
