package io.chaski.examples.scheduler;

import io.chaski.core.ChaskiNode;
import io.chaski.examples.process.Child;
import io.chaski.remote.ChaskiRemote;
import io.chaski.remote.ServeOptions;

/** The process with the garden. */
final class GardenService {

    private GardenService() {}

    /**
     * Runs until the launcher ends.
     *
     * @param arguments where to listen
     */
    public static void main(String[] arguments) throws Exception {
        try (ChaskiNode node =
                ChaskiNode.builder().name("garden").listen(arguments[0]).start()) {
            // #region serve
            ChaskiRemote.on(node)
                    .serve("garden", Garden.class, bed -> Child.answer("WATERED " + bed), ServeOptions.schedulable());
            // #endregion
            Child.answer("READY " + node.addresses().get(0));
            Child.awaitLauncher();
        }
    }
}
