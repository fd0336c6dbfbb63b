package io.chaski.streamer;

import io.chaski.core.NodeId;

/**
 * Decides which nodes get which entries of a storage. Called for each question, before anything is looked up, on the
 * callback executor, by several threads at once. What it throws is logged and refuses.
 */
@FunctionalInterface
public interface StoragePolicy {

    /** What a node wants. */
    enum Access {
        /** A copy; the entry stays. */
        COPY,
        /** The entry; it is removed from the storage. */
        TAKE
    }

    /** Refuses everybody. */
    StoragePolicy NOBODY = (asker, key, access) -> false;

    /**
     * Gives every node of the cluster a copy of everything, and lets nobody take anything. Without certificates a node is
     * who it says it is.
     */
    StoragePolicy COPIES_FOR_ALL = (asker, key, access) -> access == Access.COPY;

    /**
     * Whether a node gets an entry, if there is one.
     *
     * @param asker who asks
     * @param key what for; any text a peer has sent
     * @param access what it wants
     */
    boolean allows(NodeId asker, String key, Access access);
}
