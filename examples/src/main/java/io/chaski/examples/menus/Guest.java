package io.chaski.examples.menus;

import io.chaski.core.ChaskiNode;
import io.chaski.remote.Answers;
import io.chaski.remote.ChaskiRemote;
import io.chaski.remote.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The process of a guest, who asks all restaurants at once. */
final class Guest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Guest() {}

    /**
     * Asks, and ends.
     *
     * @param arguments address of any restaurant, and how many there are
     */
    public static void main(String[] arguments) throws Exception {
        try (ChaskiNode node =
                ChaskiNode.builder().name("guest").bootstrap(arguments[0]).start()) {
            SortedMap<String, String> answered = new TreeMap<>();
            // #region ask
            ChaskiRemote remote = ChaskiRemote.on(node);
            remote.awaitService("menus", Integer.parseInt(arguments[1]), LIMIT);
            Answers<List<String>> answers = remote.all("menus", Menus.class).call(Menus::today);
            answers.toMap().join().forEach((restaurant, outcome) -> {
                if (outcome instanceof Outcome.Value<List<String>> menu) {
                    answered.put(restaurant.nodeName(), String.join(", ", menu.value()));
                } else if (outcome instanceof Outcome.Failed<List<String>> failed) {
                    answered.put(restaurant.nodeName(), failed.failure().getMessage());
                }
            });
            // #endregion
            answered.forEach((restaurant, menu) -> System.out.println(restaurant + ": " + menu));
        }
    }
}
