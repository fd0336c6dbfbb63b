/** Multiplexed, flow-controlled exchanges with one peer. */
@NullMarked
package io.chaski.core.internal.protocol.stream;

import org.jspecify.annotations.NullMarked;
