package io.chaski.streamer.internal.keep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import io.chaski.testkit.ChaskiNetwork;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DurableNodeTest {

    private static final int MOST_SUBSCRIPTIONS = 10_000;

    @Test
    void that_cannot_hear_of_keepers_fails_and_leaves_nothing_behind() {
        try (ChaskiNetwork net = ChaskiNetwork.builder().nodes("full").seed(3).start()) {
            ChaskiNode node = net.node("full");
            for (int i = 1; i < MOST_SUBSCRIPTIONS; i++) {
                node.subscribe(Topic.text("topic-" + i), message -> {});
            }
            Subscription last = node.subscribe(Topic.text("topic-0"), message -> {});
            assertThatThrownBy(() -> DurableNode.on(node))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("10000");

            last.close();
            net.advance(Duration.ofSeconds(1));

            assertThat(DurableNode.on(node).keepers("room")).isEmpty();
        }
    }
}
