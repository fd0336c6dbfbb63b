package io.chaski.examples.menus;

import io.chaski.remote.Idempotent;
import java.util.List;

// #region interface
/** What a restaurant answers. */
interface Menus {
    @Idempotent
    List<String> today() throws ClosedToday;
}
// #endregion
