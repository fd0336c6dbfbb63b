package io.chaski.streamer.internal.queue;

import io.chaski.core.NodeId;
import java.util.UUID;

/**
 * A ledger as its workers know it. A node may have several, and a new one after a restart: what was done for the old one is then of
 * no use.
 *
 * @param node whose it is
 * @param ledger which one, by its own word
 */
record SubmitterKey(NodeId node, UUID ledger) {}
