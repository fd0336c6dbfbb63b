/**
 * Decides everything and does nothing itself: state machines that take inputs with the time and answer through an
 * {@link io.chaski.core.internal.protocol.Outbox}. No I/O, no threads, no clock, no chance of its own. Start at
 * {@link io.chaski.core.internal.protocol.NodeProtocol}. The production runtime and the simulator both drive it.
 */
@NullMarked
package io.chaski.core.internal.protocol;

import org.jspecify.annotations.NullMarked;
