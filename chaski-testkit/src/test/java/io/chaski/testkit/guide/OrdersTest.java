package io.chaski.testkit.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Inbox;
import io.chaski.testkit.Layout;
import io.chaski.testkit.Node;
import java.time.Duration;
import org.junit.jupiter.api.Test;

// #region orders
@ChaskiTest(
        nodes = {"a", "b", "c"},
        topology = Layout.LINE,
        seed = 42)
class OrdersTest {

    record Order(int number) {}

    static final Topic<Order> ORDERS = Topic.of("orders", Order.class);

    @Test
    void orders_survive_a_partition(ChaskiNetwork net, @Node("a") ChaskiNode a) {
        Inbox<Order> atB = net.inbox("b", ORDERS);
        Inbox<Order> atC = net.inbox("c", ORDERS);
        a.subscribe(ORDERS, message -> {});
        net.advance(Duration.ofSeconds(1)); // they find each other

        net.partition("a,b | c");
        a.publish(ORDERS, new Order(1));
        net.advance(Duration.ofSeconds(10));
        assertThat(atB).containsExactly(new Order(1));
        assertThat(atC).isEmpty();

        net.heal();
        net.advance(Duration.ofSeconds(10));
        assertThat(atC).containsExactly(new Order(1));
    }
}
// #endregion
