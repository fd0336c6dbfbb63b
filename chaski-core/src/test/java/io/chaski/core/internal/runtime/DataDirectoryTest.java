package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chaski.core.ConfigurationException;
import io.chaski.core.NodeId;
import io.chaski.core.internal.runtime.DataDirectory.Incarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** N44: what is kept on disk, where, and for whose eyes. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DataDirectoryTest {

    private static final NodeId FRESH = new NodeId(1, 2);
    private static final NodeId OTHER = new NodeId(3, 4);

    @TempDir
    Path parent;

    private Path folder() {
        return parent.resolve("deep/er");
    }

    private Incarnation begin(Optional<NodeId> wanted, NodeId fresh, long nowMillis) throws IOException {
        try (DataDirectory directory = DataDirectory.open(folder())) {
            return directory.begin(wanted, () -> fresh, nowMillis);
        }
    }

    @Test
    void gives_a_new_node_a_new_id_and_the_time_as_epoch() throws IOException {
        assertThat(begin(Optional.empty(), FRESH, 1_000)).isEqualTo(new Incarnation(FRESH, 1_000));
    }

    @Test
    void keeps_the_id_over_restarts() throws IOException {
        begin(Optional.empty(), FRESH, 1_000);
        assertThat(begin(Optional.empty(), OTHER, 2_000)).isEqualTo(new Incarnation(FRESH, 2_000));
        assertThat(begin(Optional.of(FRESH), OTHER, 3_000)).isEqualTo(new Incarnation(FRESH, 3_000));
    }

    @Test
    void raises_the_epoch_even_when_the_clock_goes_back() throws IOException {
        begin(Optional.empty(), FRESH, 1_000);
        assertThat(begin(Optional.empty(), OTHER, 5)).isEqualTo(new Incarnation(FRESH, 1_001));
        assertThat(begin(Optional.empty(), OTHER, 5)).isEqualTo(new Incarnation(FRESH, 1_002));
    }

    @Test
    void takes_the_id_that_the_application_wants() throws IOException {
        assertThat(begin(Optional.of(OTHER), FRESH, 1_000)).isEqualTo(new Incarnation(OTHER, 1_000));
    }

    @Test
    void refuses_another_id_than_its_own() throws IOException {
        begin(Optional.empty(), FRESH, 1_000);
        assertThatThrownBy(() -> begin(Optional.of(OTHER), FRESH, 2_000))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(FRESH.toString())
                .hasMessageContaining(OTHER.toString());
    }

    @Test
    void belongs_to_one_running_node() throws IOException {
        DataDirectory first = DataDirectory.open(folder());
        assertThatThrownBy(() -> DataDirectory.open(folder()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("another running node");
        first.close();
        DataDirectory.open(folder()).close();
    }

    /** POSIX gives up all locks of a process on a file when the process closes it once, whatever it was opened for. */
    @Test
    void belongs_to_its_node_still_when_another_one_was_refused() throws Exception {
        DataDirectory first = DataDirectory.open(folder());
        Path otherName = Files.createSymbolicLink(parent.resolve("other name"), folder());
        for (Path name : List.of(folder(), otherName)) {
            assertThatThrownBy(() -> DataDirectory.open(name)).isInstanceOf(ConfigurationException.class);
        }

        assertThat(OtherProcess.canOpen(folder())).isFalse();
        first.close();
        first.close();
        assertThat(OtherProcess.canOpen(folder())).isTrue();
    }

    /** What is being written when it closes is written before, and never over the file of the next owner. */
    @Test
    void nothing_is_written_once_it_is_closed() throws IOException, InterruptedException {
        for (int time = 0; time < 20; time++) {
            DataDirectory directory = DataDirectory.open(folder());
            CountDownLatch hasWritten = new CountDownLatch(1);
            Thread late = new Thread(() -> {
                try {
                    for (long epoch = 1; ; epoch++) {
                        directory.keep(new Incarnation(FRESH, epoch));
                        hasWritten.countDown();
                    }
                } catch (IOException closed) {
                    hasWritten.countDown();
                }
            });
            late.start();
            hasWritten.await();
            directory.close();
            String then = Files.readString(folder().resolve("node.properties"));
            late.join();
            assertThat(folder().resolve("node.properties")).hasContent(then);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "id=00\nepoch=1\n", "id=00000000000000010000000000000002\n", "epoch=1", "\\u00zz"})
    void is_never_repaired_by_guessing(String content) throws IOException {
        begin(Optional.empty(), FRESH, 1_000);
        Files.writeString(folder().resolve("node.properties"), content);
        assertThatThrownBy(() -> begin(Optional.empty(), OTHER, 2_000))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("is damaged");
        assertThat(folder().resolve("node.properties")).hasContent(content);
    }

    @Test
    void does_not_read_a_huge_file() throws IOException {
        begin(Optional.empty(), FRESH, 1_000);
        Files.writeString(folder().resolve("node.properties"), "#".repeat(5_000));
        assertThatThrownBy(() -> begin(Optional.empty(), OTHER, 2_000))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("too long");
    }

    @Test
    void survives_a_crash_between_writing_and_moving() throws IOException {
        begin(Optional.empty(), FRESH, 1_000);
        Files.writeString(folder().resolve("node.properties.new"), "half a li");
        assertThat(begin(Optional.empty(), OTHER, 2_000)).isEqualTo(new Incarnation(FRESH, 2_000));
        assertThat(names()).containsExactly("node.lock", "node.properties");
    }

    @Test
    void is_for_its_owner_only() throws IOException {
        assumeTrue(parent.getFileSystem().supportedFileAttributeViews().contains("posix"));
        begin(Optional.empty(), FRESH, 1_000);
        assertThat(permissions(folder())).isEqualTo("rwx------");
        assertThat(permissions(folder().resolve("node.properties"))).isEqualTo("rw-------");
        assertThat(permissions(folder().resolve("node.lock"))).isEqualTo("rw-------");
    }

    @Test
    void does_not_follow_a_link_that_somebody_planted() throws IOException {
        Path victim = Files.writeString(parent.resolve("victim"), "untouched");
        Files.createDirectories(folder());
        Files.createSymbolicLink(folder().resolve("node.properties.new"), victim);
        begin(Optional.empty(), FRESH, 1_000);
        assertThat(victim).hasContent("untouched");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
