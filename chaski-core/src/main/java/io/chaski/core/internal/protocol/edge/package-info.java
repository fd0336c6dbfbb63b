/** One connection and one peer: handshake, duplicate connections, liveness, reconnect. */
@NullMarked
package io.chaski.core.internal.protocol.edge;

import org.jspecify.annotations.NullMarked;
