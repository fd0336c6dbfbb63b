package io.chaski.streamer.file;

import static io.chaski.streamer.file.TestFiles.file;
import static io.chaski.streamer.file.TestFiles.hash;
import static io.chaski.streamer.file.TestFiles.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.ProbeResult;
import io.chaski.core.Registration;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Node;
import io.chaski.testkit.TimeMode;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@ChaskiTest(
        nodes = {"a", "b", "c"},
        time = TimeMode.LOOPBACK)
class FilesIT {

    private static final String TOPIC = "firmware";

    @TempDir
    Path temp;

    private Path source() throws Exception {
        return Files.createDirectories(temp.resolve("source"));
    }

    @Test
    @DisplayName("U-STR-2: five sizes arrive, with their metadata and the right hash")
    void sizes(@Node("a") ChaskiNode a, @Node("b") ChaskiNode b) throws Exception {
        Peer sender = new Peer(a, temp.resolve("a"));
        Peer receiver = new Peer(b, temp.resolve("b")).accepting(TOPIC, NameClash.REFUSE);
        int[] sizes = {1_000, 10_000, 100_000, 1_000_000, 10_000_000};
        for (int size : sizes) {
            Path file = file(source(), size + ".bin", size, size);
            sender.files.pushFile(TOPIC, file, Map.of("size", Integer.toString(size)));
        }

        soon(() -> assertThat(receiver.completed()).hasSize(sizes.length));
        for (ReceivedFile file : receiver.completed()) {
            assertThat(file.offer().metadata()).containsEntry("size", Long.toString(Files.size(file.path())));
            assertThat(hash(file.path())).isEqualTo(file.offer().hash());
            assertThat(file.path())
                    .hasSameBinaryContentAs(source().resolve(file.offer().name()));
            assertThat(file.offer().sender()).isEqualTo(a.id());
            assertThat(file.offer().senderName()).isEqualTo("a");
            assertThat(file.duration()).isPositive();
        }
        assertThat(receiver.names())
                .containsExactly("1000.bin", "10000.bin", "100000.bin", "1000000.bin", "10000000.bin");
        assertThat(receiver.events(FileEvent.Accepted.class)).hasSize(sizes.length);
        assertThat(receiver.failures()).isEmpty();
    }

    @Test
    @DisplayName("U-STR-3: a file that is refused is not there, and the sender hears why")
    void refusal(@Node("a") ChaskiNode a, @Node("b") ChaskiNode b) throws Exception {
        Peer sender = new Peer(a, temp.resolve("a"));
        Peer receiver = new Peer(b, temp.resolve("b"))
                .accepting(TOPIC, offer -> FileDecision.refuse(offer.size() + " bytes are too many"));

        FilePush push = sender.files.pushFile(TOPIC, file(source(), "a.bin", 1_000, 1));

        soon(() -> assertThat(push.answers())
                .containsExactly(Map.entry(
                        b.id(),
                        new FilePush.Answer(
                                FilePush.State.REFUSED, Optional.of(FileProblem.REFUSED), "1000 bytes are too many"))));
        soon(() -> assertThat(receiver.refusals()).containsExactly(FileProblem.REFUSED));
        assertThat(receiver.names()).isEmpty();
    }

    private static boolean isSeenToTakePart(ChaskiNode asking, ChaskiNode asked) throws Exception {
        ProbeResult probe =
                asking.probe(asked.addresses().get(0), Duration.ofSeconds(10)).get(60, TimeUnit.SECONDS);
        assertThat(FileExchange.takesPart(probe, "other")).isFalse();
        return FileExchange.takesPart(probe, TOPIC);
    }

    @Test
    @DisplayName(
            "S09: receiving is off, then on by folder with a decision about each file, then off, and a probe shows it")
    void offAndOnAndOff(@Node("a") ChaskiNode a, @Node("b") ChaskiNode b, @Node("c") ChaskiNode c) throws Exception {
        Peer sender = new Peer(a, temp.resolve("a"));
        Peer receiver = new Peer(b, temp.resolve("b"));
        FilePush early = sender.files.pushFile(TOPIC, file(source(), "early.bin", 1_000, 1));
        early.announced().get(60, TimeUnit.SECONDS);
        assertThat(isSeenToTakePart(c, b)).isFalse();
        assertThat(early.answers()).isEmpty();
        early.close();

        Map<String, FileOffer> asked = new ConcurrentHashMap<>();
        Registration accepting = receiver.files.acceptFiles(
                TOPIC,
                receiver.directory,
                offer -> {
                    asked.put(offer.name(), offer);
                    return offer.size() > 1_000
                            ? FileDecision.refuse("more than 1000 bytes")
                            : FileDecision.accept(NameClash.REFUSE);
                },
                receiver.events::add);
        FilePush small = sender.files.pushFile(TOPIC, file(source(), "small.bin", 1_000, 2), Map.of("for", "press"));
        FilePush large = sender.files.pushFile(TOPIC, file(source(), "large.bin", 1_001, 3));
        small.completedBy(1).get(60, TimeUnit.SECONDS);
        soon(() -> assertThat(large.answers())
                .containsEntry(
                        b.id(),
                        new FilePush.Answer(
                                FilePush.State.REFUSED, Optional.of(FileProblem.REFUSED), "more than 1000 bytes")));
        FileOffer offer = asked.get("small.bin");
        assertThat(offer.size()).isEqualTo(1_000);
        assertThat(offer.metadata()).isEqualTo(Map.of("for", "press"));
        assertThat(offer.sender()).isEqualTo(a.id());
        assertThat(receiver.names()).containsExactly("small.bin");
        assertThat(isSeenToTakePart(c, b)).isTrue();

        accepting.close();
        soon(() -> assertThat(isSeenToTakePart(c, b)).isFalse());
        sender.files
                .pushFile(TOPIC, file(source(), "late.bin", 1_000, 4))
                .announced()
                .get(60, TimeUnit.SECONDS);
        assertThat(asked).doesNotContainKey("late.bin");
        assertThat(receiver.names()).containsExactly("small.bin");
    }

    @Test
    void a_node_that_has_not_asked_for_files_gets_none(@Node("a") ChaskiNode a, @Node("b") ChaskiNode b)
            throws Exception {
        Peer sender = new Peer(a, temp.resolve("a"));
        Peer asking = new Peer(b, temp.resolve("b")).accepting("other", NameClash.REFUSE);

        FilePush other = sender.files.pushFile("other", file(source(), "a.bin", 1_000, 1));
        FilePush push = sender.files.pushFile(TOPIC, file(source(), "b.bin", 1_000, 2));
        push.announced().get(60, TimeUnit.SECONDS);
        other.completedBy(1).get(60, TimeUnit.SECONDS);

        assertThat(push.answers()).isEmpty();
        assertThat(asking.names()).containsExactly("a.bin");
    }

    @Test
    void a_receiver_that_has_closed_its_registration_gets_no_more(
            @Node("a") ChaskiNode a, @Node("b") ChaskiNode b, @Node("c") ChaskiNode c) throws Exception {
        Peer sender = new Peer(a, temp.resolve("a"));
        Peer leaving = new Peer(b, temp.resolve("b"));
        Registration accepting = leaving.files.acceptFiles(
                TOPIC, leaving.directory, FilePolicy.acceptAll(NameClash.REFUSE), leaving.events::add);
        sender.files
                .pushFile(TOPIC, file(source(), "a.bin", 1_000, 1))
                .completedBy(1)
                .get(60, TimeUnit.SECONDS);

        accepting.close();
        Peer staying = new Peer(c, temp.resolve("c"));
        staying.files.acceptFiles(TOPIC, staying.directory, FilePolicy.acceptAll(NameClash.REFUSE));
        FilePush push = sender.files.pushFile(TOPIC, file(source(), "b.bin", 1_000, 2));
        push.completedBy(1).get(60, TimeUnit.SECONDS);

        assertThat(push.answers()).containsOnlyKeys(c.id());
        assertThat(leaving.names()).containsExactly("a.bin");
        assertThat(staying.names()).contains("b.bin");
    }

    @Test
    void holes_do_not_travel(@Node("a") ChaskiNode a, @Node("b") ChaskiNode b) throws Exception {
        Peer sender = new Peer(a, temp.resolve("a"));
        Peer receiver = new Peer(b, temp.resolve("b")).accepting(TOPIC, NameClash.REFUSE);
        Path sparse = file(source(), "sparse.bin", 300_000, 1);
        try (FileChannel out = FileChannel.open(sparse, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.allocate(1), (64 << 20) - 1);
        }

        FilePush push = sender.files.pushFile(TOPIC, sparse);

        push.completedBy(1).get(60, TimeUnit.SECONDS);
        soon(() -> assertThat(receiver.completed()).hasSize(1));
        ReceivedFile received = receiver.completed().get(0);
        assertThat(received.fetchedBytes()).isEqualTo(push.sentBytes()).isBetween(300_000L, 600_000L);
        assertThat(Files.size(received.path())).isEqualTo(64 << 20);
        assertThat(hash(received.path())).isEqualTo(hash(sparse));
    }

    @Test
    void a_receiver_that_comes_late_gets_what_is_still_offered(
            ChaskiNetwork net, @Node("a") ChaskiNode a, @Node("b") ChaskiNode b) throws Exception {
        Peer sender = new Peer(a, temp.resolve("a"));
        FilePush push = sender.files.pushFile(TOPIC, file(source(), "a.bin", 1_000, 1));
        push.announced().get(60, TimeUnit.SECONDS);

        Peer receiver = new Peer(b, temp.resolve("b")).accepting(TOPIC, NameClash.REFUSE);

        push.completedBy(1).get(60, TimeUnit.SECONDS);
        assertThat(receiver.names()).containsExactly("a.bin");
        assertThat(push.answers().get(b.id()).state()).isEqualTo(FilePush.State.COMPLETED);
    }

    @Test
    @DisplayName("X-08: the same name with other content is never appended, whatever the policy")
    void clashes(@Node("a") ChaskiNode a, @Node("b") ChaskiNode b, @Node("c") ChaskiNode c) throws Exception {
        Peer sender = new Peer(a, temp.resolve("a"));
        Peer keeping = new Peer(b, temp.resolve("b")).accepting(TOPIC, NameClash.KEEP_BOTH);
        Peer replacing = new Peer(c, temp.resolve("c")).accepting(TOPIC, NameClash.REPLACE);
        Path first = file(source(), "first/report.pdf", 300_000, 1);
        Path second = file(source(), "second/report.pdf", 1_000, 2);

        sender.files.pushFile(TOPIC, first).completedBy(2).get(60, TimeUnit.SECONDS);
        sender.files.pushFile(TOPIC, second).completedBy(2).get(60, TimeUnit.SECONDS);

        assertThat(keeping.names()).containsExactly("report-2.pdf", "report.pdf");
        assertThat(keeping.directory.resolve("report.pdf")).hasSameBinaryContentAs(first);
        assertThat(keeping.directory.resolve("report-2.pdf")).hasSameBinaryContentAs(second);
        assertThat(replacing.names()).containsExactly("report.pdf");
        assertThat(replacing.directory.resolve("report.pdf")).hasSameBinaryContentAs(second);
    }

    @Test
    @DisplayName("X-08: an empty file arrives, and the same file twice is one file")
    void emptyAndAgain(@Node("a") ChaskiNode a, @Node("b") ChaskiNode b) throws Exception {
        Peer sender = new Peer(a, temp.resolve("a"));
        Peer receiver = new Peer(b, temp.resolve("b")).accepting(TOPIC, NameClash.KEEP_BOTH);
        Path empty = file(source(), "empty", 0, 1);

        sender.files.pushFile(TOPIC, empty).completedBy(1).get(60, TimeUnit.SECONDS);
        sender.files.pushFile(TOPIC, empty).completedBy(1).get(60, TimeUnit.SECONDS);

        soon(() -> assertThat(receiver.completed()).hasSize(2));
        assertThat(receiver.names()).containsExactly("empty");
        assertThat(receiver.directory.resolve("empty")).isEmptyFile();
    }

    @Test
    void a_directory_arrives_with_its_paths(@Node("a") ChaskiNode a, @Node("b") ChaskiNode b) throws Exception {
        Peer sender = new Peer(a, temp.resolve("a"));
        Peer receiver = new Peer(b, temp.resolve("b")).accepting(TOPIC, NameClash.REFUSE);
        for (int i = 0; i < 40; i++) {
            file(source(), "d" + i % 4 + "/e/f" + i, 10_000 + i, i);
        }

        List<FilePush> pushes = sender.files.pushDirectory(TOPIC, source(), Map.of());

        for (FilePush push : pushes) {
            push.completedBy(1).get(60, TimeUnit.SECONDS);
        }
        assertThat(receiver.names()).isEqualTo(Peer.names(source()));
        for (String name : receiver.names()) {
            assertThat(receiver.directory.resolve(name)).hasSameBinaryContentAs(source().resolve(name));
        }
    }

    @Test
    void a_push_that_is_taken_back_leaves_nothing(@Node("a") ChaskiNode a, @Node("b") ChaskiNode b) throws Exception {
        Peer sender = new Peer(a, temp.resolve("a"));
        Peer receiver = new Peer(b, temp.resolve("b"));
        // Taken back before the receiver, which learns of it by the policy, can have got it all.
        FilePush[] push = new FilePush[1];
        receiver.accepting(TOPIC, offer -> {
            push[0].close();
            return FileDecision.accept();
        });
        push[0] = sender.files.pushFile(TOPIC, file(source(), "a.bin", 5_000_000, 1));

        soon(() -> assertThat(receiver.failures()).containsExactly(FileProblem.WITHDRAWN));
        assertThat(receiver.names()).isEmpty();
        assertThatThrownBy(() -> push[0].completedBy(1).get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(TransferFailedException.class);
    }

    @Test
    void a_file_that_changes_is_taken_back(@Node("a") ChaskiNode a, @Node("b") ChaskiNode b) throws Exception {
        Peer sender = new Peer(a, temp.resolve("a"));
        Path file = file(source(), "a.bin", 1_000, 1);
        FilePush push = sender.files.pushFile(TOPIC, file);
        push.announced().get(60, TimeUnit.SECONDS);
        Files.write(file, new byte[10]);

        Peer receiver = new Peer(b, temp.resolve("b")).accepting(TOPIC, NameClash.REFUSE);

        soon(() -> assertThat(receiver.failures()).containsExactly(FileProblem.WITHDRAWN));
        assertThat(receiver.names()).isEmpty();
        assertThatThrownBy(() -> push.completedBy(1).get(60, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(TransferFailedException.class)
                .hasMessageContaining("CHANGED");
    }

    @Test
    void of_two_versions_under_one_name_who_comes_late_gets_the_later(@Node("a") ChaskiNode a, @Node("b") ChaskiNode b)
            throws Exception {
        Peer sender = new Peer(a, temp.resolve("a"));
        Path later = file(source(), "2/f", 1_000, 2);
        FilePush first = sender.files.pushFile(TOPIC, file(source(), "1/f", 5_000_000, 1));
        first.announced().get(60, TimeUnit.SECONDS);
        FilePush second = sender.files.pushFile(TOPIC, later);
        second.announced().get(60, TimeUnit.SECONDS);

        Peer receiver = new Peer(b, temp.resolve("b")).accepting(TOPIC, NameClash.REPLACE);

        second.completedBy(1).get(60, TimeUnit.SECONDS);
        assertThat(receiver.directory.resolve("f")).hasSameBinaryContentAs(later);
        assertThatThrownBy(() -> first.completedBy(1).get(60, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(TransferFailedException.class)
                .hasMessageContaining("WITHDRAWN");
    }

    @Test
    void a_directory_that_is_a_link_is_pushed_and_too_large_a_one_not_at_all(@Node("a") ChaskiNode a) throws Exception {
        Peer sender = new Peer(a, temp.resolve("a"));
        file(source(), "d/f", 10, 1);
        Path link = Files.createSymbolicLink(temp.resolve("link"), source());
        Path large = Files.createDirectories(temp.resolve("large"));
        for (int i = 0; i <= 10_000; i++) {
            Files.createFile(large.resolve("f" + i));
        }

        assertThat(sender.files.pushDirectory(TOPIC, link, Map.of()))
                .extracting(FilePush::name)
                .containsExactly("d/f");
        assertThatThrownBy(() -> sender.files.pushDirectory("large", large, Map.of()))
                .isInstanceOf(TransferFailedException.class)
                .hasMessageContaining("LIMIT");
        FilePush push = sender.files.pushFile("large", large.resolve("f1"));
        push.announced().get(60, TimeUnit.SECONDS);
    }
}
