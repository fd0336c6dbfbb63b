package io.chaski.benchmarks.loopback;

import io.chaski.benchmarks.ThisProcess;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Processor time of a {@link Side} by groups of threads: those whose names differ by numbers only. Confined to one thread.
 */
final class ThreadTimes {

    /** What no thread of a program took; one that has ended meanwhile cannot be asked any more. */
    static final String JVM = "compiler and collector, threads that have ended";

    static final String CHILDREN = "processes that it has started";

    private static final String SEPARATOR = "\t";

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private Map<Long, Long> nanosOfThreads = Map.of();
    private long processNanos;
    private long childrenNanos;

    /** Nanoseconds of each group since it was asked last, or since the process began; none of those that took nothing. */
    Map<String, Long> sinceLast() {
        Map<String, Long> groups = new TreeMap<>();
        Map<Long, Long> now = new HashMap<>();
        long processNow = ThisProcess.cpuNanos();
        long rest = processNow - processNanos;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            long nanos = thread == null ? -1 : threads.getThreadCpuTime(thread.getThreadId());
            if (thread == null || nanos < 0) {
                continue; // has ended since its number was asked for
            }
            now.put(thread.getThreadId(), nanos);
            long spent = nanos - nanosOfThreads.getOrDefault(thread.getThreadId(), 0L);
            groups.merge(group(thread.getThreadName()), spent, Long::sum);
            rest -= spent;
        }
        long childrenNow = Phase.childrenCpuNanos();
        groups.put(JVM, Math.max(0, rest)); // the threads were asked a little later
        groups.put(CHILDREN, Math.max(0, childrenNow - childrenNanos));
        nanosOfThreads = now;
        processNanos = processNow;
        childrenNanos = childrenNow;
        groups.values().removeIf(nanos -> nanos == 0);
        return groups;
    }

    /** A name without its numbers, that can be put into a line and a table. */
    static String group(String name) {
        return name.replaceAll("[0-9]+", "#").replaceAll("[\\s|]+", " ");
    }

    static String toLine(Map<String, Long> groups) {
        return groups.entrySet().stream()
                .map(each -> each.getValue() + " " + each.getKey())
                .collect(Collectors.joining(SEPARATOR));
    }

    static Map<String, Long> ofLine(String line) {
        Map<String, Long> groups = new TreeMap<>();
        for (String each : line.split(SEPARATOR, -1)) {
            int space = each.indexOf(' ');
            if (space > 0) {
                groups.put(each.substring(space + 1), Long.parseLong(each.substring(0, space)));
            }
        }
        return groups;
    }
}
