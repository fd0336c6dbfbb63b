package io.chaski.core.internal.wire;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import java.util.List;
import java.util.Objects;

/** Frames between the two ends of one connection: handshake, liveness, names. */
public sealed interface EdgeFrame extends Frame {

    /** Calls the handler's method for this kind of frame. */
    void deliverTo(Handler handler);

    /** One method per kind of frame. */
    interface Handler {
        /** See {@link Hello}. */
        void onHello(Hello hello);

        /** See {@link HelloAck}. */
        void onHelloAck(HelloAck ack);

        /** See {@link Goodbye}. */
        void onGoodbye(Goodbye goodbye);

        /** See {@link Ping}. */
        void onPing(Ping ping);

        /** See {@link Pong}. */
        void onPong(Pong pong);

        /** See {@link InternTopic}. */
        void onInternTopic(InternTopic intern);

        /** See {@link InternSource}. */
        void onInternSource(InternSource intern);

        /** See {@link InternName}. */
        void onInternName(InternName intern);

        /** See {@link Refuse}. */
        void onRefuse(Refuse refuse);

        /** See {@link Topics}. */
        void onTopics(Topics topics);

        /** See {@link SignerChain}. */
        void onSignerChain(SignerChain chain);

        /** See {@link DatagramKey}. */
        void onDatagramKey(DatagramKey key);
    }

    /**
     * First frame in each direction.
     *
     * @param versionMin lowest protocol version the sender speaks
     * @param versionMax highest protocol version the sender speaks
     * @param cluster name of the cluster; different clusters never talk
     * @param name label for people, 0 to 128 bytes of UTF-8, may repeat
     * @param descriptor the sender, at age 0
     * @param nonce drawn for this connection by the sender; decides between duplicate connections
     * @param maxFrame largest frame the sender accepts, in bytes
     * @param features bits of optional abilities; unknown bits are ignored
     * @param wallClockMillis the sender's wall clock, only ever compared to raise a clock-skew event
     */
    record Hello(
            int versionMin,
            int versionMax,
            String cluster,
            String name,
            Descriptor descriptor,
            long nonce,
            int maxFrame,
            long features,
            long wallClockMillis)
            implements EdgeFrame {
        /** Nothing may be missing. */
        public Hello {
            Objects.requireNonNull(cluster, "cluster");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(descriptor, "descriptor");
        }

        /**
         * The same with another word about the sender.
         *
         * @param other what replaces the descriptor
         */
        public Hello withDescriptor(Descriptor other) {
            return new Hello(versionMin, versionMax, cluster, name, other, nonce, maxFrame, features, wallClockMillis);
        }

        @Override
        public int type() {
            return FrameType.HELLO;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onHello(this);
        }
    }

    /**
     * "Your HELLO is accepted." An edge is up when this has been sent and received.
     *
     * @param version protocol version to speak: the highest in common
     * @param features bits that both sides have
     * @param datagramToken random token that datagrams to the sender must carry (high half)
     * @param datagramTokenLow its low half
     */
    record HelloAck(int version, long features, long datagramToken, long datagramTokenLow) implements EdgeFrame {
        @Override
        public int type() {
            return FrameType.HELLO_ACK;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onHelloAck(this);
        }
    }

    /**
     * Last frame before the sender closes.
     *
     * @param reason why
     * @param seenEpoch with {@link CloseReason#SUPERSEDED}: the higher epoch that was seen, or the sender's wall clock in
     *     milliseconds if that is later; otherwise 0
     * @param detail a short sentence for the log, 0 to 256 bytes of UTF-8
     */
    record Goodbye(CloseReason reason, long seenEpoch, String detail) implements EdgeFrame {
        /** Nothing may be missing. */
        public Goodbye {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(detail, "detail");
        }

        @Override
        public int type() {
            return FrameType.GOODBYE;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onGoodbye(this);
        }
    }

    /**
     * Asks for a {@link Pong} with the same token and as many bytes.
     *
     * @param token chosen by the sender
     * @param topicLinksHash hash of the topic links the sender believes this edge carries; differs from the
     *     receiver's own when a link is half open
     * @param size number of filler bytes behind the fields, 0 when the ping only asks for life
     */
    record Ping(long token, long topicLinksHash, int size) implements EdgeFrame {
        @Override
        public int type() {
            return FrameType.PING;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onPing(this);
        }
    }

    /**
     * Answer to a {@link Ping}.
     *
     * @param token of the ping
     * @param topicLinksHash as in the ping, of the answering side
     * @param size number of filler bytes, as many as the ping had
     */
    record Pong(long token, long topicLinksHash, int size) implements EdgeFrame {
        @Override
        public int type() {
            return FrameType.PONG;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onPong(this);
        }
    }

    /**
     * From now on, {@code alias} stands for this topic in the sender's frames on this connection. Naming an alias
     * again moves it.
     *
     * @param alias small number chosen by the sender
     * @param topic name of the topic; validity is checked by the receiver, who may {@link Refuse} it
     */
    record InternTopic(int alias, String topic) implements EdgeFrame {
        @Override
        public int type() {
            return FrameType.INTERN_TOPIC;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onInternTopic(this);
        }
    }

    /**
     * From now on, {@code alias} stands for this source, that is for one incarnation of one publisher on one topic.
     *
     * @param alias small number chosen by the sender
     * @param topic topic alias of the sender
     * @param origin the publisher
     * @param epoch incarnation of the publisher
     * @param channel 0 for the application's messages, 1 for presence
     */
    record InternSource(int alias, int topic, NodeId origin, long epoch, int channel) implements EdgeFrame {
        @Override
        public int type() {
            return FrameType.INTERN_SOURCE;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onInternSource(this);
        }
    }

    /**
     * From now on, {@code alias} stands for this name of a stream protocol.
     *
     * @param alias small number chosen by the sender
     * @param name 1 to 255 bytes of UTF-8
     */
    record InternName(int alias, String name) implements EdgeFrame {
        @Override
        public int type() {
            return FrameType.INTERN_NAME;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onInternName(this);
        }
    }

    /**
     * "I cannot use this name; the connection goes on."
     *
     * @param refusedType type of the frame that is refused
     * @param alias the alias that stays unusable
     * @param code why
     */
    record Refuse(int refusedType, int alias, Refusal code) implements EdgeFrame {
        @Override
        public int type() {
            return FrameType.REFUSE;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onRefuse(this);
        }
    }

    /** Why a name was refused. */
    enum Refusal {
        /** The topic name breaks the rules of {@code Topic}. */
        BAD_TOPIC,
        /** A table of the receiver is full. */
        LIMIT,
        /** The sender may not do this. */
        DENIED
    }

    /**
     * What the sender subscribes to has changed. Sent to every edge at once; HELLO carries the summary for the
     * start.
     *
     * @param added hashes of topics it has begun to subscribe to
     * @param removed hashes of topics it has left
     */
    record Topics(List<Long> added, List<Long> removed) implements EdgeFrame {
        /** Copies the lists. */
        public Topics {
            added = List.copyOf(added);
            removed = List.copyOf(removed);
        }

        @Override
        public int type() {
            return FrameType.TOPICS;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onTopics(this);
        }
    }

    /**
     * The certificates of a publisher: proofs in messages that follow on this connection name them by their hash.
     *
     * @param chain 1 to {@value WireLimits#MAX_CHAIN_BYTES} bytes: a byte with the number of certificates, then each with two
     *     bytes for its length in front, that of the key first
     */
    record SignerChain(ArrayPayload chain) implements EdgeFrame {
        /** Checks the size; what is in it is looked at when a proof needs it. */
        public SignerChain {
            if (chain.size() < 1 || chain.size() > WireLimits.MAX_CHAIN_BYTES) {
                throw new IllegalArgumentException("a chain of " + chain.size() + " bytes");
            }
        }

        @Override
        public int type() {
            return FrameType.SIGNER_CHAIN;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onSignerChain(this);
        }
    }

    /**
     * "Seal what you send me over UDP with this key from now on." The keys of the two directions have nothing to do with
     * each other, and none outlives the connection that brought it.
     *
     * @param id stands for the key in datagrams, see {@link Datagram.SealedMessage}; chosen by the sender
     * @param secret {@value WireLimits#DATAGRAM_SECRET_BYTES} random bytes
     */
    record DatagramKey(long id, ArrayPayload secret) implements EdgeFrame {
        /** Checks the size. */
        public DatagramKey {
            if (secret.size() != WireLimits.DATAGRAM_SECRET_BYTES) {
                throw new IllegalArgumentException(
                        "a secret has " + WireLimits.DATAGRAM_SECRET_BYTES + " bytes: " + secret.size());
            }
        }

        @Override
        public int type() {
            return FrameType.DATAGRAM_KEY;
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onDatagramKey(this);
        }
    }
}
