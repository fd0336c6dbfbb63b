package io.chaski.testkit.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.Inbox;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** The code in the Javadoc of the test kit. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class JavadocExamplesTest {

    record Order(int number) {}

    @Test
    void news_pass_a_partition_when_it_heals() {
        Topic<String> news = Topic.text("news");
        // #region network
        try (ChaskiNetwork net =
                ChaskiNetwork.builder().nodes("a", "b", "c").seed(42).start()) {
            Inbox<String> inbox = net.inbox("c", news);
            net.advance(Duration.ofSeconds(2));
            net.partition("a,b | c");
            net.node("a").publish(news, "hello");
            net.advance(Duration.ofSeconds(10));
            net.heal();
            net.await("the news", () -> inbox.contains("hello"), Duration.ofSeconds(30));
        }
        // #endregion
    }

    @Test
    void an_inbox_holds_what_arrived() {
        Topic<Order> orders = Topic.of("orders", Order.class);
        try (ChaskiNetwork net =
                ChaskiNetwork.builder().nodes("a", "c").seed(42).start()) {
            ChaskiNode a = net.node("a");
            ChaskiNode c = net.node("c");
            // #region inbox
            Inbox<Order> inbox = net.inbox(c, orders);
            a.publish(orders, new Order(1));
            net.await("the order", () -> inbox.contains(new Order(1)), Duration.ofSeconds(30));
            assertThat(inbox).containsExactly(new Order(1));
            // #endregion
        }
    }
}
