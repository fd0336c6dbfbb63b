package io.chaski.remote.internal.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DeadlinesTest {

    private static final long LIMIT_SECONDS = 50;
    private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Deadlines deadlines = new Deadlines(Runnable::run);
    private final List<String> passed = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        deadlines.close();
    }

    private void add(long inNanos, String name, CountDownLatch done) {
        deadlines.add(System.nanoTime() + inNanos, () -> {
            passed.add(name);
            done.countDown();
        });
    }

    private static void await(CountDownLatch done) throws InterruptedException {
        assertThat(done.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void pass_in_order_however_they_were_added() throws Exception {
        CountDownLatch three = new CountDownLatch(3);
        add(HOUR_NANOS, "in an hour", three);
        add(3 * MOMENT_NANOS, "third", three);
        add(MOMENT_NANOS, "second", three);
        add(-1, "first", three);

        await(three);
        assertThat(passed).containsExactly("first", "second", "third");
    }

    @Test
    void that_are_taken_back_do_not_pass_and_those_behind_them_do() throws Exception {
        CountDownLatch one = new CountDownLatch(1);
        List<Deadlines.Deadline> unwanted = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            unwanted.add(deadlines.add(System.nanoTime() + HOUR_NANOS, () -> passed.add("unwanted")));
            unwanted.add(deadlines.add(System.nanoTime() + 3 * MOMENT_NANOS, () -> passed.add("unwanted")));
        }
        unwanted.forEach(deadlines::remove);
        add(6 * MOMENT_NANOS, "wanted", one);

        await(one);
        assertThat(passed).containsExactly("wanted");
    }

    @Test
    void come_after_others_have_passed() throws Exception {
        for (int i = 0; i < 3; i++) {
            CountDownLatch one = new CountDownLatch(1);
            add(MOMENT_NANOS, "number " + i, one);
            await(one);
        }
        assertThat(passed).containsExactly("number 0", "number 1", "number 2");
    }

    @Test
    void pass_also_when_no_thread_can_be_had_and_none_keeps_the_next_from_it() throws Exception {
        try (Deadlines threadless = new Deadlines(task -> {
            throw new RejectedExecutionException("no thread");
        })) {
            CountDownLatch two = new CountDownLatch(2);
            long atNanos = System.nanoTime() + MOMENT_NANOS;
            threadless.add(atNanos, two::countDown);
            threadless.add(atNanos, two::countDown);

            await(two);
        }
    }

    @Test
    void do_not_pass_any_more_when_closed() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        add(MOMENT_NANOS, "before", done);
        deadlines.close();
        add(-1, "after", done);

        Deadlines others = new Deadlines(Runnable::run);
        others.add(System.nanoTime() + 3 * MOMENT_NANOS, done::countDown); // the same thread tells all of them the time
        await(done);
        assertThat(passed).isEmpty();
    }
}
