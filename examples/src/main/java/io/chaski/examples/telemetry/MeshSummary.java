package io.chaski.examples.telemetry;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what was published and what arrived on the shared topic, and says whether it fits.
 *
 * <p>Publishing begins when all nodes are paired, so a node that was up all the time must have every message of every
 * publisher that was up at the end. A node that came back must have everything from the first message it saw. Of the
 * killed incarnation the last messages may be lost with it; what its receivers saw must still have no hole.
 */
final class MeshSummary {

    private final String returned;
    private final Map<String, Publisher> publishers = new LinkedHashMap<>();
    private final Map<String, Receiver> receivers = new LinkedHashMap<>();

    /**
     * A summary without figures.
     *
     * @param returned name of the node that was killed and came back
     */
    MeshSummary(String returned) {
        this.returned = returned;
    }

    private record Publisher(String source, long published) {}

    private record Received(long first, long last, long delivered, long disordered) {

        /** Messages between the first and the last one that never came. */
        long holes() {
            return delivered == 0 ? 0 : last - first + 1 - delivered;
        }
    }

    private record Receiver(Map<String, Received> bySource, long gaps, long dropped) {}

    /**
     * A node's own count.
     *
     * @param node its name
     * @param answer {@code source published}
     */
    void published(String node, String answer) {
        String[] words = answer.split(" ", -1);
        publishers.put(node, new Publisher(words[0], Long.parseLong(words[1])));
    }

    /**
     * What a node has received so far, instead of what it had said before.
     *
     * @param node its name
     * @param answer {@code gaps dropped {source first last delivered disordered}}
     */
    void received(String node, String answer) {
        String[] words = answer.split(" ", -1);
        Map<String, Received> bySource = new LinkedHashMap<>();
        for (int i = 2; i + 4 < words.length; i += 5) {
            bySource.put(
                    words[i],
                    new Received(
                            Long.parseLong(words[i + 1]),
                            Long.parseLong(words[i + 2]),
                            Long.parseLong(words[i + 3]),
                            Long.parseLong(words[i + 4])));
        }
        receivers.put(node, new Receiver(bySource, Long.parseLong(words[0]), Long.parseLong(words[1])));
    }

    /** Messages that should have arrived and did not, over all receivers, plus whatever came twice or out of order. */
    long missing() {
        long missing = 0;
        for (Map.Entry<String, Receiver> receiver : receivers.entrySet()) {
            Map<String, Received> bySource = receiver.getValue().bySource();
            for (Map.Entry<String, Publisher> publisher : publishers.entrySet()) {
                if (!publisher.getKey().equals(receiver.getKey())) {
                    missing += missing(
                            publisher.getValue(),
                            bySource.get(publisher.getValue().source()),
                            receiver.getKey().equals(returned));
                }
            }
            for (Received received : bySource.values()) {
                missing += received.disordered() + received.holes();
            }
        }
        return missing;
    }

    /** What is missing before the first and after the last message that came; holes between them count apart. */
    private static long missing(Publisher publisher, @Nullable Received received, boolean late) {
        if (received == null) {
            return publisher.published();
        }
        long before = late ? 0 : received.first() - 1;
        return before + Math.abs(publisher.published() - received.last());
    }

    /** Whether every publisher and receiver has reported and nothing is missing. */
    boolean isComplete() {
        return !publishers.isEmpty() && receivers.keySet().equals(publishers.keySet()) && missing() == 0;
    }

    /** The table at the end. */
    String print() {
        long published =
                publishers.values().stream().mapToLong(Publisher::published).sum();
        long delivered = receivers.values().stream()
                .flatMap(receiver -> receiver.bySource().values().stream())
                .mapToLong(Received::delivered)
                .sum();
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
                    receiver == null
                            ? 0
                            : receiver.bySource().values().stream()
                                    .mapToLong(Received::delivered)
                                    .sum(),
                    receiver == null ? 0 : receiver.gaps(),
                    receiver == null ? 0 : receiver.dropped()));
        }
        return text.append(
                        String.format("* was killed and came back; its first life is counted where it was received%n"))
                .append(String.format(
                        "messages published: %d, delivered: %d, missing at nodes that were up: %d%n",
                        published, delivered, missing()))
                .append(isComplete() ? "OK" : "WRONG: the sums do not fit")
                .toString();
    }
}
