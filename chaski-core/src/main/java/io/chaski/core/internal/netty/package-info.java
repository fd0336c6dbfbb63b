/**
 * Moves bytes: TCP, UDP, UNIX and in-process channels, with TLS where nodes have identities. The only folder that imports more of
 * Netty than its buffers. Start at {@code NettyTransports}.
 */
@NullMarked
package io.chaski.core.internal.netty;

import org.jspecify.annotations.NullMarked;
