package io.chaski.ca.internal.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX permissions")
class LocalDiskTest {

    @TempDir
    Path outside;

    private final LocalDisk disk = new LocalDisk();
    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = outside.resolve("ca");
        disk.createDirectory(directory);
    }

    @Test
    void directories_are_the_owners() throws IOException {
        assertThat(permissions(directory)).isEqualTo("rwx------");
    }

    @Test
    void files_are_the_owners_from_the_first_moment() throws IOException {
        Path file = directory.resolve("key");
        try (DiskFile made = disk.create(file)) {
            assertThat(permissions(file)).isEqualTo("rw-------");
            made.write(3, new byte[] {1, 2});
            made.force();
            assertThat(made.read(0, 10)).containsExactly(0, 0, 0, 1, 2);
            assertThat(made.read(4, 1)).containsExactly(2);
            assertThat(made.read(9, 1)).isEmpty();
            made.truncate(4);
            assertThat(made.size()).isEqualTo(4);
        }
        SmallFiles.write(disk, file, new byte[7]);
        assertThat(permissions(file)).isEqualTo("rw-------");
        assertThat(SmallFiles.read(disk, file, 7)).hasSize(7);
    }

    @Test
    void no_file_is_made_where_something_is() throws IOException {
        Path file = directory.resolve("key");
        Files.createSymbolicLink(file, outside.resolve("elsewhere"));

        assertThatThrownBy(() -> disk.create(file)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(Files.exists(outside.resolve("elsewhere"))).isFalse();
        assertThat(disk.exists(file)).as("a link to nowhere").isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rw-rw-rw-"})
    void a_file_that_others_can_get_at_is_not_opened(String permissions) throws IOException {
        Path file = directory.resolve("key");
        disk.create(file).close();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));

        assertUnsafe(file, permissions);
    }

    @Test
    void a_link_is_not_followed() throws IOException {
        Path target = directory.resolve("target");
        disk.create(target).close();
        Path link = directory.resolve("key");
        Files.createSymbolicLink(link, target);

        assertUnsafe(link, "symbolic link");
    }

    @Test
    void a_file_of_another_user_is_not_opened() throws IOException {
        Path file = directory.resolve("key");
        disk.create(file).close();
        boolean isGivenAway;
        try {
            Files.setAttribute(file, "unix:uid", 65_534, LinkOption.NOFOLLOW_LINKS);
            isGivenAway = true;
        } catch (IOException | UnsupportedOperationException onlyRootMay) {
            isGivenAway = false;
        }
        assumeTrue(isGivenAway, "only root can give files away");

        assertUnsafe(file, "belongs to");
    }

    @Test
    void one_at_a_time_has_the_lock() throws IOException {
        Path lock = directory.resolve("lock");
        try (Closeable first = disk.lock(lock)) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> disk.lock(lock))
                    .isInstanceOfSatisfying(
                            AuthorityException.class,
                            e -> assertThat(e.problem()).isEqualTo(Problem.IN_USE));
        }
        disk.lock(lock).close();
        assertThat(permissions(lock)).isEqualTo("rw-------");
    }

    @Test
    void a_lock_by_another_name_is_the_same_lock() throws IOException {
        Path link = Files.createSymbolicLink(outside.resolve("link"), outside);
        try (Closeable first = disk.lock(directory.resolve("lock"))) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> disk.lock(link.resolve("ca").resolve("lock")))
                    .isInstanceOfSatisfying(
                            AuthorityException.class,
                            e -> assertThat(e.problem()).isEqualTo(Problem.IN_USE));
        }
    }

    /** Closing the first one again must not let a third one in beside the second. */
    @Test
    void a_lock_that_is_closed_twice_is_given_up_once() throws IOException {
        Path lock = directory.resolve("lock");
        Closeable first = disk.lock(lock);
        first.close();
        try (Closeable second = disk.lock(lock)) {
            assertThat(second).isNotNull();
            first.close();
            assertThatThrownBy(() -> disk.lock(lock)).isInstanceOf(AuthorityException.class);
        }
    }

    /** An interrupt closes a FileChannel, and with it the journal of an authority that goes on. */
    @Test
    void an_interrupted_thread_reads_and_writes_all_the_same() throws IOException {
        try (DiskFile file = disk.create(directory.resolve("journal"))) {
            Thread.currentThread().interrupt();
            file.write(0, new byte[] {1, 2, 3});
            file.force();
            file.truncate(2);
            assertThat(file.read(0, 10)).containsExactly(1, 2);
            assertThat(Thread.interrupted()).as("the interrupt is not lost").isTrue();
            assertThat(file.size()).isEqualTo(2);
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void a_directory_that_others_can_get_at_is_not_locked() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThatThrownBy(() -> disk.lock(directory.resolve("lock")))
                .isInstanceOfSatisfying(
                        AuthorityException.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNSAFE_PERMISSIONS));
    }

    @Test
    void names_that_cannot_be_forced_are_an_error() throws IOException {
        disk.forceDirectory(directory);

        assertThatThrownBy(() -> disk.forceDirectory(directory.resolve("not there")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void a_file_is_removed_if_it_is_there() throws IOException {
        disk.create(directory.resolve("key")).close();

        disk.deleteIfExists(directory.resolve("key"));
        disk.deleteIfExists(directory.resolve("key"));

        assertThat(directory).isEmptyDirectory();
    }

    private void assertUnsafe(Path file, String why) {
        assertThatThrownBy(() -> disk.open(file))
                .isInstanceOfSatisfying(
                        AuthorityException.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNSAFE_PERMISSIONS))
                .hasMessageContaining(file.toString())
                .hasMessageContaining(why);
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
