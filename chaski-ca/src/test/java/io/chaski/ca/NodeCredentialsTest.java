package io.chaski.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.ca.AuthorityException.Problem;
import io.chaski.ca.internal.bouncycastle.KeyPairs;
import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.ca.internal.disk.SimulatedDisk;
import io.chaski.ca.internal.disk.SimulatedDisk.Loss;
import io.chaski.ca.internal.disk.SimulatedDisk.PowerFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class NodeCredentialsTest {

    private static final TestAuthority AUTHORITY = new TestAuthority(40);
    private static final NodeCredentials OLD = credentials(KeyPairs.generate());
    private static final NodeCredentials NEW = credentials(KeyPairs.generate());

    @TempDir
    Path directory;

    private static NodeCredentials credentials(KeyPair keys) {
        return new NodeCredentials(
                keys.getPrivate(), AUTHORITY.chain(AUTHORITY.leaf(keys.getPublic(), LeafUsage.BOTH)));
    }

    private Path file() {
        return directory.resolve("identity.pem");
    }

    @Test
    void they_come_back() {
        OLD.write(file());
        assertThat(NodeCredentials.read(file())).isEqualTo(OLD);

        NEW.write(file());
        assertThat(NodeCredentials.read(file())).isEqualTo(NEW);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX permissions")
    void the_file_is_the_owners_alone() throws IOException {
        OLD.write(file());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-"})
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX permissions")
    void a_file_that_others_can_get_at_is_not_read(String permissions) throws IOException {
        OLD.write(file());
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(permissions));

        assertProblem(Problem.UNSAFE_PERMISSIONS);
    }

    @Test
    void a_missing_file_is_named() {
        assertProblem(Problem.MISSING);
    }

    @Test
    void after_a_power_failure_key_and_certificate_belong_together() {
        Path path = Path.of("/node/identity.pem");
        boolean isWritten = false;
        for (int operation = 0; !isWritten; operation++) {
            SimulatedDisk disk = new SimulatedDisk();
            OLD.write(disk, path);
            disk.endPowerAt(operation);
            isWritten = isWritten(disk, path);
            for (Loss loss : Loss.values()) {
                NodeCredentials found = NodeCredentials.read(disk.afterPowerFailure(loss, new Random(operation)), path);
                assertThat(found).as("%s", disk.trace()).isIn(isWritten ? List.of(NEW) : List.of(OLD, NEW));
            }
        }
    }

    private static boolean isWritten(SimulatedDisk disk, Path path) {
        try {
            NEW.write(disk, path);
            return true;
        } catch (PowerFailure e) {
            return false;
        }
    }

    @Test
    void a_disk_that_fails_is_an_error() {
        SimulatedDisk disk = new SimulatedDisk();
        disk.failAt(2);

        assertThatThrownBy(() -> NEW.write(disk, Path.of("/node/identity.pem")))
                .isInstanceOfSatisfying(
                        AuthorityException.class, e -> assertThat(e.problem()).isEqualTo(Problem.FAILED));
    }

    @Test
    void a_key_of_another_certificate_is_refused() {
        assertThatThrownBy(() -> new NodeCredentials(OLD.key(), NEW.chain()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new NodeCredentials(OLD.key(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** In a device that does not give it away. */
    @Test
    void a_key_that_cannot_be_written_is_refused() {
        PrivateKey inDevice = new PrivateKey() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getAlgorithm() {
                return "EC";
            }

            @Override
            public String getFormat() {
                return null;
            }

            @Override
            public byte[] getEncoded() {
                return null;
            }
        };

        assertThatThrownBy(() -> new NodeCredentials(inDevice, OLD.chain()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("encoding");
    }

    @Test
    void a_damaged_file_is_an_error() throws IOException {
        OLD.write(file());
        byte[] content = Files.readAllBytes(file());
        for (int length : new int[] {0, 1, 27, 100, content.length / 2, content.length - 1}) {
            Files.write(file(), Arrays.copyOf(content, length));
            assertProblem(Problem.DAMAGED);
        }
        Files.write(file(), new byte[(64 << 10) + 1]);
        assertProblem(Problem.DAMAGED);
        Files.writeString(file(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertProblem(Problem.DAMAGED);
    }

    @Test
    void they_print_no_key() {
        assertThat(OLD).hasToString("NodeCredentials of 3 certificates");
    }

    private void assertProblem(Problem problem) {
        assertThatThrownBy(() -> NodeCredentials.read(file()))
                .isInstanceOfSatisfying(
                        AuthorityException.class, e -> assertThat(e.problem()).isEqualTo(problem))
                .hasMessageContaining("identity.pem");
    }
}
