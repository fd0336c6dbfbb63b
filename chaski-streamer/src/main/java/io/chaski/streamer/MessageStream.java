package io.chaski.streamer;

import io.chaski.core.Message;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a topic. What could not be repaired in time, or was dropped, is left out and shows in {@link
 * #statistics()}; {@link ChaskiStreamer#openDeliveries} tells of it in its place.
 *
 * @param <T> type of the payloads
 */
public interface MessageStream<T extends @Nullable Object> extends TopicStream<Message<T>> {}
