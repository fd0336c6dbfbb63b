package io.chaski.core.acceptance;

import static io.chaski.core.acceptance.TestNodes.addressOf;
import static io.chaski.core.acceptance.TestNodes.connect;
import static io.chaski.core.acceptance.TestNodes.inbox;
import static io.chaski.core.acceptance.TestNodes.soon;
import static io.chaski.core.acceptance.TestNodes.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Message;
import io.chaski.core.PublishOptions;
import io.chaski.core.Receipt;
import io.chaski.core.RequestTimeoutException;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Topics")
class TopicsIT {

    private static final Topic<String> T = Topic.text("t");
    private static final int MANY = 10_000;

    private TestNodes nodes = new TestNodes();

    @AfterEach
    void closeAll() {
        nodes.close();
    }

    @DisplayName("awaitSubscribers ends with so many links and not before")
    @Test
    void awaitSubscribers() throws Exception {
        nodes = new TestNodes();
        ChaskiNode root = nodes.automatic("root");
        Subscription subscription = nodes.automatic("waiting", addressOf(root)).subscribe(T, message -> {});
        for (int i = 0; i < 2; i++) {
            nodes.automatic("early-" + i, addressOf(root)).subscribe(T, message -> {});
        }
        subscription.awaitSubscribers(2, TestNodes.LIMIT);
        assertThatThrownBy(() -> subscription.awaitSubscribers(3, Duration.ofMillis(100)))
                .isInstanceOf(RequestTimeoutException.class);

        for (int i = 0; i < 10; i++) {
            nodes.automatic("late-" + i, addressOf(root)).subscribe(T, message -> {});
        }
        for (int count = 3; count <= 5; count++) {
            subscription.awaitSubscribers(count, TestNodes.LIMIT);
        }
        soon(() -> assertThat(subscription.neighbours()).isGreaterThanOrEqualTo(5));
    }

    @DisplayName("X-01, N37: in a triangle and a ring 10,000 messages without a pause arrive once and in order")
    @ParameterizedTest
    @CsvSource({"3, 127.0.0.1", "4, 127.0.0.1", "3, ::1", "4, ::1", "3, 127.0.0.1 without UDP"})
    void ring(int size, String where) throws Exception {
        nodes = new TestNodes(where);
        List<ChaskiNode> ring = IntStream.range(0, size)
                .mapToObj(i -> nodes.manual("ring-" + i))
                .toList();
        // A live subscription drops when its consumer is slower than the publisher; this one has room for everything.
        SubscribeOptions everything =
                SubscribeOptions.builder().capacity(2 * MANY).build();
        List<Queue<String>> inboxes = new ArrayList<>();
        for (ChaskiNode node : ring) {
            Queue<String> inbox = new ConcurrentLinkedQueue<>();
            node.subscribe(T, message -> inbox.add(message.payload()), everything);
            inboxes.add(inbox);
        }
        for (int i = 0; i < size; i++) {
            connect(ring.get(i), ring.get((i + 1) % size));
        }
        soon(() -> assertThat(ring)
                .allSatisfy(node ->
                        assertThat(node.subscriptions().get(0).neighbours()).isEqualTo(2)));
        List<String> sent = IntStream.range(0, MANY).mapToObj(Integer::toString).toList();
        for (String text : sent) {
            assertThat(ring.get(0).publish(T, text).isRejected()).isFalse();
        }

        soon(() -> assertThat(inboxes.subList(1, size))
                .allSatisfy(box -> assertThat(box).hasSize(MANY)));
        until(() -> assertThat(inboxes.subList(1, size))
                .allSatisfy(box -> assertThat(new ArrayList<>(box)).isEqualTo(sent)));
        assertThat(inboxes.get(0)).isEmpty();
    }

    @DisplayName("X-05, N22: thirty nodes and four topics through one root, which may die")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void rootDies(String where) throws Exception {
        nodes = new TestNodes(where);
        ChaskiNode root = nodes.add(nodes.builder("root").root().start());
        Map<ChaskiNode, Queue<String>> inboxes = new LinkedHashMap<>();
        List<String> topics = List.of("north", "east", "south", "west");
        List<Subscription> subscriptions = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            ChaskiNode node = nodes.automatic("node-" + i, addressOf(root));
            Queue<String> arrived = new ConcurrentLinkedQueue<>();
            subscriptions.add(node.subscribe(Topic.text(topics.get(i % 4)), message -> arrived.add(message.payload())));
            inboxes.put(node, arrived);
        }
        soon(() -> assertThat(subscriptions)
                .allSatisfy(one -> assertThat(one.isPaired()).isTrue()));

        everybodyHears(inboxes, topics, "before");
        root.close();
        everybodyHears(inboxes, topics, "after");
    }

    private static void everybodyHears(Map<ChaskiNode, Queue<String>> inboxes, List<String> topics, String when) {
        List<ChaskiNode> members = new ArrayList<>(inboxes.keySet());
        for (int i = 0; i < topics.size(); i++) {
            members.get(i).publish(Topic.text(topics.get(i)), when + " " + topics.get(i));
        }
        soon(() -> {
            for (int i = topics.size(); i < members.size(); i++) {
                assertThat(inboxes.get(members.get(i))).containsOnlyOnce(when + " " + topics.get(i % topics.size()));
            }
        });
    }

    @DisplayName("X-07: what passes through a network of other topics reaches its members only")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void otherTopicsBetween(String where) throws Exception {
        nodes = new TestNodes(where);
        ChaskiNode b = nodes.automatic("b");
        ChaskiNode a = nodes.automatic("a", addressOf(b));
        ChaskiNode c = nodes.automatic("c", addressOf(b));
        Queue<String> atB = inbox(b, "x");
        Queue<String> atC = inbox(c, "t");
        a.subscribe(T, message -> {}).awaitPaired(TestNodes.LIMIT);
        a.publish(T, "for c");

        until(() -> assertThat(atC).containsExactly("for c"));
        assertThat(atB).isEmpty();
        assertThat(b.snapshot().topics()).noneMatch(topic -> topic.name().equals("t"));
    }

    @DisplayName("X-13: the receipt says that nobody was there and for how long the message is kept; who comes gets it")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void nobodyThere(String where) throws Exception {
        nodes = new TestNodes(where);
        ChaskiNode publisher = nodes.automatic("publisher");
        publisher.subscribe(T, message -> {});
        Receipt receipt = publisher.publishAsync(T, "early").get(30, TimeUnit.SECONDS);
        assertThat(receipt.status()).isEqualTo(Receipt.Status.KEPT);
        assertThat(receipt.keptFor()).isPositive();
        assertThat(receipt.sequence()).isEqualTo(1);

        ChaskiNode late = nodes.automatic("late", addressOf(publisher));
        Queue<String> arrived = inbox(late, "t");
        soon(() -> assertThat(arrived).containsExactly("early"));
    }

    @DisplayName("N11, N17: a subscription made after connecting is known at once; ending it leaves other topics alone")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void subscribeAndUnsubscribe(String host) throws Exception {
        nodes = new TestNodes(host);
        ChaskiNode one = nodes.manual("one", "t", "other");
        ChaskiNode two = nodes.manual("two", "other");
        connect(one, two);
        Queue<String> arrived = new ConcurrentLinkedQueue<>();
        Subscription subscription = two.subscribe(T, message -> arrived.add(message.payload()));
        soon(() -> assertThat(one.isPaired(T)).isTrue());
        one.publish(T, "heard");
        soon(() -> assertThat(arrived).containsExactly("heard"));

        subscription.close();
        soon(() -> assertThat(one.isPaired(T)).isFalse());
        one.publish(T, "not heard");
        until(() -> {
            assertThat(arrived).containsExactly("heard");
            assertThat(one.isPaired(Topic.text("other"))).isTrue();
            assertThat(one.edges()).hasSize(1);
        });
    }

    @DisplayName("N18: the first node is alone and becomes paired when a second comes")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void aloneThenPaired(String host) throws Exception {
        nodes = new TestNodes(host);
        ChaskiNode first = nodes.automatic("first");
        Subscription subscription = first.subscribe(T, message -> {});
        assertThat(subscription.ready().get(30, TimeUnit.SECONDS).name()).isEqualTo("ALONE");
        assertThat(subscription.isPaired()).isFalse();

        nodes.automatic("second", addressOf(first)).subscribe(T, message -> {});
        subscription.awaitPaired(TestNodes.LIMIT);
        assertThat(first.isPaired(T)).isTrue();
    }

    @DisplayName("N32: a message says where it comes from, which one it is, and what was said beside the payload")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void wholeMessage(String host) throws Exception {
        nodes = new TestNodes(host);
        ChaskiNode publisher = nodes.manual("publisher", "t");
        ChaskiNode reader = nodes.manual("reader");
        Queue<Message<String>> arrived = new ConcurrentLinkedQueue<>();
        reader.subscribe(T, arrived::add);
        connect(publisher, reader);
        soon(() -> assertThat(publisher.isPaired(T)).isTrue());
        publisher.publish(
                T,
                "payload",
                PublishOptions.builder().key("k").header("h1", "v1").build());

        soon(() -> assertThat(arrived).hasSize(1));
        Message<String> message = arrived.element();
        assertThat(message.topic()).isEqualTo("t");
        assertThat(message.origin()).isEqualTo(publisher.id());
        assertThat(message.originName()).isEqualTo("publisher");
        assertThat(message.epoch()).isEqualTo(publisher.epoch());
        assertThat(message.sequence()).isEqualTo(1);
        assertThat(message.key()).contains("k");
        assertThat(message.headers()).containsExactly(Map.entry("h1", "v1"));
        assertThat(message.contentType()).isEqualTo("text/plain");
        assertThat(message.hops()).isEqualTo(1);
        assertThat(message.payload()).isEqualTo("payload");
    }

    @DisplayName("S21, N09: a node that subscribes to nothing publishes through a root")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void publisherWithoutSubscription(String where) throws Exception {
        nodes = new TestNodes(where);
        ChaskiNode root = nodes.add(nodes.builder("root").root().start());
        ChaskiNode reader = nodes.automatic("reader", addressOf(root));
        Queue<String> arrived = inbox(reader, "t");
        ChaskiNode publisher = nodes.automatic("publisher", addressOf(root));
        soon(() -> assertThat(publisher.edges()).isNotEmpty());
        publisher.publish(T, "from outside");

        soon(() -> assertThat(arrived).containsExactly("from outside"));
        assertThat(root.snapshot().topics()).noneMatch(topic -> topic.name().equals("t"));
    }

    @DisplayName("U-FUN-2, N38: a hop limit of 3 in a chain of 7 reaches hops 1 to 3")
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "127.0.0.1 without UDP"})
    void hopLimit(String where) throws Exception {
        nodes = new TestNodes(where);
        List<ChaskiNode> chain = IntStream.range(0, 7)
                .mapToObj(i -> nodes.manual("chain-" + i, "t"))
                .toList();
        List<Queue<String>> inboxes =
                chain.stream().map(node -> inbox(node, "t")).toList();
        for (int i = 0; i < 6; i++) {
            connect(chain.get(i), chain.get(i + 1));
        }
        soon(() -> assertThat(chain.subList(1, 6))
                .allSatisfy(node ->
                        assertThat(node.subscriptions().get(0).neighbours()).isEqualTo(2)));
        chain.get(0).publish(T.hopLimit(3), "three hops");

        until(() -> {
            assertThat(inboxes.subList(1, 4)).allSatisfy(box -> assertThat(box).containsExactly("three hops"));
            assertThat(inboxes.subList(4, 7)).allSatisfy(box -> assertThat(box).isEmpty());
        });
    }
}
