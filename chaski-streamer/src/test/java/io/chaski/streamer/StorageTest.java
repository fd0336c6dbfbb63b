package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.TypeRef;
import io.chaski.core.codec.CodecException;
import io.chaski.core.codec.PayloadCodec;
import io.chaski.streamer.StorageException.Problem;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StorageTest {

    record Reading(String sensor, double celsius) {}

    @TempDir(factory = MemoryDisk.class)
    Path folder;

    private final ManualClock clock = new ManualClock();
    private Storage storage;

    @BeforeEach
    void open() {
        reopen(options().build());
    }

    @AfterEach
    void close() {
        storage.close();
    }

    private StorageOptions.Builder options() {
        return StorageOptions.builder().environment(clock).freeSpaceFloor(0);
    }

    private Path file() {
        return folder.resolve("sub").resolve("storage.db");
    }

    private void reopen(StorageOptions options) {
        if (storage != null) {
            storage.close();
        }
        storage = Storage.open(file(), options);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Nested
    class Values {

        @Test
        void are_bytes() {
            storage.put("k", new byte[] {1, 2, 3});

            assertThat(storage.get("k").orElseThrow().bytes()).containsExactly(1, 2, 3);
            assertThat(storage.get("k", byte[].class)).contains(new byte[] {1, 2, 3});
            assertThat(storage.get("k").orElseThrow().contentType()).isEqualTo("application/octet-stream");
        }

        @Test
        void are_text() {
            storage.put("k", "höher");

            assertThat(storage.get("k", String.class)).contains("höher");
            assertThat(storage.get("k").orElseThrow().bytes()).isEqualTo(bytes("höher"));
        }

        @Test
        void are_records() {
            storage.put("k", new Reading("mill", 21.5));

            assertThat(storage.get("k", Reading.class)).contains(new Reading("mill", 21.5));
        }

        @Test
        void are_generic() {
            storage.put("k", Map.of("all", List.of(new Reading("mill", 21.5))));

            assertThat(storage.get("k", new TypeRef<Map<String, List<Reading>>>() {}))
                    .contains(Map.of("all", List.of(new Reading("mill", 21.5))));
        }

        @Test
        void are_encoded_as_the_options_say_and_read_as_they_were_written() {
            storage.put("cbor", new Reading("mill", 1));
            reopen(options().contentType("application/json").build());
            storage.put("json", new Reading("mill", 2));

            assertThat(storage.get("json").orElseThrow().bytes())
                    .isEqualTo(bytes("{\"sensor\":\"mill\",\"celsius\":2.0}"));
            assertThat(storage.get("cbor", Reading.class)).contains(new Reading("mill", 1));
        }

        @Test
        void are_copied() {
            byte[] given = {1};
            storage.put("k", given);
            given[0] = 2;
            storage.get("k").orElseThrow().bytes()[0] = 3;

            assertThat(storage.get("k", byte[].class)).contains(new byte[] {1});
        }

        @Test
        void may_be_empty() {
            storage.put("k", new byte[0]);

            assertThat(storage.get("k", byte[].class)).contains(new byte[0]);
        }

        @Test
        void that_are_read_as_something_else_are_an_error_and_stay() {
            storage.put("k", "text");

            assertThatExceptionOfType(CodecException.class).isThrownBy(() -> storage.get("k", Reading.class));
            assertThat(storage.exists("k")).isTrue();
        }

        @Test
        void of_a_codec_that_is_gone_are_an_error_and_their_bytes_can_be_read() {
            reopen(options().codec(new Own()).contentType("x/own").build());
            storage.put("k", 7);
            assertThat(storage.get("k", Integer.class)).contains(7);
            reopen(options().build());

            assertThatExceptionOfType(CodecException.class).isThrownBy(() -> storage.get("k", Integer.class));
            assertThat(storage.get("k").orElseThrow().bytes()).containsExactly('7');
        }

        @Test
        void are_bounded() {
            reopen(options().maxValueBytes(10).build());
            storage.put("k", new byte[10]);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> storage.put("k", new byte[11]))
                    .withMessage("a value has at most 10 bytes, not 11");
            assertThat(storage.get("k").orElseThrow().lengthBytes()).isEqualTo(10);
        }
    }

    /** Numbers as decimal text. */
    static final class Own implements PayloadCodec {
        @Override
        public String contentType() {
            return "x/own";
        }

        @Override
        public byte[] encode(Object value, Type type) {
            return bytes(value.toString());
        }

        @Override
        public Object decode(byte[] encoded, Type type) {
            return Integer.valueOf(new String(encoded, StandardCharsets.UTF_8));
        }
    }

    @Nested
    class Keys {

        @Test
        void that_have_nothing_are_empty() {
            assertThat(storage.get("k")).isEmpty();
            assertThat(storage.exists("k")).isFalse();
            assertThat(storage.take("k")).isEmpty();
            assertThat(storage.delete("k")).isFalse();
            assertThat(storage.keys()).isEmpty();
            assertThat(storage.clear()).isZero();
        }

        @Test
        void have_what_was_put_last() {
            storage.put("k", "old");
            storage.put("k", "new");

            assertThat(storage.get("k", String.class)).contains("new");
            assertThat(storage.keys()).containsExactly("k");
        }

        @Test
        void have_nothing_once_they_are_taken() {
            storage.put("k", "v");

            assertThat(storage.take("k", String.class)).contains("v");
            assertThat(storage.take("k")).isEmpty();
            assertThat(storage.exists("k")).isFalse();
        }

        @Test
        void have_nothing_once_they_are_deleted() {
            storage.put("k", "v");

            assertThat(storage.delete("k")).isTrue();
            assertThat(storage.delete("k")).isFalse();
            assertThat(storage.exists("k")).isFalse();
        }

        @Test
        void are_listed_in_order_and_by_prefix() {
            List.of("b/2", "a", "b/1", "c").forEach(key -> storage.put(key, key));

            assertThat(storage.keys()).containsExactly("a", "b/1", "b/2", "c");
            assertThat(storage.keys("b/")).containsExactly("b/1", "b/2");
            assertThat(storage.keys("d")).isEmpty();
        }

        @Test
        void are_all_cleared() {
            int more = 2_100;
            reopen(options().build());
            IntStream.range(0, more).parallel().forEach(i -> storage.put("k" + i, "v"));

            assertThat(storage.clear()).isEqualTo(more);
            assertThat(storage.keys()).isEmpty();
            storage.put("k", "v");
            assertThat(storage.keys()).containsExactly("k");
        }

        @Test
        void of_bad_form_are_errors() {
            String longest = "ä".repeat(Storage.MAX_KEY_BYTES / 2);
            storage.put(longest, "v");
            assertThat(storage.get(longest, String.class)).contains("v");

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> storage.put(longest + "x", "v"))
                    .withMessage("a key has 1 to 1024 bytes of UTF-8, not 1025");
            assertThatIllegalArgumentException().isThrownBy(() -> storage.get(""));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> storage.take("\ud800"))
                    .withMessageContaining("surrogate");
        }
    }

    @Nested
    class Time_to_live {

        @Test
        void is_an_hour_if_nothing_is_said() {
            storage.put("k", "v");
            assertThat(storage.get("k").orElseThrow().timeToLive()).isEqualTo(Duration.ofHours(1));

            clock.advance(Duration.ofHours(1).minusMillis(1));
            assertThat(storage.exists("k")).isTrue();
            assertThat(storage.get("k").orElseThrow().timeToLive()).isEqualTo(Duration.ofMillis(1));

            clock.advance(Duration.ofMillis(1));
            assertThat(storage.exists("k")).isFalse();
        }

        @Test
        void ends_for_every_operation_at_once() {
            storage.put("k", "v", Duration.ofSeconds(1));
            storage.put("other", "v", Duration.ofSeconds(2));
            clock.advance(Duration.ofSeconds(1));

            assertThat(storage.get("k")).isEmpty();
            assertThat(storage.keys()).containsExactly("other");
            assertThat(storage.take("k")).isEmpty();
            assertThat(storage.delete("k")).isFalse();
            assertThat(storage.clear()).isEqualTo(1);
        }

        @Test
        void begins_again_with_every_put() {
            storage.put("k", "old", Duration.ofSeconds(1));
            storage.put("k", "new", Duration.ofSeconds(3));
            clock.advance(Duration.ofSeconds(2));

            assertThat(storage.get("k", String.class)).contains("new");
        }

        @Test
        void goes_on_while_the_storage_is_closed() {
            storage.put("short", "v", Duration.ofSeconds(1));
            storage.put("long", "v", Duration.ofSeconds(3));
            storage.close();
            clock.advance(Duration.ofSeconds(2));
            reopen(options().build());

            assertThat(storage.keys()).containsExactly("long");
            assertThat(storage.get("long").orElseThrow().timeToLive()).isEqualTo(Duration.ofSeconds(1));
        }

        @Test
        void may_be_for_ever() {
            storage.put("k", "v", Storage.FOREVER);
            storage.put("centuries", "v", Duration.ofDays(365L * 1_000_000_000L));
            clock.advance(Duration.ofDays(365_000));
            reopen(options().build());

            assertThat(storage.keys()).containsExactly("centuries", "k");
            assertThat(storage.get("k").orElseThrow().timeToLive()).isEqualTo(Storage.FOREVER);
        }

        @Test
        void is_rounded_up_to_milliseconds() {
            storage.put("k", "v", Duration.ofNanos(1));

            assertThat(storage.exists("k")).isTrue();
            clock.advance(Duration.ofMillis(1));
            assertThat(storage.exists("k")).isFalse();
        }

        @ParameterizedTest
        @ValueSource(strings = {"PT0S", "PT-0.001S"})
        void of_nothing_is_an_error(String duration) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> storage.put("k", "v", Duration.parse(duration)))
                    .withMessageContaining(duration);
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> options().timeToLive(Duration.parse(duration)).build());
            assertThat(storage.exists("k")).isFalse();
        }
    }

    @Nested
    class When_it_is_full {

        @Test
        void an_entry_too_many_is_refused_and_changes_nothing() {
            reopen(options().maxEntries(2).build());
            storage.put("a", "1");
            storage.put("b", "1");

            assertRefused(Problem.TOO_MANY_ENTRIES, () -> storage.put("c", "1"));
            storage.put("b", "2");
            assertThat(storage.keys()).containsExactly("a", "b");
            assertThat(storage.get("b", String.class)).contains("2");
        }

        @Test
        void a_byte_too_many_is_refused_and_changes_nothing() {
            reopen(options().maxBytes(10).build());
            storage.put("a", new byte[4]);
            storage.put("b", new byte[4]);

            assertRefused(Problem.QUOTA_EXCEEDED, () -> storage.put("a", new byte[5]));
            assertThat(storage.get("a").orElseThrow().lengthBytes()).isEqualTo(4);
        }

        @Test
        void removing_makes_room() {
            reopen(options().maxEntries(1).build());
            storage.put("a", "1");
            storage.delete("a");

            storage.put("b", "1");
            assertThat(storage.keys()).containsExactly("b");
        }

        @Test
        void expired_entries_make_room() {
            reopen(options().maxEntries(3).build());
            List.of("a", "b", "c").forEach(key -> storage.put(key, "v", Duration.ofSeconds(1)));
            clock.advance(Duration.ofSeconds(1));

            List.of("d", "e", "f").forEach(key -> storage.put(key, "v"));
            assertThat(storage.keys()).containsExactly("d", "e", "f");
        }

        @Test
        void the_limits_hold_after_a_restart() {
            storage.put("a", new byte[9]);
            reopen(options().maxBytes(11).build());

            assertRefused(Problem.QUOTA_EXCEEDED, () -> storage.put("b", new byte[1]));
            storage.put("b", new byte[0]);
        }

        @Test
        void a_full_disk_refuses_to_add_and_still_removes() {
            storage.put("a", "1");
            reopen(options().freeSpaceFloor(Long.MAX_VALUE).build());

            assertRefused(Problem.DISK_FULL, () -> storage.put("b", "1"));
            assertThat(storage.get("a", String.class)).contains("1");
            assertThat(storage.delete("a")).isTrue();
            assertThat(storage.keys()).isEmpty();
        }
    }

    private void assertRefused(Problem problem, Runnable write) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(write::run)
                .satisfies(e -> assertThat(e.problem()).isEqualTo(problem))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(problem.name()))
                .withMessageContaining("storage.db");
    }

    @Nested
    class The_file {

        @Test
        void keeps_everything_over_a_restart() {
            for (int i = 0; i < 50; i++) {
                storage.put("k" + i, new Reading("s" + i, i));
            }
            storage.delete("k7");
            List<String> keys = storage.keys();
            reopen(options().build());

            assertThat(storage.keys()).isEqualTo(keys).hasSize(49);
            assertThat(storage.get("k49", Reading.class)).contains(new Reading("s49", 49));
        }

        @Test
        void has_one_storage_at_a_time() {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> Storage.open(folder.resolve("sub/../sub/storage.db")))
                    .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.IN_USE))
                    .withMessageContaining("storage.db");

            storage.put("k", "v");
            reopen(options().build());
            assertThat(storage.exists("k")).isTrue();
        }

        @Test
        @EnabledOnOs({OS.LINUX, OS.MAC})
        void is_read_by_its_owner_only() throws Exception {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                    .isEqualTo("rw-------");
        }

        @Test
        void does_not_grow_with_what_is_replaced_once_it_is_closed() throws Exception {
            for (int i = 0; i < 200; i++) {
                storage.put("k", new byte[50_000]);
            }
            storage.close();

            assertThat(Files.size(file())).isLessThan(1_000_000);
        }

        @Test
        void may_be_deleted_to_begin_with_nothing() throws Exception {
            storage.put("k", "v");
            storage.close();
            Files.delete(file());
            reopen(options().build());

            assertThat(storage.keys()).isEmpty();
        }

        @Test
        void that_is_a_folder_is_an_error() throws Exception {
            Path taken = Files.createDirectory(folder.resolve("taken"));

            assertThatExceptionOfType(StorageException.class).isThrownBy(() -> Storage.open(taken));
        }
    }

    @Nested
    class When_it_is_closed {

        @Test
        void everything_says_so() {
            storage.close();
            storage.close();

            List.<Runnable>of(
                            () -> storage.put("k", "v"),
                            () -> storage.get("k"),
                            () -> storage.take("k"),
                            () -> storage.keys(),
                            () -> storage.clear())
                    .forEach(call -> assertRefused(Problem.CLOSED, call));
        }
    }

    @Nested
    class Threads {

        @Test
        void eight_of_them_write_and_read_and_lose_nothing() throws Exception {
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            for (int t = 0; t < 8; t++) {
                String own = "t" + t + "/";
                threads.add(new Thread(() -> {
                    for (int i = 0; i < 100; i++) {
                        storage.put(own + i, own + i);
                        assertThat(storage.get(own + i, String.class)).contains(own + i);
                        if (i % 4 == 0) {
                            assertThat(storage.take(own + i, String.class)).contains(own + i);
                        }
                    }
                }));
            }
            threads.forEach(thread -> thread.setUncaughtExceptionHandler((who, e) -> failures.add(e)));
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
            reopen(options().build());

            assertThat(storage.keys()).hasSize(8 * 75);
            assertThat(storage.keys("t3/")).hasSize(75).doesNotContain("t3/4").contains("t3/5");
        }

        @Test
        void of_many_that_take_one_gets_it() throws Exception {
            for (int round = 0; round < 20; round++) {
                storage.put("k", "v");
                List<Thread> threads = new ArrayList<>();
                AtomicInteger winners = new AtomicInteger();
                for (int t = 0; t < 4; t++) {
                    threads.add(new Thread(() -> storage.take("k").ifPresent(entry -> winners.incrementAndGet())));
                }
                threads.forEach(Thread::start);
                for (Thread thread : threads) {
                    thread.join();
                }
                assertThat(winners).hasValue(1);
            }
        }

        @Test
        void that_are_interrupted_stop_waiting_and_harm_nobody() {
            storage.put("k", new byte[100_000]);
            reopen(options().build()); // nothing is cached

            Thread.currentThread().interrupt();
            assertThat(storage.get("k")).isPresent();
            assertThatThrownBy(() -> storage.put("j", "v")).isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();

            storage.put("i", "v");
            assertThat(storage.keys()).contains("i", "k");
        }
    }
}
