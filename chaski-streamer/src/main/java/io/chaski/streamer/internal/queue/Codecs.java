package io.chaski.streamer.internal.queue;

import io.chaski.streamer.work.QueueType;
import org.jspecify.annotations.Nullable;

/** Reads what the codec of a queue reads as its types, which only the compiler knows. */
@SuppressWarnings({"unchecked", "NullAway"}) // a codec gives an object of the type, which says whether it may be null
final class Codecs {

    private Codecs() {}

    /**
     * Decodes a job.
     *
     * @throws io.chaski.core.codec.CodecException if the bytes are no such object
     */
    static <J> J job(QueueType<J, ?> type, byte[] bytes) {
        return (J) type.codec().decode(bytes, type.jobType());
    }

    /**
     * Decodes a result.
     *
     * @throws io.chaski.core.codec.CodecException if the bytes are no such object
     */
    static <R extends @Nullable Object> R result(QueueType<?, R> type, byte[] bytes) {
        return (R) type.codec().decode(bytes, type.resultType());
    }
}
