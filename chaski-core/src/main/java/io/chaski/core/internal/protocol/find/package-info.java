/**
 * How members of a topic are found. Start at {@link io.chaski.core.internal.protocol.find.Discovery}: look-ups of
 * others are dealt with in {@code Finds}; each of this node's own is a {@code Search}, which climbs a ladder from the index
 * to a flood.
 */
@NullMarked
package io.chaski.core.internal.protocol.find;

import org.jspecify.annotations.NullMarked;
