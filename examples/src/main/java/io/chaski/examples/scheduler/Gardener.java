package io.chaski.examples.scheduler;

import io.chaski.core.ChaskiNode;
import io.chaski.remote.ChaskiRemote;
import io.chaski.remote.Schedule;
import java.time.Duration;
import java.time.Instant;

/** The process that orders, and goes. */
final class Gardener {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Gardener() {}

    /**
     * Orders, and ends.
     *
     * @param arguments address of any node of the mesh
     */
    public static void main(String[] arguments) throws Exception {
        try (ChaskiNode node =
                ChaskiNode.builder().name("gardener").bootstrap(arguments[0]).start()) {
            // #region order
            ChaskiRemote remote = ChaskiRemote.on(node);
            remote.awaitService("garden", 1, LIMIT);
            Garden garden = remote.proxy("garden", Garden.class);

            remote.schedule(garden, g -> g.water("roses")).times(3).every(Duration.ofMillis(500));
            Instant soon = Instant.now().plusSeconds(1);
            Schedule peas = remote.schedule(garden, g -> g.water("peas")).at(soon, soon.plusMillis(500));
            Schedule lawn = remote.schedule(garden, g -> g.water("lawn")).every(Duration.ofHours(12));
            // #endregion
            System.out.println("ordered: " + remote.at(peas.node()).schedules().size() + " schedules");
            System.out.println("the lawn can wait: " + lawn.cancel());
            System.out.println("left: " + remote.at(peas.node()).schedules().size() + " schedules");
        }
    }
}
