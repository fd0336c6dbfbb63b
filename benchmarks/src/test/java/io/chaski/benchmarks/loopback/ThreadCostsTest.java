package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.benchmarks.loopback.ThreadCosts.Cost;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThreadCostsTest {

    private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** More than asking takes. */
    private static final int HEAP_BYTES = 1 << 20;

    @Test
    void threads_whose_names_differ_by_numbers_are_one_group() throws InterruptedException {
        ThreadCosts costs = new ThreadCosts();
        costs.sinceLast();
        CountDownLatch worked = new CountDownLatch(2);
        CountDownLatch asked = new CountDownLatch(1);
        Thread[] threads = {
            new Thread(() -> work(worked, asked), "busy-1"), new Thread(() -> work(worked, asked), "busy-2")
        };
        for (Thread thread : threads) {
            thread.start();
        }
        assertThat(worked.await(60, TimeUnit.SECONDS)).isTrue();

        Map<String, Cost> groups = costs.sinceLast();
        asked.countDown();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(60));
        }

        assertThat(groups).containsKey("busy-#").doesNotContainKeys("busy-1", "busy-2");
        assertThat(groups.get("busy-#").nanos()).isGreaterThanOrEqualTo(2 * WORK_NANOS);
    }

    @Test
    void what_a_thread_allocates_is_counted_once() {
        ThreadCosts costs = new ThreadCosts();
        costs.sinceLast();
        byte[] allocated = new byte[HEAP_BYTES];
        String me = ThreadCosts.group(Thread.currentThread().getName());

        assertThat(costs.sinceLast().get(me).heapBytes()).isBetween((long) allocated.length, allocated.length * 2L);
        assertThat(costs.sinceLast().get(me).heapBytes()).isLessThan(allocated.length);
    }

    /** Until this thread has had the processor for long enough, whatever a clock on the wall says. */
    private static void work(CountDownLatch worked, CountDownLatch asked) {
        while (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() < WORK_NANOS) {
            Thread.onSpinWait();
        }
        worked.countDown();
        try {
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_name_fits_into_a_line_and_a_table() {
        assertThat(ThreadCosts.group("RMI TCP Connection(12)-127.0.0.1\t|x"))
                .isEqualTo("RMI TCP Connection(#)-#.#.#.# x");
    }

    @Test
    void a_line_carries_them() {
        Map<String, Cost> groups = Map.of("main", new Cost(1, 333), "compiler and collector", new Cost(22, 0));
        assertThat(ThreadCosts.ofLine(ThreadCosts.toLine(groups))).isEqualTo(groups);
        assertThat(ThreadCosts.ofLine("")).isEmpty();
    }
}
