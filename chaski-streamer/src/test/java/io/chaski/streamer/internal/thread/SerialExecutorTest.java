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

    /** Cannot start a thread the first time. */
    private Executor withoutThreadAtFirst() {
        boolean[] hasFailed = {false};
        return task -> {
            if (!hasFailed[0]) {
                hasFailed[0] = true;
                throw new OutOfMemoryError("unable to create native thread");
            }
            threads.add(task);
        };
    }

    @Test
    void tasks_that_no_thread_could_be_started_for_run_before_the_next_one() {
        SerialExecutor poor = new SerialExecutor(withoutThreadAtFirst());
        poor.execute(() -> done.add("first"));
        poor.execute(() -> done.add("second"));
        work();

        assertThat(done).containsExactly("first", "second");
    }

    @Test
    void a_task_that_no_thread_could_be_started_for_runs_later_by_itself() {
        Queue<Runnable> later = new ArrayDeque<>();
        SerialExecutor poor = new SerialExecutor(withoutThreadAtFirst(), false, later::add);
        poor.execute(() -> done.add("only"));
        work();
        assertThat(done).isEmpty();

        later.remove().run();
        work();

        assertThat(done).containsExactly("only");
        assertThat(later).isEmpty();
    }

    @Test
    void it_tries_again_and_again_but_once_at_a_time() {
        Queue<Runnable> later = new ArrayDeque<>();
        SerialExecutor poor = new SerialExecutor(
                task -> {
                    throw new OutOfMemoryError("unable to create native thread");
                },
                true,
                later::add);
        poor.execute(() -> done.add("first"));
        poor.execute(() -> done.add("second"));
        later.remove().run();
        assertThat(later).hasSize(1);
        assertThat(done).isEmpty();
    }

    @Test
    void a_busy_one_that_finds_no_other_thread_goes_on_with_its_own() {
        boolean[] isPoor = {false};
        SerialExecutor poor = new SerialExecutor(task -> {
            if (isPoor[0]) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            threads.add(task);
        });
        for (int i = 0; i < 9; i++) {
            poor.execute(() -> done.add("mine"));
        }
        isPoor[0] = true;
        work();

        assertThat(done).hasSize(9);
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
