package io.chaski.remote.internal.directory;

import java.util.Locale;

/** Why something that was heard was not believed. */
enum Refusal {
    /** It cannot be read. */
    MALFORMED,
    /** It is longer than anything that may be said. */
    OVERSIZED,
    /** A kind that a later version may know. */
    UNKNOWN_KIND,
    /** It was said under this node's own id. */
    OWN_ID,
    /** Of an incarnation or a generation that is over. */
    OUTDATED,
    /** There is no room for another record, or for more services. */
    TABLE_FULL;

    /** Its name among the counters, such as {@code services.refused.table-full}. */
    String counter() {
        return "services.refused." + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
