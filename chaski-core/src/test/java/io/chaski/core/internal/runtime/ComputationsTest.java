package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.Computation;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ComputationsTest {

    private static final long LIMIT_SECONDS = 50;

    private final BlockingQueue<Computation> computed = new LinkedBlockingQueue<>();
    private final Computations computations = new Computations("test", computed::add);

    @AfterEach
    void close() {
        computations.close();
    }

    private static Computation of(Runnable what) {
        return new Computation() {
            @Override
            public void compute() {
                what.run();
            }

            @Override
            public void finish() {}
        };
    }

    @Test
    void are_done_by_another_thread_and_handed_back() throws InterruptedException {
        BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
        Computation computation = of(() -> threads.add(Thread.currentThread()));
        computations.start(computation);

        assertThat(computed.poll(LIMIT_SECONDS, TimeUnit.SECONDS)).isSameAs(computation);
        assertThat(threads.element()).isNotSameAs(Thread.currentThread()).matches(Thread::isDaemon);
    }

    @Test
    void are_handed_back_as_well_when_they_have_failed() throws InterruptedException {
        Computation failing = of(() -> {
            throw new IllegalStateException("a bug");
        });
        Computation next = of(() -> {});
        computations.start(failing);
        computations.start(next);

        assertThat(computed.poll(LIMIT_SECONDS, TimeUnit.SECONDS)).isIn(failing, next);
        assertThat(computed.poll(LIMIT_SECONDS, TimeUnit.SECONDS)).isIn(failing, next);
    }

    @Test
    void are_handed_back_as_well_when_there_is_no_thread() {
        Computations without = new Computations("test", computed::add, task -> {
            throw new OutOfMemoryError("no thread, as the test says");
        });
        Computation computation = of(() -> {});
        without.start(computation);
        assertThat(computed).containsExactly(computation);
        without.close();
    }

    @Test
    void are_not_begun_any_more_when_the_node_has_closed() {
        computations.close();
        computations.start(of(() -> {
            throw new AssertionError("begun");
        }));
        assertThat(computed).isEmpty();
    }
}
