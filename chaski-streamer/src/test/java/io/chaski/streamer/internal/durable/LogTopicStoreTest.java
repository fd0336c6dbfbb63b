package io.chaski.streamer.internal.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.TopicStoreException.Problem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LogTopicStoreTest {

    private static final Source ALICE = new Source(new NodeId(1, 1), 1);
    private static final Source BOB = new Source(new NodeId(2, 2), 1);
    private static final int ALL_BYTES = Integer.MAX_VALUE;

    @TempDir
    Path folder;

    private final StoreClock clock = new StoreClock();
    private LogTopicStore store;

    @BeforeEach
    void open() {
        store = open(Retention.DEFAULTS);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private LogTopicStore open(Retention retention) {
        return LogTopicStore.open(folder.resolve("topic"), new TopicStoreOptions(retention, 0, 4_096, clock));
    }

    private void reopen(Retention retention) {
        store.close();
        store = open(retention);
    }

    private static KeptMessage message(Source source, long sequence, long afterMillis, String text) {
        HybridTimestamp timestamp = new HybridTimestamp(StoreClock.START_MILLIS + afterMillis, 0);
        return KeptMessage.of(source, sequence, timestamp, text.getBytes(StandardCharsets.UTF_8));
    }

    private static KeptMessage message(Source source, long sequence) {
        return message(source, sequence, sequence, "message " + sequence);
    }

    private static KeptMessage message(Source source, long sequence, int bytes) {
        return message(source, sequence, sequence, "x".repeat(bytes));
    }

    private Appended append(KeptMessage message) {
        return answer(store.append(message));
    }

    private static <T> T answer(CompletableFuture<T> future) {
        return future.orTimeout(50, TimeUnit.SECONDS).join();
    }

    private static Problem problem(CompletableFuture<?> future) {
        try {
            answer(future);
            throw new AssertionError("it has worked");
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(TopicStoreException.class);
            return ((TopicStoreException) e.getCause()).problem();
        }
    }

    private static Problem problem(Runnable call) {
        try {
            call.run();
            throw new AssertionError("it has worked");
        } catch (TopicStoreException e) {
            return e.problem();
        }
    }

    private List<Long> sequences(Source source) {
        return store.read(source, 1, Long.MAX_VALUE, ALL_BYTES).stream()
                .map(KeptMessage::sequence)
                .toList();
    }

    @Nested
    class A_message {

        @Test
        void is_there_once_however_often_it_is_appended_and_after_opening_again() {
            assertThat(append(message(ALICE, 1))).isEqualTo(Appended.STORED);
            assertThat(append(message(ALICE, 1))).isEqualTo(Appended.DUPLICATE);
            reopen(Retention.DEFAULTS);
            assertThat(append(message(ALICE, 1))).isEqualTo(Appended.DUPLICATE);
            assertThat(store.history(HistoryPosition.START, ALL_BYTES)).containsExactly(message(ALICE, 1));
            assertThat(store.recovery().isClean()).isTrue();
        }

        @Test
        void is_not_replaced_by_one_that_says_something_else() {
            List<CompletableFuture<Appended>> answers = List.of(
                    store.append(message(ALICE, 1)),
                    store.append(message(ALICE, 1, 1, "forged")),
                    store.append(message(ALICE, 1, 2, "message 1")));
            assertThat(answers.stream().map(LogTopicStoreTest::answer))
                    .containsExactly(Appended.STORED, Appended.CONFLICT, Appended.CONFLICT);
            assertThat(append(message(ALICE, 1, 1, "forged"))).isEqualTo(Appended.CONFLICT);
            assertThat(store.history(HistoryPosition.START, ALL_BYTES)).containsExactly(message(ALICE, 1));
        }

        @Test
        void says_what_was_put_into_it_and_shows_nothing_in_a_log() {
            KeptMessage secret = message(ALICE, 1, 5, "hunter2");
            append(secret);
            KeptMessage found = store.read(ALICE, 1, 1, 0).get(0);
            assertThat(found).isEqualTo(secret).hasSameHashCodeAs(secret);
            assertThat(found.timestamp()).isEqualTo(secret.timestamp());
            assertThat(found.body()).isEqualTo(ByteBuffer.wrap("hunter2".getBytes(StandardCharsets.UTF_8)));
            assertThat(found.body().isReadOnly()).isTrue();
            assertThat(found).hasToString("KeptMessage[" + ALICE + "/1, 7 bytes]");
        }

        @Test
        void may_be_empty_or_as_large_as_is_said_and_not_larger() {
            reopen(new Retention(1 << 20, 1_000, Retention.FOREVER));
            KeptMessage largest = message(ALICE, 1, store.maxBodyBytes());
            assertThat(append(message(ALICE, 2, 0))).isEqualTo(Appended.STORED);
            assertThat(append(largest)).isEqualTo(Appended.STORED);
            assertThat(store.read(ALICE, 1, 2, ALL_BYTES)).containsExactly(largest, message(ALICE, 2, 0));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store.append(message(ALICE, 3, store.maxBodyBytes() + 1)));
        }
    }

    @Nested
    class Reading {

        @Test
        void a_source_is_by_sequence_whatever_the_order_of_arrival() {
            for (long sequence : new long[] {9, 3, 1, 2, 5, 4, 8}) {
                append(message(ALICE, sequence));
                append(message(BOB, sequence));
            }
            assertThat(sequences(ALICE)).containsExactly(1L, 2L, 3L, 4L, 5L, 8L, 9L);
            assertThat(store.read(ALICE, 2, 5, ALL_BYTES))
                    .containsExactly(message(ALICE, 2), message(ALICE, 3), message(ALICE, 4), message(ALICE, 5));
            assertThat(store.read(ALICE, 6, 7, ALL_BYTES)).isEmpty();
            assertThat(store.holdings())
                    .containsOnlyKeys(ALICE, BOB)
                    .containsEntry(ALICE, new Holding(Sequences.of(1, 5).plus(8, 9), Sequences.NONE));
            assertThat(store.messages()).isEqualTo(14);
            assertThatIllegalArgumentException().isThrownBy(() -> store.read(ALICE, 5, 4, 1));
        }

        @Test
        void the_history_is_the_same_in_stores_that_have_received_the_same_in_another_order() throws Exception {
            List<KeptMessage> messages = new ArrayList<>();
            LongStream.rangeClosed(1, 40).forEach(sequence -> {
                messages.add(message(ALICE, sequence, sequence / 2, "a" + sequence));
                messages.add(message(BOB, sequence, sequence / 3, "b" + sequence));
                messages.add(message(new Source(BOB.origin(), 2), sequence, sequence / 3, "c" + sequence));
            });
            messages.forEach(LogTopicStoreTest.this::append);
            List<KeptMessage> history = StoreView.of(store).history();
            assertThat(history).hasSize(120);
            try (LogTopicStore other = LogTopicStore.open(
                    folder.resolve("other"), new TopicStoreOptions(StoreScript.SMALL, 0, 0, clock))) {
                Collections.shuffle(messages, new Random(1));
                messages.forEach(message -> answer(other.append(message)));
                assertThat(StoreView.of(other).history()).isEqualTo(history);
                assertThat(other.id()).isNotEqualTo(store.id());
            }
        }

        @Test
        void the_history_begins_where_it_is_told() {
            LongStream.rangeClosed(1, 5).forEach(sequence -> append(message(ALICE, sequence)));
            HistoryPosition fromThree = HistoryPosition.before(new HybridTimestamp(StoreClock.START_MILLIS + 3, 0));
            assertThat(store.history(fromThree, ALL_BYTES))
                    .containsExactly(message(ALICE, 3), message(ALICE, 4), message(ALICE, 5));
            assertThat(store.history(message(ALICE, 4).position(), ALL_BYTES)).containsExactly(message(ALICE, 5));
            assertThat(store.history(store.beforeLast(2), ALL_BYTES))
                    .containsExactly(message(ALICE, 4), message(ALICE, 5));
            assertThat(store.history(store.beforeLast(0), ALL_BYTES)).isEmpty();
            assertThat(store.beforeLast(5)).isEqualTo(HistoryPosition.START);
            assertThat(store.beforeLast(6)).isEqualTo(HistoryPosition.START);
            assertThatIllegalArgumentException().isThrownBy(() -> store.beforeLast(-1));
        }

        @Test
        void stops_when_it_has_as_much_as_was_asked_for() {
            LongStream.rangeClosed(1, 5).forEach(sequence -> append(message(ALICE, sequence, 100)));
            assertThat(store.read(ALICE, 1, 5, 150)).hasSize(2);
            assertThat(store.read(ALICE, 1, 5, 0)).hasSize(1);
            assertThat(store.history(HistoryPosition.START, 201)).hasSize(3);
        }

        @Test
        void is_not_ended_for_others_by_the_interruption_of_a_reader() {
            append(message(ALICE, 1));
            Thread.currentThread().interrupt();
            assertThat(sequences(ALICE)).containsExactly(1L);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(append(message(ALICE, 2))).isEqualTo(Appended.STORED);
            assertThat(sequences(ALICE)).containsExactly(1L, 2L);
        }
    }

    @Nested
    class Retention_ {

        @Test
        void gives_up_the_oldest_and_says_so_and_does_not_take_it_again() throws Exception {
            reopen(StoreScript.SMALL);
            UUID id = store.id();
            List<CompletableFuture<Appended>> answers = LongStream.rangeClosed(1, 400)
                    .mapToObj(sequence -> store.append(message(ALICE, sequence, 500)))
                    .toList();
            assertThat(answers).allSatisfy(each -> assertThat(answer(each)).isEqualTo(Appended.STORED));

            Holding holding = store.holdings().get(ALICE);
            long first = holding.kept().intervals().get(0).first();
            assertThat(holding).isEqualTo(new Holding(Sequences.of(first, 400), Sequences.of(1, first - 1)));
            assertThat(store.messages())
                    .isBetween(StoreScript.SMALL.maxBytes() * 7 / 8 / 557, StoreScript.SMALL.maxBytes() / 557);
            assertThat(store.sizeBytes()).isLessThanOrEqualTo(StoreScript.SMALL.maxBytes());
            assertThat(append(message(ALICE, 1, 500))).isEqualTo(Appended.TRIMMED);

            reopen(StoreScript.SMALL);
            assertThat(store.holdings()).isEqualTo(Map.of(ALICE, holding));
            assertThat(append(message(ALICE, 1, 500))).isEqualTo(Appended.TRIMMED);
            assertThat(store.id()).isEqualTo(id);
            try (var files = Files.list(folder.resolve("topic"))) {
                assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith("segment")))
                        .hasSizeBetween(14, 17);
            }
        }

        @Test
        void keeps_no_more_messages_than_it_may() {
            reopen(new Retention(Retention.LEAST_BYTES, 160, Retention.FOREVER));
            List<CompletableFuture<Appended>> answers = LongStream.rangeClosed(1, 500)
                    .mapToObj(sequence -> store.append(message(ALICE, sequence)))
                    .toList();
            answers.forEach(LogTopicStoreTest::answer);
            assertThat(store.messages()).isBetween(140L, 160L);
        }

        @Test
        void gives_up_what_is_too_old_and_takes_nothing_that_is() {
            reopen(new Retention(1 << 20, 1_000, Duration.ofMinutes(1)));
            append(message(ALICE, 1));
            clock.advance(Duration.ofSeconds(59));
            answer(store.trim());
            assertThat(store.messages()).isEqualTo(1);
            clock.advance(Duration.ofSeconds(2));
            answer(store.trim());
            assertThat(store.messages()).isZero();
            assertThat(store.holdings()).isEqualTo(Map.of(ALICE, new Holding(Sequences.NONE, Sequences.of(1, 1))));
            assertThat(append(message(BOB, 1))).isEqualTo(Appended.TRIMMED);
            assertThat(append(message(BOB, 2, 60_000, "young"))).isEqualTo(Appended.STORED);
        }

        @Test
        void counts_messages_and_not_what_is_known_of_those_that_were_given_up() {
            Retention mebibyte = new Retention(1 << 20, 1_000_000, Retention.FOREVER);
            reopen(mebibyte);
            appendAll(LongStream.rangeClosed(1, 4_096)
                    .mapToObj(each -> message(new Source(new NodeId(9, each), 1), 1)));
            appendAll(LongStream.rangeClosed(1, 4_000).mapToObj(each -> message(ALICE, each, 500)));
            assertThat(store.holdings())
                    .as("what is known takes 170 KB in each of 17 files")
                    .hasSizeGreaterThan(4_000);

            assertThat(store.messages() * 557).isBetween(7L * mebibyte.maxBytes() / 8, mebibyte.maxBytes());
        }

        @Test
        void leaves_nothing_of_messages_that_were_handled_but_how_far() throws Exception {
            reopen(StoreScript.SMALL);
            for (long first = 1; first <= 5_000; first += 100) {
                List<CompletableFuture<Void>> moves = LongStream.range(first, first + 100)
                        .mapToObj(sequence -> store.advance("screen", ALICE, sequence))
                        .toList();
                moves.forEach(LogTopicStoreTest::answer);
            }

            assertThat(segments())
                    .as("a file of 4 KiB has less than a hundred of them")
                    .isLessThanOrEqualTo(2);
            reopen(StoreScript.SMALL);
            assertThat(store.cursor("screen")).isEqualTo(Map.of(ALICE, 5_000L));
        }

        @Test
        void keeps_messages_where_consumers_move_as_often_as_they_come() {
            reopen(StoreScript.SMALL);
            for (long first = 1; first <= 401; first += 50) {
                appendAll(LongStream.range(first, first + 50).mapToObj(each -> message(ALICE, each, 500)));
                for (int i = 0; i < 50; i++) {
                    answer(store.advance("screen", ALICE, first + i));
                }
            }
            assertThat(store.messages() * 557)
                    .isBetween(7L * StoreScript.SMALL.maxBytes() / 8, StoreScript.SMALL.maxBytes());
        }

        @Test
        void gives_messages_up_before_cursors_have_more_room_than_they() {
            reopen(StoreScript.SMALL);
            for (long first = 1; first <= 200; first += 2) {
                append(message(ALICE, first, 500));
                for (int consumer = 0; consumer < 40; consumer++) {
                    answer(store.advance("screen-" + consumer, ALICE, first));
                }
            }
            assertThat(store.messages()).isPositive();
            long heads = 40 * 4_096; // with 40 cursors each
            assertThat(store.sizeBytes()).isLessThan(2 * StoreScript.SMALL.maxBytes() + heads);
        }

        private void appendAll(Stream<KeptMessage> messages) {
            List<CompletableFuture<Appended>> answers =
                    messages.map(store::append).toList();
            answers.forEach(LogTopicStoreTest::answer);
        }

        private long segments() throws IOException {
            try (Stream<Path> files = Files.list(folder.resolve("topic"))) {
                return files.filter(file -> file.toString().endsWith("segment")).count();
            }
        }

        @Test
        void may_be_less_than_the_last_time() {
            reopen(new Retention(1 << 20, 100_000, Retention.FOREVER));
            List<CompletableFuture<Appended>> answers = LongStream.rangeClosed(1, 1_500)
                    .mapToObj(sequence -> store.append(message(ALICE, sequence, 400)))
                    .toList();
            answers.forEach(LogTopicStoreTest::answer);
            reopen(StoreScript.SMALL);
            assertThat(store.messages()).isEqualTo(1_500);
            answer(store.trim());
            assertThat(store.sizeBytes()).isLessThanOrEqualTo(StoreScript.SMALL.maxBytes());
        }
    }

    @Nested
    class A_cursor {

        @Test
        void never_moves_back_and_survives_rolls_and_opening() {
            reopen(StoreScript.SMALL);
            answer(store.advance("screen", ALICE, 7));
            answer(store.advance("screen", ALICE, 5));
            answer(store.advance("screen", BOB, 1));
            answer(store.advance("archive", ALICE, 2));
            List<CompletableFuture<Appended>> answers = LongStream.rangeClosed(1, 400)
                    .mapToObj(sequence -> store.append(message(ALICE, sequence, 500)))
                    .toList();
            answers.forEach(LogTopicStoreTest::answer);
            assertThat(store.cursor("screen")).isEqualTo(Map.of(ALICE, 7L, BOB, 1L));
            reopen(StoreScript.SMALL);
            assertThat(store.cursor("screen")).isEqualTo(Map.of(ALICE, 7L, BOB, 1L));
            assertThat(store.consumers()).containsExactlyInAnyOrder("archive", "screen");
        }

        @Test
        void can_be_forgotten() {
            answer(store.advance("screen", ALICE, 7));
            answer(store.advance("screen", BOB, 1));
            answer(store.advance("archive", ALICE, 2));
            answer(store.forget("screen", ALICE));
            answer(store.forget("archive"));
            answer(store.forget("nobody"));
            assertThat(store.cursor("screen")).isEqualTo(Map.of(BOB, 1L));
            reopen(Retention.DEFAULTS);
            assertThat(store.cursor("screen")).isEqualTo(Map.of(BOB, 1L));
            assertThat(store.cursor("archive")).isEmpty();
            assertThat(store.consumers()).containsExactly("screen");
        }

        @Test
        void has_a_name_of_some_length_and_a_sequence() {
            assertThatIllegalArgumentException().isThrownBy(() -> store.advance("", ALICE, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> store.advance("x".repeat(256), ALICE, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> store.advance("screen", ALICE, 0));
            answer(store.advance("ü".repeat(127), ALICE, 1));
            assertThat(store.consumers()).containsExactly("ü".repeat(127));
        }

        @Test
        void of_too_many_consumers_is_refused() {
            List<CompletableFuture<Void>> answers = IntStream.range(0, Positions.MAX_CONSUMERS)
                    .mapToObj(i -> store.advance("consumer " + i, ALICE, 1))
                    .toList();
            answers.forEach(LogTopicStoreTest::answer);
            assertThat(problem(store.advance("one more", ALICE, 1))).isEqualTo(Problem.TOO_MANY);
            answer(store.forget("consumer 0"));
            answer(store.advance("one more", ALICE, 1));
        }
    }

    @Nested
    class A_directory {

        @Test
        void has_one_store_at_a_time() {
            assertThat(problem(() -> open(Retention.DEFAULTS))).isEqualTo(Problem.IN_USE);
            append(message(ALICE, 1));
            close();
            open();
            assertThat(sequences(ALICE)).containsExactly(1L);
        }

        @Test
        void that_is_damaged_is_left_alone_and_free() throws Exception {
            append(message(ALICE, 1, 500));
            close();
            Path segment = folder.resolve("topic").resolve(Segment.fileName(1));
            byte[] bytes = Files.readAllBytes(segment);
            bytes[300] ^= 1;
            Files.write(segment, bytes);
            assertThatExceptionOfType(TopicStoreException.class)
                    .isThrownBy(() -> open(Retention.DEFAULTS))
                    .withMessageContaining(segment.toString())
                    .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.CORRUPT));
            bytes[300] ^= 1;
            Files.write(segment, bytes);
            open();
            assertThat(sequences(ALICE)).containsExactly(1L);
        }

        @Test
        void that_is_damaged_while_it_is_open_is_found_by_verify() throws Exception {
            append(message(ALICE, 1, 500));
            store.verify();
            try (var file = new RandomAccessFile(
                    folder.resolve("topic").resolve(Segment.fileName(1)).toFile(), "rw")) {
                file.seek(300);
                file.write('y');
            }
            assertThat(problem(store::verify)).isEqualTo(Problem.CORRUPT);
            assertThat(problem(store.append(message(ALICE, 1, 500)))).isEqualTo(Problem.CORRUPT);
            assertThat(append(message(ALICE, 2))).isEqualTo(Appended.STORED);
        }

        @Test
        void is_made_with_files_for_its_owner_only() throws Exception {
            Path directory = folder.resolve("topic");
            try (var files = Files.list(directory)) {
                List<Path> all = files.toList();
                assertThat(all)
                        .extracting(file -> file.getFileName().toString())
                        .containsExactlyInAnyOrder("lock", "mark", "reserve", Segment.fileName(1));
                if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                    assertThat(all)
                            .allSatisfy(file -> assertThat(Files.getPosixFilePermissions(file))
                                    .hasSize(2));
                }
            }
        }

        @Test
        void that_is_a_file_is_refused() throws Exception {
            Path file = Files.createFile(folder.resolve("file"));
            assertThat(problem(() -> LogTopicStore.open(file, TopicStoreOptions.DEFAULTS)))
                    .isEqualTo(Problem.FAILED);
        }
    }

    @Nested
    class Writing {

        @Test
        void is_refused_when_too_much_waits_and_loses_nothing_of_that() throws Exception {
            List<CompletableFuture<Appended>> answers = new ArrayList<>();
            byte[] body = new byte[15 << 20];
            HybridTimestamp timestamp = new HybridTimestamp(StoreClock.START_MILLIS, 0);
            boolean isBusy = false;
            for (int sequence = 1; !isBusy; sequence++) {
                CompletableFuture<Appended> answer = store.append(KeptMessage.of(BOB, sequence, timestamp, body));
                isBusy = answer.isCompletedExceptionally();
                answers.add(answer);
            }
            CompletableFuture<Appended> refused = answers.remove(answers.size() - 1);
            assertThat(problem(refused)).isEqualTo(Problem.BUSY);
            assertThat(answers).allSatisfy(each -> assertThat(answer(each)).isEqualTo(Appended.STORED));
            assertThat(store.messages()).isEqualTo(answers.size());
        }

        @Test
        void of_many_threads_is_all_there() throws Exception {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                Source source = new Source(new NodeId(9, t), 1);
                threads.add(new Thread(
                        () -> LongStream.rangeClosed(1, 50).forEach(sequence -> append(message(source, sequence)))));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            answer(store.sync());
            assertThat(store.messages()).isEqualTo(400);
            store.verify();
        }

        @Test
        void ends_when_the_store_is_closed() {
            append(message(ALICE, 1));
            store.close();
            assertThat(problem(store.append(message(ALICE, 2)))).isEqualTo(Problem.CLOSED);
            assertThat(problem(store.sync())).isEqualTo(Problem.CLOSED);
            assertThat(problem(store.trim())).isEqualTo(Problem.CLOSED);
            assertThat(problem(() -> store.messages())).isEqualTo(Problem.CLOSED);
            assertThat(problem(() -> store.verify())).isEqualTo(Problem.CLOSED);
            store.close();
        }

        @Test
        void to_a_disk_that_fails_fails_until_it_is_opened_again() throws IOException {
            FaultFs disk = new FaultFs();
            TopicStoreOptions options = new TopicStoreOptions(StoreScript.SMALL, 0, 0, clock);
            try (LogTopicStore failing = LogTopicStore.open(disk, options)) {
                answer(failing.append(message(ALICE, 1)));
                disk.failOn(step -> step instanceof FaultFs.Forced);
                assertThat(problem(failing.append(message(ALICE, 2)))).isEqualTo(Problem.FAILED);
                disk.failOn(step -> false);
                assertThat(problem(failing.append(message(ALICE, 3)))).isEqualTo(Problem.FAILED);
                assertThat(problem(failing.sync())).isEqualTo(Problem.FAILED);
                assertThat(problem(() -> failing.messages())).isEqualTo(Problem.FAILED);
            }
            try (LogTopicStore opened = LogTopicStore.open(disk, options)) {
                assertThat(answer(opened.append(message(ALICE, 1)))).isEqualTo(Appended.DUPLICATE);
                assertThat(answer(opened.append(message(ALICE, 2)))).isEqualTo(Appended.DUPLICATE);
                assertThat(answer(opened.append(message(ALICE, 3)))).isEqualTo(Appended.STORED);
            }
            assertThat(disk.openFiles()).isZero();
        }
    }
}
