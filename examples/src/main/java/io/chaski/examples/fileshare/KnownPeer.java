package io.chaski.examples.fileshare;

import io.chaski.core.NodeId;

/**
 * A peer that is here or was.
 *
 * @param id who
 * @param name its label
 * @param isOnline whether it is here now
 */
record KnownPeer(NodeId id, String name, boolean isOnline) {}
