package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.chaski.core.NodeId;
import io.chaski.core.Registration;
import io.chaski.core.stream.NodeStreams;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamHandler;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import io.chaski.streamer.file.FileDecision;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileOptions;
import io.chaski.streamer.file.FilePolicy;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.NameClash;
import io.chaski.streamer.file.TestFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcceptorTest {

    private static final NodeId OFFICE = new NodeId(0, 1);
    private static final NodeId STRANGER = new NodeId(0, 2);

    @TempDir
    Path temp;

    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<FileEvent> events = new ArrayList<>();
    private final List<Announcement.Status> said = new ArrayList<>();
    private long nowNanos;
    private Path directory;
    private FileHasher.Hashed hashed;
    private Destination destination;
    private TransferContext context;

    /** Reaches nobody. */
    private static final class Unreachable implements NodeStreams {
        @Override
        public Registration serve(String protocol, StreamOptions options, StreamHandler handler) {
            throw new AssertionError("not asked for");
        }

        @Override
        public CompletableFuture<Stream> open(
                NodeId to, String protocol, StreamOptions options, StreamListener listener) {
            return new CompletableFuture<>();
        }

        @Override
        public CompletableFuture<byte[]> request(NodeId to, String protocol, byte[] request, Duration limit) {
            throw new AssertionError("not asked for");
        }
    }

    private final class Heard implements Destination.Voice {
        @Override
        public void status(Announcement.Status status) {
            said.add(status);
        }

        @Override
        public void want(Manifest manifest) {}
    }

    @BeforeEach
    void make() throws IOException {
        directory = Files.createDirectory(temp.resolve("in")).toRealPath();
        Path source = TestFiles.file(temp, "f", 2 * Manifest.MIN_CHUNK_BYTES, 1);
        hashed = FileHasher.hash(source, () -> false).orElseThrow();
        FileOptions options = FileOptions.builder().keepFree(0, 0).build();
        Disk disk = new Disk();
        destination = Destination.of(directory, disk, new FileEvents(events::add, Runnable::run), new Heard());
        context = new TransferContext(
                new Unreachable(),
                options,
                disk,
                new Room(disk, options),
                new Holdings(),
                new HashedFiles(),
                threads::add,
                threads::add,
                threads::add,
                () -> nowNanos,
                new Random(1));
    }

    private Acceptor acceptor(FilePolicy policy) {
        return new Acceptor(destination, policy, context, new Transfers(context.options()));
    }

    private void work() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    private Incoming offer(NodeId sender, long pushId) {
        return new Incoming("t", sender, "", new Announcement.Offer(pushId, hashed.manifest(), "f", Map.of()));
    }

    private static FileDecision fromOffice(NodeId sender) {
        return sender.equals(OFFICE) ? FileDecision.accept() : FileDecision.refuse("a stranger");
    }

    @Test
    void a_push_of_a_file_that_is_on_its_way_is_decided_about_as_any_other() {
        Acceptor acceptor = acceptor(offer -> fromOffice(offer.sender()));
        acceptor.onOffer(offer(OFFICE, 1));
        work();
        acceptor.onOffer(offer(STRANGER, 2));
        work();

        assertThat(said)
                .extracting(Announcement.Status::pushId, Announcement.Status::state)
                .containsExactly(tuple(1L, FilePush.State.ACCEPTED), tuple(2L, FilePush.State.REFUSED));
        acceptor.onWithdrawn(OFFICE, 1);
        work();
        assertThat(events.get(events.size() - 1))
                .isInstanceOfSatisfying(
                        FileEvent.Failed.class,
                        failed -> assertThat(failed.problem()).isEqualTo(FileProblem.WITHDRAWN));
    }

    @Test
    void a_refusal_that_was_lost_is_said_again_when_the_offer_is_repeated_and_the_policy_is_not_asked_again() {
        List<NodeId> asked = new ArrayList<>();
        Acceptor acceptor = acceptor(offer -> {
            asked.add(offer.sender());
            return FileDecision.refuse("no");
        });
        acceptor.onOffer(offer(OFFICE, 1));
        work();
        nowNanos += Answers.SAID_AGAIN_AFTER.toNanos();
        acceptor.onOffer(offer(OFFICE, 1));
        work();

        assertThat(asked).hasSize(1);
        assertThat(events).hasSize(1);
        assertThat(said).hasSize(2);
        assertThat(said.get(1)).isEqualTo(said.get(0));
    }

    @Test
    void a_policy_that_thinks_holds_up_no_closing_and_its_answer_comes_too_late_then() {
        Acceptor[] acceptor = new Acceptor[1];
        acceptor[0] = acceptor(offer -> {
            Thread closing = new Thread(acceptor[0]::close);
            closing.start();
            try {
                closing.join(60_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            assertThat(closing.isAlive()).as("close waits for the policy").isFalse();
            return FileDecision.accept();
        });

        acceptor[0].onOffer(offer(OFFICE, 1));
        work();

        assertThat(events).isEmpty();
        assertThat(said).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway")
    void a_policy_that_decides_nothing_or_fails_refuses() {
        acceptor(offer -> null).onOffer(offer(OFFICE, 1));
        acceptor(offer -> {
                    throw new StackOverflowError("of the application");
                })
                .onOffer(offer(OFFICE, 2));
        work();

        assertThat(events).hasSize(2).allSatisfy(event -> assertThat(event).isInstanceOf(FileEvent.Refused.class));
        assertThat(said).extracting(Announcement.Status::state).containsOnly(FilePush.State.REFUSED);
    }

    @Test
    void what_an_earlier_run_has_left_and_the_policy_does_not_want_any_more_is_removed() throws IOException {
        StoredOffer stored = new StoredOffer(offer(OFFICE, 1), hashed.list());
        destination.parts().create(stored, new Random(2)).close();

        acceptor(offer -> FileDecision.refuse("no")).onUnfinished(stored.incoming());
        work();

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void a_file_that_is_there_is_accepted_before_it_is_complete_and_nothing_is_left_of_an_earlier_run()
            throws IOException {
        Files.copy(temp.resolve("f"), directory.resolve("f"));
        destination
                .parts()
                .create(new StoredOffer(offer(OFFICE, 1), hashed.list()), new Random(2))
                .close();

        acceptor(FilePolicy.acceptAll(NameClash.REFUSE)).onOffer(offer(OFFICE, 1));
        work();

        assertThat(events).hasSize(2);
        assertThat(events.get(0)).isInstanceOf(FileEvent.Accepted.class);
        assertThat(events.get(1)).isInstanceOf(FileEvent.Completed.class);
        assertThat(directory).isDirectoryContaining("glob:**/f").isDirectoryNotContaining("glob:**/.chaski*");
    }

    @Test
    void what_is_taken_back_while_the_policy_thinks_is_not_received() {
        Acceptor acceptor = acceptor(FilePolicy.acceptAll(NameClash.REFUSE));
        acceptor.onOffer(offer(OFFICE, 1));
        acceptor.onWithdrawn(OFFICE, 1);
        work();

        assertThat(events).hasSize(2);
        assertThat(events.get(1))
                .isInstanceOfSatisfying(
                        FileEvent.Failed.class,
                        failed -> assertThat(failed.problem()).isEqualTo(FileProblem.WITHDRAWN));
    }
}
