package io.chaski.benchmarks.pairing;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A node with a subscription of one topic. Thread-safe. */
final class Member implements AutoCloseable {

    private final Topic<String> topic;
    private final ChaskiNode node;
    private final Subscription subscription;
    private final Set<NodeId> heard = ConcurrentHashMap.newKeySet();

    /**
     * Starts a node.
     *
     * @param name its label
     * @param root whom it asks first
     * @param topic what it subscribes to
     */
    Member(String name, Address root, Topic<String> topic) {
        this.topic = topic;
        this.node = ChaskiNode.builder().name(name).bootstrap(root).start();
        this.subscription = node.subscribe(topic, message -> heard.add(message.origin()));
    }

    NodeId id() {
        return node.id();
    }

    String topic() {
        return topic.name();
    }

    boolean isPaired() {
        return subscription.isPaired();
    }

    /** Whom it is linked to in its topic. */
    List<NodeId> neighbours() {
        return node.snapshot().topics().stream()
                .filter(each -> each.name().equals(topic.name()))
                .findFirst()
                .map(NodeSnapshot.TopicSnapshot::neighbours)
                .orElse(List.of());
    }

    void publish() {
        node.publish(topic, node.name());
    }

    /** How many other members it has heard. */
    int heard() {
        return heard.size();
    }

    /** What a person needs who wants to know why it is alone. */
    String describe() {
        return node.name() + " " + node.diagnose(topic) + ", heard " + heard.size();
    }

    @Override
    public void close() {
        node.close();
    }
}
