package io.chaski.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

    /** Half of the nodes need half of the memory, and a half of that for what they have told each other since. */
    private static final double MOST_OF_HEAP = 0.75;

    /** Netty takes memory in chunks of 4 MiB; so many more may be in use. */
    private static final long DIRECT_MARGIN_BYTES = 16 << 20;

    /** The serial collector leaves a twentieth of the heap as it is, dead or not, in all but each fourth collection. */
    private static final int COLLECTIONS = 4;

    /** Memory that is in use, in bytes. */
    private record Usage(long heap, long direct) {

        /** As the last collection has left it: what all threads have been given since to make objects in is more than a node. */
        static Usage now() {
            for (int i = 0; i < COLLECTIONS; i++) {
                System.gc();
            }
            long heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getType() == MemoryType.HEAP)
                    .mapToLong(pool -> pool.getCollectionUsage().getUsed())
                    .sum();
            ByteBufAllocatorMetricProvider buffers = (ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT;
            return new Usage(heap, buffers.metric().usedDirectMemory());
        }

        @Override
        public String toString() {
            return (heap >> 10) + " KiB of heap, " + (direct >> 10) + " KiB of buffers";
        }
    }

    /** While all are up, and when half of them have been gone for a while. */
    private record Usages(Usage before, Usage after) {}

    @Test
    void half_of_fifty_nodes_are_killed_and_the_others_lose_no_message() {
        halfAreKilled(50, mesh -> {});
    }

    @Tag("deep")
    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void half_of_two_hundred_nodes_are_killed_and_the_others_lose_no_message() {
        halfAreKilled(200, SocketMesh::awaitIdleEdgesClosed);
    }

    private static void halfAreKilled(int nodes, Consumer<SocketMesh> last) {
        Usages usages = usages(nodes, last);
        Usage none = Usage.now();
        System.out.println("measured: before " + usages.before + ", after " + usages.after + ", closed " + none);
        assertThat((double) (usages.after.heap - none.heap))
                .as("heap of the half that is left")
                .isLessThan(MOST_OF_HEAP * (usages.before.heap - none.heap));
        assertThat(usages.after.direct).as("buffers").isLessThan(usages.before.direct + DIRECT_MARGIN_BYTES);
    }

    /** In a method of its own, after which nothing refers to the mesh. */
    private static Usages usages(int nodes, Consumer<SocketMesh> last) {
        try (SocketMesh mesh = new SocketMesh(nodes)) {
            mesh.awaitSteadyState();
            mesh.publishEverywhere();
            Usage before = Usage.now();

            mesh.killHalf();
            mesh.publishEverywhere();
            mesh.awaitSteadyState();
            mesh.publishEverywhere();

            Usage after = Usage.now();
            assertThat(mesh.gaps()).isEmpty();
            last.accept(mesh);
            return new Usages(before, after);
        }
    }
}
