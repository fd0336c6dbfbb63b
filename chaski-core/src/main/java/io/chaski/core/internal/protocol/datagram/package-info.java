/** What travels beside the edges, over UDP: probes, look-ups, best-effort messages. */
@NullMarked
package io.chaski.core.internal.protocol.datagram;

import org.jspecify.annotations.NullMarked;
