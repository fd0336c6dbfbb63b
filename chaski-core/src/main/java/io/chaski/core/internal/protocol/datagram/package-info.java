/**
 * What travels beside the edges, over UDP: probes, look-ups, best-effort messages. Those of nodes with identities are sealed
 * and opened in {@link io.chaski.core.internal.protocol.edge.SealedDatagrams}.
 */
@NullMarked
package io.chaski.core.internal.protocol.datagram;

import org.jspecify.annotations.NullMarked;
