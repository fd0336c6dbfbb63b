package io.chaski.examples.shopping;

import io.chaski.core.ChaskiNode;
import io.chaski.remote.ChaskiRemote;
import java.time.Duration;

/** The process that shops. */
final class Shopper {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Shopper() {}

    /**
     * Fills the list and empties it.
     *
     * @param arguments address of the service, or of any node of its mesh
     */
    public static void main(String[] arguments) throws Exception {
        try (ChaskiNode node =
                ChaskiNode.builder().name("shopper").bootstrap(arguments[0]).start()) {
            // #region shop
            ChaskiRemote remote = ChaskiRemote.on(node);
            remote.awaitService("shopping", 1, LIMIT);
            ShoppingList list = remote.proxy("shopping", ShoppingList.class);

            list.add("orange");
            list.addAll("bread", "cheese");
            System.out.println(list.items());

            list.clear();
            System.out.println(list.items());
            // #endregion
        }
    }
}
