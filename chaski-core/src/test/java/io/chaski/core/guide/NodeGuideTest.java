package io.chaski.core.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Diagnosis;
import io.chaski.core.Edge;
import io.chaski.core.Introducer;
import io.chaski.core.LanOptions;
import io.chaski.core.NodeBuilder;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.Presence;
import io.chaski.core.PublishOptions;
import io.chaski.core.Receipt;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.core.Topology;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamListener;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** The code in docs/nodes.md. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class NodeGuideTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Topic<String> news = Topic.text("news");
    private final Queue<String> printed = new ConcurrentLinkedQueue<>();
    private ChaskiNode mill;
    private ChaskiNode press;

    @BeforeEach
    void startNodes() {
        mill = ChaskiNode.builder().name("mill").start();
        press = ChaskiNode.builder()
                .name("press")
                .bootstrap(mill.addresses().get(0))
                .start();
    }

    @AfterEach
    void closeNodes() {
        press.close();
        mill.close();
    }

    private void print(Object what) {
        printed.add(what.toString());
    }

    private void awaitPrinted(String... lines) {
        await().atMost(LIMIT).untilAsserted(() -> assertThat(printed).contains(lines));
    }

    private Edge edge() throws Exception {
        return press.connect(mill.addresses().get(0)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void a_receipt_says_what_became_of_a_message() throws Exception {
        mill.subscribe(news, message -> print(message.payload()));
        press.subscribe(news, message -> {}).awaitPaired(LIMIT);
        // #region receipt
        Receipt receipt = press.publish(news, "rain");
        if (receipt.isRejected()) {
            print("given up: " + receipt.status()); // TOO_LARGE, QUEUE_FULL, NO_CREDIT or INTERRUPTED
        }

        PublishOptions options =
                PublishOptions.builder().key("weather").header("lang", "en").build();
        CompletableFuture<Receipt> later = press.publishAsync(news, "sun", options); // never waits
        CompletableFuture<Void> told = later.thenAccept(sent -> print("went to " + sent.neighbours()));
        // #endregion
        told.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        awaitPrinted("rain", "sun", "went to 1");
        assertThat(receipt.status()).isEqualTo(Receipt.Status.ACCEPTED);
    }

    @Test
    void a_subscriber_hears_of_what_it_does_not_get() throws Exception {
        // #region missing
        SubscribeOptions options = SubscribeOptions.builder()
                .capacity(10_000)
                .onGap(gap -> print("missed " + gap.from() + " to " + gap.to()))
                .onDrop(messages -> print("too slow, lost " + messages))
                .build();
        Subscription subscription = mill.subscribe(news, message -> print(message.payload()), options);
        // #endregion
        press.subscribe(news, message -> {}).awaitPaired(LIMIT);
        press.publish(news, "rain");
        awaitPrinted("rain");
        assertThat(subscription.statistics().capacity()).isEqualTo(10_000);
    }

    @Test
    void a_request_is_answered() throws Exception {
        // #region serve
        mill.streams().serve("upper", stream -> new StreamListener() {
            @Override
            public void onMessage(Stream stream, byte[] message) {
                String text = new String(message, StandardCharsets.UTF_8).toUpperCase(Locale.ROOT);
                stream.end(text.getBytes(StandardCharsets.UTF_8));
            }
        });
        // #endregion
        NodeId peer = edge().peer();
        // #region request
        byte[] request = "rain".getBytes(StandardCharsets.UTF_8);
        CompletableFuture<String> answer = press.streams()
                .request(peer, "upper", request, Duration.ofSeconds(5))
                .thenApply(bytes -> new String(bytes, StandardCharsets.UTF_8));
        // #endregion
        assertThat(answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("RAIN");
    }

    @Test
    void a_datagram_may_arrive() throws Exception {
        // #region datagram-heard
        mill.onDatagram((sender, payload) -> print(payload.length + " bytes"));
        // #endregion
        Edge edge = edge();
        // One may get lost, even on loopback.
        await().atMost(LIMIT).untilAsserted(() -> {
            // #region datagram
            edge.sendDatagram(new byte[] {21, 5}); // over UDP, perhaps in vain
            // #endregion
            assertThat(printed).contains("2 bytes");
        });
    }

    @Test
    void presence_says_who_is_there() {
        // #region presence
        Topic<String> hall = Topic.text("hall").presence(true);
        press.subscribe(hall, message -> print(message.payload()));
        Presence presence = press.presence(hall);
        presence.onJoined(member -> print(member.name() + " came"));
        presence.onLeft(member -> print(member.name() + " left"));
        // #endregion
        Subscription atMill = mill.subscribe(hall, message -> {});
        awaitPrinted("mill came");
        assertThat(presence.members()).extracting(Presence.Member::name).containsExactly("press", "mill");
        atMill.close();
        awaitPrinted("mill left");
    }

    @Test
    void a_snapshot_shows_edges_topics_and_counters() throws Exception {
        Edge edge = edge();
        edge.ping().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        mill.subscribe(news, message -> {});
        press.subscribe(news, message -> {}).awaitPaired(LIMIT);
        // #region snapshot
        NodeSnapshot snapshot = press.snapshot();
        snapshot.edges()
                .forEach(each -> print(each.name() + " at " + each.latency().smoothed()));
        snapshot.topics()
                .forEach(each -> print(each.name() + " has " + each.neighbours().size()));
        snapshot.queues().forEach(each -> print(each.topic() + " waits with " + each.messages()));
        snapshot.counters().forEach((name, count) -> print(name + " " + count));
        // #endregion
        awaitPrinted(
                "mill at " + snapshot.edges().get(0).latency().smoothed(),
                "news has 1",
                "news waits with 0",
                "events.dropped 0");
    }

    @Test
    void a_diagnosis_says_why_nobody_was_found() throws Exception {
        Subscription subscription = press.subscribe(news, message -> print(message.payload()));
        edge();
        // #region diagnose
        if (!subscription.isPaired()) {
            Diagnosis diagnosis = press.diagnose(news);
            print(diagnosis); // all of it, for a bug report
            for (Diagnosis.Finding finding : diagnosis.findings()) {
                if (finding.kind() == Diagnosis.Kind.OTHER_CLUSTER) {
                    print("wrong cluster at " + finding.address().orElseThrow());
                }
            }
        }
        // #endregion
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(press.diagnose(news).findings())
                        .extracting(Diagnosis.Finding::kind)
                        .contains(Diagnosis.Kind.NO_MEMBER_KNOWN));
        assertThat(printed).anyMatch(text -> text.startsWith("topic news has found nobody"));
    }

    @Test
    void nodes_of_a_lan_find_each_other() {
        // #region lan
        NodeBuilder panel = ChaskiNode.builder()
                .cluster("plant-7")
                .listen("0.0.0.0:0") // on loopback nobody would be found
                .insecure() // or, better, with security(...)
                .lanDiscovery(); // or lanDiscovery("eth0")
        // #endregion
        assertThat(panel.options().network().lan()).isEqualTo(LanOptions.ON);
    }

    @Test
    void a_relay_carries_topics_of_others() {
        // #region relay
        ChaskiNode gate = ChaskiNode.builder().name("gate").relay().start(); // where both sides reach it
        // #endregion
        try (gate) {
            // #region relayed
            gate.snapshot().topics().forEach(each -> print(each.name() + " for " + each.clients() + " nodes"));
            // #endregion
            assertThat(gate.snapshot().topics()).isEmpty();
        }
    }

    @Test
    void a_unix_socket_is_for_users_of_the_machine() {
        // #region unix
        NodeBuilder store = ChaskiNode.builder()
                .listen("unix:/run/plant-7/store", "127.0.0.1:8511") // two ways to one node
                .unixUsers(1001); // besides its own
        // #endregion
        assertThat(store.options().network().unixUsers()).containsExactly(1001);
    }

    @Test
    void edges_are_drawn_by_the_program() throws Exception {
        mill.subscribe(news, message -> {});
        // #region manual
        try (ChaskiNode clerk = ChaskiNode.builder().topology(Topology.MANUAL).start()) {
            Subscription subscription = clerk.subscribe(news, message -> print(message.payload()));
            Edge edge = clerk.connect(press.addresses().get(0)).get(10, TimeUnit.SECONDS); // kept until it is closed

            List<NodeId> members = clerk.discover(news, Introducer.KEEP).get(10, TimeUnit.SECONDS);
            print(edge.name() + " led to " + members.size());
            subscription.awaitPaired(Duration.ofSeconds(10));
        }
        // #endregion
        assertThat(printed).containsExactly("press led to 1");
    }
}
