package io.chaski.examples.fileshare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SharedFolderTest {

    @TempDir
    Path temp;

    private SharedFolder folder;

    @BeforeEach
    void open() throws IOException {
        folder = new SharedFolder(temp.resolve("shared"));
    }

    private static InputStream bytes(int count) {
        return new ByteArrayInputStream(new byte[count]);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder.path())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private void refuses(NotShared.Reason reason, String name, InputStream content) {
        assertThatExceptionOfType(NotShared.class)
                .isThrownBy(() -> folder.add(name, content, 100))
                .extracting(NotShared::reason)
                .isEqualTo(reason);
    }

    @Test
    void removes_what_a_killed_peer_has_left_and_nothing_that_somebody_may_be_at() throws Exception {
        Path left = Files.createFile(folder.path().resolve(".upload-1"));
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        Path other = Files.createFile(folder.path().resolve("old.txt"));
        Files.setLastModifiedTime(other, FileTime.fromMillis(0));
        Files.createFile(folder.path().resolve(".upload-2"));

        assertThat(folder.removeLeftovers()).isEqualTo(1);
        assertThat(names()).containsExactlyInAnyOrder(".upload-2", "old.txt");
    }

    @Test
    void takes_a_file_of_the_largest_size_and_of_none() throws Exception {
        assertThat(folder.add("song.ogg", bytes(100), 100)).hasSize(100);
        assertThat(folder.add("empty", bytes(0), 100)).isEmptyFile();
        assertThat(names()).containsExactlyInAnyOrder("song.ogg", "empty");
    }

    @Test
    void leaves_nothing_of_one_that_is_too_large() throws Exception {
        refuses(NotShared.Reason.TOO_LARGE, "film.mkv", bytes(101));
        assertThat(names()).isEmpty();
    }

    @Test
    void replaces_nothing() throws Exception {
        Files.writeString(folder.path().resolve("song.ogg"), "before");

        refuses(NotShared.Reason.TAKEN, "song.ogg", bytes(1));

        assertThat(folder.path().resolve("song.ogg")).hasContent("before");
        assertThat(names()).containsExactly("song.ogg");
        assertThatExceptionOfType(NotShared.class).isThrownBy(() -> folder.requireFree("song.ogg"));
        Files.createSymbolicLink(folder.path().resolve("link"), temp.resolve("outside"));
        refuses(NotShared.Reason.TAKEN, "link", bytes(1));
        assertThat(temp.resolve("outside")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../x",
                "a/b",
                "/etc/passwd",
                "a\\b",
                "C:x",
                ".hidden",
                "a\0b",
                "CON",
                "x.",
                "\ufffd"
            })
    void takes_no_name_that_leads_elsewhere(String name) throws Exception {
        refuses(NotShared.Reason.BAD_NAME, name, bytes(1));
        assertThatExceptionOfType(NotShared.class).isThrownBy(() -> folder.requireFree(name));
        assertThat(names()).isEmpty();
        assertThat(temp).isDirectoryNotContaining(path -> !path.equals(temp.resolve("shared")));
    }

    @Test
    void leaves_nothing_of_one_whose_sender_goes_in_the_middle() throws Exception {
        assertThatIOException()
                .isThrownBy(() ->
                        folder.add("song.ogg", new UploadBody(bytes(50), 60, new Patience(Duration.ofMinutes(1))), 100))
                .withMessageContaining("10 bytes are missing");
        assertThat(names()).isEmpty();
    }
}
