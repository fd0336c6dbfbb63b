/** Multiplexed, flow-controlled exchanges with one peer. Start at {@link io.chaski.core.internal.protocol.stream.Streams}. */
@NullMarked
package io.chaski.core.internal.protocol.stream;

import org.jspecify.annotations.NullMarked;
