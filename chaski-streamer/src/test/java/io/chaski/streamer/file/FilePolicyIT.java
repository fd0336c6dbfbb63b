package io.chaski.streamer.file;

import static io.chaski.streamer.file.TestFiles.file;
import static io.chaski.streamer.file.TestFiles.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.NodeBuilder;
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

    @TempDir
    Path temp;

    private final String cluster = "test-" + UUID.randomUUID();
    private final List<ChaskiNode> nodes = new ArrayList<>();

    @AfterEach
    void close() {
        nodes.forEach(ChaskiNode::close);
    }

    private static Policy policy(int version, String files) {
        return Policy.parse("{\"version\":" + version + ",\"roles\":{\"all\":{\"match\":[\"anonymous:\"]," + TOPICS
                + "," + files + "}}}");
    }

    private Peer peer(String name, String files) throws Exception {
        NodeBuilder builder = ChaskiNode.builder().name(name).cluster(cluster).topology(Topology.MANUAL);
        if (!files.isEmpty()) {
            builder.policy(policy(1, files));
        }
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
        String both = "\"file.send\":[\"**\"],\"file.receive\":[\"**\"]";
        Peer sender = peer("a", both);
        Peer receiver = peer("b", both).accepting(TOPIC, NameClash.REFUSE);
        connect();
        sender.files.pushFile(TOPIC, content(), Map.of());

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
