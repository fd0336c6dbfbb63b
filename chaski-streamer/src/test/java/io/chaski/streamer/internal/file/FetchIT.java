package io.chaski.streamer.internal.file;

import static io.chaski.streamer.file.TestFiles.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamListener;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.Peer;
import io.chaski.streamer.file.ReceivedFile;
import io.chaski.streamer.file.TestFiles;
import io.chaski.streamer.file.TransferFailedException;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Node;
import io.chaski.testkit.TimeMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetching from a peer that answers when the test says so. */
@ChaskiTest(
        nodes = {"peer", "asking"},
        time = TimeMode.LOOPBACK)
class FetchIT {

    private static final Duration LONG = Duration.ofMinutes(10);

    @TempDir
    Path temp;

    private final BlockingQueue<Stream> questions = new LinkedBlockingQueue<>();
    private FakeSource source;
    private Peer asking;
    private String hash;

    @BeforeEach
    void start(@Node("peer") ChaskiNode peer, @Node("asking") ChaskiNode node) throws Exception {
        Path file = TestFiles.file(temp, "f", 3 * Manifest.MIN_CHUNK_BYTES, 1);
        source = new FakeSource(peer, "unused", file);
        hash = TestFiles.hash(file);
        peer.streams().serve(ShareMessage.PROTOCOL, stream -> new StreamListener() {
            @Override
            public void onMessage(Stream same, byte[] question) {
                questions.add(same);
            }
        });
        asking = new Peer(node, temp.resolve("in"));
    }

    private Stream question() throws InterruptedException {
        Stream asked = questions.poll(TestFiles.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(asked).as("a question").isNotNull();
        return asked;
    }

    private void answer(Stream question) throws InterruptedException {
        question.send(ShareMessage.answer(List.of(new ShareMessage.Found("f", source.hashed.manifest()))));
        question.end();
    }

    private static BitSet firstChunk() {
        BitSet first = new BitSet();
        first.set(0);
        return first;
    }

    @Test
    void who_fetches_a_file_sees_how_far_it_is_even_if_the_listener_fails() throws Exception {
        AtomicBoolean isFirst = new AtomicBoolean(true);
        CountDownLatch seen = new CountDownLatch(1);
        source.serve(source.all(), chunk -> {
            if (!isFirst.getAndSet(false)) {
                TestFiles.await(seen);
            }
            return source.pieces(chunk);
        });

        CompletableFuture<ReceivedFile> fetched = asking.files.fetch(hash, asking.directory, LONG, event -> {
            asking.events.add(event);
            if (event instanceof FileEvent.Progress progress && progress.verifiedBytes() > 0) {
                seen.countDown();
            }
            throw new IllegalStateException("a listener that fails");
        });
        answer(question());

        ReceivedFile file = fetched.get(60, TimeUnit.SECONDS);
        soon(() -> assertThat(asking.completed()).containsExactly(file));
        assertThat(asking.events).first().isInstanceOf(FileEvent.Accepted.class);
        assertThat(asking.events(FileEvent.Progress.class))
                .extracting(FileEvent.Progress::verifiedBytes)
                .isSorted()
                .contains((long) Manifest.MIN_CHUNK_BYTES)
                .allMatch(bytes -> bytes <= 3L * Manifest.MIN_CHUNK_BYTES);
    }

    @Test
    void a_fetch_ends_when_the_exchange_closes_while_it_waits_for_an_answer() throws Exception {
        CompletableFuture<ReceivedFile> fetched = asking.files.fetch(hash, asking.directory, LONG);
        Stream asked = question();

        asking.close();

        assertThatThrownBy(() -> fetched.get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(TransferFailedException.class)
                .hasMessageContaining("CLOSED");
        answer(asked);
    }

    @Test
    void a_fetch_that_is_given_up_while_it_waits_for_an_answer_receives_nothing_when_it_comes() throws Exception {
        source.serve(source.all(), source::pieces);
        CompletableFuture<ReceivedFile> given = asking.files.fetch(hash, asking.directory, LONG);
        Stream asked = question();
        given.cancel(false);
        answer(asked);

        Path other = temp.resolve("other");
        CompletableFuture<ReceivedFile> fetched = asking.files.fetch(hash, other, LONG);
        answer(question());
        fetched.get(60, TimeUnit.SECONDS);

        asking.close(); // what had begun would be there, in parts at least
        assertThat(asking.names()).isEmpty();
        assertThat(Peer.names(other)).containsExactly("f");
    }

    @Test
    void a_fetch_that_the_caller_completes_himself_as_a_time_limit_does_ends_its_transfer() throws Exception {
        source.serve(source.all(), chunk -> List.of());
        CompletableFuture<ReceivedFile> fetched = asking.files.fetch(hash, asking.directory, LONG);
        answer(question());
        soon(() -> assertThat(asking.names()).as("it is on its way").hasSize(2));

        fetched.completeExceptionally(new TimeoutException("as orTimeout does"));

        soon(() -> assertThat(asking.names()).isEmpty());
    }

    @Test
    void later_questions_for_more_sources_do_not_stay_as_long_as_the_caller_waits_for_the_first() throws Exception {
        source.serve(firstChunk(), source::pieces);
        CompletableFuture<ReceivedFile> fetched = asking.files.fetch(hash, asking.directory, LONG);
        Stream first = question();
        assertThat(first.remaining()).get().satisfies(left -> assertThat(left).isGreaterThan(LONG.dividedBy(2)));
        answer(first);

        Stream later = question(); // somebody has to have the other chunks

        assertThat(later.remaining()).get().satisfies(left -> assertThat(left).isLessThan(Duration.ofSeconds(10)));
        fetched.cancel(false);
    }
}
