package io.chaski.examples.shopping;

import io.chaski.remote.Idempotent;
import java.util.List;

// #region interface
/** What a shopper can do with the list. */
interface ShoppingList {
    @Idempotent
    List<String> items();

    void add(String item);

    void addAll(String... items);

    @Idempotent
    void clear();
}
// #endregion
