package io.chaski.examples.quickstart;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Two nodes in one process; two processes look the same. */
public final class Quickstart {

    private Quickstart() {}

    // #region payload
    record Reading(String sensor, double celsius) {}
    // #endregion

    /**
     * Runs the quick start.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws Exception {
        // #region quickstart
        Topic<Reading> readings = Topic.of("sensors/temperature", Reading.class);
        CountDownLatch received = new CountDownLatch(1);

        try (ChaskiNode mill = ChaskiNode.builder().name("mill").start()) {
            Address address = mill.addresses().get(0); // a free port on loopback
            mill.subscribe(readings, m -> {
                System.out.println(m.originName() + " measured " + m.payload().celsius());
                received.countDown();
            });
            try (ChaskiNode sensor =
                    ChaskiNode.builder().name("sensor").bootstrap(address).start()) {
                sensor.subscribe(readings, m -> {}).awaitPaired(Duration.ofSeconds(10)); // somebody is there
                sensor.publish(readings, new Reading("boiler", 21.5));
                received.await();
            }
        }
        // #endregion
    }
}
