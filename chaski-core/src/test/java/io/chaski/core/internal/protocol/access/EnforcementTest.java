package io.chaski.core.internal.protocol.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeEvent;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.protocol.stream.ProtocolStream;
import io.chaski.core.internal.protocol.stream.StreamEvents;
import io.chaski.core.internal.protocol.stream.Streams;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.DiscoveryFrame;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.security.policy.AccessPolicy;
import io.chaski.core.security.policy.AccessRules;
import io.chaski.core.security.policy.Policy;
import io.chaski.core.stream.StreamCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What a node that follows a policy makes of peers that do not: the nodes that are denied something run without rules, as
 * hostile ones would.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EnforcementTest {

    private static final String TOPIC = "plant/speed";

    private final Wires wires = new Wires().secured();

    /** All nodes may do everything with topics, except what is denied to some. */
    private static AccessRules denying(String node, String... actions) {
        String denied = String.join(
                ",",
                List.of(actions).stream()
                        .map(action -> "\"" + action + "\":[\"**\"]")
                        .toList());
        return AccessRules.of(Policy.parse("{\"version\":1,\"domain\":\"test.example\",\"roles\":{\"all\":{"
                + "\"match\":[\"chaski://test.example/**\"],\"publish\":[\"**\"],\"subscribe\":[\"**\"],"
                + "\"relay\":[\"**\"],\"discover\":[\"**\"]},\"some\":{\"match\":[\"chaski://test.example/node/" + node
                + "\"],\"deny\":{" + denied + "}}}}"));
    }

    private Node node(String name, AccessRules rules) {
        return node(name, rules, options -> options);
    }

    private Node node(String name, AccessRules rules, UnaryOperator<Wires.Options> change) {
        Node node = wires.node(name, change);
        node.protocol().onRules(rules, wires.nowNanos());
        return node;
    }

    private void subscribe(Node... nodes) {
        for (Node node : nodes) {
            node.protocol().subscribe(TOPIC, wires.nowNanos());
        }
        wires.advance(Duration.ofSeconds(2));
    }

    private void connect(Node from, Node to) {
        from.connect(to.address());
        wires.settle();
    }

    private void publish(Node node, String text) {
        node.publish(TOPIC, text);
        wires.advance(Duration.ofSeconds(5));
    }

    private static List<String> texts(Node node) {
        return node.delivered().stream().map(Wires.Delivered::text).toList();
    }

    @Test
    void nobody_is_asked_where_everybody_may_do_everything() {
        Node alice = node("alice", AccessRules.OPEN);
        Node bob = node("bob", AccessRules.OPEN);
        connect(alice, bob);
        subscribe(alice, bob);
        publish(alice, "hello");

        assertThat(texts(bob)).containsExactly("hello");
        assertThat(alice.counter("access.decisions")).isZero();
    }

    @Test
    void members_talk_as_ever_and_rules_are_looked_up_once() {
        AccessRules rules = AccessRules.of(Policy.members());
        Node alice = node("alice", rules);
        Node bob = node("bob", rules);
        connect(alice, bob);
        subscribe(alice, bob);
        publish(alice, "first");
        long decisions = alice.counter("access.decisions") + bob.counter("access.decisions");
        for (int i = 0; i < 100; i++) {
            publish(alice, "message " + i);
        }

        assertThat(texts(bob)).hasSize(101);
        assertThat(decisions).isPositive();
        assertThat(alice.counter("access.decisions") + bob.counter("access.decisions"))
                .isEqualTo(decisions);
    }

    @Nested
    class Ingress {
        @Test
        void the_subscription_of_a_peer_that_may_not_subscribe_does_not_count_and_it_is_told() {
            Node alice = node("alice", denying("mallory", "subscribe", "relay", "publish"));
            Node mallory = node("mallory", AccessRules.OPEN);
            connect(mallory, alice);
            subscribe(alice, mallory);
            publish(alice, "secret");

            assertThat(texts(mallory)).isEmpty();
            assertThat(mallory.events(NodeEvent.DeniedByPeer.class))
                    .contains(new NodeEvent.DeniedByPeer(alice.id(), TOPIC));
            assertThat(alice.peers()).as("the edge stays").containsExactly(mallory.id());
        }

        @Test
        void messages_of_a_peer_that_may_not_publish_are_not_taken() {
            Node alice = node("alice", denying("mallory", "publish"));
            Node mallory = node("mallory", AccessRules.OPEN);
            connect(mallory, alice);
            subscribe(alice, mallory);
            publish(mallory, "forged");
            publish(alice, "hello");

            assertThat(texts(alice)).isEmpty();
            assertThat(texts(mallory)).containsExactly("hello");
        }

        /** Bob, who lets everybody do everything, hears what alice does not. */
        @Test
        void row_54_messages_below_chaski_of_a_mere_node_are_not_taken_whatever_a_policy_says() {
            String topic = "$chaski/trust/crl";
            String all = "[\"**\",\"$chaski/**\"]";
            Node alice = node(
                    "alice",
                    AccessRules.of(Policy.parse("{\"version\":1,\"roles\":{\"all\":{\"match\":"
                            + "[\"chaski://test.example/**\"],\"publish\":" + all + ",\"subscribe\":" + all
                            + ",\"relay\":" + all + ",\"discover\":" + all + "}}}")));
            Node bob = node("bob", AccessRules.OPEN);
            Node mallory = node("mallory", AccessRules.OPEN);
            connect(mallory, alice);
            connect(mallory, bob);
            for (Node node : List.of(alice, bob, mallory)) {
                node.protocol().subscribe(topic, wires.nowNanos());
            }
            subscribe(alice, mallory);

            mallory.publish(topic, "nobody is revoked");
            publish(mallory, "hello");

            assertThat(texts(bob)).containsExactly("nobody is revoked");
            assertThat(texts(alice)).containsExactly("hello");
            assertThat(mallory.events(NodeEvent.DeniedByPeer.class))
                    .containsOnly(new NodeEvent.DeniedByPeer(alice.id(), topic));
        }

        @Test
        void messages_of_others_are_not_taken_from_a_peer_that_may_not_relay() {
            AccessRules rules = denying("relay", "relay");
            Node alice = node("alice", rules);
            Node relay = node("relay", AccessRules.OPEN);
            Node bob = node("bob", rules);
            connect(alice, relay);
            connect(relay, bob);
            subscribe(alice, relay, bob);
            publish(alice, "through the relay");
            publish(relay, "of the relay itself");

            assertThat(texts(relay)).containsExactly("through the relay");
            assertThat(texts(bob)).containsExactly("of the relay itself");
        }

        @Test
        void a_relay_may_not_bring_messages_of_somebody_who_may_not_publish() {
            AccessRules rules = denying("mallory", "publish");
            Node mallory = node("mallory", AccessRules.OPEN);
            Node relay = node("relay", AccessRules.OPEN);
            Node bob = node("bob", rules);
            connect(mallory, relay);
            connect(relay, bob);
            connect(bob, mallory);
            subscribe(mallory, relay, bob);
            publish(mallory, "forged");
            publish(relay, "hello");

            assertThat(texts(relay)).containsExactly("forged");
            assertThat(texts(bob)).containsExactly("hello");
        }

        @Test
        void look_ups_of_a_peer_that_may_not_discover_are_not_answered() {
            Node alice = node("alice", denying("mallory", "discover"));
            Node mallory = node("mallory", AccessRules.OPEN);
            Node bob = node("bob", denying("mallory", "discover"));
            subscribe(alice);
            connect(mallory, alice);
            connect(bob, alice);
            mallory.protocol().discover(TOPIC, true, wires.nowNanos() + 1, found -> {}, wires.nowNanos());
            wires.settle();

            assertThat(mallory.sent(DiscoveryFrame.Find.class)).isNotEmpty();
            assertThat(alice.sent(DiscoveryFrame.Found.class)).isEmpty();

            bob.protocol().discover(TOPIC, true, wires.nowNanos() + 1, found -> {}, wires.nowNanos());
            wires.settle();
            assertThat(alice.sent(DiscoveryFrame.Found.class)).as("others are").isNotEmpty();
        }
    }

    @Nested
    class Egress {
        /** It may publish, so it has a link; nothing goes out on it. */
        @Test
        void nothing_is_sent_to_a_peer_that_may_neither_subscribe_nor_relay() {
            Node alice = node("alice", denying("mallory", "subscribe", "relay"));
            Node bob = node("bob", AccessRules.OPEN);
            Node mallory = node("mallory", AccessRules.OPEN);
            connect(mallory, alice);
            connect(bob, alice);
            subscribe(alice, bob, mallory);
            publish(alice, "secret");
            publish(bob, "secret too");
            publish(mallory, "a reading");

            assertThat(texts(mallory)).isEmpty();
            assertThat(texts(alice)).containsExactly("secret too", "a reading");
            assertThat(texts(bob)).containsExactly("secret", "a reading");
        }
    }

    @Test
    void nobody_is_asked_to_join_an_overlay_who_may_not_hear_of_it() {
        AccessRules ownOnly = AccessRules.of(Policy.parse("{\"version\":1,\"roles\":{\"one\":{\"match\":"
                + "[\"chaski://test.example/node/alice\"],\"discover\":[\"**\"]}}}"));
        Node alice = node("alice", ownOnly, Wires.Options::automatic);
        Node mallory = node("mallory", AccessRules.OPEN, Wires.Options::automatic);
        connect(alice, mallory);
        wires.advance(Duration.ofSeconds(60));

        assertThat(alice.peers()).containsExactly(mallory.id());
        assertThat(alice.sent(MembershipFrame.class)).isEmpty();
    }

    @Nested
    class Streams_of_peers {
        private final List<String> heard = new ArrayList<>();
        private final Node alice = node("alice", AccessRules.of(Policy.members()));
        private final Node bob = node("bob", AccessRules.OPEN);

        private StreamEvents recorder(String who) {
            return new StreamEvents() {
                @Override
                public void onMessage(ArrayPayload message) {
                    heard.add(who + " message");
                }

                @Override
                public void onEnd() {}

                @Override
                public void onSent(int bytes) {}

                @Override
                public void onClosed() {}

                @Override
                public void onReset(StreamCode code, String reason) {
                    heard.add(who + " " + code + " " + reason);
                }
            };
        }

        private void open(String protocol) {
            alice.protocol().streams().serve(any -> stream -> {
                heard.add("alice opened");
                return recorder("alice");
            });
            List<ProtocolStream> opened = new ArrayList<>();
            bob.protocol()
                    .streams()
                    .open(
                            alice.id(),
                            new Streams.Opening(
                                    protocol,
                                    Map.of(),
                                    Timers.NONE,
                                    ArrayPayload.owning(new byte[] {1}),
                                    false,
                                    () -> true,
                                    opened::add,
                                    recorder("bob")));
            wires.settle();
        }

        @Test
        void are_refused_unless_a_rule_allows_calls() {
            connect(bob, alice);
            for (String protocol : List.of("chaski.call", "chaski.describe", "chaski/files/pull/1", "chat")) {
                heard.clear();
                open(protocol);
                assertThat(heard).as(protocol).containsExactly("bob REFUSED not allowed");
            }
        }

        @Test
        void are_opened_with_a_rule_and_end_when_the_rule_is_gone() {
            connect(bob, alice);
            alice.protocol()
                    .onRules(
                            AccessRules.of(Policy.parse("{\"version\":1,\"roles\":{\"all\":{\"match\":"
                                    + "[\"chaski://test.example/**\"],\"rpc.call\":[\"chat\"]}}}")),
                            wires.nowNanos());
            open("chat");
            assertThat(heard).containsExactly("alice opened", "alice message");

            heard.clear();
            alice.protocol().onRules(AccessRules.of(Policy.members()), wires.nowNanos());
            wires.settle();
            assertThat(heard).contains("bob REFUSED not allowed");
        }
    }

    /** An application's policy that fails when it is asked for the first time: a name is announced once. */
    @Test
    void a_topic_that_was_denied_by_a_failure_is_taken_when_the_application_answers_again() {
        AtomicInteger failures = new AtomicInteger(1_000);
        AccessPolicy failing = (subject, action, object) -> {
            if (failures.getAndDecrement() > 0) {
                throw new IllegalStateException("no table");
            }
            return true;
        };
        Node alice = node(
                "alice",
                AccessRules.of(Policy.members()).restrictedBy(failing, wires::nowNanos, (decision, thrown) -> {}));
        Node bob = node("bob", AccessRules.of(Policy.members()));
        connect(alice, bob);
        subscribe(alice, bob);
        publish(bob, "while it fails");
        assertThat(texts(alice)).isEmpty();

        failures.set(0);
        wires.advance(Duration.ofSeconds(30));
        publish(bob, "after");

        assertThat(texts(alice)).endsWith("after");
    }

    @Nested
    class When_the_rules_change {
        private final Node alice = node("alice", AccessRules.of(Policy.members()));
        private final Node bob = node("bob", AccessRules.of(Policy.members()));

        private void rules(AccessRules rules) {
            alice.protocol().onRules(rules, wires.nowNanos());
            bob.protocol().onRules(rules, wires.nowNanos());
        }

        @Test
        void subscriptions_that_have_lost_their_right_are_removed_at_once_and_told() {
            connect(alice, bob);
            subscribe(alice, bob);
            publish(alice, "before");
            alice.protocol().onRules(denying("bob", "subscribe", "relay"), wires.nowNanos());
            assertThat(alice.protocol()
                            .snapshot(wires.nowNanos())
                            .topics()
                            .get(0)
                            .neighbours())
                    .as("in the same step")
                    .isEmpty();
            publish(alice, "after");

            assertThat(texts(bob)).containsExactly("before");
            assertThat(bob.events(NodeEvent.DeniedByPeer.class))
                    .containsOnly(new NodeEvent.DeniedByPeer(alice.id(), TOPIC));
        }

        @Test
        void what_was_denied_is_taken_again_without_a_new_connection() {
            connect(alice, bob);
            subscribe(alice, bob);
            publish(alice, "before");
            rules(AccessRules.of(Policy.strict()));
            publish(alice, "while nobody may do anything");
            rules(AccessRules.of(Policy.members()));
            wires.advance(Duration.ofSeconds(20));
            publish(alice, "after");
            publish(bob, "answer");

            assertThat(texts(bob)).startsWith("before").endsWith("after");
            assertThat(texts(alice)).containsExactly("answer");
            assertThat(alice.peers()).containsExactly(bob.id());
        }

        @Test
        void guests_that_have_lost_their_right_have_no_link() {
            connect(alice, bob);
            alice.protocol().subscribe(TOPIC, wires.nowNanos());
            publish(bob, "before");
            alice.protocol().onRules(denying("bob", "publish", "subscribe", "relay"), wires.nowNanos());

            assertThat(texts(alice)).containsExactly("before");
            assertThat(alice.sent(MembershipFrame.Disconnect.class))
                    .as("in the same step")
                    .isNotEmpty();
        }

        @Test
        void publishers_that_have_lost_their_right_are_not_heard_any_more() {
            connect(alice, bob);
            subscribe(alice, bob);
            publish(bob, "before");
            alice.protocol().onRules(denying("bob", "publish"), wires.nowNanos());
            publish(bob, "after");

            assertThat(texts(alice)).containsExactly("before");
        }
    }

    @Test
    void whole_overlays_of_members_form_under_rules() {
        AccessRules rules = AccessRules.of(Policy.members());
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String name = "node-" + i;
            nodes.add(node(
                    name,
                    rules,
                    options -> nodes.isEmpty()
                            ? options.automatic()
                            : options.automatic().bootstrap(nodes.get(0).address())));
        }
        subscribe(nodes.toArray(new Node[0]));
        wires.advance(Duration.ofSeconds(20));
        publish(nodes.get(3), "to all");

        for (Node node : nodes) {
            assertThat(texts(node)).as("%s", node).isEqualTo(node == nodes.get(3) ? List.of() : List.of("to all"));
        }
    }
}
