package io.chaski.testkit;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.Presence;
import io.chaski.core.Topic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** A program that ends its threads by interrupts closes its nodes on such a thread. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class InterruptedCloseTest {

    private static final Topic<String> HALL = Topic.text("hall").presence(true);

    private final ChaskiNetwork net = ChaskiNetwork.builder().nodes("a", "b").start();
    private final ChaskiNode a = net.node("a");
    private final ChaskiNode b = net.node("b");

    @AfterEach
    void close() {
        Thread.interrupted();
        net.close();
    }

    @Test
    void tells_the_others_that_it_leaves_and_keeps_the_interrupt() {
        a.subscribe(HALL, message -> {});
        b.subscribe(HALL, message -> {});
        Presence atB = b.presence(HALL);
        net.await("they see each other", () -> atB.count() == 2, ofSeconds(10));

        Thread.currentThread().interrupt();
        a.close();
        assertThat(Thread.interrupted()).as("still interrupted").isTrue();

        net.advance(ofSeconds(1)); // far less than the lease
        assertThat(atB.members()).extracting(Presence.Member::name).containsExactly("b");
        assertThat(a.state()).isEqualTo(NodeSnapshot.State.CLOSED);
        assertThat(a.snapshot().topics()).as("the last snapshot").isNotEmpty();
    }
}
