package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.chaski.core.Address;
import io.chaski.core.internal.module.OwnUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a socket may be, and what is removed to make room for it. Stale sockets are in {@link TransportsTest}. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no owners and modes as here")
class SocketFileTest {

    private static final int ROOT = 0;
    private static final int SOMEBODY = 4_711;
    private static final int SOMEBODY_ELSE = 4_712;

    @TempDir
    Path folder;

    private Path path;
    private SocketFile file;

    @BeforeEach
    void use() {
        path = folder.resolve("mill");
        file = new SocketFile(Address.unix(path.toString()));
    }

    @Test
    void a_pipe_is_not_taken_for_a_socket_that_nobody_listens_on() throws Exception {
        int outcome;
        try {
            Process mkfifo = new ProcessBuilder("mkfifo", path.toString()).start();
            assertThat(mkfifo.waitFor(Station.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            outcome = mkfifo.exitValue();
        } catch (IOException notInstalled) {
            outcome = -1;
        }
        assumeThat(outcome).as("outcome of mkfifo").isZero();

        assertThatThrownBy(file::removeIfStale)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is a file in place of the socket");
        assertThat(path).exists();
    }

    @Test
    void a_link_is_not_taken_for_what_it_leads_to() throws Exception {
        Files.createSymbolicLink(path, folder.resolve("nowhere"));

        assertThatThrownBy(file::removeIfStale).hasMessageContaining("there is a file in place of the socket");
        assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0700, 0755, 0711, 01777, 01770})
    void a_folder_where_nobody_else_can_put_something_in_its_place_is_good(int mode) throws IOException {
        Files.setAttribute(folder, "unix:mode", mode);

        assertThatCode(() -> file.checkFolder(OwnUser.number())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {0777, 0775, 0770, 0722, 0702})
    void a_folder_that_others_can_write_to_is_refused(int mode) throws IOException {
        Files.setAttribute(folder, "unix:mode", mode);

        assertThatThrownBy(() -> file.checkFolder(OwnUser.number()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unix:" + path)
                .hasMessageContaining("chmod go-w " + folder);
    }

    @Test
    void a_folder_of_another_user_is_refused() throws IOException {
        int owner = OwnUser.number();
        if (owner == ROOT) {
            owner = SOMEBODY;
            Files.setAttribute(folder, "unix:uid", owner);
        }

        assertThatThrownBy(() -> file.checkFolder(SOMEBODY_ELSE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder + " belongs to user " + owner);
    }

    @Test
    void a_folder_of_another_user_is_refused_behind_a_link_of_ours() throws IOException {
        Path far = Files.createDirectory(folder.resolve("far"));
        Files.setAttribute(far, "unix:mode", 0777);
        Path near = Files.createSymbolicLink(folder.resolve("near"), far);

        assertThatThrownBy(() -> new SocketFile(Address.unix(near + "/mill")).checkFolder(OwnUser.number()))
                .hasMessageContaining("chmod go-w " + near);
    }

    @Test
    void a_folder_of_root_is_good_for_everybody() throws IOException {
        assumeThat((int) Files.getAttribute(Path.of("/"), "unix:uid")).isEqualTo(ROOT);

        assertThatCode(() -> new SocketFile(Address.unix("/mill")).checkFolder(SOMEBODY))
                .doesNotThrowAnyException();
    }
}
