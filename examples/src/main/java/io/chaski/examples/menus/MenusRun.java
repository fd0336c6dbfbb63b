package io.chaski.examples.menus;

import io.chaski.examples.process.Child;
import java.time.Duration;

/** Starts three restaurants, one of which is closed, and a guest, each as a process of its own. */
public final class MenusRun {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private MenusRun() {}

    /**
     * Runs the example.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws Exception {
        try (Child anchor = Child.start(Restaurant.class, "anchor", "anchor", "-", "fish", "chips")) {
            String address = anchor.await("READY", LIMIT);
            try (Child lotus = Child.start(Restaurant.class, "lotus", "lotus", address, "noodles", "dumplings");
                    Child olive = Child.start(Restaurant.class, "olive", "olive", address)) {
                lotus.await("READY", LIMIT);
                olive.await("READY", LIMIT);
                try (Child guest = Child.start(Guest.class, "guest", address, "3")) {
                    guest.awaitEnd(LIMIT);
                }
            }
        }
    }
}
