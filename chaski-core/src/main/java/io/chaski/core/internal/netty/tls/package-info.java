/**
 * TLS as all of Chaski does it: version 1.3 only, one application protocol, no host names. Start at {@link
 * io.chaski.core.internal.netty.tls.TlsContext}. Who a peer is, is decided by whoever uses this, after every handshake.
 */
@NullMarked
package io.chaski.core.internal.netty.tls;

import org.jspecify.annotations.NullMarked;
