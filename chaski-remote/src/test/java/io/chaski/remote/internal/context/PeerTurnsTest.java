package io.chaski.remote.internal.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import io.chaski.remote.internal.fake.ManualExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who gets the threads when there are fewer of them than calls. */
class PeerTurnsTest {

    private static final NodeId ALICE = new NodeId(0, 1);
    private static final NodeId BOB = new NodeId(0, 2);
    private static final NodeId CAROL = new NodeId(0, 3);
    private static final int THREADS = 32;

    private final ManualExecutor pool = new ManualExecutor();
    private final PeerTurns turns = new PeerTurns(pool, THREADS);
    private final List<String> begun = new ArrayList<>();

    private void submit(NodeId peer, String name) {
        turns.execute(peer, () -> begun.add(name));
    }

    private void submit(NodeId peer, int count, String name) {
        for (int i = 0; i < count; i++) {
            submit(peer, name);
        }
    }

    @Test
    void a_peer_that_blocks_every_thread_it_gets_does_not_keep_others_from_executing() throws Exception {
        CallThreads threads = new CallThreads("test");
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch executed = new CountDownLatch(1);
        try {
            for (int i = 0; i < 1_000; i++) {
                threads.tryExecute(ALICE, () -> {
                    try {
                        end.await();
                    } catch (InterruptedException closed) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            threads.tryExecute(BOB, executed::countDown);
            assertThat(executed.await(50, TimeUnit.SECONDS)).isTrue();
        } finally {
            end.countDown();
            threads.close();
        }
    }

    @Test
    void one_peer_gets_three_quarters_and_each_that_comes_a_share_of_what_is_left() {
        submit(ALICE, 100, "alice");
        assertThat(pool.waiting()).isEqualTo(24);
        submit(BOB, 100, "bob");
        assertThat(pool.waiting()).isEqualTo(24 + 6);
        submit(CAROL, 100, "carol");
        assertThat(pool.waiting()).isEqualTo(24 + 6 + 2);
    }

    @Test
    void everybody_is_executed_in_turn() {
        submit(ALICE, 30, "alice");
        pool.runAll();
        assertThat(begun).hasSize(30);
        begun.clear();
        submit(ALICE, 26, "alice");
        submit(BOB, 8, "bob");
        submit(CAROL, 4, "carol");
        pool.runAll();
        assertThat(begun).hasSize(26 + 8 + 4);
        assertThat(begun.subList(0, 32)).contains("alice", "bob", "carol");
    }

    @Test
    void a_thread_goes_on_with_what_waits_and_gives_way_after_a_while() {
        submit(ALICE, 100, "alice");
        pool.runNext();
        assertThat(begun).hasSize(64);
        assertThat(pool.waiting()).as("as many as before have a thread").isEqualTo(24);
    }

    @Test
    void what_fails_gives_its_thread_back() {
        for (int i = 0; i < 2 * THREADS; i++) {
            turns.execute(ALICE, () -> {
                begun.add("failed");
                throw new IllegalStateException("as the test says");
            });
        }
        for (int i = 0; i < 2 * THREADS; i++) {
            assertThatThrownBy(pool::runAll).isInstanceOf(IllegalStateException.class);
        }
        assertThat(begun).hasSize(2 * THREADS);
    }

    @Test
    void nothing_is_taken_when_the_threads_are_closed() {
        PeerTurns closed = new PeerTurns(
                task -> {
                    throw new RejectedExecutionException("closed");
                },
                THREADS);
        assertThat(closed.execute(ALICE, () -> begun.add("alice"))).isFalse();
        turns.close();
        assertThat(turns.execute(ALICE, () -> begun.add("alice"))).isFalse();
        pool.runAll();
        assertThat(begun).isEmpty();
    }
}
