package io.chaski.remote.internal.serve;

import org.jspecify.annotations.Nullable;

/**
 * Executions whose answers are kept, linked in the order in which they ended: each call joins and leaves, and to find it by a hash
 * would cost as much as all else that is noted of it. Guarded by its user.
 */
final class KeptAnswers {

    /** Part of each execution. */
    static class Link {
        private @Nullable Link older;
        private @Nullable Link newer;
        private int bytes;
        private boolean isKept;
    }

    private @Nullable Link oldest;
    private @Nullable Link newest;
    private long bytes;

    /** How many bytes all answers have. */
    long bytes() {
        return bytes;
    }

    /** The one that ended first; null if there is none. */
    @Nullable
    Link oldest() {
        return oldest;
    }

    /**
     * Adds one that has just ended and is not here.
     *
     * @param link its
     * @param length of its answer in bytes
     */
    void add(Link link, int length) {
        link.isKept = true;
        link.bytes = length;
        link.older = newest;
        if (newest == null) {
            oldest = link;
        } else {
            newest.newer = link;
        }
        newest = link;
        bytes += length;
    }

    /** Takes one out, if it is here. */
    void remove(Link link) {
        if (!link.isKept) {
            return;
        }
        Link before = link.older;
        Link after = link.newer;
        if (before == null) {
            oldest = after;
        } else {
            before.newer = after;
        }
        if (after == null) {
            newest = before;
        } else {
            after.older = before;
        }
        link.isKept = false;
        link.older = null;
        link.newer = null;
        bytes -= link.bytes;
    }
}
