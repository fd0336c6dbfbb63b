package io.chaski.benchmarks.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both ends in one process. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SocketCarrierTest {

    /** More than a piece, and no multiple of one. */
    static final int SIZE_BYTES = 700_001;

    @TempDir
    Path target;

    @TempDir
    Path source;

    Path file;
    byte[] content = new byte[SIZE_BYTES];

    @BeforeEach
    void write() throws IOException {
        for (int i = 0; i < SIZE_BYTES; i++) {
            content[i] = (byte) (i % 251);
        }
        file = Files.write(source.resolve("content.bin"), content);
    }

    SocketCarrier over(SocketPair sockets, SocketCarrier.Sending sending) {
        return new SocketCarrier(target, sending, sockets, FileCarrier.LIMIT);
    }

    @ParameterizedTest
    @EnumSource
    void a_file_arrives_under_its_name_and_another_after_it(SocketCarrier.Sending sending) throws Exception {
        Path other = Files.writeString(source.resolve("other.txt"), "");
        try (SocketCarrier carrier = over(new ClearSocketPair(), sending)) {
            assertThat(carrier.carry(file))
                    .isEqualTo(target.resolve("content.bin"))
                    .hasSameBinaryContentAs(file);
            assertThat(carrier.carry(other))
                    .isEqualTo(target.resolve("other.txt"))
                    .isEmptyFile();
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_hash_travels_behind_the_content(SocketCarrier.Sending sending) throws Exception {
        ChangingPair sockets = new ChangingPair(Long.MAX_VALUE);
        try (SocketCarrier carrier = over(sockets, sending)) {
            carrier.carry(file);
        }

        byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
        assertThat(sockets.arrived.toByteArray())
                .isEqualTo(ByteBuffer.allocate(Long.BYTES + SIZE_BYTES + hash.length)
                        .putLong(SIZE_BYTES)
                        .put(content)
                        .put(hash)
                        .array());
    }

    @Test
    void content_that_has_changed_on_its_way_gets_no_name() throws Exception {
        try (SocketCarrier carrier = over(new ChangingPair(Long.BYTES + 300_000), SocketCarrier.Sending.COPIES)) {
            Throwable failure = catchThrowable(() -> carrier.carry(file));

            assertThat(failure.getSuppressed()).hasSize(1);
            assertThat(failure.getSuppressed()[0])
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another hash");
        }
        assertThat(target.resolve("content.bin")).doesNotExist();
    }

    @Test
    void what_goes_wrong_at_the_receiver_is_told() throws Exception {
        Files.createFile(target.resolve("content.bin.part"));
        try (SocketCarrier carrier = over(new ClearSocketPair(), SocketCarrier.Sending.COPIES)) {
            Throwable failure = catchThrowable(() -> carrier.carry(file));

            assertThat(failure).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(IOException.class);
            assertThat(failure.getSuppressed()).hasExactlyElementsOfTypes(FileAlreadyExistsException.class);
        }
    }

    @Test
    void a_receiver_that_stands_still_is_given_up() throws Exception {
        StandingPair sockets = new StandingPair();
        try (SocketCarrier carrier =
                new SocketCarrier(target, SocketCarrier.Sending.COPIES, sockets, Duration.ofMillis(1))) {
            assertThatThrownBy(() -> carrier.carry(file)).isInstanceOf(TimeoutException.class);
            assertThat(sockets.ended.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Keeps what arrives, and changes one byte of it. */
    private static final class ChangingPair extends ClearSocketPair {

        final ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        final long at;

        ChangingPair(long at) throws IOException {
            this.at = at;
        }

        @Override
        public ByteChannel accept() throws IOException {
            ByteChannel connection = super.accept();
            return new ByteChannel() {
                @Override
                public int read(ByteBuffer into) throws IOException {
                    int from = into.position();
                    int count = connection.read(into);
                    long change = at - arrived.size();
                    if (change >= 0 && change < count) {
                        int index = from + (int) change;
                        into.put(index, (byte) (into.get(index) + 1));
                    }
                    for (int i = from; i < into.position(); i++) {
                        arrived.write(into.get(i));
                    }
                    return count;
                }

                @Override
                public int write(ByteBuffer bytes) throws IOException {
                    return connection.write(bytes);
                }

                @Override
                public boolean isOpen() {
                    return connection.isOpen();
                }

                @Override
                public void close() throws IOException {
                    connection.close();
                }
            };
        }
    }

    /** Connections stand, but nobody accepts them. */
    private static final class StandingPair extends ClearSocketPair {

        final CountDownLatch never = new CountDownLatch(1);
        final CountDownLatch ended = new CountDownLatch(1);

        StandingPair() throws IOException {}

        @Override
        public ByteChannel accept() throws IOException {
            try {
                never.await();
            } catch (InterruptedException given) {
                Thread.currentThread().interrupt();
            } finally {
                ended.countDown();
            }
            throw new IOException("given up");
        }
    }
}
