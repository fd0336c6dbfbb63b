package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.streamer.StorageException.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The operating system refuses to write, as on a full disk: a process whose files may not grow beyond 1 MiB. */
@EnabledOnOs(OS.LINUX)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FullDiskIT {

    private static final int VALUE_BYTES = 20_000;

    @TempDir(factory = MemoryDisk.class)
    Path folder;

    @Test
    void the_write_is_refused_and_everything_before_it_stays() throws Exception {
        Path file = folder.resolve("full.db");
        Process child = new ProcessBuilder(
                        "bash",
                        "-c",
                        "ulimit -f 1024 && exec \"$0\" \"$@\"",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> said = child.inputReader().lines().toList();
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();

        assertThat(said).hasSize(2).last().isEqualTo("DISK_FULL, and all before it can be read");
        int acknowledged = Integer.parseInt(said.get(0));
        assertThat(acknowledged).isBetween(10, 52);
        try (Storage storage = Storage.open(file)) {
            storage.verify();
            assertThat(storage.keys()).hasSize(acknowledged);
            storage.put("one more", "there is room again");
        }
    }

    /** The child. */
    static final class Writer {

        public static void main(String[] arguments) {
            try (Storage storage = Storage.open(
                    Path.of(arguments[0]),
                    StorageOptions.builder().freeSpaceFloor(0).build())) {
                int acknowledged = 0;
                Problem problem = null;
                while (problem == null) {
                    try {
                        storage.put("k" + acknowledged, new byte[VALUE_BYTES]);
                        acknowledged++;
                    } catch (StorageException e) {
                        problem = e.problem();
                    }
                }
                System.out.println(acknowledged);
                boolean canBeRead = storage.keys().size() == acknowledged
                        && storage.keys().stream()
                                .allMatch(key -> storage.get(key).orElseThrow().lengthBytes() == VALUE_BYTES);
                System.out.println(problem + (canBeRead ? ", and all before it can be read" : ", and more is gone"));
            }
        }
    }
}
