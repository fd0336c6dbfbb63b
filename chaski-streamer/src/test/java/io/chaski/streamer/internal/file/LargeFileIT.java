package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.streamer.file.Peer;
import io.chaski.streamer.file.TestFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of which positions and sizes do not fit an int, between processes whose heap is a small part of them. */
@Tag("deep")
class LargeFileIT {

    private static final String TOPIC = "firmware";
    private static final int HEAP_MEBIBYTES = 64;

    @TempDir
    Path temp;

    private final String cluster = "test-" + UUID.randomUUID();

    /** How many bytes the receiver has fetched. */
    private long push(Path file) throws Exception {
        try (JavaProcess publisher =
                        JavaProcess.start(PublisherProcess.class, HEAP_MEBIBYTES, cluster, TOPIC, file.toString());
                JavaProcess receiver = JavaProcess.start(
                        ReceiverProcess.class,
                        HEAP_MEBIBYTES,
                        cluster,
                        publisher.await(PublisherProcess.ADDRESS),
                        TOPIC,
                        temp.resolve("in").toString(),
                        Long.toString(Long.MAX_VALUE))) {
            return Long.parseLong(receiver.await(ReceiverProcess.DONE));
        }
    }

    private void requireArrived(Path file) throws Exception {
        Path arrived = temp.resolve("in").resolve(file.getFileName());
        assertThat(Peer.names(temp.resolve("in")))
                .containsExactly(file.getFileName().toString());
        assertThat(Files.size(arrived)).isEqualTo(Files.size(file));
        assertThat(TestFiles.hash(arrived)).isEqualTo(TestFiles.hash(file));
    }

    @Test
    void more_than_4_GiB_of_content_arrive() throws Exception {
        Path file = temp.resolve("dense.bin");
        long size = (4L << 30) + 12_345;
        write(file, size);

        assertThat(push(file)).isEqualTo(size);

        requireArrived(file);
    }

    private static void write(Path file, long size) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        byte[] block = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long left = size; left > 0; left -= block.length) {
                random.nextBytes(block);
                out.write(block, 0, (int) Math.min(block.length, left));
            }
        }
    }

    @Test
    void of_a_file_above_4_GiB_the_holes_do_not_travel() throws Exception {
        Path file = temp.resolve("sparse.bin");
        long size = (5L << 30) + 12_345;
        byte[] island = new byte[3_000_000];
        new Random(1).nextBytes(island);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long at : new long[] {7, (1L << 31) - 100, (1L << 32) - 100, size - island.length}) {
                out.write(ByteBuffer.wrap(island), at);
            }
        }

        assertThat(push(file)).isBetween(4L * island.length, 4L * (island.length + 2 * Manifest.MIN_CHUNK_BYTES));

        requireArrived(file);
    }
}
