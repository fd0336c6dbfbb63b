package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SettlingTest {

    private static final long LIMIT_NANOS = Duration.ofSeconds(3).toNanos();

    private final WaitedForLoop loop = new WaitedForLoop();

    /** What is owed at each look; nothing once they are used up. */
    private final Queue<List<String>> looks = new ArrayDeque<>();

    private final Settling settling = new Settling(loop, () -> {
        List<String> next = looks.poll();
        return next == null ? List.of() : next;
    });

    @Test
    void nothing_owed_takes_no_time() throws Exception {
        assertThat(settling.await(LIMIT_NANOS)).isEmpty();

        assertThat(loop.nanoTime()).isZero();
    }

    @Test
    void it_ends_with_the_look_that_finds_nothing_owed() throws Exception {
        looks.add(List.of("orders", "prices"));
        looks.add(List.of("prices"));

        assertThat(settling.await(LIMIT_NANOS)).isEmpty();

        assertThat(Duration.ofNanos(loop.nanoTime())).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void what_is_still_owed_at_the_end_is_told_as_it_was_seen_last() throws Exception {
        looks.add(List.of("orders", "prices"));
        for (int i = 0; i < 1_000; i++) {
            looks.add(List.of("prices"));
        }

        assertThat(settling.await(LIMIT_NANOS)).containsExactly("prices");

        assertThat(Duration.ofNanos(loop.nanoTime())).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void it_looks_no_more_once_nobody_waits() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            looks.add(List.of("prices"));
        }
        settling.await(LIMIT_NANOS);
        loop.manual.advance(Duration.ofMillis(10)); // the look that was set already
        int left = looks.size();

        loop.manual.advance(Duration.ofSeconds(5));

        assertThat(left).isPositive();
        assertThat(looks).hasSize(left);
    }

    /** Whoever waits lets time pass. */
    private static final class WaitedForLoop implements TaskLoop {

        private static final Duration STEP = Duration.ofMillis(1);

        final ManualLoop manual = new ManualLoop();

        @Override
        public boolean await(CompletableFuture<?> future, long timeoutNanos) {
            long untilNanos = nanoTime() + timeoutNanos;
            manual.runTasks();
            while (!future.isDone() && nanoTime() < untilNanos) {
                manual.advance(STEP);
            }
            return future.isDone();
        }

        @Override
        public boolean execute(Runnable task) {
            return manual.execute(task);
        }

        @Override
        public Timer schedule(Runnable task, long delayNanos) {
            return manual.schedule(task, delayNanos);
        }

        @Override
        public boolean inLoop() {
            return false;
        }

        @Override
        public boolean inAnyLoop() {
            return false;
        }

        @Override
        public long nanoTime() {
            return manual.nanoTime();
        }

        @Override
        public void shutdown() {
            manual.shutdown();
        }

        @Override
        public boolean awaitShutdown(long timeoutNanos) {
            return true;
        }
    }
}
