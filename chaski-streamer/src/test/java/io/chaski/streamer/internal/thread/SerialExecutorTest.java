package io.chaski.streamer.internal.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {

    /** Threads that work when the test says so. */
    private final Queue<Runnable> threads = new ArrayDeque<>();

    private final List<String> done = new ArrayList<>();
    private final SerialExecutor serial = new SerialExecutor(threads::add);
    private static final Executor ENDED = task -> {
        throw new RejectedExecutionException("ended");
    };

    private void work() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    @Test
    void an_error_in_a_task_does_not_keep_later_ones_from_running() {
        serial.execute(() -> {
            throw new NoClassDefFoundError("of the application");
        });
        serial.execute(() -> done.add("waited"));
        work();
        serial.execute(() -> done.add("came later"));
        work();

        assertThat(done).containsExactly("waited", "came later");
    }

    @Test
    void a_busy_one_gives_way_after_a_few_tasks() {
        for (int i = 0; i < 9; i++) {
            serial.execute(() -> done.add("mine"));
        }
        threads.add(() -> done.add("another's"));
        work();

        assertThat(done).hasSize(10);
        assertThat(done.indexOf("another's")).isEqualTo(8);
    }

    @Test
    void when_the_threads_have_ended_tasks_are_dropped_or_run_at_once() {
        new SerialExecutor(ENDED).execute(() -> done.add("dropped"));
        SerialExecutor lasting = SerialExecutor.lasting(ENDED);
        lasting.execute(() -> {
            lasting.execute(() -> done.add("second"));
            done.add("first");
        });

        assertThat(done).containsExactly("first", "second");
    }

    @Test
    void what_is_queued_once_waits_once_however_often_it_is_asked_for() {
        QueuedOnce once = new QueuedOnce(serial, () -> done.add("done"));
        once.request();
        once.request();
        work();
        assertThat(done).hasSize(1);
        once.request();
        work();
        assertThat(done).hasSize(2);
    }
}
