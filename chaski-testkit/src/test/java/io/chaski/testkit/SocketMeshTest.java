package io.chaski.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What the simulator shows in virtual time, on real sockets: nodes that know one root, with three topics each, half of
 * which are gone at once without a goodbye. Times are printed and never judged.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@ResourceLock("heap")
class SocketMeshTest {

    /** More than the half that is left may need than all needed before: what compilers and caches have grown by. */
    private static final long HEAP_MARGIN_BYTES = 64 << 20;

    /** Netty takes memory in chunks of 4 MiB; so many more may be in use. */
    private static final long DIRECT_MARGIN_BYTES = 16 << 20;

    /** Memory that is in use, in bytes. */
    private record Usage(long heap, long direct) {

        /** After a collection. */
        static Usage now() {
            System.gc();
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            ByteBufAllocatorMetricProvider buffers = (ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT;
            return new Usage(heap, buffers.metric().usedDirectMemory());
        }

        @Override
        public String toString() {
            return (heap >> 10) + " KiB of heap, " + (direct >> 10) + " KiB of buffers";
        }
    }

    @Test
    void half_of_fifty_nodes_are_killed_and_the_others_lose_no_message() {
        try (SocketMesh mesh = new SocketMesh(50)) {
            halfAreKilled(mesh);
        }
    }

    @Tag("deep")
    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void half_of_two_hundred_nodes_are_killed_and_the_others_lose_no_message() {
        try (SocketMesh mesh = new SocketMesh(200)) {
            halfAreKilled(mesh);
            mesh.awaitIdleEdgesClosed();
        }
    }

    private static void halfAreKilled(SocketMesh mesh) {
        mesh.awaitSteadyState();
        mesh.publishEverywhere();
        Usage before = Usage.now();

        mesh.killHalf();
        mesh.publishEverywhere();
        mesh.awaitSteadyState();
        mesh.publishEverywhere();

        Usage after = Usage.now();
        System.out.println("measured: before " + before + ", after " + after);
        assertThat(mesh.gaps()).isEmpty();
        assertThat(after.heap).as("heap").isLessThan(before.heap + HEAP_MARGIN_BYTES);
        assertThat(after.direct).as("buffers").isLessThan(before.direct + DIRECT_MARGIN_BYTES);
    }
}
