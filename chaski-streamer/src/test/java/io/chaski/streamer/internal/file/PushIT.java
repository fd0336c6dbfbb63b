package io.chaski.streamer.internal.file;

import static io.chaski.streamer.file.TestFiles.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.NameClash;
import io.chaski.streamer.file.Peer;
import io.chaski.streamer.file.TestFiles;
import io.chaski.streamer.file.TransferFailedException;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Node;
import io.chaski.testkit.TimeMode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A publisher among nodes that answer what the test says, and one that may say little itself. */
@ChaskiTest(
        nodes = {"publisher", "other"},
        time = TimeMode.LOOPBACK)
class PushIT {

    private static final String TOPIC = "firmware";
    private static final Topic<byte[]> SAID = Topic.bytes(Announcement.TOPIC_PREFIX + TOPIC);

    @TempDir
    Path temp;

    @Test
    void who_says_that_it_has_something_else_under_the_number_of_a_push_has_not_completed_it(
            @Node("publisher") ChaskiNode node, @Node("other") ChaskiNode other) throws Exception {
        Queue<Announcement.Offer> offers = new ConcurrentLinkedQueue<>();
        other.subscribe(
                SAID,
                message -> Announcement.decode(message.payload())
                        .filter(Announcement.Offer.class::isInstance)
                        .map(Announcement.Offer.class::cast)
                        .ifPresent(offers::add));
        Peer publisher = new Peer(node, temp.resolve("out"));
        FilePush push = publisher.files.pushFile(TOPIC, TestFiles.file(temp, "f", 1_000, 1));
        soon(() -> assertThat(offers).isNotEmpty());
        Announcement.Offer offer = offers.element();
        Manifest another =
                new Manifest(offer.manifest().hash(), 17, offer.manifest().listHash());

        say(other, Announcement.Status.of(offer.pushId(), another, FilePush.State.COMPLETED));
        say(other, Announcement.Status.of(offer.pushId(), offer.manifest(), FilePush.State.REFUSED)); // comes later

        soon(() -> assertThat(push.answers()).containsOnlyKeys(other.id()));
        assertThat(push.answers().get(other.id()).state()).isEqualTo(FilePush.State.REFUSED);
        assertThat(push.completedBy(1)).isNotDone();
        assertThat(push.answeredBy(1)).succeedsWithin(TestFiles.LIMIT);
        CompletableFuture<Void> byAnother = push.answeredBy(2);
        assertThat(byAnother).isNotDone();
        push.close();
        assertThat(byAnother).failsWithin(TestFiles.LIMIT);
    }

    @Test
    void what_a_channel_has_is_given_from_a_temporary_file_that_goes_with_the_push(
            @Node("publisher") ChaskiNode node, @Node("other") ChaskiNode other) throws Exception {
        byte[] content = new byte[1_000_000];
        new Random(1).nextBytes(content);
        Set<Path> before = temporaryFiles();
        try (Peer publisher = new Peer(node, temp.resolve("out"));
                Peer receiver = new Peer(other, temp.resolve("in"))) {
            receiver.accepting(TOPIC, NameClash.REFUSE);
            FilePush push = publisher.files.pushFile(
                    TOPIC, Channels.newChannel(new ByteArrayInputStream(content)), "report.bin", Map.of());
            push.completedBy(1).get(60, TimeUnit.SECONDS);
            assertThat(temp.resolve("in").resolve("report.bin")).hasBinaryContent(content);
            assertThat(temporaryFiles()).hasSize(before.size() + 1);

            push.close();
            assertThat(temporaryFiles()).isEqualTo(before);
        }
    }

    @Test
    void a_channel_that_fails_leaves_nothing(@Node("publisher") ChaskiNode node) throws Exception {
        ReadableByteChannel broken = new ReadableByteChannel() {
            private boolean isRead;

            @Override
            public int read(ByteBuffer into) throws IOException {
                if (isRead) {
                    throw new IOException("the line is dead");
                }
                isRead = true;
                into.put((byte) 1);
                return 1;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
        Set<Path> before = temporaryFiles();
        try (Peer publisher = new Peer(node, temp.resolve("out"))) {
            assertThatThrownBy(() -> publisher.files.pushFile(TOPIC, broken, "f", Map.of()))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the line is dead");
            assertThat(temporaryFiles()).isEqualTo(before);
        }
    }

    private static Set<Path> temporaryFiles() throws IOException {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(file -> file.getFileName().toString().startsWith(SpooledContent.PREFIX))
                    .collect(Collectors.toSet());
        }
    }

    private static void say(ChaskiNode node, Announcement announcement) {
        node.publish(SAID, announcement.encode());
    }

    @Test
    void an_announcement_that_is_larger_than_a_message_of_the_node_may_be_is_a_failure() throws Exception {
        try (ChaskiNode small = ChaskiNode.builder().maxPayload(1_000).start();
                Peer publisher = new Peer(small, temp.resolve("out"))) {
            Path file = TestFiles.file(temp, "f", 1_000, 1);
            publisher.files.pushFile(TOPIC, file).announced().get(60, TimeUnit.SECONDS);
            FilePush push = publisher.files.pushFile(TOPIC, file, "g", Map.of("notes", "x".repeat(1_000)));

            assertThatThrownBy(() -> push.announced().get(60, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(TransferFailedException.class)
                    .hasMessageContaining("LIMIT");
        }
    }
}
