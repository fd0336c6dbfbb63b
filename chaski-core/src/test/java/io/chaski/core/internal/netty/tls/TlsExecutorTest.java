package io.chaski.core.internal.netty.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TlsExecutorTest {

    @Test
    void row_7_handshakes_are_limited_and_so_is_their_queue() throws Exception {
        ExecutorService pool = TlsExecutor.create("test");
        int threads = 2 * Runtime.getRuntime().availableProcessors();
        CountDownLatch running = new CountDownLatch(threads);
        CountDownLatch end = new CountDownLatch(1);
        try {
            for (int i = 0; i < threads + TlsExecutor.QUEUE; i++) {
                pool.execute(() -> {
                    running.countDown();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }

            assertThat(running.await(50, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        } finally {
            end.countDown();
            pool.shutdownNow();
        }
        assertThat(pool.awaitTermination(50, TimeUnit.SECONDS)).isTrue();
    }
}
