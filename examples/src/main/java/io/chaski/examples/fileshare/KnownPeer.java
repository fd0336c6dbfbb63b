package io.chaski.examples.fileshare;

import io.chaski.core.NodeId;
import java.util.Objects;

/**
 * A peer that is here or was.
 *
 * @param id who
 * @param name its label
 * @param isOnline whether it is here now
 */
record KnownPeer(NodeId id, String name, boolean isOnline) {

    /** What a peer tells without one of both is no answer. */
    KnownPeer {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
    }
}
