/**
 * Keepers of durable topics, and those that publish and read there. Start at {@link
 * io.chaski.streamer.internal.keep.DurableNode}. What decides has no threads and no clock: {@code Outstanding} holds what a
 * publisher has not heard of yet, {@code Feed} gives a reader what it lacks, {@code Reading} takes that in order, {@code
 * KeeperRecords} knows who keeps what.
 */
@NullMarked
package io.chaski.streamer.internal.keep;

import org.jspecify.annotations.NullMarked;
