package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.chaski.streamer.StorageException.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that was closed in good order and is not what it was: an error that names it, or no harm done. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DamagedStorageTest {

    private static final StorageOptions OPTIONS =
            StorageOptions.builder().freeSpaceFloor(0).build();

    @TempDir(factory = MemoryDisk.class)
    Path folder;

    private final TreeMap<String, String> written = new TreeMap<>();
    private Path file;
    private byte[] intact;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("storage.db");
        try (Storage storage = Storage.open(file, OPTIONS)) {
            for (int i = 0; i < 60; i++) {
                put(storage, "key-" + i, "value " + i + " " + "x".repeat(i * 20));
            }
        }
        intact = Files.readAllBytes(file);
    }

    private void put(Storage storage, String key, String value) {
        storage.put(key, value);
        written.put(key, value);
    }

    @Test
    void an_intact_file_is_sound() {
        assertThat(isSound()).isTrue();
    }

    @Test
    void an_empty_file_is_not_taken_for_a_new_one() throws IOException {
        Files.write(file, new byte[0]);
        assertDamaged();
    }

    @Test
    void a_file_of_something_else_is_damaged_and_left_alone() throws IOException {
        byte[] other = "this is no storage\n".repeat(2_000).getBytes(StandardCharsets.US_ASCII);
        Files.write(file, other);
        assertDamaged();
        assertThat(Files.readAllBytes(file)).isEqualTo(other);
    }

    @Test
    void a_file_that_was_cut_off_anywhere_is_damaged_or_complete() throws IOException {
        int refused = 0;
        for (int length = intact.length - 1; length >= 0; length -= 1_000) {
            Files.write(file, Arrays.copyOf(intact, length));
            refused += isSound() ? 0 : 1;
        }
        assertThat(refused).isPositive();
    }

    @Test
    void a_flipped_bit_is_found_or_does_no_harm() throws IOException {
        flipBits(Long.getLong("chaski.test.seed", System.nanoTime()), 150);
    }

    @Test
    @Tag("deep")
    void many_flipped_bits_are_found_or_do_no_harm() throws IOException {
        flipBits(Long.getLong("chaski.test.seed", System.nanoTime()), 20_000);
    }

    /** With this seed a page of a map is not found when the file is open already, which once left it locked. */
    @Test
    void a_file_that_is_refused_is_let_go() throws IOException {
        flipBits(6_930_324_366_512L, 150);
    }

    private void flipBits(long seed, int rounds) throws IOException {
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < rounds; round++) {
            byte[] damaged = intact.clone();
            int at = random.nextInt(damaged.length);
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, damaged);
            try {
                refused += isSound() ? 0 : 1;
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", byte " + at, e);
            }
        }
        assertThat(refused).as("seed " + seed).isPositive();
    }

    @Test
    void an_older_copy_is_damaged_until_somebody_says_that_it_is_meant() throws IOException {
        try (Storage storage = Storage.open(file, OPTIONS)) {
            storage.put("later", "v");
        }
        Files.write(file, intact);

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> Storage.open(file, OPTIONS))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.DAMAGED))
                .withMessageContaining("older")
                .withMessageContaining("storage.db.lock");

        Files.delete(folder.resolve("storage.db.lock"));
        assertThat(isSound()).isTrue();
    }

    @Test
    void a_read_of_a_damaged_value_says_so_and_the_others_can_be_read() throws IOException {
        String text = new String(intact, StandardCharsets.ISO_8859_1);
        byte[] damaged = intact.clone();
        damaged[text.lastIndexOf("value 7 ")] ^= 1;
        Files.write(file, damaged);

        try (Storage storage = Storage.open(file, OPTIONS)) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> storage.get("key-7"))
                    .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.DAMAGED))
                    .withMessageContaining("storage.db");
            assertThat(storage.get("key-8", String.class)).contains(written.get("key-8"));
        }
    }

    @Test
    void a_damaged_value_stays_and_every_way_to_change_it_says_so() throws IOException {
        String text = new String(intact, StandardCharsets.ISO_8859_1);
        byte[] damaged = intact.clone();
        damaged[text.lastIndexOf("value 7 ")] ^= 1;
        Files.write(file, damaged);

        try (Storage storage = Storage.open(file, OPTIONS)) {
            List.<Runnable>of(
                            () -> storage.put("key-7", "v"),
                            () -> storage.take("key-7"),
                            () -> storage.delete("key-7"),
                            storage::clear)
                    .forEach(call -> assertThatExceptionOfType(StorageException.class)
                            .isThrownBy(call::run)
                            .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.DAMAGED)));
            storage.put("key-8", "new");
            assertThat(storage.get("key-8", String.class)).contains("new");
            assertThat(storage.delete("key-8")).isTrue();
        }
    }

    private void assertDamaged() {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> Storage.open(file, OPTIONS))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.DAMAGED))
                .withMessageContaining("storage.db");
    }

    /** Whether everything is there; if not, the file must have been refused as damaged. */
    private boolean isSound() {
        try (Storage storage = Storage.open(file, OPTIONS)) {
            storage.verify();
            assertThat(storage.keys()).isEqualTo(List.copyOf(written.keySet()));
            written.forEach(
                    (key, value) -> assertThat(storage.get(key, String.class)).contains(value));
            return true;
        } catch (StorageException e) {
            assertThat(e.problem()).isEqualTo(Problem.DAMAGED);
            assertThat(e).hasMessageContaining("storage.db");
            return false;
        }
    }
}
