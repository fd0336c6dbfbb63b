package io.chaski.examples.telemetry;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what was published and what arrived on the shared topic and on each node's own, and says whether it fits.
 *
 * <p>Publishing begins when all nodes are paired, so a node that was up all the time must have every message of every
 * publisher that was up at the end. A node that came back must have everything from the first message it saw. Messages
 * of the killed incarnation may have died with it before anybody had them; what reached one node must have reached all.
 *
 * <p>Each node publishes on its own topic whatever it publishes on the shared one. The viewer begins to follow a node's
 * own topic when it has heard of the node, and must have everything of it from the first message it saw.
 */
final class MeshSummary {

    private final String returned;
    private final Map<String, Publisher> publishers = new LinkedHashMap<>();
    private final Map<String, Receiver> receivers = new LinkedHashMap<>();

    private @Nullable String viewer;
    private @Nullable Receiver followed;

    /** The highest number of each source that had been heard when the root died. */
    private final Map<String, Integer> heardBefore = new LinkedHashMap<>();

    /**
     * A summary without figures.
     *
     * @param returned name of the node that was killed and came back
     */
    MeshSummary(String returned) {
        this.returned = returned;
    }

    private record Publisher(String source, int published) {
        BitSet numbers() {
            BitSet all = new BitSet();
            all.set(1, published + 1);
            return all;
        }
    }

    /** The numbers of the messages that came, of one source. */
    private record Received(BitSet numbers, long disordered) {}

    private record Receiver(Map<String, Received> bySource, long gaps, long dropped) {
        long delivered() {
            return bySource.values().stream()
                    .mapToLong(received -> received.numbers().cardinality() + received.disordered())
                    .sum();
        }
    }

    /**
     * A node's own count.
     *
     * @param node its name
     * @param answer {@code source published}
     */
    void published(String node, String answer) {
        String[] words = answer.split(" ", -1);
        publishers.put(node, new Publisher(words[0], Integer.parseInt(words[1])));
    }

    /**
     * What a node has received so far, instead of what it had said before.
     *
     * @param node its name
     * @param answer {@code gaps dropped {source first last disordered holes}}, where the holes are
     *     {@code 3-5,9-9} or the word none
     */
    void received(String node, String answer) {
        receivers.put(node, parse(answer));
    }

    /**
     * What the viewer has received so far on the other nodes' own topics, instead of what it had said before.
     *
     * @param node its name
     * @param answer as in {@link #received}
     */
    void followed(String node, String answer) {
        viewer = node;
        followed = parse(answer);
    }

    /**
     * What somebody had received when the root was killed. Every publisher must have gone on since.
     *
     * @param answer as in {@link #received}
     */
    void rootDied(String answer) {
        parse(answer)
                .bySource()
                .forEach((source, received) ->
                        heardBefore.put(source, received.numbers().length() - 1));
    }

    private static Receiver parse(String answer) {
        String[] words = answer.split(" ", -1);
        Map<String, Received> bySource = new LinkedHashMap<>();
        for (int i = 2; i + 4 < words.length; i += 5) {
            BitSet numbers = new BitSet();
            numbers.set(Integer.parseInt(words[i + 1]), Integer.parseInt(words[i + 2]) + 1);
            if (!words[i + 4].equals("none")) {
                for (String hole : words[i + 4].split(",", -1)) {
                    String[] ends = hole.split("-", -1);
                    numbers.clear(Integer.parseInt(ends[0]), Integer.parseInt(ends[1]) + 1);
                }
            }
            bySource.put(words[i], new Received(numbers, Long.parseLong(words[i + 3])));
        }
        return new Receiver(bySource, Long.parseLong(words[0]), Long.parseLong(words[1]));
    }

    /**
     * Number of sources that a node has heard.
     *
     * @param answer as in {@link #received}
     */
    static int sources(String answer) {
        return (answer.split(" ", -1).length - 2) / 5;
    }

    /** Messages that should have arrived and did not, over all receivers, plus whatever came twice or out of order. */
    long missing() {
        Map<String, BitSet> expected = expected();
        long missing = 0;
        for (Map.Entry<String, Receiver> receiver : receivers.entrySet()) {
            Map<String, Received> bySource = receiver.getValue().bySource();
            boolean isLate = receiver.getKey().equals(returned);
            Publisher self = publishers.get(receiver.getKey());
            for (Map.Entry<String, BitSet> source : expected.entrySet()) {
                if (self == null || !self.source().equals(source.getKey())) {
                    missing += difference(source.getValue(), bySource.get(source.getKey()), isLate);
                }
            }
            for (Received received : bySource.values()) {
                missing += received.disordered();
            }
        }
        return missing;
    }

    /** The same for the viewer and the other nodes' own topics. */
    long missingOfFollowed() {
        Receiver receiver = followed;
        if (receiver == null) {
            return 0;
        }
        long missing = 0;
        for (Map.Entry<String, Publisher> publisher : publishers.entrySet()) {
            if (!publisher.getKey().equals(viewer)) {
                Received received = receiver.bySource().get(publisher.getValue().source());
                missing += difference(publisher.getValue().numbers(), received, received != null);
            }
        }
        for (Received received : receiver.bySource().values()) {
            missing += received.disordered();
        }
        return missing;
    }

    /** What everybody should have of each source: all that it has published, or, if it is dead, all that anybody has. */
    private Map<String, BitSet> expected() {
        Map<String, BitSet> expected = new LinkedHashMap<>();
        for (Publisher publisher : publishers.values()) {
            expected.put(publisher.source(), publisher.numbers());
        }
        Map<String, BitSet> dead = new LinkedHashMap<>();
        for (Receiver receiver : receivers.values()) {
            receiver.bySource().forEach((source, received) -> {
                if (!expected.containsKey(source)) {
                    dead.computeIfAbsent(source, unused -> new BitSet()).or(received.numbers());
                }
            });
        }
        expected.putAll(dead);
        return expected;
    }

    /** What is missing, and what came although nobody has published it. */
    private static int difference(BitSet expected, @Nullable Received received, boolean isLate) {
        if (received == null) {
            return isLate ? 0 : expected.cardinality();
        }
        BitSet difference = (BitSet) expected.clone();
        difference.xor(received.numbers());
        if (isLate) {
            difference.clear(0, received.numbers().nextSetBit(0));
        }
        return difference.cardinality();
    }

    /** What the demonstration ends with: 0 if the sums are right, otherwise 1. */
    int exitCode() {
        return isComplete() ? 0 : 1;
    }

    /**
     * Whether every publisher and receiver and the viewer have reported, each has published something, also after the death of the root,
     * and nothing is missing.
     */
    boolean isComplete() {
        return !publishers.isEmpty()
                && publishers.values().stream()
                        .allMatch(publisher -> publisher.published() > heardBefore.getOrDefault(publisher.source(), 0))
                && receivers.keySet().equals(publishers.keySet())
                && hasTheReturnedOneHeardEverybody()
                && missing() == 0
                && followed != null
                && missingOfFollowed() == 0;
    }

    private boolean hasTheReturnedOneHeardEverybody() {
        Receiver late = receivers.get(returned);
        return late == null
                || publishers.entrySet().stream()
                        .filter(publisher -> !publisher.getKey().equals(returned))
                        .allMatch(publisher ->
                                late.bySource().containsKey(publisher.getValue().source()));
    }

    /** The table at the end. */
    String print() {
        long published =
                publishers.values().stream().mapToLong(Publisher::published).sum();
        long delivered =
                receivers.values().stream().mapToLong(Receiver::delivered).sum();
        StringBuilder text = new StringBuilder(System.lineSeparator())
                .append(String.format("summary of topic %s%n", TelemetryNode.SHARED.name()))
                .append(String.format(
                        "%-10s %10s %10s %6s %8s%n", "node", "published", "delivered", "gaps", "dropped"));
        for (Map.Entry<String, Publisher> publisher : publishers.entrySet()) {
            Receiver receiver = receivers.get(publisher.getKey());
            text.append(String.format(
                    "%-10s %10d %10d %6d %8d%n",
                    publisher.getKey() + (publisher.getKey().equals(returned) ? "*" : ""),
                    publisher.getValue().published(),
                    receiver == null ? 0 : receiver.delivered(),
                    receiver == null ? 0 : receiver.gaps(),
                    receiver == null ? 0 : receiver.dropped()));
        }
        return text.append(
                        String.format("* was killed and came back; its first life is counted where it was received%n"))
                .append(String.format(
                        "messages published: %d, delivered: %d, missing at nodes that were up: %d%n",
                        published, delivered, missing()))
                .append(String.format(
                        "on the nodes' own topics, delivered at the viewer: %d, missing: %d%n",
                        followed == null ? 0 : followed.delivered(), missingOfFollowed()))
                .append(isComplete() ? "OK" : "WRONG: the sums do not fit")
                .toString();
    }
}
