package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.streamer.file.NameClash;
import io.chaski.streamer.file.TransferFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlacementTest {

    @TempDir
    Path temp;

    private Path directory;
    private Placement placement;

    @BeforeEach
    void make() throws IOException {
        directory = Files.createDirectory(temp.resolve("in")).toRealPath();
        placement = new Placement(new Disk(), directory);
    }

    private Path arrived() throws IOException {
        return Files.writeString(directory.resolve(".chaski-1.part"), "new");
    }

    private Optional<Path> present(String name, Manifest manifest, NameClash clash) throws IOException {
        return placement.present(name, manifest, clash, new HashedFiles(), () -> false);
    }

    private void refused(String name, NameClash clash) throws IOException {
        Path content = arrived();
        assertThatThrownBy(() -> placement.check(name, clash))
                .isInstanceOf(TransferFailedException.class)
                .hasMessageContaining("EXISTS");
        assertThatThrownBy(() -> placement.place(content, name, clash))
                .isInstanceOf(TransferFailedException.class)
                .hasMessageContaining("EXISTS");
        assertThat(content).exists();
    }

    @ParameterizedTest
    @EnumSource
    void a_free_name_is_taken_and_its_directories_are_made(NameClash clash) throws IOException {
        Path path = placement.place(arrived(), "a/b/f", clash);

        assertThat(path).isEqualTo(directory.resolve("a/b/f")).hasContent("new");
        assertThat(directory.resolve(".chaski-1.part")).doesNotExist();
    }

    @Nested
    class Row_97_the_name_is_that_of {

        @Test
        void a_file() throws IOException {
            Path old = Files.writeString(directory.resolve("f.txt"), "old");
            refused("f.txt", NameClash.REFUSE);
            assertThat(old).hasContent("old");
            assertThat(placement.place(arrived(), "f.txt", NameClash.KEEP_BOTH))
                    .isEqualTo(directory.resolve("f-2.txt"));
            assertThat(placement.place(arrived(), "f.txt", NameClash.KEEP_BOTH))
                    .isEqualTo(directory.resolve("f-3.txt"));
            assertThat(old).hasContent("old");
            assertThat(placement.place(arrived(), "f.txt", NameClash.REPLACE)).isEqualTo(old);
            assertThat(old).hasContent("new");
        }

        @Test
        void a_link() throws IOException {
            Path outside = Files.writeString(temp.resolve("outside"), "old");
            Files.createSymbolicLink(directory.resolve("f"), outside);
            refused("f", NameClash.REFUSE);
            refused("f", NameClash.REPLACE);
            assertThat(placement.place(arrived(), "f", NameClash.KEEP_BOTH)).isEqualTo(directory.resolve("f-2"));
            assertThat(outside).hasContent("old");
        }

        @Test
        void a_link_that_leads_nowhere() throws IOException {
            Files.createSymbolicLink(directory.resolve("f"), temp.resolve("nowhere"));
            refused("f", NameClash.REFUSE);
            refused("f", NameClash.REPLACE);
            assertThat(temp.resolve("nowhere")).doesNotExist();
        }

        @Test
        void a_directory() throws IOException {
            Files.createDirectory(directory.resolve("f"));
            refused("f", NameClash.REFUSE);
            refused("f", NameClash.REPLACE);
        }

        @Test
        void a_pipe() throws Exception {
            Process mkfifo = new ProcessBuilder("mkfifo", directory.resolve("f").toString()).start();
            assertThat(mkfifo.waitFor()).isZero();
            refused("f", NameClash.REFUSE);
            refused("f", NameClash.REPLACE);
        }

        @Test
        void something_below_a_link_or_a_file() throws IOException {
            Path outside = Files.createDirectory(temp.resolve("outside"));
            Files.createSymbolicLink(directory.resolve("d"), outside);
            Files.createFile(directory.resolve("file"));
            for (NameClash clash : NameClash.values()) {
                refused("d/f", clash);
                refused("file/f", clash);
            }
            assertThat(outside).isEmptyDirectory();
        }
    }

    @Test
    void only_the_very_same_file_is_there_already() throws IOException {
        Path there = Files.writeString(directory.resolve("f"), "content");
        Manifest manifest = FileHasher.hash(there, () -> false).orElseThrow().manifest();

        assertThat(present("f", manifest, NameClash.REFUSE)).contains(there);
        assertThat(present("g", manifest, NameClash.REFUSE)).isEmpty();
        Files.writeString(there, "another");
        assertThat(present("f", manifest, NameClash.REFUSE)).isEmpty();
        Files.delete(there);
        Files.createSymbolicLink(there, Files.writeString(temp.resolve("outside"), "content"));
        assertThat(present("f", manifest, NameClash.REFUSE)).isEmpty();
    }

    @Test
    void a_file_that_was_given_a_number_is_there_already_when_it_is_offered_again() throws IOException {
        Files.writeString(directory.resolve("f.txt"), "old");
        Path numbered = placement.place(arrived(), "f.txt", NameClash.KEEP_BOTH);
        Manifest manifest = FileHasher.hash(numbered, () -> false).orElseThrow().manifest();

        assertThat(present("f.txt", manifest, NameClash.KEEP_BOTH)).contains(numbered);
        assertThat(present("f.txt", manifest, NameClash.REPLACE)).isEmpty();
    }

    @Test
    void a_file_that_has_not_changed_is_read_once_whoever_offers_something_of_its_size() throws IOException {
        Path there = Files.writeString(directory.resolve("f"), "content");
        HashedFiles files = new HashedFiles();
        Manifest manifest = files.manifest(there, () -> false).orElseThrow();

        assertThat(files.manifest(there, () -> {
                    throw new AssertionError("it is read again");
                }))
                .contains(manifest);
        Files.writeString(there, "another one");
        assertThat(files.manifest(there, () -> true)).as("stopped").isEmpty();
        assertThat(files.manifest(there, () -> false)).isPresent().isNotEqualTo(manifest);
    }
}
