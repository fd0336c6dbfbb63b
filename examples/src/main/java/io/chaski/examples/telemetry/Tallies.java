package io.chaski.examples.telemetry;

import io.chaski.core.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What one receiver saw of each incarnation of each publisher, as it tells the launcher. Thread-safe. */
final class Tallies {

    private final Map<String, Tally> bySource = new LinkedHashMap<>();

    synchronized void onMessage(Message<Telemetry> message) {
        bySource.computeIfAbsent(message.origin() + ":" + message.epoch(), unused -> new Tally())
                .onMessage(message.sequence());
    }

    /**
     * One line for {@link MeshSummary#received}.
     *
     * @param gaps messages that the library has reported missing
     * @param dropped messages that a full queue has lost
     */
    synchronized String report(long gaps, long dropped) {
        StringBuilder report = new StringBuilder().append(gaps).append(' ').append(dropped);
        bySource.forEach((source, tally) -> report.append(' ')
                .append(source)
                .append(' ')
                .append(tally.first())
                .append(' ')
                .append(tally.last())
                .append(' ')
                .append(tally.disordered())
                .append(' ')
                .append(
                        tally.holes().isEmpty()
                                ? "none"
                                : tally.holes().stream()
                                        .map(Tally.Hole::toString)
                                        .collect(Collectors.joining(","))));
        return report.toString();
    }
}
