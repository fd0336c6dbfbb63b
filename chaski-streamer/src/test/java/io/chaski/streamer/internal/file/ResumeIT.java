package io.chaski.streamer.internal.file;

import static io.chaski.streamer.file.TestFiles.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.streamer.file.FileDecision;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileOffer;
import io.chaski.streamer.file.FileOptions;
import io.chaski.streamer.file.FilePolicy;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.NameClash;
import io.chaski.streamer.file.Peer;
import io.chaski.streamer.file.ReceivedFile;
import io.chaski.streamer.file.TestFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeIT {

    private static final String TOPIC = "firmware";
    private static final int SIZE = 100_000_000;

    /** Less than the file. */
    private static final int HEAP_MEBIBYTES = 64;

    @TempDir
    Path temp;

    private final String cluster = "test-" + UUID.randomUUID();

    private ChaskiNode node(String name, String... bootstrap) {
        var builder = ChaskiNode.builder().name(name).cluster(cluster);
        for (String address : bootstrap) {
            builder.bootstrap(address);
        }
        return builder.start();
    }

    private static String address(ChaskiNode node) {
        return node.addresses().get(0).toString();
    }

    private JavaProcess receiver(ChaskiNode publisher, long stopAt) throws Exception {
        return JavaProcess.start(
                ReceiverProcess.class,
                HEAP_MEBIBYTES,
                cluster,
                address(publisher),
                TOPIC,
                temp.resolve("in").toString(),
                Long.toString(stopAt));
    }

    @Test
    @DisplayName("X-10: a receiver that is killed at half of 100 MB goes on and fetches under 60 % again")
    void killedReceiver() throws Exception {
        Path file = TestFiles.file(temp, "big.bin", SIZE, 1);
        try (ChaskiNode node = node("publisher");
                Peer publisher = new Peer(node, temp.resolve("out"))) {
            FilePush push = publisher.files.pushFile(TOPIC, file);
            try (JavaProcess first = receiver(node, SIZE / 2)) {
                first.await(ReceiverProcess.HALF);
            }
            assertThat(temp.resolve("in/big.bin")).doesNotExist();
            assertThat(Peer.names(temp.resolve("in"))).hasSize(2);

            try (JavaProcess second = receiver(node, Long.MAX_VALUE)) {
                long fetched = Long.parseLong(second.await(ReceiverProcess.DONE));
                assertThat(fetched).isBetween(SIZE / 10L * 4, SIZE / 10L * 6);
                assertThat(push.sentBytes()).isLessThan(SIZE / 10L * 16);

                givesItWithLessMemoryThanItTakes(publisher, node);
            }
        }
        assertThat(Peer.names(temp.resolve("in"))).containsExactly("big.bin");
        assertThat(TestFiles.hash(temp.resolve("in/big.bin"))).isEqualTo(TestFiles.hash(file));
    }

    /** The receiver, which has the file by now, gives all of it to another one when the publisher gives no more. */
    private void givesItWithLessMemoryThanItTakes(Peer publisher, ChaskiNode publishing) throws Exception {
        try (ChaskiNode node = node("late", address(publishing));
                Peer late = new Peer(node, temp.resolve("late"))) {
            late.accepting(TOPIC, offer -> {
                publisher.close();
                return FileDecision.accept();
            });
            soon(() -> assertThat(late.completed()).hasSize(1));
            assertThat(late.completed().get(0).fetchedBytes()).isEqualTo(SIZE);
        }
    }

    /** Lets so many bytes be written, and then nothing until it is told. */
    private static final class PausingDisk extends Disk {
        private final AtomicLong leftBytes;
        private final CountDownLatch isPaused = new CountDownLatch(1);
        private final CountDownLatch isToGoOn = new CountDownLatch(1);

        private PausingDisk(long bytes) {
            this.leftBytes = new AtomicLong(bytes);
        }

        @Override
        void write(FileChannel channel, ByteBuffer content, long position) throws IOException {
            if (leftBytes.addAndGet(-content.remaining()) < 0) {
                isPaused.countDown();
                try {
                    assertThat(isToGoOn.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            super.write(channel, content, position);
        }
    }

    @Test
    @DisplayName("X-10: a publisher with little memory that is killed at half of 100 MB is gone on with")
    void killedPublisher() throws Exception {
        Path file = TestFiles.file(temp, "big.bin", SIZE, 1);
        PausingDisk disk = new PausingDisk(SIZE / 2);
        Peer receiver = new Peer(temp.resolve("in"));
        try (ChaskiNode node = node("receiver");
                Exchange files =
                        new Exchange(node, FileOptions.builder().keepFree(0, 0).build(), disk)) {
            files.acceptFiles(TOPIC, receiver.directory, FilePolicy.acceptAll(NameClash.REFUSE), receiver.events::add);
            try (JavaProcess first = publisher(file, node)) {
                first.await(PublisherProcess.ADDRESS);
                assertThat(disk.isPaused.await(60, TimeUnit.SECONDS)).isTrue();
            }
            disk.isToGoOn.countDown();
            // What had come before it was killed is still dealt with; then nothing changes any more.
            soon(() -> assertThat(node.edges()).isEmpty());

            try (JavaProcess second = publisher(file, node)) {
                long sentBytes = Long.parseLong(second.await(PublisherProcess.SENT));
                assertThat(sentBytes).isLessThanOrEqualTo(SIZE - SIZE / 2 + 2L * Manifest.MIN_CHUNK_BYTES);
            }
        }
        assertThat(receiver.names()).containsExactly("big.bin");
        assertThat(TestFiles.hash(temp.resolve("in/big.bin"))).isEqualTo(TestFiles.hash(file));
    }

    private JavaProcess publisher(Path file, ChaskiNode receiver) throws Exception {
        return JavaProcess.start(
                PublisherProcess.class, HEAP_MEBIBYTES, cluster, TOPIC, file.toString(), address(receiver));
    }

    @Test
    void a_publisher_that_comes_back_is_gone_on_with() throws Exception {
        Path file = TestFiles.file(temp, "f.bin", 20_000_000, 1);
        try (ChaskiNode receiving = node("receiver");
                Peer receiver = new Peer(receiving, temp.resolve("in"))) {
            receiver.accepting(TOPIC, NameClash.REFUSE);
            try (ChaskiNode first = node("publisher", address(receiving))) {
                // Gives two chunks and dies.
                FakeSource source = new FakeSource(first, TOPIC, file);
                CountDownLatch given = new CountDownLatch(2);
                source.serve(source.all(), chunk -> {
                    boolean isGiven = given.getCount() > 0;
                    given.countDown();
                    return isGiven ? source.pieces(chunk) : List.of();
                });
                source.offer("f.bin");
                soon(() -> assertThat(receiver.events(FileEvent.Progress.class))
                        .anyMatch(progress -> progress.verifiedBytes() == 2L * Manifest.MIN_CHUNK_BYTES));
            }
            try (ChaskiNode second = node("publisher", address(receiving));
                    Peer publisher = new Peer(second, temp.resolve("out"))) {
                FilePush push = publisher.files.pushFile(TOPIC, file);
                push.completedBy(1).get(60, TimeUnit.SECONDS);
                assertThat(push.sentBytes()).isEqualTo(20_000_000 - 2L * Manifest.MIN_CHUNK_BYTES);
            }
            assertThat(receiver.completed()).hasSize(1);
            assertThat(receiver.names()).containsExactly("f.bin");
        }
    }

    @Test
    void a_receiver_that_closes_leaves_what_it_has_and_the_next_one_need_not_fetch_it() throws Exception {
        Path file = TestFiles.file(temp, "f.bin", 3 * Manifest.MIN_CHUNK_BYTES, 1);
        FileOffer offer;
        try (ChaskiNode sending = node("publisher")) {
            FakeSource source = new FakeSource(sending, TOPIC, file);
            AtomicBoolean isFirst = new AtomicBoolean(true);
            AtomicBoolean isGivingAll = new AtomicBoolean();
            source.serve(
                    source.all(),
                    chunk -> isGivingAll.get() || isFirst.getAndSet(false) ? source.pieces(chunk) : List.of());
            try (ChaskiNode receiving = node("receiver", address(sending));
                    Peer receiver = new Peer(receiving, temp.resolve("in"))) {
                receiver.accepting(TOPIC, NameClash.REFUSE);
                source.offer("f.bin");
                soon(() -> assertThat(receiver.events(FileEvent.Progress.class))
                        .anyMatch(progress -> progress.verifiedBytes() >= Manifest.MIN_CHUNK_BYTES));
                offer = receiver.events(FileEvent.Progress.class).get(0).offer();
                assertThat(offer.metadata()).isEqualTo(FakeSource.METADATA);
                assertThat(offer.hash()).isEqualTo(TestFiles.hash(file));
                receiver.close();
                soon(() -> assertThat(receiver.failures()).containsExactly(FileProblem.CLOSED));
            }
            isGivingAll.set(true);
            try (ChaskiNode receiving = node("receiver", address(sending));
                    Peer receiver = new Peer(receiving, temp.resolve("in"))) {
                // Nobody offers it again: what is left says what it is.
                receiver.accepting(TOPIC, NameClash.REFUSE);
                soon(() -> assertThat(receiver.completed()).hasSize(1));
                ReceivedFile completed = receiver.completed().get(0);
                assertThat(completed.fetchedBytes()).isLessThanOrEqualTo(2L * Manifest.MIN_CHUNK_BYTES);
                assertThat(completed.offer()).as("what it was told before").isEqualTo(offer);
                assertThat(TestFiles.hash(completed.path())).isEqualTo(offer.hash());
                assertThat(receiver.names()).containsExactly("f.bin");
            }
        }
    }

    @Test
    void a_member_that_has_it_gives_it_when_the_publisher_is_gone() throws Exception {
        Path file = TestFiles.file(temp, "f.bin", 2_000_000, 1);
        CountDownLatch isGone = new CountDownLatch(1);
        try (ChaskiNode sending = node("publisher");
                ChaskiNode nodeB = node("b", address(sending));
                ChaskiNode nodeC = node("c", address(sending));
                Peer publisher = new Peer(sending, temp.resolve("out"));
                Peer b = new Peer(nodeB, temp.resolve("b"));
                Peer c = new Peer(nodeC, temp.resolve("c"))) {
            b.accepting(TOPIC, NameClash.REFUSE);
            c.accepting(TOPIC, offer -> {
                try {
                    return isGone.await(60, TimeUnit.SECONDS) ? FileDecision.accept() : FileDecision.refuse("late");
                } catch (InterruptedException e) {
                    return FileDecision.refuse("interrupted");
                }
            });
            FilePush push = publisher.files.pushFile(TOPIC, file);
            push.completedBy(1).get(60, TimeUnit.SECONDS);
            publisher.close();
            isGone.countDown();

            soon(() -> assertThat(c.completed()).hasSize(1));
            assertThat(push.sentBytes()).isEqualTo(2_000_000);
            assertThat(c.directory.resolve("f.bin")).hasSameBinaryContentAs(file);
        }
    }
}
