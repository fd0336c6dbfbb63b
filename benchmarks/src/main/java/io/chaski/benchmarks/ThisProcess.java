package io.chaski.benchmarks;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;

/** What the JVM knows of its own process. */
public final class ThisProcess {

    private ThisProcess() {}

    /** Processor time of all its threads so far, the collector's and the compiler's included, in nanoseconds. */
    public static long cpuNanos() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime();
    }

    /** The program that starts another JVM of the same version. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
