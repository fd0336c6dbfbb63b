package io.chaski.streamer.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.streamer.StorageException;
import io.chaski.streamer.work.JobRefusedException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class QueueThreadTest {

    private static final StorageException BROKEN =
            new StorageException(StorageException.Problem.FAILED, Path.of("queue.db"), "the disk is broken", null);

    private final List<String> done = new CopyOnWriteArrayList<>();
    private volatile boolean isBroken;

    private final QueueThread thread = new QueueThread("work queue test", new QueueThread.Turn() {
        @Override
        public long onInputs() {
            if (isBroken) {
                throw BROKEN;
            }
            done.add("kept");
            return 60_000;
        }

        @Override
        public void onEnd(@Nullable Throwable failure) {
            done.add("ended: " + failure);
        }
    });

    @AfterEach
    void end() {
        thread.end();
        thread.awaitEnd();
    }

    @Test
    void does_what_follows_once_for_all_inputs_when_everything_is_kept() {
        thread.tell(() -> {
            done.add("first");
            thread.then(() -> done.add("after first"));
        });
        thread.tell(() -> {
            done.add("second");
            thread.then(() -> done.add("after second"));
        });
        thread.start();

        thread.ask(() -> true);

        assertThat(done).containsSubsequence("first", "second", "kept", "after first", "after second");
        assertThat(done.indexOf("kept")).isGreaterThan(done.indexOf("second"));
    }

    @Test
    void answers_with_what_was_refused() {
        thread.start();

        assertThatThrownBy(() -> thread.ask(() -> {
                    throw new JobRefusedException(JobRefusedException.Problem.TOO_MANY_JOBS, "full");
                }))
                .isInstanceOf(JobRefusedException.class);
        assertThat(thread.ask(() -> 5)).isEqualTo(5);
    }

    @Test
    void ends_when_what_has_changed_cannot_be_kept_and_does_nothing_that_would_follow() {
        thread.start();
        thread.ask(() -> true);
        done.clear();
        isBroken = true;

        assertThatIllegalStateException()
                .isThrownBy(() -> thread.ask(() -> {
                    thread.then(() -> done.add("said"));
                    return true;
                }))
                .withMessage("work queue test is closed");

        thread.awaitEnd();
        assertThat(done).containsExactly("ended: " + BROKEN);
        assertThatIllegalStateException().isThrownBy(() -> thread.ask(() -> true));
    }

    @Test
    void takes_so_much_of_what_has_no_end_and_more_when_that_is_done() {
        AtomicInteger done = new AtomicInteger();
        int taken = 0;
        for (int i = 0; i < 10_000; i++) {
            taken += thread.offer(done::incrementAndGet) ? 1 : 0;
        }
        assertThat(taken).isEqualTo(QueueThread.MAX_OFFERED);
        thread.start();

        assertThat(thread.ask(done::get)).isEqualTo(taken);
        assertThat(thread.offer(done::incrementAndGet)).isTrue();
    }

    @Test
    void does_not_wait_for_itself() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        thread.start();

        thread.tell(() -> {
            try {
                thread.ask(() -> true);
            } catch (IllegalStateException e) {
                thrown.complete(e);
            }
        });

        assertThat(thrown.get(60, TimeUnit.SECONDS)).hasMessageContaining("must not wait for itself");
        assertThat(thread.ask(() -> 5)).isEqualTo(5);
    }

    @Test
    void answers_a_patient_caller_although_that_is_interrupted() {
        thread.start();
        Thread.currentThread().interrupt();

        assertThat(thread.askPatiently(() -> 5)).isEqualTo(5);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void leaves_an_interrupted_caller_interrupted() {
        CountDownLatch mayGoOn = new CountDownLatch(1);
        thread.tell(() -> {
            try {
                mayGoOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        thread.start();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> thread.ask(() -> true)).isInstanceOf(CancellationException.class);

        assertThat(Thread.interrupted()).isTrue();
        mayGoOn.countDown();
    }
}
