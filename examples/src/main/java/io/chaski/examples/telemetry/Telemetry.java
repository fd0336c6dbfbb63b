package io.chaski.examples.telemetry;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;

/**
 * What one process measures, read from the platform's management beans.
 *
 * @param node name of the publishing node
 * @param pid its process id
 * @param machineLoad CPU load of the machine, 0 to 1, negative before the first measurement
 * @param processLoad CPU load of the process, 0 to 1, negative before the first measurement
 * @param heapUsedBytes live and dead objects
 * @param heapMaxBytes limit of the heap
 * @param collections garbage collections so far
 * @param collectionMillis time they took
 * @param threads live threads
 */
record Telemetry(
        String node,
        long pid,
        double machineLoad,
        double processLoad,
        long heapUsedBytes,
        long heapMaxBytes,
        long collections,
        long collectionMillis,
        int threads) {

    /** Measures now. */
    static Telemetry measure(String node) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        long collections = 0;
        long collectionMillis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += Math.max(0, collector.getCollectionCount());
            collectionMillis += Math.max(0, collector.getCollectionTime());
        }
        double machineLoad = -1;
        double processLoad = -1;
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            machineLoad = system.getCpuLoad();
            processLoad = system.getProcessCpuLoad();
        }
        return new Telemetry(
                node,
                ProcessHandle.current().pid(),
                machineLoad,
                processLoad,
                heap.getUsed(),
                heap.getMax(),
                collections,
                collectionMillis,
                ManagementFactory.getThreadMXBean().getThreadCount());
    }
}
