/** Streams over subscriptions whose messages are taken: start at {@link io.chaski.streamer.internal.stream.PulledStream}. */
@NullMarked
package io.chaski.streamer.internal.stream;

import org.jspecify.annotations.NullMarked;
