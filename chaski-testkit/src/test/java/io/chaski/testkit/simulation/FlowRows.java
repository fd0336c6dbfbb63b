package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.chaski.core.NodeEvent;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.tree.TreeSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Publishers wait for subscriptions that must not miss anything, all paths being narrow. Windows are a 64th of the default and
 * messages small: back-pressure has a window to fill at each hop, and a thousand nodes keep all of it.
 */
final class FlowRows {

    private static final int BYTES = 192;
    private static final int COST = 256;

    /** 64 messages. */
    private static final int WINDOW = 64 * COST;

    /** What a path carries in a second: ten messages for each that the quickest consumer of a mesh takes. */
    private static final long PATH = 1_000 * COST;

    private static final int FIRST_MESSAGES = 10;

    /**
     * What is on its way between the publisher and the slowest member comes and goes with the shape of the tree, by 185 messages within
     * 40 s: that is a sixteenth of so many and says nothing about the rate.
     */
    private static final int MEASURED = 3_000;

    private static final Duration LIMIT = Duration.ofMinutes(5);

    private FlowRows() {}

    /**
     * A tenth of the members wait for consumers of different speed: the publisher is as fast as the slowest takes. One more has a live
     * queue that is too small for its speed, which only drops.
     */
    static List<Gate> waitForSlowest(int nodes, long seed) {
        Mesh mesh = narrow(nodes, seed);
        List<SimulatedNode> shuffled = mesh.shuffled();
        SimulatedNode publisher = shuffled.get(0);
        List<SimulatedNode> waiting = shuffled.subList(1, 1 + Math.max(3, nodes / 10));
        int slowest = 40;
        List<SimulatedConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < waiting.size(); i++) {
            consumers.add(waiting.get(i).subscribeWaiting(Mesh.TOPIC, WINDOW));
            consumers.get(i).take((slowest + 10L * (i % 6)) * COST);
        }
        SimulatedConsumer consumer = consumers.get(0);
        SimulatedConsumer live = shuffled.get(nodes - 1).subscribeDropping(Mesh.TOPIC, 8 * COST);
        live.take(slowest * COST / 4);
        makeTree(mesh, publisher);
        int fills = 800;
        publisher.publishWaiting(Mesh.TOPIC, fills + MEASURED, BYTES);
        Duration from = whenPublished(mesh, publisher, fills);
        double aheadBefore = ahead(publisher, waiting.get(0), consumer);
        Duration to = whenPublished(mesh, publisher, fills + MEASURED);
        double aheadAfter = ahead(publisher, waiting.get(0), consumer);
        double seconds = Mesh.seconds(to.minus(from));
        double rate = MEASURED / seconds;
        double taken = (MEASURED + aheadBefore - aheadAfter) / seconds;
        mesh.network.runUntil(() -> missed(waiting, fills + MEASURED) == 0, ofSeconds(1), LIMIT);
        Gate open = mesh.accounts();
        return List.of(
                Gate.reported("messages a second", rate),
                Gate.atMost("messages a second, times the slowest", rate / slowest, 1.1),
                Gate.atLeast("the same, at least", rate / slowest, 0.9),
                Gate.reported("messages that the slowest takes, times what it can", taken / slowest),
                Gate.reported("messages ahead of the slowest when that begins", aheadBefore),
                Gate.reported("and when it ends", aheadAfter),
                Gate.atMost("missed by those that wait", missed(waiting, fills + MEASURED), 0),
                Gate.atLeast("dropped by a live one that is slower", (double) live.dropped(), 1),
                Gate.atMost("cut off", count(mesh.members, NodeEvent.CutOff.class), 0),
                Queues.noneClosed(Queues.closedAsSlow(mesh.members)),
                Queues.fullest(mesh.members),
                open);
    }

    /** A member that must not miss anything takes nothing any more: the others wait for as long as they say, and go on. */
    static List<Gate> cutOff(int nodes, long seed) {
        Mesh mesh = narrow(nodes, seed);
        List<SimulatedNode> shuffled = mesh.shuffled();
        SimulatedNode publisher = shuffled.get(0);
        SimulatedNode stopped = shuffled.get(1);
        List<SimulatedNode> waiting = shuffled.subList(2, 2 + Math.max(2, nodes / 10));
        waiting.forEach(node -> node.subscribeWaiting(Mesh.TOPIC, WINDOW).take(100 * COST));
        SimulatedConsumer consumer = stopped.subscribeWaiting(Mesh.TOPIC, WINDOW);
        consumer.take(100 * COST);
        makeTree(mesh, publisher);
        int messages = 2_000;
        publisher.publishWaiting(Mesh.TOPIC, messages, BYTES);
        mesh.network.advance(ofSeconds(1));
        consumer.take(0);
        Duration ceased = mesh.network.now();
        mesh.network.runUntil(() -> consumer.room() == 0, ofMillis(100), LIMIT);
        Duration full = mesh.network.now();
        mesh.network.runUntil(() -> count(List.of(stopped), NodeEvent.CutOff.class) > 0, ofMillis(100), LIMIT);
        Duration cutOff = mesh.network.now();
        double held = messages - published(publisher);
        Duration done = whenPublished(mesh, publisher, messages);
        List<SimulatedNode> others = new ArrayList<>(mesh.members);
        others.remove(stopped);
        mesh.network.runUntil(() -> missed(waiting, messages) == 0, ofSeconds(1), LIMIT);
        double missed = missed(waiting, messages);
        long closed = Queues.closedAsSlow(mesh.members);
        int open = untold(mesh, stopped).size();
        // It takes again, and hears by the next message what it has missed.
        consumer.take(400 * COST);
        publisher.publishWaiting(Mesh.TOPIC, 1, BYTES);
        mesh.network.runUntil(() -> mesh.network.openAccounts().isEmpty(), ofSeconds(1), LIMIT);
        return List.of(
                // What was on its way when the last room was given fills the queue a moment later.
                Gate.atLeast("s from its last message to the cut", Mesh.seconds(cutOff.minus(ceased)), 30),
                Gate.atMost("cut off after s", Mesh.seconds(cutOff.minus(full)), 40),
                Gate.atLeast("messages that waited meanwhile", held, 1),
                Gate.atMost("all published after s", Mesh.seconds(done.minus(full)), 90),
                Gate.atMost("missed by the others that wait", missed, 0),
                Gate.atMost("others cut off", count(others, NodeEvent.CutOff.class), 0),
                Queues.noneClosed(closed),
                Queues.fullest(mesh.members),
                Gate.atMost("open accounts, but for what the one was told", open, 0),
                Gate.atMost(
                        "open accounts when it takes again",
                        mesh.network.openAccounts().size(),
                        0));
    }

    /** Accounts that are open without a word. Whoever is cut off is told that it may miss anything from then on. */
    private static List<SubscriberAccount> untold(Mesh mesh, SimulatedNode stopped) {
        boolean isTold = count(List.of(stopped), NodeEvent.CutOff.class) > 0;
        mesh.network.runUntil(() -> untold(mesh, stopped, isTold).isEmpty(), ofSeconds(1), Mesh.LONGEST_WAIT);
        return untold(mesh, stopped, isTold);
    }

    private static List<SubscriberAccount> untold(Mesh mesh, SimulatedNode stopped, boolean isTold) {
        return mesh.network.openAccounts().stream()
                .filter(open -> !isTold || open.subscriber() != stopped)
                .toList();
    }

    /**
     * A hundred nodes are a ring, all others hang on one of it. All wait, nobody takes anything until all buffers are full, and then
     * everybody does. That has to be over before anybody would be cut off.
     */
    static List<Gate> ring(int nodes, long seed) {
        SimulatedNetwork network = SimulatedNetwork.seeded(seed);
        int circle = Math.min(nodes, 100);
        List<SimulatedNode> members = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            members.add(network.node(
                    "node-" + i,
                    SimulatedNodeOptions.builder().settings(settings(true)).build()));
        }
        network.bandwidth(PATH);
        for (int i = 0; i < nodes; i++) {
            members.get(i).connect(members.get(i < circle ? (i + 1) % circle : i % circle));
        }
        network.advance(ofSeconds(5));
        List<SimulatedConsumer> consumers = new ArrayList<>();
        members.forEach(node -> consumers.add(node.subscribeWaiting(Mesh.TOPIC, WINDOW)));
        network.advance(ofSeconds(5));
        List<SimulatedNode> publishers = new ArrayList<>();
        for (int i = 0; i < circle; i += Math.max(1, circle / 10)) {
            publishers.add(members.get(i));
        }
        int each = 150;
        publishers.forEach(publisher -> publisher.publishWaiting(Mesh.TOPIC, each, BYTES));
        boolean full = network.runUntil(() -> isFull(publishers, consumers), ofMillis(100), ofSeconds(10));
        network.advance(ofSeconds(10)); // all in all less than the patience of publishers
        full &= isFull(publishers, consumers);
        double share = (double) consumers.stream()
                        .filter(consumer -> consumer.room() == 0)
                        .count()
                / nodes;
        Duration begin = network.now();
        consumers.forEach(consumer -> consumer.take(400 * COST));
        boolean resolved = network.runUntil(() -> lacking(members, publishers, each) == 0, ofSeconds(1), LIMIT);
        double seconds = resolved ? Mesh.seconds(network.now().minus(begin)) : Double.POSITIVE_INFINITY;
        double reportedMissing =
                members.stream().mapToLong(node -> node.gaps().size()).sum();
        return List.of(
                Gate.atLeast("all buffers full", full ? 1 : 0, 1),
                Gate.reported("share of buffers that are", share),
                Gate.atMost("resolved within s", seconds, 30),
                Gate.atMost("reported missing", reportedMissing, 0),
                Gate.atMost("cut off", count(members, NodeEvent.CutOff.class), 0),
                Queues.noneClosed(Queues.closedAsSlow(members)),
                Queues.fullest(members),
                Gate.atMost("open accounts", network.openAccounts().size(), 0));
    }

    private static boolean isFull(List<SimulatedNode> publishers, List<SimulatedConsumer> consumers) {
        return publishers.stream().allMatch(node -> node.isPublishingBlocked(Mesh.TOPIC))
                && consumers.stream().allMatch(consumer -> consumer.room() == 0);
    }

    private static long lacking(List<SimulatedNode> members, List<SimulatedNode> publishers, int each) {
        long lacking = 0;
        for (SimulatedNode member : members) {
            int others = publishers.size() - (publishers.contains(member) ? 1 : 0);
            lacking += (long) others * each - member.deliveries().size();
        }
        return lacking;
    }

    /** Back-pressure has a window to fill at each hop, and a young tree has twice as many. */
    private static void makeTree(Mesh mesh, SimulatedNode publisher) {
        for (int i = 0; i < FIRST_MESSAGES; i++) {
            publisher.publishWaiting(Mesh.TOPIC, 1, BYTES);
            mesh.network.advance(ofMillis(500));
        }
        mesh.network.advance(ofSeconds(5));
        mesh.members.forEach(SimulatedNode::clearRecords);
    }

    private static Mesh narrow(int nodes, long seed) {
        Mesh mesh = Mesh.settled(nodes, seed, settings(false));
        mesh.network.bandwidth(PATH);
        return mesh;
    }

    private static ProtocolSettings settings(boolean manualTopology) {
        ProtocolSettings all = ProtocolSettings.DEFAULTS;
        TreeSettings tree = all.tree();
        return new ProtocolSettings(
                manualTopology,
                all.edge(),
                all.membership(),
                new TreeSettings(
                        tree.maxBodyBytes(),
                        tree.links(),
                        tree.repair(),
                        tree.order(),
                        tree.cache(),
                        smallWindows(tree.flow()),
                        tree.sources(),
                        tree.limits()),
                all.discovery(),
                all.stream(),
                all.memory());
    }

    private static TreeSettings.Flow smallWindows(TreeSettings.Flow flow) {
        return new TreeSettings.Flow(
                WINDOW,
                WINDOW / 4,
                flow.messageBytes(),
                flow.probeNanos(),
                flow.maxProbeNanos(),
                flow.largestProbeBytes(),
                flow.slowConsumerNanos(),
                flow.passedOnFactor(),
                flow.maxExcessBytes(),
                flow.debtNanos(),
                flow.reportNanos(),
                flow.creditsPerSecond());
    }

    private static Duration whenPublished(Mesh mesh, SimulatedNode publisher, long count) {
        boolean reached = mesh.network.runUntil(() -> published(publisher) >= count, ofMillis(50), LIMIT);
        return reached ? mesh.network.now() : mesh.network.now().plus(LIMIT);
    }

    /** Published, and not taken yet by the application behind a member. */
    private static double ahead(SimulatedNode publisher, SimulatedNode member, SimulatedConsumer consumer) {
        return published(publisher) - member.deliveries().size() + consumer.queued() / COST;
    }

    /** Besides the first ones. */
    private static long published(SimulatedNode publisher) {
        return Mesh.tree(publisher).published() - FIRST_MESSAGES;
    }

    private static double missed(List<SimulatedNode> members, long messages) {
        return members.stream()
                .mapToLong(node -> messages - node.deliveries().size())
                .sum();
    }

    private static double count(List<SimulatedNode> members, Class<? extends NodeEvent> kind) {
        return members.stream()
                .flatMap(node -> node.events().stream())
                .filter(kind::isInstance)
                .count();
    }
}
