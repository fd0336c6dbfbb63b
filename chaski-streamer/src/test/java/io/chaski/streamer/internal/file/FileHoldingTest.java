package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.streamer.file.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileHoldingTest {

    @TempDir
    Path temp;

    private final List<FileHolding> changed = new ArrayList<>();
    private Path file;
    private FileHolding holding;

    @BeforeEach
    void hold() throws IOException {
        file = TestFiles.file(temp, "d/f", 1_000, 1);
        FileHasher.Hashed hashed = FileHasher.hash(file, () -> false).orElseThrow();
        holding = new FileHolding(file, hashed, bytes -> {}, changed::add);
    }

    private void refuses() {
        assertThatThrownBy(holding::open).isInstanceOf(IOException.class);
    }

    @Test
    void a_file_that_has_changed_or_is_gone_is_given_up() throws IOException {
        Files.writeString(file, "another");
        refuses();
        assertThat(changed).containsExactly(holding);

        Files.delete(file);
        refuses();
        assertThat(changed).hasSize(2);
    }

    @Test
    void a_file_that_cannot_be_looked_at_just_now_is_not_given_up() throws IOException {
        Path away = Files.move(file.getParent(), temp.resolve("away"));
        Path inTheWay =
                Files.createFile(temp.resolve("d")); // "not a directory", as little a statement as a timeout of NFS
        refuses();
        assertThat(changed).isEmpty();

        Files.delete(inTheWay);
        Files.move(away, temp.resolve("d"));
        holding.open().close();
        assertThat(changed).isEmpty();
    }
}
