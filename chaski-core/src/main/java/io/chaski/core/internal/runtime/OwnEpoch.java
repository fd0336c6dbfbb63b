package io.chaski.core.internal.runtime;

import io.chaski.core.NodeEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The incarnation of a running node. It begins as the start says and rises when others turn out to have seen a higher
 * one; the data directory follows, so that the next start begins above it. Thread-safe.
 */
final class OwnEpoch {

    private static final Logger LOG = LoggerFactory.getLogger(OwnEpoch.class);

    private final Callbacks callbacks;
    private final @Nullable DataDirectory directory;
    private volatile DataDirectory.Incarnation current;

    /**
     * As of the start.
     *
     * @param start what the node started as, known to the directory
     * @param directory where it is kept, null for nowhere
     * @param callbacks where files are written: the event loop does not wait for a disk
     */
    OwnEpoch(DataDirectory.Incarnation start, @Nullable DataDirectory directory, Callbacks callbacks) {
        this.current = start;
        this.directory = directory;
        this.callbacks = callbacks;
    }

    long get() {
        return current.epoch();
    }

    /** On the loop. */
    void onRaised(NodeEvent.EpochRaised raised) {
        current = new DataDirectory.Incarnation(current.id(), raised.epoch());
        if (directory != null && !callbacks.offer(() -> keep(directory))) {
            LOG.warn("the epoch {} was not written: the callback executor takes nothing", raised.epoch());
        }
    }

    /** Two of these may run at once or in any order: each writes what is true now. */
    private synchronized void keep(DataDirectory where) {
        try {
            where.keep(current);
        } catch (IOException e) {
            // Others have told this node once and will again after the next start.
            LOG.warn("the epoch {} was not written", current.epoch(), e);
        }
    }
}
