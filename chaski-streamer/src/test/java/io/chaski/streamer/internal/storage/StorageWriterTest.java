package io.chaski.streamer.internal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.chaski.streamer.StorageException;
import io.chaski.streamer.StorageException.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StorageWriterTest {

    private static final Path FILE = Path.of("memory.db");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final MemoryKvStore store = new MemoryKvStore();
    private final AtomicLong nowMillis = new AtomicLong(1_000);
    private final StorageWriter writer = new StorageWriter(FILE, store, new Limits(10_000, 1 << 20), nowMillis::get);

    /** A sync that has begun, and ends when the test says so. */
    private final CountDownLatch isSyncing = new CountDownLatch(1);

    private final CountDownLatch isDiskReady = new CountDownLatch(1);

    @AfterEach
    void close() {
        isDiskReady.countDown();
        writer.close();
    }

    private void put(String key, String value) {
        put(key, value, StoredEntry.NEVER);
    }

    private void put(String key, String value, long expiresAtMillis) {
        writer.execute(
                draft -> {
                    draft.put(key, entry(value, expiresAtMillis));
                    return true;
                },
                value.length());
    }

    private void remove(String key) {
        writer.execute(
                draft -> {
                    draft.remove(key);
                    return true;
                },
                0);
    }

    private static StoredEntry entry(String value, long expiresAtMillis) {
        return new StoredEntry("text/plain", value.getBytes(StandardCharsets.UTF_8), expiresAtMillis);
    }

    private @Nullable String get(String key) {
        StoredEntry entry = writer.get(key);
        return entry == null ? null : new String(entry.value(), StandardCharsets.UTF_8);
    }

    private void holdTheDisk(@Nullable StorageException outcome) {
        store.onSync(() -> {
            isSyncing.countDown();
            try {
                assertThat(isDiskReady.await(LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return outcome;
        });
    }

    private CompletableFuture<Void> inBackground(Runnable call) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        call.run();
                        done.complete(null);
                    } catch (RuntimeException e) {
                        done.completeExceptionally(e);
                    }
                })
                .start();
        return done;
    }

    @Nested
    class While_the_disk_writes {

        @Test
        void readers_see_what_was_there_before() throws Exception {
            put("replaced", "old");
            put("removed", "old");
            holdTheDisk(null);
            CompletableFuture<Void> write = inBackground(() -> writer.execute(
                    draft -> {
                        draft.put("replaced", entry("new", StoredEntry.NEVER));
                        draft.put("added", entry("new", StoredEntry.NEVER));
                        draft.remove("removed");
                        return true;
                    },
                    0));
            assertThat(isSyncing.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

            assertThat(store.keys("", 0)).containsExactly("added", "replaced"); // the store shows it already
            assertThat(get("replaced")).isEqualTo("old");
            assertThat(get("added")).isNull();
            assertThat(get("removed")).isEqualTo("old");
            assertThat(writer.keys("")).containsExactly("removed", "replaced");
            assertThat(writer.keys("rem")).containsExactly("removed");
            assertThat(write).isNotDone();

            isDiskReady.countDown();
            write.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(get("replaced")).isEqualTo("new");
            assertThat(writer.keys("")).containsExactly("added", "replaced");
        }

        @Test
        void other_writes_wait_and_share_the_next_sync() throws Exception {
            holdTheDisk(null);
            List<CompletableFuture<Void>> writes = new ArrayList<>();
            writes.add(inBackground(() -> put("first", "v")));
            assertThat(isSyncing.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 8; i++) {
                String key = "k" + i;
                writes.add(inBackground(() -> put(key, "v")));
            }
            await().atMost(LIMIT).until(() -> writer.waiting() == 8);
            isDiskReady.countDown();
            for (CompletableFuture<Void> write : writes) {
                write.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }

            assertThat(store.commitSizes()).containsExactly(1, 8);
        }
    }

    @Nested
    class When_the_disk_fails {

        @Test
        void everybody_of_the_commit_is_told_and_nothing_has_changed() {
            put("k", "old");
            store.onSync(() -> new StorageException(Problem.DISK_FULL, FILE, "full", null));

            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> put("k", "new"))
                    .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.DISK_FULL));
            assertThat(get("k")).isEqualTo("old");

            store.onSync(() -> null);
            put("k", "new");
            assertThat(get("k")).isEqualTo("new");
        }

        @Test
        void a_bug_closes_the_storage_and_leaves_nobody_waiting() {
            store.onSync(() -> {
                throw new IllegalStateException("a bug");
            });

            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> put("k", "v"))
                    .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.FAILED));
            await().atMost(LIMIT).until(store::isClosed);
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> put("k", "v"))
                    .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.CLOSED));
        }
    }

    @Nested
    class When_the_disk_is_full {

        @Test
        void only_the_writes_that_do_not_fit_fail_and_the_others_of_their_commit_do_not() throws Exception {
            put("taken", "v");
            holdTheDisk(null);
            CompletableFuture<Void> first = inBackground(() -> put("first", "v"));
            assertThat(isSyncing.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            store.setRoomBytes(10);
            List<CompletableFuture<Void>> refused = List.of(
                    inBackground(() -> put("large", "x".repeat(10))),
                    inBackground(() -> put("larger", "x".repeat(100))));
            List<CompletableFuture<Void>> fitting =
                    List.of(inBackground(() -> put("small", "v")), inBackground(() -> remove("taken")));
            await().atMost(LIMIT).until(() -> writer.waiting() == 4);
            isDiskReady.countDown();

            first.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            for (CompletableFuture<Void> write : fitting) {
                write.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
            for (CompletableFuture<Void> write : refused) {
                assertThat(write)
                        .failsWithin(LIMIT)
                        .withThrowableOfType(ExecutionException.class)
                        .withCauseInstanceOf(StorageException.class)
                        .satisfies(e -> assertThat(((StorageException) e.getCause()).problem())
                                .isEqualTo(Problem.DISK_FULL));
            }
            assertThat(store.commitSizes()).containsExactly(1, 1, 2);
            assertThat(writer.keys("")).containsExactly("first", "small");
        }

        @Test
        void writes_of_one_commit_share_what_room_there_is() throws Exception {
            holdTheDisk(null);
            CompletableFuture<Void> first = inBackground(() -> put("first", "v"));
            assertThat(isSyncing.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            store.setRoomBytes(10);
            List<CompletableFuture<Void>> both =
                    List.of(inBackground(() -> put("a", "x".repeat(5))), inBackground(() -> put("b", "x".repeat(5))));
            await().atMost(LIMIT).until(() -> writer.waiting() == 2);
            isDiskReady.countDown();

            first.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            await().atMost(LIMIT).until(() -> both.stream().allMatch(CompletableFuture::isDone));
            assertThat(both.stream().filter(CompletableFuture::isCompletedExceptionally))
                    .hasSize(1);
        }
    }

    @Nested
    class Expired_entries {

        @Test
        void that_cannot_be_removed_are_warned_about_once() {
            put("k", "v", 2_000);
            ListAppender<ILoggingEvent> log = new ListAppender<>();
            log.start();
            Logger logger = (Logger) LoggerFactory.getLogger(StorageWriter.class);
            logger.addAppender(log);
            logger.setLevel(Level.WARN);
            try {
                AtomicInteger attempts = new AtomicInteger();
                store.onSync(() -> {
                    attempts.incrementAndGet();
                    return new StorageException(Problem.FAILED, FILE, "a disk that fails", null);
                });
                nowMillis.set(2_000);
                await().atMost(LIMIT).until(() -> attempts.get() > 3);
                assertThat(warnings(log)).isEqualTo(1);

                store.onSync(() -> null);
                await().atMost(LIMIT).until(() -> store.totals().entries() == 0);
                put("k", "v", 2_000);
                store.onSync(() -> new StorageException(Problem.FAILED, FILE, "a disk that fails", null));
                await().atMost(LIMIT).until(() -> warnings(log) == 2);
            } finally {
                logger.detachAppender(log);
                logger.setLevel(null);
            }
        }

        private static long warnings(ListAppender<ILoggingEvent> log) {
            return List.copyOf(log.list).stream()
                    .filter(event -> event.getLevel() == Level.WARN)
                    .count();
        }

        @Test
        void are_removed_in_the_background_in_bounded_steps() {
            writer.execute(
                    draft -> {
                        for (int i = 0; i < 1_000; i++) {
                            draft.put("k" + i, entry("v", 2_000));
                        }
                        draft.put("stays", entry("v", 3_000));
                        return true;
                    },
                    0);
            nowMillis.set(2_000);

            await().atMost(LIMIT).until(() -> store.totals().entries() == 1);
            assertThat(store.keys("", 0)).containsExactly("stays");
            assertThat(store.totals()).isEqualTo(new Totals(1, 6));
            assertThat(store.commitSizes()).startsWith(1_001).allMatch(size -> size == 1_001 || size <= 256);
        }

        @Test
        void are_gone_before_they_are_removed() {
            put("k", "v", 2_000);
            holdTheDisk(null);
            nowMillis.set(2_000);

            assertThat(get("k")).isNull();
            assertThat(writer.keys("")).isEmpty();
        }
    }

    @Test
    void what_waits_when_it_is_closed_has_not_happened() throws Exception {
        holdTheDisk(null);
        CompletableFuture<Void> underWay = inBackground(() -> put("a", "v"));
        assertThat(isSyncing.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> waiting = inBackground(() -> put("b", "v"));
        await().atMost(LIMIT).until(() -> writer.waiting() == 1);
        CompletableFuture<Void> closing = inBackground(writer::close);
        await().atMost(LIMIT).until(writer::isClosed);
        isDiskReady.countDown();

        underWay.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        closing.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(waiting)
                .failsWithin(LIMIT)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(StorageException.class);
        assertThat(store.keys("", 0)).containsExactly("a");
    }
}
