package io.chaski.examples;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Subscription;
import io.chaski.core.Topic;
import java.time.Duration;

/** The code in the Javadoc of the core, so that it compiles. Nobody runs it: it waits for others. */
final class JavadocExamples {

    private JavadocExamples() {}

    record Celsius(double degrees) {}

    static Topic<Celsius> topic() {
        // #region topic
        Topic<Celsius> readings =
                Topic.of("sensors/temperature", Celsius.class).hopLimit(8).presence(true);
        // #endregion
        return readings;
    }

    static void node() throws InterruptedException {
        // #region node
        record Reading(String sensor, double celsius) {}
        Topic<Reading> readings = Topic.of("sensors/temperature", Reading.class);

        try (ChaskiNode node =
                ChaskiNode.builder().name("mill-7").bootstrap("127.0.0.1:8511").start()) {
            Subscription subscription =
                    node.subscribe(readings, m -> System.out.println(m.originName() + " " + m.payload()));
            subscription.awaitPaired(Duration.ofSeconds(10));
            node.publish(readings, new Reading("mill-7", 21.5));
        }
        // #endregion
    }
}
