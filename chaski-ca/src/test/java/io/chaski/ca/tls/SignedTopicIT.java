package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.NodeEvent.ProofProblem;
import io.chaski.core.NodeEvent.UnprovedMessage;
import io.chaski.core.NodeId;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.PublishOptions;
import io.chaski.core.Receipt;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Topic;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.InternSource;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.SignerChain;
import io.chaski.core.internal.wire.EdgeFrame.Topics;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import io.chaski.core.internal.wire.MessageProof;
import io.chaski.core.internal.wire.TopicSummary;
import io.chaski.core.security.CertificateVerifier.Side;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.TrustMode;
import io.chaski.core.security.policy.Policy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Messages of a publisher that reach their subscriber over a relay, each node with an identity of its own. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SignedTopicIT {

    private static final Topic<String> ORDERS = Topic.text("orders").signed(true);
    private static final Topic<String> NEWS = Topic.text("news");

    private final TlsNodes nodes = new TlsNodes();
    private final Queue<Message<String>> heard = new ConcurrentLinkedQueue<>();
    private final Queue<Message<String>> heardByRelay = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        nodes.close();
    }

    /** Connects them in a chain, publisher first, when all of them use both topics. */
    private void connect(ChaskiNode publisher, ChaskiNode relay, ChaskiNode subscriber) throws Exception {
        publisher.subscribe(ORDERS, message -> {});
        publisher.subscribe(NEWS, message -> {});
        for (Topic<String> topic : List.of(ORDERS, NEWS)) {
            relay.subscribe(topic, heardByRelay::add);
            subscriber.subscribe(
                    topic,
                    heard::add,
                    SubscribeOptions.builder().overflow(OverflowPolicy.BLOCK).build());
        }
        TlsNodes.connect(publisher, relay);
        TlsNodes.connect(relay, subscriber);
        for (ChaskiNode node : List.of(publisher, relay, subscriber)) {
            TlsNodes.await("a neighbour on both topics", () -> node.isPaired(ORDERS) && node.isPaired(NEWS));
        }
    }

    private List<String> texts() {
        return heard.stream().map(Message::payload).toList();
    }

    private static List<String> numbered(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> "m" + i).toList();
    }

    private void awaitUnproved(ChaskiNode node, ProofProblem problem) {
        TlsNodes.await(
                "a message that is " + problem,
                () -> nodes.events(node, UnprovedMessage.class).stream().anyMatch(event -> event.problem() == problem));
    }

    @Test
    void row_66_a_subscriber_knows_who_has_published_what_came_over_a_relay() throws Exception {
        ChaskiNode publisher = nodes.start("publisher");
        ChaskiNode relay = nodes.start("relay");
        ChaskiNode subscriber = nodes.start("subscriber");
        connect(publisher, relay, subscriber);

        CompletableFuture<Receipt> receipt = publisher.publishAsync(ORDERS, "m1");
        publisher.publish(NEWS, "news");
        TlsNodes.await("both", () -> heard.size() == 2 && heardByRelay.size() == 2);

        Receipt sent = receipt.get(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(sent.status()).isEqualTo(Receipt.Status.ACCEPTED);
        assertThat(sent.sequence()).isEqualTo(1);
        assertThat(heard).allMatch(message -> message.origin().equals(publisher.id()) && message.hops() == 2);
        assertThat(heard)
                .allMatch(message -> message.originVerified() == message.topic().equals("orders"));
        assertThat(heardByRelay).allMatch(Message::originVerified); // its neighbour has published both

        relay.publish(Topic.text("orders"), "m2"); // signed as well: the node has used the topic so
        TlsNodes.await("what the relay has published", () -> heard.size() == 3);
        assertThat(heard)
                .last()
                .matches(message -> message.originVerified() && message.origin().equals(relay.id()));
    }

    @Test
    void row_66_what_somebody_forges_in_the_name_of_a_publisher_is_dropped_and_does_not_keep_the_true_one_out()
            throws Exception {
        Credentials publishers = nodes.credentials("publisher");
        ChaskiNode publisher = nodes.start(nodes.builder("publisher", TrustMode.ca(publishers, nodes.trust())));
        ChaskiNode relay = nodes.start("relay");
        ChaskiNode subscriber = nodes.start("subscriber");
        connect(publisher, relay, subscriber);

        Credentials mallorys = nodes.credentials("mallory");
        NodeId mallory = TrustMode.ca(mallorys, nodes.trust())
                .verify(mallorys.chain(), Side.CLIENT, nodes.clock.instant())
                .nodeId();
        try (Stranger.Call call = new Stranger(mallorys).call(TlsNodes.addressOf(subscriber))) {
            long epoch = nodes.clock.instant().toEpochMilli();
            call.greet(nodes.cluster, mallory, epoch).acknowledge();
            assertThat(call.isWelcome()).isTrue();
            Descriptor self = new Descriptor(mallory, epoch, List.of(), false, false, false, TopicSummary.NONE, 0);
            ArrayPayload chain = chain(publishers);
            MessageProof lie = new MessageProof(
                    ChainHash.of(chain), 1, 0, ArrayPayload.owning(new byte[0]), ArrayPayload.owning(new byte[71]));
            call.send(new Topics(List.of(TopicSummary.hashOf("orders")), List.of()))
                    .send(new InternTopic(1, "orders"))
                    .send(new Neighbor(1, Priority.LOW, 1, self, List.of()))
                    .send(new InternSource(1, 1, publisher.id(), publisher.epoch(), Source.SIGNED))
                    .send(new SignerChain(chain))
                    .sendData(1, 1, lie.before(ArrayPayload.owning("pay me".getBytes(StandardCharsets.UTF_8))));
            awaitUnproved(subscriber, ProofProblem.FORGED);
        }
        publisher.publish(ORDERS, "m1");
        TlsNodes.await("the true one", () -> !heard.isEmpty());

        assertThat(texts()).containsExactly("m1");
        assertThat(TlsNodes.counter(subscriber, "misbehaved.proof")).isEqualTo(1);
        assertThat(nodes.events(subscriber, UnprovedMessage.class))
                .containsExactly(new UnprovedMessage("orders", publisher.id(), mallory, ProofProblem.FORGED));
    }

    @Test
    void a_message_of_a_signed_topic_says_for_certain_who_has_sent_it() throws Exception {
        ChaskiNode shop = nodes.start("shop");
        ChaskiNode desk = nodes.start("desk");
        Queue<String> accepted = new ConcurrentLinkedQueue<>();
        // #region signed
        Topic<String> orders = Topic.text("orders").signed(true);
        desk.subscribe(orders, order -> {
            if (order.originVerified()) { // always, on a signed topic
                accepted.add(order.payload() + " for " + order.originName());
            }
        });
        shop.publish(orders, "4 cylinders");
        // #endregion
        TlsNodes.connect(shop, desk);
        TlsNodes.await("the order", () -> !accepted.isEmpty());

        assertThat(accepted).containsExactly("4 cylinders for shop");
    }

    private static ArrayPayload chain(Credentials credentials) throws Exception {
        ByteBuffer out =
                ByteBuffer.allocate(8 << 10).put((byte) credentials.chain().size());
        for (X509Certificate certificate : credentials.chain()) {
            out.putShort((short) certificate.getEncoded().length).put(certificate.getEncoded());
        }
        return ArrayPayload.owning(out.array(), 0, out.position());
    }

    @Test
    void a_renewal_in_the_middle_of_a_flood_loses_nothing_and_large_messages_pass() throws Exception {
        ChaskiNode publisher = nodes.start("publisher");
        connect(publisher, nodes.start("relay"), nodes.start("subscriber"));
        int count = 1_000;
        for (int i = 1; i <= count; i++) {
            publisher.publish(ORDERS, "m" + i);
            if (i == count / 2) {
                publisher.security().update(nodes.credentials("publisher"));
            }
        }
        publisher.publish(ORDERS, "x".repeat(500_000));
        TlsNodes.await("all", () -> heard.size() == count + 1);

        assertThat(texts().subList(0, count)).isEqualTo(numbered(count));
        assertThat(heard).allMatch(Message::originVerified);
        assertThat(TlsNodes.counter(publisher, "sign.batches")).isBetween(2L, (long) count);
    }

    @Test
    void what_a_subscriber_takes_of_a_publisher_ends_with_its_certificate() throws Exception {
        MovableClock ahead = new MovableClock(nodes.clock.instant());
        Credentials brief = nodes.credentials("publisher", Duration.ofHours(1));
        ChaskiNode publisher = nodes.start(nodes.builder("publisher", TrustMode.ca(brief, nodes.trust())));
        ChaskiNode subscriber =
                nodes.start(nodes.builder("subscriber", nodes.ca("subscriber")).environment(ahead.environment()));
        connect(publisher, nodes.start("relay"), subscriber);
        publisher.publish(ORDERS, "m1");
        TlsNodes.await("the first", () -> heard.size() == 1);

        ahead.jump(Duration.ofHours(2));
        publisher.publish(ORDERS, "m2");
        awaitUnproved(subscriber, ProofProblem.UNTRUSTED);
        assertThat(texts()).containsExactly("m1");
        assertThat(TlsNodes.counter(subscriber, "misbehaved.proof")).isZero();

        ahead.jump(Duration.ZERO); // the clock was wrong, and what was not believed is still to be had
        TlsNodes.await("the second", () -> heard.size() == 2);
        assertThat(texts()).containsExactly("m1", "m2");
    }

    @Test
    void who_was_revoked_is_not_heard_any_more_whoever_passes_it_on() throws Exception {
        Credentials stolen = nodes.credentials("publisher");
        ChaskiNode publisher = nodes.start(nodes.builder("publisher", TrustMode.ca(stolen, nodes.trust())));
        ChaskiNode subscriber = nodes.start("subscriber");
        connect(publisher, nodes.start("relay"), subscriber);
        publisher.publish(ORDERS, "m1");
        TlsNodes.await("the first", () -> heard.size() == 1);

        subscriber.security().update(nodes.revoking(stolen.chain().get(0).getSerialNumber()));
        publisher.publish(ORDERS, "m2");
        awaitUnproved(subscriber, ProofProblem.UNTRUSTED);

        assertThat(texts()).containsExactly("m1");
    }

    @Test
    void a_publisher_that_was_never_met_needs_the_right_to_publish() throws Exception {
        ChaskiNode publisher = nodes.start("publisher");
        ChaskiNode subscriber = nodes.start(nodes.builder("subscriber", nodes.ca("subscriber"))
                .policy(Policy.parse("{\"version\":1,\"domain\":\"plant-7.example\",\"roles\":{"
                        + "\"all\":{\"match\":[\"chaski://plant-7.example/node/*\"],\"subscribe\":[\"**\"],"
                        + "\"relay\":[\"**\"],\"discover\":[\"**\"],\"publish\":[\"news\"]}}}")));
        connect(publisher, nodes.start("relay"), subscriber);
        publisher.publish(ORDERS, "m1", PublishOptions.NONE);
        awaitUnproved(subscriber, ProofProblem.DENIED);

        assertThat(heard).isEmpty();
        TlsNodes.await("what everybody may publish", () -> {
            publisher.publish(NEWS, "news");
            return !heard.isEmpty();
        });
    }
}
