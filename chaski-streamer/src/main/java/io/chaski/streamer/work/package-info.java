/**
 * Work queues without a broker: start at {@link io.chaski.streamer.work.WorkQueue}, which
 * {@code ChaskiStreamer.queue(QueueType)} opens.
 */
@NullMarked
package io.chaski.streamer.work;

import org.jspecify.annotations.NullMarked;
