package io.chaski.testkit;

import io.chaski.core.Topic;
import java.time.Duration;
import java.util.List;

/** Three nodes in virtual time, of which each knows the next, and what they tell one another. */
abstract class OrdersOnALine {

    static final Topic<Order> ORDERS = Topic.of("orders", Order.class);

    record Order(int number) {}

    static ChaskiNetwork line(long seed) {
        return ChaskiNetwork.builder()
                .nodes("a", "b", "c")
                .topology(Layout.LINE)
                .seed(seed)
                .start();
    }

    static List<Duration> arrivalTimes(Inbox<?> inbox) {
        return inbox.arrivals().stream().map(Inbox.Arrival::at).toList();
    }
}
