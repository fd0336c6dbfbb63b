package io.chaski.remote;

import static io.chaski.remote.Remotes.LIMIT;
import static io.chaski.remote.Remotes.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A call of a node that calls a third one: whoever gives the first one up ends both. */
class NestedCancelIT {

    interface Work {
        String hang() throws InterruptedException;
    }

    interface Later {
        CompletableFuture<String> hang();
    }

    private static final CallOptions PATIENT = CallOptions.within(LIMIT);

    private final Remotes remotes = Remotes.inProcess();
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore interruptedLast = new Semaphore(0);
    private final Semaphore cancelledMiddle = new Semaphore(0);
    private ChaskiRemote middle;
    private ChaskiRemote last;
    private ChaskiRemote client;

    @BeforeEach
    void start() throws Exception {
        last = remotes.remote("last");
        middle = remotes.remote("middle");
        client = remotes.remote("client");
        Remotes.connect(middle, last);
        Remotes.connect(client, middle);
        last.serve("work", Work.class, () -> {
            begun.release();
            try {
                new CountDownLatch(1).await();
                return "never";
            } catch (InterruptedException given) {
                interruptedLast.release();
                throw given;
            }
        });
        Work behind = middle.at(last.node().id()).proxy("work", Work.class, PATIENT);
        middle.serve("work", Work.class, () -> {
            try {
                return behind.hang();
            } catch (InterruptedException | CancellationException ended) {
                cancelledMiddle.release();
                throw ended;
            }
        });
    }

    @AfterEach
    void close() {
        remotes.close();
    }

    private static void await(Semaphore happened) throws InterruptedException {
        assertThat(happened.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    private void bothHaveEnded() throws InterruptedException {
        await(cancelledMiddle);
        await(interruptedLast);
        soon(() -> {
            assertThat(middle.snapshot().pending() + middle.snapshot().executing())
                    .isZero();
            assertThat(last.snapshot().executing()).isZero();
        });
    }

    @Test
    void cancelling_the_future_reaches_the_third_node() throws Exception {
        CompletableFuture<String> hanging = client.at(middle.node().id())
                .proxy("work", Later.class, PATIENT)
                .hang();
        await(begun);
        assertThat(hanging.cancel(true)).isTrue();
        bothHaveEnded();
    }

    @Test
    void interrupting_the_thread_that_waits_reaches_the_third_node() throws Exception {
        Work work = client.at(middle.node().id()).proxy("work", Work.class, PATIENT);
        CompletableFuture<String> result = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                result.complete(work.hang());
            } catch (InterruptedException | RuntimeException ended) {
                result.completeExceptionally(ended);
            }
        });
        waiting.start();
        await(begun);
        waiting.interrupt();
        bothHaveEnded();
        assertThatThrownBy(() -> Remotes.get(result))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
    }
}
