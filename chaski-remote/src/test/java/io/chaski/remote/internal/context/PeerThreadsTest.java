package io.chaski.remote.internal.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class PeerThreadsTest {

    private static final NodeId ALICE = new NodeId(0, 1);
    private static final NodeId BOB = new NodeId(0, 2);

    /** A thread for each of these, which runs when a test says so. */
    private final Queue<Runnable> threads = new ArrayDeque<>();

    private final List<String> done = new ArrayList<>();
    private final PeerThreads shared = new PeerThreads(threads::add, 2);

    private void ask(NodeId peer, String what) {
        shared.execute(peer, () -> done.add(what));
    }

    @Test
    void nobody_gets_more_than_a_share_and_others_do_not_wait() {
        ask(ALICE, "a1");
        ask(ALICE, "a2");
        ask(ALICE, "a3");
        ask(ALICE, "a4");
        ask(BOB, "b1");
        assertThat(threads).hasSize(3);
        threads.remove().run();
        assertThat(done).containsExactly("a1");
        assertThat(threads).as("the next of the same").hasSize(3);
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
        assertThat(done).containsExactly("a1", "a2", "b1", "a3", "a4");
    }

    @Test
    void whoever_is_done_has_all_of_it_again_also_after_a_failure() {
        shared.execute(ALICE, () -> {
            throw new IllegalStateException("broken");
        });
        ask(ALICE, "a1");
        ask(ALICE, "a2");
        assertThat(threads).hasSize(2);
        assertThatThrownBy(() -> threads.remove().run()).hasMessage("broken");
        threads.remove().run();
        threads.remove().run();
        assertThat(done).containsExactly("a1", "a2");
        ask(ALICE, "a3");
        ask(ALICE, "a4");
        ask(ALICE, "a5");
        assertThat(threads).hasSize(2);
    }
}
