package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may connect to a UNIX socket, and numbers that mean nobody in particular. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AdmittedUsersTest {

    private static final int FRIEND = 1_001;
    private static final int NOBODY = 65_534;

    @TempDir
    Path system;

    private final UserMachine machine = new UserMachine();

    @Test
    void are_we_and_root_and_who_was_named() throws IOException {
        assertThat(AdmittedUsers.of(machine, Set.of(FRIEND), OptionalInt.of(NOBODY)))
                .containsExactlyInAnyOrder(
                        machine.ourselves(), machine.numbered(UserMachine.ROOT), machine.numbered(FRIEND));
    }

    @Test
    void are_not_named_by_a_number_that_stands_for_all_who_have_none() {
        assertThatThrownBy(() -> AdmittedUsers.of(machine, Set.of(FRIEND, NOBODY), OptionalInt.of(NOBODY)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("65534")
                .hasMessageContaining("unixUsers");
        assertThatThrownBy(() -> AdmittedUsers.of(machine, Set.of(FRIEND), OptionalInt.of(UserMachine.OWNER)))
                .as("we have that number, and the file is open to everybody")
                .isInstanceOf(IOException.class);
    }

    @Test
    void may_be_we_with_that_number_where_the_file_is_ours_alone() throws IOException {
        assertThat(AdmittedUsers.of(machine, Set.of(), OptionalInt.of(UserMachine.OWNER)))
                .contains(machine.ourselves());
    }

    @ParameterizedTest
    @ValueSource(strings = {"         0       1000          1\n", "0 0 65536\n", "0 1000 1\n1 100000 65536\n"})
    void of_a_namespace_that_lacks_some_are_one_number(String map) throws IOException {
        system(map);

        assertThat(AdmittedUsers.whoHasNoNumber(system)).hasValue(NOBODY);
    }

    @Test
    void of_the_whole_machine_have_numbers() throws IOException {
        system("         0          0 4294967295\n");

        assertThat(AdmittedUsers.whoHasNoNumber(system)).isEmpty();
    }

    @Test
    void of_a_system_without_namespaces_have_numbers() throws IOException {
        assertThat(AdmittedUsers.whoHasNoNumber(system)).isEmpty();
    }

    private void system(String map) throws IOException {
        Files.writeString(Files.createDirectories(system.resolve("self")).resolve("uid_map"), map);
        Files.writeString(Files.createDirectories(system.resolve("sys/kernel")).resolve("overflowuid"), NOBODY + "\n");
    }
}
