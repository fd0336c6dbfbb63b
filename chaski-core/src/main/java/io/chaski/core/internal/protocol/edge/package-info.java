/**
 * One connection and one peer: handshake, duplicate connections, liveness, reconnect, renewal, keys for datagrams. Start at {@link
 * io.chaski.core.internal.protocol.edge.Edges}.
 */
@NullMarked
package io.chaski.core.internal.protocol.edge;

import org.jspecify.annotations.NullMarked;
