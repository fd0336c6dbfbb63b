package io.chaski.benchmarks.loopback;

import com.sun.management.ThreadMXBean;
import io.chaski.benchmarks.ThisProcess;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Processor time and heap that a {@link Side} has taken, by groups of threads: those whose names differ by numbers only. Confined to
 * one thread.
 */
final class ThreadCosts {

    /** What no thread of a program took; one that has ended meanwhile cannot be asked any more. */
    static final String JVM = "compiler and collector, threads that have ended";

    static final String CHILDREN = "processes that it has started";

    private static final String SEPARATOR = "\t";

    /**
     * What threads took.
     *
     * @param nanos processor time
     * @param heapBytes what they allocated on the heap, garbage or not; 0 for {@link #JVM} and {@link #CHILDREN}, of which it is not known
     */
    record Cost(long nanos, long heapBytes) {

        static final Cost NOTHING = new Cost(0, 0);

        private Cost plus(Cost other) {
            return new Cost(nanos + other.nanos, heapBytes + other.heapBytes);
        }

        private Cost minus(Cost other) {
            return new Cost(nanos - other.nanos, heapBytes - other.heapBytes);
        }
    }

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private Map<Long, Cost> costsOfThreads = Map.of();
    private long processNanos;
    private long childrenNanos;

    /** Of each group since it was asked last, or since the process began; none of those that took nothing. */
    Map<String, Cost> sinceLast() {
        Map<String, Cost> groups = new TreeMap<>();
        Map<Long, Cost> now = new HashMap<>();
        long processNow = ThisProcess.cpuNanos();
        long rest = processNow - processNanos;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            long nanos = thread == null ? -1 : threads.getThreadCpuTime(thread.getThreadId());
            long heapBytes = nanos < 0 ? -1 : threads.getThreadAllocatedBytes(thread.getThreadId());
            if (thread == null || heapBytes < 0) {
                continue; // has ended since its number was asked for
            }
            Cost cost = new Cost(nanos, heapBytes);
            now.put(thread.getThreadId(), cost);
            Cost spent = cost.minus(costsOfThreads.getOrDefault(thread.getThreadId(), Cost.NOTHING));
            groups.merge(group(thread.getThreadName()), spent, Cost::plus);
            rest -= spent.nanos();
        }
        long childrenNow = Phase.childrenCpuNanos();
        groups.put(JVM, new Cost(Math.max(0, rest), 0)); // the threads were asked a little later
        groups.put(CHILDREN, new Cost(Math.max(0, childrenNow - childrenNanos), 0));
        costsOfThreads = now;
        processNanos = processNow;
        childrenNanos = childrenNow;
        groups.values().removeIf(Cost.NOTHING::equals);
        return groups;
    }

    /** A name without its numbers, that can be put into a line and a table. */
    static String group(String name) {
        return name.replaceAll("[0-9]+", "#").replaceAll("[\\s|]+", " ");
    }

    static String toLine(Map<String, Cost> groups) {
        return groups.entrySet().stream()
                .map(each -> each.getValue().nanos() + " " + each.getValue().heapBytes() + " " + each.getKey())
                .collect(Collectors.joining(SEPARATOR));
    }

    static Map<String, Cost> ofLine(String line) {
        Map<String, Cost> groups = new TreeMap<>();
        for (String each : line.split(SEPARATOR, -1)) {
            String[] parts = each.split(" ", 3);
            if (parts.length == 3) { // else there was none
                groups.put(parts[2], new Cost(Long.parseLong(parts[0]), Long.parseLong(parts[1])));
            }
        }
        return groups;
    }
}
