package io.chaski.examples.menus;

import io.chaski.core.ChaskiNode;
import io.chaski.examples.process.Child;
import io.chaski.remote.ChaskiRemote;
import java.util.List;

/** The process of a restaurant. */
final class Restaurant implements Menus {

    private final List<String> dishes;

    private Restaurant(List<String> dishes) {
        this.dishes = dishes;
    }

    @Override
    public List<String> today() throws ClosedToday {
        if (dishes.isEmpty()) {
            throw new ClosedToday("closed today");
        }
        return dishes;
    }

    /**
     * Runs until the launcher ends.
     *
     * @param arguments name, any node of the mesh if there is one or {@code -}, and the dishes
     */
    public static void main(String[] arguments) throws Exception {
        List<String> all = List.of(arguments);
        String[] others = all.get(1).equals("-") ? new String[0] : new String[] {all.get(1)};
        try (ChaskiNode node =
                ChaskiNode.builder().name(all.get(0)).bootstrap(others).start()) {
            ChaskiRemote.on(node).serve("menus", Menus.class, new Restaurant(all.subList(2, all.size())));
            Child.answer("READY " + node.addresses().get(0));
            Child.awaitLauncher();
        }
    }
}
