package io.chaski.core.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import io.chaski.core.internal.netty.FailingBuffers;
import io.chaski.core.internal.netty.NoLeaks;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Rows 106 and 112: the machine has nothing left to give. */
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ExhaustionRowsTest {

    private static final Topic<String> TALK = Topic.text("siege/talk");

    /** More than one connection of {@link #useEverything} needs, so that each of them fails once. */
    private static final int ALLOCATIONS = 60;

    private final CapturedLog log = new CapturedLog();

    @BeforeEach
    void capture() {
        log.start();
    }

    @AfterEach
    void release() {
        log.stop();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void row_106_without_file_descriptors_accepting_pauses_and_goes_on(@TempDir Path folder) throws Exception {
        Path output = folder.resolve("output.txt");
        Process child = new ProcessBuilder(
                        "bash",
                        "-c",
                        "ulimit -n 256 && exec \"$0\" \"$@\"",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-ea",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OutOfDescriptors.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(child.waitFor(Siege.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("the child has ended; it said %s", Files.readString(output))
                    .isTrue();
        } finally {
            child.destroyForcibly();
        }
        assertThat(Files.readString(output)).contains(OutOfDescriptors.SUCCESS);
        assertThat(child.exitValue()).isZero();
    }

    @Test
    void row_112_no_memory_for_any_one_buffer_costs_a_connection_and_not_the_node() {
        FailingBuffers buffers = new FailingBuffers();
        try (ChaskiNode poor = ChaskiNode.builder()
                        .name("poor")
                        .cluster(Siege.CLUSTER)
                        .environment(buffers)
                        .start();
                var hearing = poor.subscribe(TALK, message -> {})) {
            for (int allocations = 0; allocations < ALLOCATIONS; allocations++) {
                int failed = buffers.failures();
                buffers.failAfter(allocations);
                while (buffers.failures() == failed) {
                    useEverything(poor.addresses().get(0));
                }
                try (HostilePeer later =
                        HostilePeer.connect(poor.addresses().get(0)).greet()) {
                    later.joinTopic(TALK.name()).awaitHandled();
                }
            }
            Siege.eventually().untilAsserted(() -> assertThat(poor.edges()).isEmpty());
            assertThat(hearing.statistics().failed()).isZero();
        }
        assertThat(log.errors())
                .as("lines that name the cause")
                .isNotEmpty()
                .allMatch(line -> line.contains("planted"));
    }

    /** Makes a node read, answer, echo and relay as much as one connection can, however far it comes. */
    private static void useEverything(Address node) {
        try (HostilePeer peer = HostilePeer.connect(node)) {
            peer.send(
                    peer.hello(),
                    new HelloAck(1, 0, 1, 2),
                    new InternTopic(HostilePeer.TOPIC_ALIAS, TALK.name()),
                    new Neighbor(HostilePeer.TOPIC_ALIAS, Priority.HIGH, 1, peer.self(), List.of()));
            peer.announceSource(1, peer.self().id(), 1);
            for (int seq = 1; seq <= 4; seq++) {
                peer.sendData(1, seq, Forged.text("x".repeat(50_000 * seq)).toByteArray());
                peer.send(new Ping(seq, 0, 100_000));
            }
            peer.finish();
            peer.awaitEnd();
        }
    }
}
