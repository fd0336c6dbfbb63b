package io.chaski.core.hostile;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How long messages took from the call that published them to the callback that heard them. Thread-safe. */
final class Latencies {

    private final Map<String, Integer> heardByPair = new HashMap<>();
    private final List<Long> nanos = new ArrayList<>();

    synchronized void add(String publisher, String hearer, long tookNanos) {
        heardByPair.merge(publisher + " at " + hearer, 1, Integer::sum);
        nanos.add(tookNanos);
    }

    /**
     * The smallest number of messages that any hearer has heard of any publisher.
     *
     * @param pairs how many pairs of them there are
     */
    synchronized int fewest(int pairs) {
        return heardByPair.size() < pairs ? 0 : Collections.min(heardByPair.values());
    }

    private long microsAt(double quantile) {
        List<Long> sorted = nanos.stream().sorted().toList();
        int index = (int) Math.ceil(quantile * sorted.size()) - 1;
        return TimeUnit.NANOSECONDS.toMicros(sorted.get(Math.max(0, index)));
    }

    @Override
    public synchronized String toString() {
        return nanos.isEmpty()
                ? "none"
                : "p50 " + microsAt(0.5) + " us, p99 " + microsAt(0.99) + " us of " + nanos.size();
    }
}
