/** Asks the policies in the node's place: the one way from the protocol to {@code io.chaski.core.security.policy}. */
@NullMarked
package io.chaski.core.internal.protocol.access;

import org.jspecify.annotations.NullMarked;
