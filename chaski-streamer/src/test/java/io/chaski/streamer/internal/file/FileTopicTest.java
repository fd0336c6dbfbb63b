package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.security.policy.Policy;
import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.TestFiles;
import io.chaski.streamer.file.TransferFailedException;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Node;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A topic of files")
@ChaskiTest
class FileTopicTest {

    private static final long LONG = Duration.ofSeconds(10).toNanos();

    @TempDir
    Path temp;

    private static FileTopic topic(ChaskiNode node) {
        return new FileTopic(node, "t", new Holdings(), new NoPolicies(), Runnable::run, 0);
    }

    private static Policy policy(int version, String rights) {
        return Policy.parse("{\"version\":" + version + ",\"roles\":{\"all\":{\"match\":[\"anonymous:\"],"
                + "\"subscribe\":[\"**\"],\"relay\":[\"**\"],\"discover\":[\"**\"]" + rights + "}}}");
    }

    private PushedFile push(FileTopic topic) throws IOException {
        PushedFile push =
                new PushedFile(1, TestFiles.file(temp, "f", 1_000, 1), "f", Map.of(), topic, new Holdings(), () -> {});
        assertThat(topic.add(push, 1)).isTrue();
        return push;
    }

    @Test
    @DisplayName("is not left while somebody reads what is to be pushed there, and a while after that")
    void held(@Node("a") ChaskiNode node) {
        FileTopic topic = topic(node);
        topic.hold();
        topic.tick(LONG);
        assertThat(topic.isIdle(LONG)).isFalse();
        assertThat(topic.isIdle(2 * LONG)).as("not even before the next tick").isFalse();

        topic.release();
        assertThat(topic.isIdle(LONG + 1)).isFalse();
        topic.tick(2 * LONG);
        assertThat(topic.isIdle(2 * LONG)).isTrue();
        topic.close();
    }

    @Test
    @DisplayName("does nobody any harm by what a policy does not let it say, and is left as any other")
    void mute(@Node("a") ChaskiNode node) {
        FileTopic topic = topic(node);
        node.access().update(policy(1, ""));
        Manifest manifest = new Manifest(Sha256.OF_NOTHING, 0, Sha256.OF_NOTHING);
        topic.status(Announcement.Status.of(1, manifest, FilePush.State.ACCEPTED));
        topic.tick(LONG);
        topic.tick(2 * LONG);
        assertThat(topic.isIdle(2 * LONG)).isTrue();
        topic.close();
    }

    @Test
    @DisplayName("says what is offered as soon as a policy lets it")
    void muteOffer(ChaskiNetwork net, @Node("a") ChaskiNode node) throws IOException {
        FileTopic topic = topic(node);
        node.access().update(policy(1, ""));
        PushedFile push = push(topic);
        push.prepare();
        topic.tick(LONG);
        net.advance(Duration.ofSeconds(1));
        assertThat(push.announced()).isNotDone();

        node.access().update(policy(2, ",\"publish\":[\"**\"]"));
        topic.tick(2 * LONG);

        net.await("the offer", push.announced()::isDone, Duration.ofSeconds(30));
        topic.close();
    }

    /** A file that cannot even be asked for. */
    private static Path failing(Error failure) {
        return (Path) Proxy.newProxyInstance(
                Path.class.getClassLoader(), new Class<?>[] {Path.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getFileSystem")) {
                        throw failure;
                    }
                    return method.invoke(Path.of("f"), arguments);
                });
    }

    @Test
    @DisplayName("has its place back from a push whose reading fails with whatever it is")
    void errorWhileReading(@Node("a") ChaskiNode node) {
        FileTopic topic = topic(node);
        boolean[] hasEnded = {false};
        PushedFile push = new PushedFile(
                1,
                failing(new OutOfMemoryError("heap")),
                "f",
                Map.of(),
                topic,
                new Holdings(),
                () -> hasEnded[0] = true);
        assertThat(topic.add(push, 1)).isTrue();
        CompletableFuture<Void> completed = push.completedBy(1);
        push.prepare();

        for (CompletableFuture<Void> waiting : List.of(push.announced(), completed)) {
            assertThat(waiting)
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(
                            TransferFailedException.class,
                            failed -> assertThat(failed.problem()).isEqualTo(FileProblem.DISK_FAILED));
        }
        assertThat(hasEnded[0]).isTrue();
        assertThat(topic.pushes()).isZero();
        topic.close();
    }

    /** A node whose loop takes nothing as long as the test says so. */
    private static ChaskiNode stuck(ChaskiNode node, boolean[] isStuck) {
        return (ChaskiNode) Proxy.newProxyInstance(
                ChaskiNode.class.getClassLoader(), new Class<?>[] {ChaskiNode.class}, (proxy, method, arguments) -> {
                    if (isStuck[0] && method.getName().equals("publishAsync")) {
                        throw new IllegalStateException("commands are waiting for the loop, which is stuck");
                    }
                    return method.invoke(node, arguments);
                });
    }

    @Test
    @DisplayName("says what it has to say when a loop that was stuck takes it, and is idle after that")
    void stuckLoop(ChaskiNetwork net, @Node("a") ChaskiNode node) throws IOException {
        boolean[] isStuck = {true};
        FileTopic topic = topic(stuck(node, isStuck));
        PushedFile push = push(topic);
        push.prepare();
        topic.tick(LONG);
        assertThat(push.announced()).isNotDone();

        isStuck[0] = false;
        topic.tick(2 * LONG);
        net.await("the offer", push.announced()::isDone, Duration.ofSeconds(30));
        assertThat(push.announced()).isCompleted();

        push.close();
        topic.tick(3 * LONG);
        net.advance(Duration.ofSeconds(1));
        assertThat(topic.isIdle(4 * LONG)).isTrue();
        topic.close();
    }

    @Test
    @DisplayName("keeps no future of a push that whoever waited has given up, and of others so many")
    void futures(@Node("a") ChaskiNode node) throws IOException {
        FileTopic topic = topic(node);
        PushedFile push = push(topic);
        push.completedBy(1).completeExceptionally(new TimeoutException("as of orTimeout"));
        assertThat(push.waiting()).isZero();

        CompletableFuture<Void> eldest = push.completedBy(1);
        List<CompletableFuture<Void>> later = Stream.generate(() -> push.answeredBy(1))
                .limit(PushedFile.MAX_WAITING)
                .toList();
        assertThat(push.waiting()).isEqualTo(PushedFile.MAX_WAITING);
        assertThat(eldest)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        TransferFailedException.class,
                        failed -> assertThat(failed.problem()).isEqualTo(FileProblem.LIMIT));
        assertThat(later).noneMatch(CompletableFuture::isDone);
        topic.close();
        assertThat(later).allMatch(CompletableFuture::isCompletedExceptionally);
    }
}
