package io.chaski.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeBuilder;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.SignedBundle;
import io.chaski.core.security.TrustMode;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An authority replaces its root under nodes that talk. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RootRotationIT {

    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final Topic<String> NEWS = Topic.of("news", String.class);

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private ServedAuthority ca;

    @BeforeEach
    void serve() {
        ca = ServedAuthority.inRealTime(folder.resolve("ca"));
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        ca.close();
    }

    private static ChaskiUri name(String node) {
        return ChaskiUri.parse("chaski://plant-7.example/node/" + node);
    }

    private Path home(String node) {
        return folder.resolve("nodes").resolve(node);
    }

    private ChaskiNode start(String node, String token, ChaskiNode contact) {
        NodeBuilder builder = ChaskiNode.builder()
                .name(node)
                .dataDirectory(home(node))
                .topology(Topology.MANUAL)
                .enroll(token);
        ChaskiNode started = builder.start();
        open.add(started);
        started.connect(contact.addresses().get(0)).join();
        return started;
    }

    private ChaskiNode start(String node, ChaskiNode contact) {
        return start(node, ca.token(name(node)), contact);
    }

    private static Set<X509Certificate> roots(ChaskiNode node) {
        return ((TrustMode.Ca) node.security().mode()).trust().roots();
    }

    private void awaitPresentSet(List<ChaskiNode> nodes) {
        long number = ca.authority.signedBundle().number();
        for (ChaskiNode node : nodes) {
            await("set " + number + " at " + node.name())
                    .atMost(PATIENCE)
                    .until(() -> node.security()
                            .bundle()
                            .filter(bundle -> bundle.number() == number)
                            .isPresent());
        }
    }

    /** As a node does at two thirds of its certificate's life. */
    private void renew(ChaskiNode node) {
        NodeEnrolment enrolment = NodeEnrolment.in(home(node.name()));
        await("roots on the disk of " + node.name())
                .atMost(PATIENCE)
                .until(() -> enrolment
                        .signedBundle()
                        .filter(bundle ->
                                bundle.number() == ca.authority.signedBundle().number())
                        .isPresent());
        NodeCredentials renewed = await("a certificate of " + node.name())
                .atMost(PATIENCE)
                .ignoreExceptionsMatching(
                        RootRotationIT::isInUse) // by the node itself, which has stored the roots just now
                .until(enrolment::renew, Objects::nonNull);
        node.security().update(new Credentials(renewed.key(), renewed.chain()));
    }

    private static boolean isInUse(Throwable problem) {
        return problem instanceof AuthorityException e && e.problem() == AuthorityException.Problem.IN_USE;
    }

    @Test
    void nodes_stay_connected_and_talk_with_who_comes_below_the_next_root() throws Exception {
        AuthorityNode authority = ca.authority.join(ChaskiNode.builder().name("authority"));
        open.add(authority);
        ChaskiNode mill = start("mill-3", authority.node());
        ChaskiNode pump = start("pump-1", mill);
        ChaskiNode press = start("press", pump);
        List<ChaskiNode> three = List.of(mill, pump, press);
        awaitPresentSet(three);
        X509Certificate old = ca.authority.root();
        SignedBundle first = ca.authority.signedBundle();
        String stale = ca.token(name("stale"));

        ca.authority.addRoot(ServedAuthority.PASSWORD);
        awaitPresentSet(three);
        ca.authority.rotateIssuing(ServedAuthority.PASSWORD, true); // they have all heard of it
        ca.server.renewOwn(); // as it does every half minute
        ChaskiNode young = start("young", press);
        assertThat(roots(young)).containsExactlyInAnyOrder(old, ca.authority.root());
        assertHears(press, young);

        // What becomes of a token of before: nobody is shown it, and it is not used up.
        assertThatThrownBy(() -> NodeEnrolment.in(folder.resolve("stale")).enrol(stale))
                .isInstanceOfSatisfying(
                        EnrolmentException.class,
                        e -> assertThat(e.problem()).isEqualTo(EnrolmentProblem.UNTRUSTED_CA));
        assertThat(ca.authority.tokens()).noneMatch(token -> token.uri().equals(name("stale")) && token.isUsed());

        three.forEach(this::renew);
        ca.authority.dropRoot(true); // the certificates of before have not ended, and nobody shows them any more
        awaitPresentSet(List.of(mill, pump, press, young));

        for (ChaskiNode node : List.of(mill, pump, press, young)) {
            assertThat(roots(node)).containsExactly(ca.authority.root()).doesNotContain(old);
            assertThatThrownBy(() -> node.security().update(first)).isInstanceOf(RuntimeException.class);
        }
        await().atMost(PATIENCE)
                .until(() -> mill.isConnectedTo(authority.node().id())
                        && pump.isConnectedTo(mill.id())
                        && press.isConnectedTo(pump.id())
                        && young.isConnectedTo(press.id()));
        ChaskiNode late = start("late", mill);
        assertHears(late, mill);
    }

    private static void assertHears(ChaskiNode listener, ChaskiNode speaker) throws InterruptedException {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (Subscription subscription = listener.subscribe(NEWS, message -> heard.add(message.payload()))) {
            assertThat(subscription).isNotNull();
            await("news of " + speaker.name()).atMost(PATIENCE).until(() -> {
                speaker.publish(NEWS, "it turns");
                return "it turns".equals(heard.poll(200, TimeUnit.MILLISECONDS));
            });
        }
    }
}
