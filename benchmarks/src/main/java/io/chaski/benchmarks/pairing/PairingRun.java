package io.chaski.benchmarks.pairing;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeId;
import io.chaski.core.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A root and its nodes, used once. Confined to one thread. */
final class PairingRun implements AutoCloseable {

    /** Far above what it takes: who needs longer has not merely been slow. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Finer than any figure in the table, and coarse enough to leave the processors to the nodes. */
    private static final long LOOK_MILLIS = 2;

    private final int size;
    private final int topics;
    private final ChaskiNode root = ChaskiNode.builder().name("root").root().start();
    private final List<Member> members = new ArrayList<>();

    /**
     * Starts the root.
     *
     * @param size number of nodes beside the root
     * @param topics number of topics, over which the nodes are spread evenly
     */
    PairingRun(int size, int topics) {
        this.size = size;
        this.topics = topics;
    }

    /**
     * What a run has given. The first three count from the first start, the last from the root's end.
     *
     * @param startedNanos the last node's {@code start} has returned
     * @param pairedNanos every node is paired
     * @param joinedNanos the members of each topic form one component
     * @param heardNanos without the root, every member has heard a message of every other member of its topic
     */
    record Result(long startedNanos, long pairedNanos, long joinedNanos, long heardNanos) {}

    /**
     * Measures.
     *
     * @param arrival how the nodes start
     * @throws PairingFailedException if they do not find each other within a minute, or lose each other with the root
     */
    Result measure(Arrival arrival) throws InterruptedException {
        long beganNanos = System.nanoTime();
        start(arrival);
        long startedNanos = System.nanoTime() - beganNanos;
        await(() -> members.stream().allMatch(Member::isPaired), () -> "not paired: " + describe(Member::isPaired));
        long pairedNanos = System.nanoTime() - beganNanos;
        await(() -> islands().isEmpty(), () -> "islands: " + islands());
        long joinedNanos = System.nanoTime() - beganNanos;

        root.close();
        long alone = System.nanoTime();
        members.forEach(Member::publish);
        Predicate<Member> hasHeard = member -> member.heard() == othersIn(member.topic());
        await(() -> members.stream().allMatch(hasHeard), () -> "messages are missing: " + describe(hasHeard));
        return new Result(startedNanos, pairedNanos, joinedNanos, System.nanoTime() - alone);
    }

    private void start(Arrival arrival) {
        IntFunction<Member> start =
                i -> new Member("node-" + i, root.addresses().get(0), Topic.text("topic-" + i % topics));
        ExecutorService threads = Executors.newFixedThreadPool(arrival.threads());
        try {
            List<CompletableFuture<Member>> starts = IntStream.range(0, size)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> start.apply(i), threads))
                    .toList();
            starts.forEach(each -> members.add(each.join()));
        } finally {
            threads.shutdown();
        }
    }

    /** The topics that are in parts: who is in them, and whom each member is linked to. */
    private Map<String, List<String>> islands() {
        Map<String, Map<NodeId, List<NodeId>>> linksOfTopics = new TreeMap<>();
        for (Member member : members) {
            linksOfTopics
                    .computeIfAbsent(member.topic(), unused -> new LinkedHashMap<>())
                    .put(member.id(), member.neighbours());
        }
        Map<String, List<String>> islands = new TreeMap<>();
        linksOfTopics.forEach((topic, links) -> {
            List<Set<NodeId>> components = Components.of(links);
            if (components.size() > 1) {
                islands.put(
                        topic,
                        components.stream().map(part -> describe(part, links)).toList());
            }
        });
        return islands;
    }

    private static String describe(Set<NodeId> part, Map<NodeId, List<NodeId>> links) {
        return part.size() + " members: "
                + part.stream()
                        .map(id -> id.shortForm() + " -> "
                                + links.getOrDefault(id, List.of()).stream()
                                        .map(NodeId::shortForm)
                                        .toList())
                        .collect(Collectors.joining(", "));
    }

    private long othersIn(String topic) {
        return members.stream().filter(other -> other.topic().equals(topic)).count() - 1;
    }

    private String describe(Predicate<Member> isFine) {
        return members.stream().filter(isFine.negate()).map(Member::describe).collect(Collectors.joining("; "));
    }

    private static void await(BooleanSupplier condition, Supplier<String> otherwise) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadlineNanos) {
                throw new PairingFailedException("after " + LIMIT.toSeconds() + " s, " + otherwise.get());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    @Override
    public void close() {
        root.close();
        members.parallelStream().forEach(Member::close);
    }
}
