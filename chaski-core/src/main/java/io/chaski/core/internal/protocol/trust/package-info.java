/** Hands on what an authority has signed: start at {@code TrustExchange}. */
@NullMarked
package io.chaski.core.internal.protocol.trust;

import org.jspecify.annotations.NullMarked;
