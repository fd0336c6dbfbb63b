package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeEvent.ProofProblem;
import io.chaski.core.NodeEvent.UnprovedMessage;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Names;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.proof.SignedBatch;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.FrameType;
import io.chaski.core.internal.wire.MessageProof;
import io.chaski.testkit.simulation.SimulatedNodeOptions.Data;
import io.chaski.testkit.simulation.SimulatedNodeOptions.Forger;
import io.chaski.testkit.simulation.SimulatedNodeOptions.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Row 66: a relay forges on a signed topic. The publisher reaches the subscriber over an honest relay and over one that
 * forges.
 *
 * <pre>
 *   publisher -- honest relay -- subscriber
 *           \-- forging relay --/
 * </pre>
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SignedTopicTest {

    private static final String TOPIC = "orders";
    private static final String OTHER_TOPIC = "refunds";
    private static final int MESSAGES = 40;
    private static final int MADE_UP_ALIAS = 9_000;

    private final SimulatedKeys keys = new SimulatedKeys(42);
    private final SimulatedNetwork network = SimulatedNetwork.seeded(66);
    private SimulatedNode publisher = node("publisher", null);
    private final SimulatedNode honest = node("honest", null);
    private final SimulatedNode subscriber = node("subscriber", null);

    private SimulatedNode node(String name, Forger forger) {
        SimulatedNodeOptions.Builder options =
                SimulatedNodeOptions.builder().manualTopology().keys(keys);
        return network.node(name, (forger == null ? options : options.forger(forger)).build());
    }

    private void connect(SimulatedNode forging) {
        for (SimulatedNode node : List.of(publisher, honest, subscriber, forging)) {
            node.subscribeSigned(TOPIC);
            node.subscribeSigned(OTHER_TOPIC);
        }
        for (SimulatedNode relay : List.of(honest, forging)) {
            network.connect(publisher, relay);
            network.connect(relay, subscriber);
        }
        network.advance(ofSeconds(5));
    }

    private void publish(int first, int last) {
        for (int i = first; i <= last; i++) {
            assertThat(publisher.publishSigned(TOPIC, "m" + i).status()).isEqualTo(PublishOutcome.Status.ACCEPTED);
            network.advance(ofMillis(100));
        }
        network.advance(ofSeconds(30));
    }

    private static List<String> numbered(int last) {
        return IntStream.rangeClosed(1, last).mapToObj(i -> "m" + i).toList();
    }

    private static List<String> texts(SimulatedNode node) {
        return node.deliveries().stream().map(Delivery::text).toList();
    }

    private static long counter(SimulatedNode node, String name) {
        return node.snapshot().counters().getOrDefault(name, 0L);
    }

    /** What a forger does instead of passing a message on. */
    enum Forgery {
        PAYLOAD(ProofProblem.FORGED) {
            @Override
            void send(Line line, Data data, SignedTopicTest test) {
                byte[] bytes = data.body().toByteArray();
                bytes[bytes.length - 1] ^= 1;
                line.send(with(data, data.source(), data.seq(), ArrayPayload.owning(bytes)));
            }
        },
        NUMBER(ProofProblem.FORGED) {
            @Override
            void send(Line line, Data data, SignedTopicTest test) {
                line.send(with(data, data.source(), data.seq() + 1, data.body()));
            }
        },
        ORIGIN(ProofProblem.FORGED) {
            @Override
            void send(Line line, Data data, SignedTopicTest test) {
                NodeId somebody = test.honest.id();
                line.send(new EdgeFrame.InternTopic(MADE_UP_ALIAS, TOPIC));
                line.send(new EdgeFrame.InternSource(
                        MADE_UP_ALIAS, MADE_UP_ALIAS, somebody, test.honest.epoch(), Source.SIGNED));
                line.send(with(data, MADE_UP_ALIAS, data.seq(), data.body()));
            }
        },
        TOPIC_OF_IT(ProofProblem.FORGED) {
            @Override
            void send(Line line, Data data, SignedTopicTest test) {
                claim(line, test, OTHER_TOPIC, Source.SIGNED);
                line.send(with(data, MADE_UP_ALIAS, data.seq(), data.body()));
            }
        },
        EPOCH(ProofProblem.FORGED) {
            @Override
            void send(Line line, Data data, SignedTopicTest test) {
                line.send(new EdgeFrame.InternTopic(MADE_UP_ALIAS, TOPIC));
                line.send(new EdgeFrame.InternSource(
                        MADE_UP_ALIAS, MADE_UP_ALIAS, test.publisher.id(), test.publisher.epoch() + 1, Source.SIGNED));
                line.send(with(data, MADE_UP_ALIAS, data.seq(), data.body()));
            }
        },
        OWN_KEY(ProofProblem.FORGED) {
            @Override
            void send(Line line, Data data, SignedTopicTest test) {
                line.send(with(data, data.source(), data.seq(), test.signedByForger(line, data)));
            }
        },
        NO_SIGNATURE(ProofProblem.MISSING) {
            @Override
            void send(Line line, Data data, SignedTopicTest test) {
                claim(line, test, TOPIC, Source.MESSAGES);
                MessageProof proof = MessageProof.read(data.body());
                line.send(with(data, MADE_UP_ALIAS, data.seq(), proof.contentOf(data.body())));
            }
        };

        final ProofProblem problem;

        Forgery(ProofProblem problem) {
            this.problem = problem;
        }

        abstract void send(Line line, Data data, SignedTopicTest test);

        static void claim(Line line, SignedTopicTest test, String topic, int channel) {
            line.send(new EdgeFrame.InternTopic(MADE_UP_ALIAS, topic));
            line.send(new EdgeFrame.InternSource(
                    MADE_UP_ALIAS, MADE_UP_ALIAS, test.publisher.id(), test.publisher.epoch(), channel));
        }

        static Data with(Data data, int source, long seq, ArrayPayload body) {
            return new Data(source, seq, data.hop(), data.hopLimit(), data.flags(), body);
        }
    }

    private NodeId forger;

    private ArrayPayload signedByForger(Line line, Data data) {
        Names names = new Names();
        TopicRef topic = names.retainTopic(TOPIC);
        Source theirs = names.retainSource(topic, publisher.id(), publisher.epoch(), Source.SIGNED);
        MessageProof proof = MessageProof.read(data.body());
        SignedBatch batch = new SignedBatch(
                keys.of(forger), "simulated", theirs, data.seq(), List.of(proof.contentOf(data.body())), done -> {});
        batch.compute();
        line.send(new EdgeFrame.SignerChain(batch.signed().chain()));
        return batch.bodies().get(0);
    }

    @ParameterizedTest
    @EnumSource
    void row_66_what_a_relay_has_forged_is_dropped_and_nothing_else_is_lost(Forgery forgery) {
        SimulatedNode forging = node("forging", (line, data) -> forgery.send(line, data, this));
        forger = forging.id();
        connect(forging);
        publish(1, MESSAGES);

        assertThat(texts(subscriber)).isEqualTo(numbered(MESSAGES));
        assertThat(subscriber.deliveries())
                .allMatch(delivery -> delivery.origin().equals(publisher.id())
                        && delivery.topic().equals(TOPIC));
        assertThat(subscriber.gaps()).isEmpty();
        String name = forgery.problem.name().toLowerCase(Locale.ROOT);
        assertThat(counter(subscriber, "proof." + name)).isPositive();
        assertThat(counter(subscriber, "misbehaved.proof")).isPositive();
        assertThat(counter(honest, "misbehaved.proof")).isZero();
        assertThat(subscriber.events())
                .filteredOn(UnprovedMessage.class::isInstance)
                .isNotEmpty()
                .allMatch(event -> ((UnprovedMessage) event).neighbour().equals(forging.id()))
                .allMatch(event -> ((UnprovedMessage) event).problem() == forgery.problem);
    }

    @Test
    void row_66_what_was_valid_and_comes_again_is_a_duplicate() {
        List<Data> heard = new ArrayList<>();
        SimulatedNode forging = node("forging", (line, data) -> {
            heard.add(data);
            line.send(data);
            heard.forEach(line::send);
        });
        connect(forging);
        publish(1, MESSAGES);

        assertThat(texts(subscriber)).isEqualTo(numbered(MESSAGES));
        assertThat(counter(subscriber, "misbehaved.proof")).isZero();
    }

    @Test
    void a_publisher_that_renews_its_key_or_starts_again_is_heard_without_a_break() {
        connect(node("other", null));
        publish(1, 5);
        keys.renew(publisher.id());
        publish(6, 10);
        publisher.crash();
        network.advance(ofSeconds(5));
        publisher.restart();
        keys.renew(publisher.id());
        publisher.subscribeSigned(TOPIC);
        network.connect(publisher, honest);
        network.advance(ofSeconds(5));
        publish(11, 15);

        assertThat(texts(subscriber)).isEqualTo(numbered(15));
        assertThat(subscriber.gaps()).isEmpty();
        assertThat(subscriber.events()).noneMatch(UnprovedMessage.class::isInstance);
    }

    @Test
    void nothing_of_a_publisher_whose_certificate_was_revoked_is_delivered_and_nobody_is_blamed() {
        connect(node("other", null));
        publish(1, 5);
        keys.revoke(publisher.id());
        publish(6, 10);

        assertThat(texts(subscriber)).isEqualTo(numbered(5));
        assertThat(counter(honest, "proof.untrusted")).isPositive();
        assertThat(counter(honest, "misbehaved.proof")).isZero();
    }

    @Test
    void certificates_travel_once_on_each_connection() {
        connect(node("other", null));
        publish(1, 10);

        assertThat(subscriber.framesReceived(FrameType.SIGNER_CHAIN)).isBetween(1L, 2L);
        assertThat(texts(subscriber)).isEqualTo(numbered(10));
    }

    @Test
    void a_node_that_checks_no_proofs_is_sent_nothing_that_is_signed() {
        connect(node("other", null));
        SimulatedNode old = network.node(
                "old", SimulatedNodeOptions.builder().manualTopology().build());
        old.subscribe(TOPIC);
        network.connect(publisher, old);
        network.advance(ofSeconds(5));
        publish(1, 5);

        assertThat(old.neighbours(TOPIC)).containsExactly(publisher);
        assertThat(old.framesReceived(FrameType.DATA)).isZero();
        assertThat(old.framesReceived(FrameType.I_HAVE)).isZero();
        assertThat(old.framesReceived(FrameType.SIGNER_CHAIN)).isZero();
        assertThat(counter(old, "name.refused")).isZero();
        assertThat(texts(subscriber)).isEqualTo(numbered(5));
    }

    @Test
    void a_subscriber_that_must_not_miss_anything_has_all_of_it_over_links_that_lose_and_repeat() {
        SimulatedNode other = node("other", null);
        connect(other);
        SimulatedConsumer consumer = subscriber.subscribeWaiting(TOPIC, 4_096);
        consumer.take(20_000);
        for (SimulatedNode relay : List.of(honest, other)) {
            network.link(publisher, relay).drop(0.05).duplicate(0.05);
            network.link(relay, subscriber).drop(0.05).duplicate(0.05);
        }
        for (int i = 1; i <= 150; ) {
            if (publisher.publishSigned(TOPIC, "m" + i).status() == PublishOutcome.Status.ACCEPTED) {
                i++;
            }
            network.advance(ofMillis(10));
        }
        network.advance(ofSeconds(60));

        assertThat(texts(subscriber)).isEqualTo(numbered(150));
        assertThat(subscriber.gaps()).isEmpty();
        assertThat(subscriber.events()).noneMatch(UnprovedMessage.class::isInstance);
    }

    @Test
    void a_subscriber_that_has_missed_some_is_given_them_with_their_proofs() {
        connect(node("other", null));
        publish(1, 3);
        for (SimulatedNode relay : network.nodes()) {
            if (relay != subscriber && relay != publisher) {
                network.partition(relay, subscriber);
            }
        }
        for (int i = 4; i <= 8; i++) {
            publisher.publishSigned(TOPIC, "m" + i);
        }
        network.advance(ofSeconds(5));
        network.heal();
        network.advance(ofSeconds(30));

        assertThat(texts(subscriber)).isEqualTo(numbered(8));
        assertThat(subscriber.gaps()).isEmpty();
    }
}
