/**
 * The messages of one durable topic on disk. Start at {@link TopicStore}, which says what is promised; {@code LogTopicStore}
 * is the thread that keeps it, {@code TopicLog} decides what is written when, {@code LogOpening} what is believed of a
 * log that was found, and {@code LogDisk} is all that they need of a disk.
 */
@NullMarked
package io.chaski.streamer.internal.durable;

import org.jspecify.annotations.NullMarked;
