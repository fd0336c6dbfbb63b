/**
 * Two-way exchanges with one peer: messages both ways with back-pressure, half-close, reset, deadline. The base of remote
 * calls, file transfer and every other conversation; start at {@link io.chaski.core.stream.NodeStreams}.
 */
@NullMarked
package io.chaski.core.stream;

import org.jspecify.annotations.NullMarked;
