package io.chaski.streamer.internal.file;

import static io.chaski.streamer.file.TestFiles.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileExchange;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.NameClash;
import io.chaski.streamer.file.Peer;
import io.chaski.streamer.file.TestFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is left of an exchange that is closed while files are on their way: nothing. */
@EnabledOnOs(OS.LINUX) // which tells what files a process has open
class ClosingIT {

    private static final String TOPIC = "firmware";

    @TempDir
    Path temp;

    private final String id = UUID.randomUUID().toString();
    private ChaskiNode other;
    private ChaskiNode node;

    @BeforeEach
    void start() {
        other = ChaskiNode.builder().name("other").cluster(id).start();
        node = ChaskiNode.builder()
                .name(id)
                .cluster(id)
                .bootstrap(other.addresses().get(0))
                .start();
    }

    @AfterEach
    void stop() {
        node.close();
        other.close();
    }

    /** Threads of the exchange of {@link #node}, which nobody else's has in its name. */
    private List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("chaski-files") && name.contains(id))
                .toList();
    }

    private List<Path> openFiles() throws IOException {
        List<Path> open = new ArrayList<>();
        Path below = temp.toRealPath();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    Path file = Files.readSymbolicLink(descriptor);
                    if (file.startsWith(below)) {
                        open.add(file);
                    }
                } catch (NoSuchFileException closed) {
                    // Between the listing and the look at it, which is as good as closed.
                }
            }
        }
        return open;
    }

    private void nothingIsLeft() {
        soon(() -> assertThat(threads()).isEmpty());
        soon(() -> assertThat(openFiles()).isEmpty());
    }

    /** A receiver that has a part of a file, of which nobody gives more. */
    private Peer receiving() throws Exception {
        Path file = TestFiles.file(temp, "f", 3 * Manifest.MIN_CHUNK_BYTES, 1);
        FakeSource source = new FakeSource(other, TOPIC, file);
        source.serve(source.all(), chunk -> chunk == 0 ? source.pieces(chunk) : List.of());
        Peer receiver = new Peer(node, temp.resolve("in"));
        receiver.accepting(TOPIC, NameClash.REFUSE);
        source.offer("f");
        soon(() -> assertThat(receiver.events(FileEvent.Progress.class)).isNotEmpty());
        assertThat(openFiles()).isNotEmpty();
        assertThat(threads()).isNotEmpty();
        return receiver;
    }

    @Test
    void an_exchange_that_is_closed_in_the_middle_of_a_file_leaves_no_thread_and_no_open_file() throws Exception {
        Peer receiver = receiving();

        CompletableFuture.runAsync(receiver::close).get(60, TimeUnit.SECONDS);

        nothingIsLeft();
        assertThat(receiver.failures()).containsExactly(FileProblem.CLOSED);
        assertThat(receiver.names()).as("to go on with").hasSize(2);
    }

    @Test
    void a_node_that_is_closed_in_the_middle_of_a_file_takes_its_exchange_along() throws Exception {
        Peer receiver = receiving();

        CompletableFuture.runAsync(node::close).get(60, TimeUnit.SECONDS);

        nothingIsLeft();
        assertThat(receiver.failures()).containsExactly(FileProblem.CLOSED);
    }

    @Test
    void an_exchange_that_is_closed_while_somebody_reads_from_it_leaves_no_thread_and_no_open_file() throws Exception {
        Path file = TestFiles.file(temp, "f", 3 * Manifest.MIN_CHUNK_BYTES, 1);
        Peer publisher = new Peer(node, temp.resolve("out"));
        FilePush push = publisher.files.pushFile(TOPIC, file);
        publisher.files.share(temp.resolve("out"));
        push.announced().get(60, TimeUnit.SECONDS);
        Queue<byte[]> heard = new ConcurrentLinkedQueue<>();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        StreamListener listener = new StreamListener() {
            @Override
            public void onMessage(Stream same, byte[] message) {
                heard.add(message);
            }

            @Override
            public void onFailed(Stream same, StreamException cause) {
                ended.complete(null);
            }
        };
        Stream pulling = other.streams()
                .open(node.id(), PullMessage.PROTOCOL, PullingStream.OPTIONS, listener)
                .get(60, TimeUnit.SECONDS);
        Manifest manifest = new KnownFile(file).manifest();
        pulling.send(new PullMessage.Which(manifest, false).encode());
        pulling.send(new PullMessage.Get(0).encode());
        soon(() -> assertThat(heard).hasSizeGreaterThan(1)); // the book, and a piece
        assertThat(openFiles()).containsExactly(file.toRealPath());

        CompletableFuture.runAsync(publisher::close).get(60, TimeUnit.SECONDS);

        ended.get(60, TimeUnit.SECONDS);
        nothingIsLeft();
    }

    @Test
    void an_exchange_that_cannot_begin_leaves_no_thread() {
        FileExchange first = FileExchange.on(node);
        soon(() -> assertThat(threads()).hasSize(1)); // the one that ticks

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> FileExchange.on(node)).isInstanceOf(IllegalStateException.class);
        }

        assertThat(threads()).hasSize(1);
        first.close();
        nothingIsLeft();
    }

    @Test
    void who_pushes_while_the_exchange_closes_is_told_so_and_no_push_stays_open() throws Exception {
        Path file = TestFiles.file(temp, "f", 10, 1);
        for (int round = 0; round < 10; round++) {
            FileExchange files = FileExchange.on(node);
            Queue<FilePush> pushes = new ConcurrentLinkedQueue<>();
            CountDownLatch isPushing = new CountDownLatch(1);
            CountDownLatch isClosed = new CountDownLatch(1);
            CompletableFuture<Void> pushing = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 2_000; i++) { // fewer than a topic takes
                    pushes.add(files.pushFile("t" + i % 3, file));
                    isPushing.countDown();
                }
                TestFiles.await(isClosed);
                files.pushFile(TOPIC, file);
            });
            TestFiles.await(isPushing);

            files.close();
            isClosed.countDown();

            assertThatThrownBy(() -> pushing.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(IllegalStateException.class);
            for (FilePush push : pushes) {
                soon(() -> assertThat(push.announced()).isDone());
            }
        }
        nothingIsLeft();
    }
}
