package io.chaski.streamer.internal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.chaski.streamer.StorageException;
import io.chaski.streamer.StorageException.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is acknowledged is forced to disk, and a disk that fails to force is not trusted again. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DurableStorageTest {

    @TempDir
    Path folder;

    private final ForgetfulDisk disk = new ForgetfulDisk();
    private StorageWriter writer;

    @BeforeEach
    void open() {
        writer = open(folder.resolve("storage.db"));
    }

    @AfterEach
    void close() {
        writer.close();
    }

    private StorageWriter open(Path file) {
        MvKvStore store = MvKvStore.open(file, 0, disk);
        return new StorageWriter(file, store, new Limits(10_000, 1 << 30), () -> 0);
    }

    private void put(String key, String value) {
        writer.execute(
                draft -> {
                    draft.put(key, entry(value));
                    return true;
                },
                value.length());
    }

    private static StoredEntry entry(String value) {
        return new StoredEntry("text/plain", value.getBytes(StandardCharsets.UTF_8), StoredEntry.NEVER);
    }

    private void remove(String key) {
        writer.execute(
                draft -> {
                    draft.remove(key);
                    return true;
                },
                0);
    }

    private static @Nullable String get(StorageWriter storage, String key) {
        StoredEntry entry = storage.get(key);
        return entry == null ? null : new String(entry.value(), StandardCharsets.UTF_8);
    }

    /** What somebody would find who opens the storage after a power failure at this moment. */
    private StorageWriter afterPowerFailure() throws IOException {
        Path file = folder.resolve("after.db");
        disk.copyAfterPowerFailure(file);
        Files.deleteIfExists(folder.resolve("after.db.lock"));
        Files.copy(folder.resolve("storage.db.lock"), folder.resolve("after.db.lock"));
        return new StorageWriter(
                file, MvKvStore.open(file, 0, new ForgetfulDisk()), new Limits(10_000, 1 << 30), () -> 0);
    }

    @Test
    void a_write_is_forced_before_it_is_acknowledged() throws IOException {
        String large = "x".repeat(10_000);
        for (int i = 0; i < 150; i++) { // compacts twice
            put("k" + i % 7, i + large);
            if (i % 3 == 0) {
                remove("k" + i % 7);
            }
            if (i % 10 < 2) {
                StorageWriter after = afterPowerFailure();
                assertThat(get(after, "k" + i % 7)).isEqualTo(i % 3 == 0 ? null : i + large);
                after.close();
            }
        }
    }

    @Test
    void closing_is_forced_too() throws IOException {
        for (int i = 0; i < 50; i++) {
            put("k", "x".repeat(50_000)); // leaves something to compact
        }
        writer.close();

        StorageWriter after = afterPowerFailure();
        assertThat(after.keys("")).containsExactly("k");
        after.close();
    }

    @Test
    void a_new_storage_has_its_name_only_when_it_is_forced() {
        disk.failNextSync();
        Path file = folder.resolve("new.db");

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> open(file))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.FAILED));
        assertThat(file).doesNotExist();

        open(file).close();
        assertThat(file).exists();
    }

    @Test
    void a_new_storage_has_durable_names_up_to_the_folder_that_was_there() throws IOException {
        Path real = folder.toRealPath();

        open(real.resolve("a/b/new.db")).close();

        assertThat(disk.forcedFolders()).endsWith(real, real.resolve("a"), real.resolve("a/b"));
    }

    @Test
    void names_that_cannot_be_forced_are_a_failure() {
        Path file = folder.resolve("new.db");
        disk.failNextNames();

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> open(file))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.FAILED));
    }

    @Nested
    class After_a_sync_that_failed {

        @BeforeEach
        void fail() {
            for (int i = 0; i < 50; i++) { // several pages, so that a later write does not replace the one in question
                put("k" + i, "old" + "x".repeat(1_000));
            }
            put("k", "old");
            disk.failNextSync();
            assertFailed(() -> put("k", "new"));
        }

        private void assertFailed(Runnable call) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(call::run)
                    .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.FAILED))
                    .withMessageContaining("storage.db")
                    .withMessageContaining("open it again");
        }

        @Test
        void the_storage_does_no_more_and_never_syncs_again() {
            int syncs = disk.syncs();

            assertFailed(() -> put("k", "newer"));
            assertFailed(() -> remove("k"));
            assertFailed(() -> get(writer, "k7"));
            assertFailed(() -> writer.keys(""));
            writer.close();

            assertThat(disk.syncs()).isEqualTo(syncs);
        }

        @Test
        void the_storage_that_is_opened_again_has_the_write_or_not_and_survives_a_power_failure() throws IOException {
            writer.close();
            writer = open(folder.resolve("storage.db"));
            String found = get(writer, "k");
            assertThat(found).isIn("old", "new");

            put("later", "v");
            put("latest", "v");

            StorageWriter after = afterPowerFailure();
            after.execute(
                    draft -> {
                        draft.verify();
                        return true;
                    },
                    0);
            assertThat(after.keys("k")).hasSize(51);
            assertThat(after.keys("l")).containsExactly("later", "latest");
            assertThat(get(after, "k")).isEqualTo(found);
            after.close();
        }
    }
}
