package io.chaski.streamer.file;

import static io.chaski.streamer.file.TestFiles.file;
import static io.chaski.streamer.file.TestFiles.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.NodeBuilder;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.Policy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies decide about files before a byte of them is asked for, or given. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FilePolicyIT {

    private static final String TOPIC = "firmware";
    private static final String TOPICS =
            "\"publish\":[\"**\"],\"subscribe\":[\"**\"],\"relay\":[\"**\"],\"discover\":[\"**\"]";
    private static final String FILES = "\"file.send\":[\"**\"],\"file.receive\":[\"**\"]";

    /** What is needed for files of one topic, and nothing else. */
    private static final String NARROW = "\"publish\":[\"files/firmware\"],\"subscribe\":[\"files/firmware\"],"
            + "\"file.send\":[\"firmware\"],\"file.receive\":[\"firmware\"]";

    @TempDir
    Path temp;

    private final String cluster = "test-" + UUID.randomUUID();
    private final List<ChaskiNode> nodes = new ArrayList<>();

    @AfterEach
    void close() {
        nodes.forEach(ChaskiNode::close);
    }

    private static Policy policy(int version, String files) {
        return exactly(version, TOPICS + "," + files);
    }

    private static Policy exactly(int version, String rights) {
        return Policy.parse(
                "{\"version\":" + version + ",\"roles\":{\"all\":{\"match\":[\"anonymous:\"]," + rights + "}}}");
    }

    private Peer peer(String name, String files) throws Exception {
        return files.isEmpty() ? peer(name, builder -> {}) : peer(name, builder -> builder.policy(policy(1, files)));
    }

    private Peer peer(String name, Consumer<NodeBuilder> more) throws Exception {
        NodeBuilder builder = ChaskiNode.builder().name(name).cluster(cluster).topology(Topology.MANUAL);
        more.accept(builder);
        ChaskiNode node = builder.start();
        nodes.add(node);
        return new Peer(node, temp.resolve(name));
    }

    private void connect() throws Exception {
        // Again if need be: on a busy machine a handshake may take longer than it should.
        await().atMost(Duration.ofSeconds(50))
                .ignoreExceptionsMatching(failed -> failed.getCause() instanceof ConnectFailedException)
                .until(() ->
                        nodes.get(1).connect(nodes.get(0).addresses().get(0)).get() != null);
    }

    private Path content() throws Exception {
        return file(Files.createDirectories(temp.resolve("source")), "image.bin", 1, 100_000);
    }

    @Test
    void who_may_neither_send_nor_receive_hears_so_at_once() throws Exception {
        Peer peer = peer("a", "\"file.send\":[\"other\"],\"file.receive\":[\"other\"]");
        Path image = content();

        assertThatThrownBy(() -> peer.files.pushFile(TOPIC, image, Map.of()))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("may not file.send firmware");
        assertThatThrownBy(() -> peer.accepting(TOPIC, NameClash.REFUSE))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("may not file.receive firmware");
    }

    @Test
    void files_go_where_both_policies_allow_it() throws Exception {
        Peer sender = peer("a", FILES);
        Peer receiver = peer("b", FILES).accepting(TOPIC, NameClash.REFUSE);
        connect();
        sender.files.pushFile(TOPIC, content(), Map.of());

        soon(() -> assertThat(receiver.completed()).hasSize(1));
    }

    @Test
    void the_rights_that_the_documents_name_are_enough() throws Exception {
        Peer sender = peer("a", builder -> builder.policy(exactly(1, NARROW)));
        Peer receiver = peer("b", builder -> builder.policy(exactly(1, NARROW))).accepting(TOPIC, NameClash.REFUSE);
        connect();
        FilePush push = sender.files.pushFile(TOPIC, content(), Map.of());

        soon(() -> assertThat(receiver.completed()).hasSize(1));
        push.completedBy(1).get(TestFiles.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void who_may_not_speak_or_listen_about_files_hears_so_at_once_and_nothing_is_begun() throws Exception {
        Path image = content();
        String mute = NARROW.replace("\"publish\":[\"files/", "\"publish\":[\"");
        String deaf = NARROW.replace("\"subscribe\":[\"files/", "\"subscribe\":[\"");
        Peer peer = peer("a", builder -> builder.policy(exactly(1, mute)));

        assertThatThrownBy(() -> peer.files.pushFile(TOPIC, image, Map.of()))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("may not publish files/firmware");
        assertThatThrownBy(() -> peer.accepting(TOPIC, NameClash.REFUSE))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("may not publish files/firmware");
        nodes.get(0).access().update(exactly(2, deaf));
        assertThatThrownBy(() -> peer.files.pushFile(TOPIC, image, Map.of()))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("may not subscribe files/firmware");
        assertThatThrownBy(() -> peer.accepting(TOPIC, NameClash.REFUSE))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("may not subscribe files/firmware");
        assertThat(peer.files.snapshot().pushes()).isZero();
    }

    @Test
    void who_may_listen_again_hears_what_is_offered() throws Exception {
        Peer sender = peer("a", FILES);
        Peer receiver = peer("b", FILES).accepting(TOPIC, NameClash.REFUSE);
        connect();
        Subscription beside = nodes.get(1).subscribe(Topic.bytes("files/" + TOPIC), message -> {});
        nodes.get(1).access().update(exactly(2, FILES));
        assertThat(beside.closed()).as("subscriptions of this topic").failsWithin(TestFiles.LIMIT);
        FilePush push = sender.files.pushFile(TOPIC, content(), Map.of());
        push.announced().get(TestFiles.LIMIT.toSeconds(), TimeUnit.SECONDS);

        nodes.get(1).access().update(policy(3, FILES));

        soon(() -> assertThat(receiver.completed()).hasSize(1));
    }

    @Test
    void nothing_is_written_of_a_file_of_somebody_who_may_not_send() throws Exception {
        Peer sender = peer("a", "");
        Peer receiver = peer("b", "\"file.receive\":[\"**\"]").accepting(TOPIC, NameClash.REFUSE);
        connect();
        FilePush push = sender.files.pushFile(TOPIC, content(), Map.of());
        soon(() -> assertThat(push.hash()).isPresent());
        // What a later policy allows comes later than what neither does, and arrives.
        nodes.get(1).access().update(policy(2, "\"file.receive\":[\"**\"],\"file.send\":[\"other\"]"));
        receiver.accepting("other", NameClash.REFUSE);
        sender.files.pushFile("other", file(temp.resolve("source"), "allowed.bin", 2, 1_000), Map.of());

        soon(() -> assertThat(receiver.completed()).hasSize(1));
        assertThat(receiver.names()).containsExactly("allowed.bin");
    }

    @Test
    void nothing_is_given_to_somebody_who_may_not_receive() throws Exception {
        Peer sender = peer("a", "\"file.send\":[\"**\"]");
        Peer receiver = peer("b", "").accepting(TOPIC, NameClash.REFUSE);
        connect();
        sender.files.pushFile(TOPIC, content(), Map.of());

        soon(() -> assertThat(nodes.get(0).snapshot().counters().getOrDefault("access.refused", 0L))
                .isPositive());
        assertThat(receiver.completed()).isEmpty();
    }
}
