package io.chaski.remote.internal.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is to be run, and when: every so often, or at instants. Travels, and is kept; immutable.
 *
 * @param id 32 hexadecimal digits, drawn by the caller
 * @param service name of the service
 * @param version which version; empty for the one without, or the only one
 * @param method key of the method
 * @param signature of the method, as the caller has it
 * @param headers those of the application
 * @param deadline how long each run may take
 * @param first how long before the first run, without instants
 * @param period from one run to the next; empty with instants
 * @param turns how many there are, without instants; empty for any number
 * @param instants when, sorted, each once; empty with a period
 */
public record Order(
        String id,
        String service,
        String version,
        String method,
        String signature,
        Map<String, String> headers,
        Duration deadline,
        Duration first,
        Optional<Duration> period,
        Optional<Long> turns,
        List<Instant> instants) {

    /** It becomes the name of a file. */
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    /**
     * Checks everything: it may come from anybody.
     *
     * @throws IllegalArgumentException if something is out of range
     */
    public Order {
        headers = Map.copyOf(headers);
        instants = instants.stream().sorted().distinct().toList();
        require(ID.matcher(id).matches(), "the id of a schedule has 32 hexadecimal digits");
        require(isUpTo(deadline, Duration.ofNanos(1)), "the deadline of a run is longer than nothing: " + deadline);
        require(isUpTo(first, Duration.ZERO), "the first delay is zero to a century: " + first);
        require(
                period.isEmpty() || isUpTo(period.get(), Limits.SHORTEST_PERIOD),
                "a period is 10 ms to a century: " + period);
        require(turns.isEmpty() || turns.get() > 0, "a schedule has one run or more: " + turns);
        require(
                period.isPresent() == instants.isEmpty() && instants.size() <= Limits.MAX_INSTANTS,
                "a schedule has a period, or 1 to " + Limits.MAX_INSTANTS + " instants");
    }

    private static boolean isUpTo(Duration duration, Duration least) {
        return duration.compareTo(least) >= 0 && duration.compareTo(Limits.LONGEST) <= 0;
    }

    private static void require(boolean isSo, String otherwise) {
        if (!isSo) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
