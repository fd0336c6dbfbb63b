package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.DoubleStream;

/** Many topics, and topics that few subscribe to. */
final class TopicRows {

    private static final int TOPICS = 100;
    private static final int TOPICS_A_NODE = 5;
    private static final int LOOK_UPS = 50;
    private static final String RARE = "rare";

    /** So many members the overlay's design wants to be found without a root. */
    private static final int MANY = 5;

    private TopicRows() {}

    /**
     * Each node subscribes to five of a hundred topics, of which the n-th is wanted n times less than the first. Then newcomers look for
     * some of them, each through somebody who does not subscribe.
     */
    static List<Gate> zipf(int nodes, long seed) {
        Mesh mesh = new Mesh(seed);
        Random chance = new Random(mesh.random.nextLong());
        Map<String, List<SimulatedNode>> members = new LinkedHashMap<>();
        Duration pause = ofSeconds(20).dividedBy(nodes);
        for (int i = 0; i < nodes; i++) {
            SimulatedNode node = mesh.network.node(
                    "node-" + i,
                    SimulatedNodeOptions.builder()
                            .bootstrap(mesh.members.subList(0, Math.min(i, Mesh.BOOTSTRAPS)))
                            .build());
            mesh.members.add(node);
            for (int topic : draw(chance)) {
                node.subscribe("topic/" + topic);
                members.computeIfAbsent("topic/" + topic, unused -> new ArrayList<>())
                        .add(node);
            }
            mesh.network.advance(pause);
        }
        boolean isOne = mesh.network.runUntil(() -> areWhole(members), ofSeconds(1), ofSeconds(120));
        Duration joined = mesh.network.now();
        mesh.network.advance(ofSeconds(10));
        mesh.members.forEach(SimulatedNode::clearRecords);
        members.forEach((topic, subscribers) ->
                subscribers.get(chance.nextInt(subscribers.size())).publish(topic, "hello"));
        mesh.network.advance(Mesh.LONGEST_WAIT);
        double missed = 0;
        for (Map.Entry<String, List<SimulatedNode>> topic : members.entrySet()) {
            long got = topic.getValue().stream()
                    .filter(node -> node.deliveries().stream()
                            .anyMatch(delivery -> delivery.topic().equals(topic.getKey())))
                    .count();
            missed += topic.getValue().size() - 1 - got;
        }
        LookUps lookUps = new LookUps(mesh, members, chance);
        List<Gate> gates = new ArrayList<>();
        gates.add(Gate.atMost("topics that are not one component", isOne ? 0 : 1, 0));
        gates.add(Gate.reported("one component each, s after the last has come", Mesh.seconds(joined) - 20));
        gates.add(Gate.atMost("missed of a message on each topic", missed, 0));
        gates.addAll(lookUps.gates(Mesh.isLarge(nodes)));
        gates.add(mesh.accounts());
        return gates;
    }

    /**
     * Newcomers to a mesh of many topics, all at once. They know somebody who does not subscribe to what they look for. As many look for
     * a topic of many members as for one of few.
     */
    static final class LookUps {
        private static final int EACH = 10;
        private static final Duration LIMIT = ofSeconds(60);
        private final List<LookUp> lookUps = new ArrayList<>();

        private static final class LookUp {
            private final SimulatedNode seeker;
            private final String topic;
            private final Set<SimulatedNode> members;
            private double seconds = Double.POSITIVE_INFINITY;

            LookUp(SimulatedNode seeker, String topic, Collection<SimulatedNode> members) {
                this.seeker = seeker;
                this.topic = topic;
                this.members = Set.copyOf(members);
            }

            boolean isOfMany() {
                return members.size() >= MANY;
            }

            /** Whether it is linked with a member, or with newcomers of whom one is: newcomers alone are no topic yet. */
            boolean hasFound() {
                Set<SimulatedNode> newcomers = new LinkedHashSet<>(List.of(seeker));
                Deque<SimulatedNode> unasked = new ArrayDeque<>(newcomers);
                while (!unasked.isEmpty()) {
                    for (SimulatedNode neighbour : unasked.remove().neighbours(topic)) {
                        if (members.contains(neighbour)) {
                            return true;
                        }
                        if (newcomers.add(neighbour)) {
                            unasked.add(neighbour);
                        }
                    }
                }
                return false;
            }

            boolean isOver() {
                return !Double.isInfinite(seconds);
            }
        }

        LookUps(Mesh mesh, Map<String, List<SimulatedNode>> members, Random chance) {
            List<String> ofMany = new ArrayList<>();
            List<String> ofFew = new ArrayList<>();
            members.forEach((topic, subscribers) -> {
                if (subscribers.size() < mesh.members.size()) {
                    (subscribers.size() >= MANY ? ofMany : ofFew).add(topic);
                }
            });
            for (int i = 0; i < EACH; i++) {
                begin(mesh, members, ofMany, chance);
                begin(mesh, members, ofFew, chance);
            }
            Duration begin = mesh.network.now();
            mesh.network.runUntil(() -> areOver(mesh.network.now().minus(begin)), ofMillis(10), LIMIT);
        }

        private void begin(Mesh mesh, Map<String, List<SimulatedNode>> members, List<String> topics, Random chance) {
            if (topics.isEmpty()) {
                return;
            }
            String topic = topics.get(chance.nextInt(topics.size()));
            List<SimulatedNode> strangers = new ArrayList<>(mesh.members);
            strangers.removeAll(members.get(topic));
            SimulatedNode contact = strangers.get(chance.nextInt(strangers.size()));
            SimulatedNode seeker = mesh.network.node(
                    "seeker-" + lookUps.size(),
                    SimulatedNodeOptions.builder().bootstrap(contact).build());
            seeker.subscribe(topic);
            lookUps.add(new LookUp(seeker, topic, members.get(topic)));
        }

        private boolean areOver(Duration since) {
            for (LookUp lookUp : lookUps) {
                if (!lookUp.isOver() && lookUp.hasFound()) {
                    lookUp.seconds = Mesh.seconds(since);
                }
            }
            return lookUps.stream().allMatch(LookUp::isOver);
        }

        /**
         * What they took. Among ten nodes there need not be a topic of many, nor among a thousand one of few, and nothing is said of what
         * nobody has looked for.
         *
         * @param isLarge whether somebody must have looked for a topic of many
         */
        List<Gate> gates(boolean isLarge) {
            double ofMany = (double) seconds(true).count();
            List<Gate> gates = new ArrayList<>();
            gates.add(
                    isLarge
                            ? Gate.atLeast("look-ups of topics of 5 or more", ofMany, 1)
                            : Gate.reported("look-ups of topics of 5 or more", ofMany));
            // Of so few the slowest is the 99th percentile.
            seconds(true)
                    .max()
                    .ifPresent(
                            slowest -> gates.add(Gate.atMost("topic of 5 or more found within s, p99", slowest, 10)));
            seconds(false)
                    .max()
                    .ifPresent(slowest -> gates.add(Gate.reported("topic of fewer found within s, p99", slowest)));
            return gates;
        }

        private DoubleStream seconds(boolean isOfMany) {
            return lookUps.stream()
                    .filter(lookUp -> lookUp.isOfMany() == isOfMany)
                    .mapToDouble(lookUp -> lookUp.seconds);
        }
    }

    private static boolean areWhole(Map<String, List<SimulatedNode>> members) {
        return members.entrySet().stream()
                .allMatch(topic ->
                        OverlayGraph.of(topic.getValue(), topic.getKey()).components() == 1);
    }

    private static List<Integer> draw(Random chance) {
        List<Integer> topics = new ArrayList<>();
        while (topics.size() < TOPICS_A_NODE) {
            double left = chance.nextDouble() * harmonic();
            int topic = 0;
            while (topic < TOPICS - 1 && left > 1.0 / (topic + 1)) {
                left -= 1.0 / (topic + 1);
                topic++;
            }
            if (!topics.contains(topic)) {
                topics.add(topic);
            }
        }
        return topics;
    }

    private static double harmonic() {
        double sum = 0;
        for (int i = 1; i <= TOPICS; i++) {
            sum += 1.0 / i;
        }
        return sum;
    }

    /** Nodes that know only somebody who does not subscribe look for a topic that few subscribe to, one after the other. */
    static List<Gate> lookUp(int nodes, long seed, int subscribers, boolean hasRoot) {
        Mesh mesh = new Mesh(seed);
        for (int i = 0; i < nodes; i++) {
            mesh.join(mesh.members.subList(0, Math.min(i, Mesh.BOOTSTRAPS)), hasRoot && i < Mesh.BOOTSTRAPS);
            mesh.network.advance(ofMillis(Math.min(100, 20_000 / nodes)));
        }
        mesh.network.advance(Mesh.SETTLING);
        List<SimulatedNode> chosen = new ArrayList<>(mesh.members.subList(Mesh.BOOTSTRAPS, nodes));
        Collections.shuffle(chosen, new Random(mesh.random.nextLong()));
        int members = Math.min(subscribers, chosen.size() / 2);
        chosen.subList(0, members).forEach(node -> node.subscribe(RARE));
        mesh.network.advance(Mesh.SETTLING);
        double[] seconds = new double[LOOK_UPS];
        for (int i = 0; i < LOOK_UPS; i++) {
            SimulatedNode contact = contact(mesh, chosen.subList(members, chosen.size()), hasRoot, i);
            SimulatedNode seeker = mesh.network.node(
                    "seeker-" + i,
                    SimulatedNodeOptions.builder().bootstrap(contact).build());
            Duration begin = mesh.network.now();
            seeker.subscribe(RARE);
            boolean found =
                    mesh.network.runUntil(() -> !seeker.neighbours(RARE).isEmpty(), ofMillis(10), ofSeconds(60));
            seconds[i] = found ? Mesh.seconds(mesh.network.now().minus(begin)) : Double.POSITIVE_INFINITY;
            seeker.leave();
            mesh.network.advance(ofSeconds(2));
        }
        Arrays.sort(seconds);
        double p99 = seconds[(int) Math.ceil(LOOK_UPS * 0.99) - 1];
        double p50 = seconds[LOOK_UPS / 2];
        Gate gate = hasRoot
                ? Gate.atMost("found within s, p99", p99, 3)
                : subscribers >= MANY
                        ? Gate.atMost("found within s, p99", p99, 10)
                        : Gate.reported("found within s, p99", p99);
        return List.of(gate, Gate.reported("found within s, p50", p50));
    }

    /** Whom a newcomer knows: if there are roots, every second one knows one, and all others somebody who is none. */
    static SimulatedNode contact(Mesh mesh, List<SimulatedNode> strangers, boolean hasRoot, int newcomer) {
        return hasRoot && newcomer % 2 == 0
                ? mesh.members.get(0)
                : strangers.get(mesh.random.nextInt(strangers.size()));
    }
}
