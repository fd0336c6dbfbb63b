package io.chaski.examples.shopping;

import io.chaski.core.ChaskiNode;
import io.chaski.examples.process.Child;
import io.chaski.remote.ChaskiRemote;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The process that keeps the list. */
final class ShoppingService implements ShoppingList {

    /** Calls come on many threads. */
    private final List<String> items = new CopyOnWriteArrayList<>();

    @Override
    public List<String> items() {
        return items;
    }

    @Override
    public void add(String item) {
        items.add(item);
    }

    @Override
    public void addAll(String... more) {
        items.addAll(List.of(more));
    }

    @Override
    public void clear() {
        items.clear();
    }

    /**
     * Runs until the launcher ends.
     *
     * @param arguments where to listen
     */
    public static void main(String[] arguments) throws Exception {
        try (ChaskiNode node = ChaskiNode.builder()
                .name("shopping-service")
                .listen(arguments[0])
                .start()) {
            // #region serve
            ChaskiRemote.on(node).serve("shopping", ShoppingList.class, new ShoppingService());
            // #endregion
            Child.answer("READY " + node.addresses().get(0));
            Child.awaitLauncher();
        }
    }
}
