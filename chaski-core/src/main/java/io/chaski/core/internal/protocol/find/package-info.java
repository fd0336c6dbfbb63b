/**
 * How members of a topic are found. Start at {@link io.chaski.core.internal.protocol.find.Discovery}, which answers the
 * look-ups of others; this node's own look-ups climb a ladder from its index to a flood.
 */
@NullMarked
package io.chaski.core.internal.protocol.find;

import org.jspecify.annotations.NullMarked;
