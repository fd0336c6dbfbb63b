package io.chaski.core;

import io.chaski.core.internal.module.ReservedName;
import io.chaski.core.internal.wire.MessageBody;
import io.chaski.core.internal.wire.TopicNames;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A name that nodes gather around, with the type of what is said there and the defaults of saying it. Nodes agree on
 * the name only; each says for itself what it expects to read. Immutable; the methods that take a value return a
 * changed copy:
 *
 * <!-- snippet: examples/src/test/java/io/chaski/examples/JavadocExamples.java#topic -->
 * <pre>{@code
 * Topic<Celsius> readings =
 *         Topic.of("sensors/temperature", Celsius.class).hopLimit(8).presence(true);
 * }</pre>
 *
 * @param <T> type of the payloads
 */
public final class Topic<T extends @Nullable Object> {

    /** A safety net only, because duplicates are recognised; the longest path seen among 10,000 nodes had 51 hops. */
    public static final int DEFAULT_HOP_LIMIT = 128;

    /** Hops travel in one byte. */
    public static final int MAX_HOP_LIMIT = 255;

    private final String name;
    private final Type type;
    private final String contentType;
    private final int hopLimit;
    private final boolean presence;
    private final Duration presenceLease;
    private final boolean signed;

    private Topic(
            String name,
            Type type,
            String contentType,
            int hopLimit,
            boolean presence,
            Duration presenceLease,
            boolean signed) {
        this.name = name;
        this.type = type;
        this.contentType = contentType;
        this.hopLimit = hopLimit;
        this.presence = presence;
        this.presenceLease = presenceLease;
        this.signed = signed;
    }

    /**
     * A topic of objects. Bytes travel as they are, text as UTF-8, anything else as CBOR; records need no annotations.
     *
     * @param name 1 to 255 bytes of UTF-8, at most 16 levels separated by {@code /}; no empty level, no {@code * # +}, no
     *     control character, not beginning with {@code $} or {@code @}
     * @param type type of the payloads
     * @throws IllegalArgumentException if the name breaks a rule, saying which
     */
    public static <T> Topic<T> of(String name, Class<T> type) {
        return ofType(name, type);
    }

    /**
     * A topic of objects whose type has type arguments, or that may be null: {@code new TypeRef<@Nullable Reading>() {}}.
     *
     * @param name as in {@link #of(String, Class)}
     * @param type type of the payloads
     * @throws IllegalArgumentException if the name breaks a rule, saying which
     */
    public static <T extends @Nullable Object> Topic<T> of(String name, TypeRef<T> type) {
        return ofType(name, type.type());
    }

    /**
     * A topic of the library itself, for its modules.
     *
     * @param name one that applications cannot use
     * @param type type of the payloads
     * @hidden
     */
    @SuppressWarnings("InvalidBlockTag") // Error Prone does not know @hidden, javadoc does
    public static <T> Topic<T> of(ReservedName name, Class<T> type) {
        return new Topic<>(
                name.text(), type, defaultContentType(type), DEFAULT_HOP_LIMIT, false, Presence.LEASE, false);
    }

    /**
     * A topic of bytes.
     *
     * @param name as in {@link #of(String, Class)}
     */
    public static Topic<byte[]> bytes(String name) {
        return ofType(name, byte[].class);
    }

    /**
     * A topic of text.
     *
     * @param name as in {@link #of(String, Class)}
     */
    public static Topic<String> text(String name) {
        return ofType(name, String.class);
    }

    private static <T extends @Nullable Object> Topic<T> ofType(String name, Type type) {
        Objects.requireNonNull(type, "type");
        return new Topic<>(
                TopicNames.checkApplication(name),
                type,
                defaultContentType(type),
                DEFAULT_HOP_LIMIT,
                false,
                Presence.LEASE,
                false);
    }

    private static String defaultContentType(Type type) {
        if (type == byte[].class) {
            return MessageBody.BYTES;
        }
        return type == String.class ? MessageBody.TEXT : MessageBody.CBOR;
    }

    /**
     * The same topic with another hop limit for what is published.
     *
     * @param limit 1 to {@value #MAX_HOP_LIMIT} edges
     */
    public Topic<T> hopLimit(int limit) {
        return new Topic<>(name, type, contentType, checkHopLimit(limit), presence, presenceLease, signed);
    }

    /**
     * The same topic with payloads published in another encoding. What is received says itself how it is encoded.
     *
     * @param other such as {@code application/json}; the node needs a codec for it
     */
    public Topic<T> contentType(String other) {
        return new Topic<>(
                name, type, Objects.requireNonNull(other, "contentType"), hopLimit, presence, presenceLease, signed);
    }

    /**
     * The same topic with or without presence: whether subscribers announce themselves, so that
     * {@link ChaskiNode#presence} knows who is there. Off by default, because it costs a message per member every
     * five seconds, or three in each {@link #presenceLease(Duration)}.
     *
     * @param announced whether this node's subscriptions announce it
     */
    public Topic<T> presence(boolean announced) {
        return new Topic<>(name, type, contentType, hopLimit, announced, presenceLease, signed);
    }

    /**
     * The same topic with another time for which this node counts as there after each of its announcements, of which it makes
     * three in this time. Every member says its own, so they need not agree; if subscriptions of one node do not, the shortest
     * holds. Without {@link #presence(boolean)} it has no effect.
     *
     * @param lease {@link Presence#MIN_LEASE} to {@link Presence#MAX_LEASE}. Default: {@link Presence#LEASE}. A shorter one shows a
     *     crash sooner, and costs more messages
     * @throws IllegalArgumentException if it is outside that
     */
    public Topic<T> presenceLease(Duration lease) {
        if (lease.compareTo(Presence.MIN_LEASE) < 0 || lease.compareTo(Presence.MAX_LEASE) > 0) {
            throw new IllegalArgumentException(
                    "presenceLease must be " + Presence.MIN_LEASE + " to " + Presence.MAX_LEASE + ": " + lease);
        }
        return new Topic<>(name, type, contentType, hopLimit, presence, lease, signed);
    }

    /**
     * The same topic with or without proofs of origin. TLS proves who the neighbour is; of a message that came over others it
     * proves nothing, and whoever passes it on could have made it up. On a signed topic the publisher signs what it publishes, with
     * the key of its identity, and every node checks that before it delivers a message or passes it on: content, key, headers and
     * time, and to whom, to which topic and to which number they belong. Off by default, because a message grows by 110 to 400
     * bytes, more with RSA, and takes a signature and a check on its way, which messages that come in a flood share.
     *
     * <p>It is a word about this node: publishers sign, and subscribers take only what is signed, as soon as one of them uses the
     * topic so, and as long as the node has to do with it. What is not signed well is dropped, counted, and told as {@link
     * NodeEvent.UnprovedMessage}. So all nodes of a topic have to agree. Who is there ({@link #presence(boolean)}) is not signed,
     * nor is the hop limit.
     *
     * <p>A node without an identity can neither sign nor check: to publish or to subscribe is a {@link ConfigurationException}
     * there.
     *
     * @param proved whether messages are signed
     */
    public Topic<T> signed(boolean proved) {
        return new Topic<>(name, type, contentType, hopLimit, presence, presenceLease, proved);
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Type of the payloads. */
    public Type type() {
        return type;
    }

    /** How payloads are encoded when published. */
    public String contentType() {
        return contentType;
    }

    /** How many edges a published message crosses at most. */
    public int hopLimit() {
        return hopLimit;
    }

    /** Whether subscribers announce themselves. */
    public boolean presence() {
        return presence;
    }

    /** For how long an announcement of this node counts. */
    public Duration presenceLease() {
        return presenceLease;
    }

    /** Whether messages are signed. */
    public boolean signed() {
        return signed;
    }

    static int checkHopLimit(int limit) {
        if (limit < 1 || limit > MAX_HOP_LIMIT) {
            throw new IllegalArgumentException("hopLimit must be 1 to " + MAX_HOP_LIMIT + ": " + limit);
        }
        return limit;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Topic<?> that
                && name.equals(that.name)
                && type.equals(that.type)
                && contentType.equals(that.contentType)
                && hopLimit == that.hopLimit
                && presence == that.presence
                && presenceLease.equals(that.presenceLease)
                && signed == that.signed;
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, type, contentType, hopLimit, presence, presenceLease, signed);
    }

    @Override
    public String toString() {
        return name;
    }
}
