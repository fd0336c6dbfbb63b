package io.chaski.testkit;

import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.NodeSnapshot.TopicSnapshot;
import io.chaski.core.Receipt;
import io.chaski.core.Topic;
import io.chaski.core.internal.protocol.member.MembershipSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Nodes on real sockets that know one root and have three topics each, about thirty nodes to a topic. */
final class SocketMesh implements AutoCloseable {

    private static final int TOPICS_OF_A_NODE = 3;

    private static final String ROOT = "n0";

    /** Far more than anybody has links to. */
    private static final int MEMBERS_OF_A_TOPIC = 30;

    /** Below this a node looks for more. */
    private static final int FEWEST_LINKS = 3;

    /** Only a failure takes so long. */
    private static final Duration LIMIT = ofMinutes(3);

    /** Those of all topics and of the overlay of all nodes, if no two lead to the same node, and the edge to the root. */
    private static final int MOST_EDGES = (TOPICS_OF_A_NODE + 1) * MembershipSettings.ACTIVE_MAX + 1;

    private record Link(NodeId from, NodeId to) {
        Link back() {
            return new Link(to, from);
        }
    }

    private final ChaskiNetwork net;
    private final Map<String, Map<Topic<String>, Inbox<String>>> up = new LinkedHashMap<>();
    private int published;
    private String missing = "";

    SocketMesh(int nodes) {
        long startNanos = System.nanoTime();
        String[] names = IntStream.range(0, nodes).mapToObj(i -> "n" + i).toArray(String[]::new);
        net = ChaskiNetwork.builder().nodes(names).time(TimeMode.LOOPBACK).start();
        int topics = nodes * TOPICS_OF_A_NODE / MEMBERS_OF_A_TOPIC;
        for (int i = 0; i < nodes; i++) {
            Map<Topic<String>, Inbox<String>> own = new LinkedHashMap<>();
            for (int k = 0; k < TOPICS_OF_A_NODE; k++) {
                Topic<String> topic = Topic.text("topic-" + (i + k) % topics);
                own.put(topic, net.inbox(names[i], topic));
            }
            up.put(names[i], own);
        }
        print(nodes + " nodes with " + topics + " topics started", startNanos);
    }

    /** Every second node that is no root, all at the same time. */
    void killHalf() {
        long startNanos = System.nanoTime();
        List<String> victims = IntStream.range(0, up.size())
                .filter(i -> i % 2 == 1)
                .mapToObj(i -> "n" + i)
                .toList();
        victims.forEach(up::remove);
        net.crash(victims.toArray(String[]::new));
        print(victims.size() + " nodes killed", startNanos);
    }

    /** Each node publishes a message on each of its topics, and every other subscriber gets it. */
    void publishEverywhere() {
        long startNanos = System.nanoTime();
        Map<Topic<String>, Map<String, String>> sent = new LinkedHashMap<>();
        up.forEach((name, own) -> own.keySet().forEach(topic -> {
            String text = "message " + published++;
            Receipt receipt = net.node(name).publish(topic, text);
            assertThat(receipt.isRejected()).as(receipt.toString()).isFalse();
            sent.computeIfAbsent(topic, unused -> new LinkedHashMap<>()).put(text, name);
        }));
        await("messages", () -> hasArrived(sent), startNanos);
    }

    private boolean hasArrived(Map<Topic<String>, Map<String, String>> sent) {
        for (Map.Entry<String, Map<Topic<String>, Inbox<String>>> node : up.entrySet()) {
            for (Map.Entry<Topic<String>, Inbox<String>> subscribed :
                    node.getValue().entrySet()) {
                Set<String> got = new HashSet<>(subscribed.getValue());
                for (Map.Entry<String, String> message :
                        sent.get(subscribed.getKey()).entrySet()) {
                    if (!message.getValue().equals(node.getKey()) && !got.contains(message.getKey())) {
                        missing = message + " has not come to " + node.getKey();
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /** The links of each topic join all its members, and none of them and no edge leads to the dead. */
    void awaitSteadyState() {
        await("steady state", this::isSteady, System.nanoTime());
    }

    private boolean isSteady() {
        Set<Link> edges = new HashSet<>();
        Map<String, Set<Link>> links = new TreeMap<>();
        Map<String, Set<NodeId>> members = new TreeMap<>();
        for (String name : up.keySet()) {
            NodeSnapshot node = net.node(name).snapshot();
            node.edges().forEach(edge -> edges.add(new Link(node.id(), edge.peer())));
            for (TopicSnapshot topic : node.topics()) {
                int neighbours = topic.neighbours().size();
                if (neighbours < FEWEST_LINKS || neighbours > MembershipSettings.ACTIVE_MAX) {
                    missing = name + " has " + neighbours + " neighbours in " + topic.name();
                    return false;
                }
                members.computeIfAbsent(topic.name(), unused -> new HashSet<>()).add(node.id());
                Set<Link> all = links.computeIfAbsent(topic.name(), unused -> new HashSet<>());
                topic.neighbours().forEach(neighbour -> all.add(new Link(node.id(), neighbour)));
            }
        }
        missing = "both ends of all edges";
        boolean same = edges.stream().allMatch(edge -> edges.contains(edge.back()));
        return same
                && members.keySet().stream().allMatch(topic -> isWhole(topic, members.get(topic), links.get(topic)));
    }

    private boolean isWhole(String topic, Set<NodeId> members, Set<Link> links) {
        missing = "one component of " + topic + " with both ends of all links";
        Deque<NodeId> reached = new ArrayDeque<>(List.of(members.iterator().next()));
        Set<NodeId> seen = new HashSet<>(reached);
        while (!reached.isEmpty()) {
            NodeId from = reached.remove();
            links.stream()
                    .filter(link -> link.from().equals(from) && seen.add(link.to()))
                    .forEach(link -> reached.add(link.to()));
        }
        return seen.equals(members) && links.stream().allMatch(link -> links.contains(link.back()));
    }

    /** Edges without a link are given up after a minute, but for those to the root, whose address everybody was told. */
    void awaitIdleEdgesClosed() {
        await("idle edges closed", this::hasFewEdges, System.nanoTime());
    }

    private boolean hasFewEdges() {
        for (String name : up.keySet()) {
            int edges = net.node(name).edges().size();
            if (edges > (name.equals(ROOT) ? up.size() - 1 : MOST_EDGES)) {
                missing = name + " has " + edges + " edges";
                return false;
            }
        }
        return true;
    }

    /** What any of the living will not get. */
    List<NodeEvent.Gap> gaps() {
        List<NodeEvent.Gap> gaps = new ArrayList<>();
        up.values().forEach(own -> own.values().forEach(inbox -> gaps.addAll(inbox.gaps())));
        return gaps;
    }

    private void await(String what, BooleanSupplier condition, long startNanos) {
        assertThat(net.runUntil(condition, LIMIT))
                .as(() -> what + ": " + missing)
                .isTrue();
        print(what, startNanos);
    }

    private void print(String what, long startNanos) {
        Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
        System.out.println("measured: " + up.size() + " nodes: " + what + " after " + took.toMillis() + " ms");
    }

    @Override
    public void close() {
        net.close();
    }
}
