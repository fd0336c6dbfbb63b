package io.chaski.testkit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeClosedException;
import io.chaski.core.Registration;
import io.chaski.core.Topic;
import io.chaski.core.internal.module.ModuleMailbox;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.core.internal.module.ReservedName;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamListener;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** What modules use of a node lives in the time of its network. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ModuleNodeTest {

    private static final Topic<byte[]> SYSTEM = Topic.of(new ReservedName("$test"), byte[].class);

    private final ChaskiNetwork net =
            ChaskiNetwork.builder().nodes("a", "b").topology(Layout.LINE).start();
    private final ChaskiNode a = net.node("a");
    private final ModuleNode module = ModuleNode.of(a);

    @AfterEach
    void close() {
        net.close();
    }

    @Test
    void timers_run_at_their_time() {
        List<Duration> moments = new ArrayList<>();
        Duration before = net.now();
        long beforeNanos = module.nanoTime();

        assertThat(module.after(ofSeconds(3), () -> moments.add(net.now()))).isTrue();
        net.advance(ofSeconds(10));

        assertThat(moments).containsExactly(before.plusSeconds(3));
        assertThat(module.nanoTime() - beforeNanos).isEqualTo(ofSeconds(10).toNanos());
    }

    @Test
    void the_clock_of_the_wall_goes_with_the_time_of_the_network() {
        long before = module.currentTimeMillis();
        net.advance(ofSeconds(10));

        assertThat(module.currentTimeMillis() - before).isEqualTo(10_000);
    }

    @Test
    void timers_of_a_closed_node_are_refused() {
        a.close();

        assertThat(module.after(ofSeconds(1), () -> {})).isFalse();
    }

    @Test
    void whoever_waits_for_a_future_lets_time_pass() throws InterruptedException {
        CompletableFuture<String> future = module.newFuture();
        Duration before = net.now();
        module.after(ofSeconds(2), () -> module.complete(future, "done"));

        assertThat(module.await(future, ofSeconds(1))).isFalse();
        assertThat(module.await(future, ofSeconds(5))).isTrue();
        assertThat(future.join()).isEqualTo("done");
        assertThat(net.now()).isEqualTo(before.plusSeconds(2));
    }

    @Test
    void futures_fail_with_what_they_are_failed_with() {
        CompletableFuture<String> future = module.newFuture();
        module.fail(future, new NodeClosedException("x"));

        assertThatThrownBy(future::join).hasCauseInstanceOf(NodeClosedException.class);
    }

    @Test
    void mailboxes_keep_the_order_and_count_what_does_not_fit() {
        ModuleMailbox<Integer> mailbox = module.newMailbox("a test", 2);
        List<Integer> heard = new ArrayList<>();
        Registration listener = mailbox.listen(heard::add);
        mailbox.offer(1);
        mailbox.offer(2);
        mailbox.offer(3);
        net.advance(ofMillis(1));
        listener.close();
        mailbox.offer(4);
        net.advance(ofMillis(1));

        assertThat(heard).containsExactly(1, 2);
        assertThat(mailbox.dropped()).isEqualTo(1);
    }

    @Test
    void round_trips_are_those_of_the_edges() {
        assertThat(net.await(module.roundTrips(), ofSeconds(1))).isEmpty();
        net.await(a.edge("b").orElseThrow().ping(), ofSeconds(1));
        Duration measured =
                net.await(module.roundTrips(), ofSeconds(1)).get(net.node("b").id());

        assertThat(measured).isEqualTo(a.edge("b").orElseThrow().latency().smoothed());
        assertThat(measured).isPositive();
    }

    @Test
    void a_node_that_nobody_knows_is_reached_where_a_module_says_it_is() {
        try (ChaskiNetwork line = ChaskiNetwork.builder()
                .nodes("a", "b", "c")
                .topology(Layout.LINE)
                .start()) {
            ChaskiNode far = line.node("c");
            far.streams().serve("echo", stream -> new StreamListener() {
                @Override
                public void onMessage(Stream same, byte[] message) {
                    same.offer(message);
                    same.end();
                }
            });
            ChaskiNode near = line.node("a");
            byte[] word = {7};
            assertThatThrownBy(() ->
                            line.await(near.streams().request(far.id(), "echo", word, ofSeconds(5)), ofSeconds(10)))
                    .hasMessageContaining("nothing is known");

            ModuleNode.of(near).hint(far.id(), far.epoch(), far.addresses());
            assertThat(line.await(near.streams().request(far.id(), "echo", word, ofSeconds(5)), ofSeconds(10)))
                    .isEqualTo(word);
        }
    }

    @Test
    void the_same_seed_gives_the_same_chance() {
        long drawn = module.newRandom().nextLong();
        try (ChaskiNetwork again =
                ChaskiNetwork.builder().nodes("a", "b").topology(Layout.LINE).start()) {
            assertThat(ModuleNode.of(again.node("a")).newRandom().nextLong()).isEqualTo(drawn);
        }
    }

    @Test
    void the_last_words_of_a_module_are_heard() {
        Inbox<byte[]> inbox = net.inbox("b", SYSTEM);
        a.subscribe(SYSTEM, message -> {});
        net.advance(ofSeconds(2));
        module.onClosing(() -> {
            var unused = a.publishAsync(SYSTEM, new byte[] {7});
        });
        a.close();
        net.advance(ofSeconds(1));

        assertThat(inbox).containsExactly(new byte[] {7});
    }

    @Test
    void what_is_done_at_the_end_is_done_once_and_not_when_it_was_taken_back_or_came_too_late() {
        List<String> done = new ArrayList<>();
        module.onClosing(() -> done.add("first"));
        module.onClosing(() -> {
            throw new IllegalStateException("a module with a bug");
        });
        module.onClosing(() -> done.add("taken back")).close();
        module.onClosing(() -> done.add("last"));
        a.close();
        a.close();

        assertThat(done).containsExactly("first", "last");
        assertThatThrownBy(() -> module.onClosing(() -> done.add("late"))).isInstanceOf(NodeClosedException.class);
    }

    @Test
    void something_that_only_looks_like_a_node_is_refused() {
        ChaskiNode fake = (ChaskiNode) Proxy.newProxyInstance(
                ChaskiNode.class.getClassLoader(),
                new Class<?>[] {ChaskiNode.class},
                (proxy, method, arguments) -> null);

        assertThatThrownBy(() -> ModuleNode.of(fake)).isInstanceOf(IllegalArgumentException.class);
    }
}
