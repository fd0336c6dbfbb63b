package io.chaski.streamer.work;

import io.chaski.core.Topic;
import io.chaski.core.TypeRef;
import io.chaski.core.codec.PayloadCodec;
import java.lang.reflect.Type;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Name of a queue with the types of its jobs and results, and how they travel. Submitters and workers agree on the name and
 * the codec; each says for itself what it reads. Immutable.
 *
 * @param <J> type of the jobs
 * @param <R> type of the results
 */
@SuppressWarnings("UnusedTypeParameter") // they are for the compiler: what is submitted, and what comes back
public final class QueueType<J, R extends @Nullable Object> {

    /** In front of the name: the protocol of the streams, and what policies name. */
    public static final String PROTOCOL_PREFIX = "work-queue/";

    private final String name;
    private final Type jobType;
    private final Type resultType;
    private final PayloadCodec codec;

    private QueueType(String name, PayloadCodec codec, Type jobType, Type resultType) {
        this.name = Topic.bytes(PROTOCOL_PREFIX + Objects.requireNonNull(name, "name"))
                .name()
                .substring(PROTOCOL_PREFIX.length());
        this.codec = Objects.requireNonNull(codec, "codec");
        this.jobType = Objects.requireNonNull(jobType, "jobType");
        this.resultType = Objects.requireNonNull(resultType, "resultType");
    }

    /**
     * A queue whose jobs and results travel as JSON.
     *
     * @param name as of a topic, with at most 244 bytes of UTF-8 and 15 levels
     * @param jobType a record, for example
     * @param resultType {@code Void.class} if there is nothing to tell
     * @throws IllegalArgumentException if the name breaks a rule, saying which
     */
    public static <J, R> QueueType<J, R> json(String name, Class<J> jobType, Class<R> resultType) {
        return new QueueType<>(name, PayloadCodec.json(), jobType, resultType);
    }

    /**
     * A queue whose jobs and results travel as CBOR: smaller than JSON, and bytes stay bytes.
     *
     * @param name as in {@link #json}
     * @param jobType as in {@link #json}
     * @param resultType as in {@link #json}
     * @throws IllegalArgumentException if the name breaks a rule, saying which
     */
    public static <J, R> QueueType<J, R> cbor(String name, Class<J> jobType, Class<R> resultType) {
        return new QueueType<>(name, PayloadCodec.cbor(), jobType, resultType);
    }

    /**
     * A queue with a codec of the application, or with types that have type arguments.
     *
     * @param name as in {@link #json}
     * @param codec encodes jobs and results
     * @param jobType {@code new TypeRef<List<Order>>() {}}
     * @param resultType as well
     * @throws IllegalArgumentException if the name breaks a rule, saying which
     */
    public static <J, R extends @Nullable Object> QueueType<J, R> of(
            String name, PayloadCodec codec, TypeRef<J> jobType, TypeRef<R> resultType) {
        return new QueueType<>(name, codec, jobType.type(), resultType.type());
    }

    /** Name of the queue. */
    public String name() {
        return name;
    }

    /** Name of the protocol of its streams: policies allow to submit and to work by it. */
    public String protocol() {
        return PROTOCOL_PREFIX + name;
    }

    /** Type of the jobs. */
    public Type jobType() {
        return jobType;
    }

    /** Type of the results. */
    public Type resultType() {
        return resultType;
    }

    /** How jobs and results travel. */
    public PayloadCodec codec() {
        return codec;
    }

    @Override
    public String toString() {
        return name + " (" + jobType.getTypeName() + " to " + resultType.getTypeName() + ", " + codec.contentType()
                + ")";
    }
}
