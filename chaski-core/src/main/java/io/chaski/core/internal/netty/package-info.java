/** Moves bytes: TCP, UDP, UNIX and in-process channels. The only folder that imports more of Netty than its buffers. */
@NullMarked
package io.chaski.core.internal.netty;

import org.jspecify.annotations.NullMarked;
