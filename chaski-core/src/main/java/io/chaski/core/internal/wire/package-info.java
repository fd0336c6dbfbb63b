/**
 * What travels: frames and datagrams as records, and the codecs between them and bytes. No I/O; of Netty only its
 * buffers. Start at {@link io.chaski.core.internal.wire.Frame}; {@code docs/protocol.md} is the specification.
 */
@NullMarked
package io.chaski.core.internal.wire;

import org.jspecify.annotations.NullMarked;
