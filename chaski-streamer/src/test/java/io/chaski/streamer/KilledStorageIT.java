package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 at any moment: while a storage opens, and while four threads write to it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class KilledStorageIT implements KilledLives.Witness {

    private static final int MAX_ACKNOWLEDGED_PER_LIFE = 100;

    @TempDir(factory = MemoryDisk.class)
    Path folder;

    /** Steps that each thread has been told are on disk. */
    private final int[] acknowledged = new int[KilledWriter.THREADS];

    @Test
    void every_acknowledged_write_survives_20_kills() throws Exception {
        killAndCompare(20);
    }

    @Test
    @Tag("deep")
    void every_acknowledged_write_survives_1000_kills() throws Exception {
        killAndCompare(1_000);
    }

    private void killAndCompare(int kills) throws Exception {
        KilledLives.killAndCompare(KilledWriter.class, file(), kills, MAX_ACKNOWLEDGED_PER_LIFE, this);
        assertThat(Arrays.stream(acknowledged)).allMatch(steps -> steps > kills);
    }

    @Override
    public String beginning() {
        return Arrays.stream(acknowledged).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    }

    @Override
    public void hear(String[] words) {
        acknowledged[Integer.parseInt(words[0])] = Integer.parseInt(words[1]) + 1;
    }

    /** Each slot has what its last acknowledged step has left, or the step under way. */
    @Override
    public void compare(String when) {
        try (Storage storage = Storage.open(file())) {
            for (int thread = 0; thread < KilledWriter.THREADS; thread++) {
                int steps = acknowledged[thread];
                for (int slot = 0; slot < KilledWriter.SLOTS; slot++) {
                    String key = KilledWriter.key(thread, slot);
                    Optional<String> found = storage.get(key, String.class);
                    if (slot == steps % KilledWriter.SLOTS) {
                        assertThat(found)
                                .as("%s, %s, step %d under way", when, key, steps)
                                .isIn(List.of(
                                        KilledWriter.expected(slot, steps), KilledWriter.expected(slot, steps + 1)));
                    } else {
                        assertThat(found)
                                .as("%s, %s, after %d steps", when, key, steps)
                                .isEqualTo(KilledWriter.expected(slot, steps));
                    }
                }
            }
        }
    }

    private Path file() {
        return folder.resolve("killed.db");
    }
}
