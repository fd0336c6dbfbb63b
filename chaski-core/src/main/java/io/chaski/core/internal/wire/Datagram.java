package io.chaski.core.internal.wire;

import io.chaski.core.NodeId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * One UDP packet, at most {@value #MAX_BYTES} bytes. UDP is never needed for correctness. Questions are padded so
 * that an answer is never larger than its question, and nothing is remembered of who sent a packet: sources can be
 * forged.
 */
public sealed interface Datagram {

    /** Fits every path without fragmenting. */
    int MAX_BYTES = 1_200;

    /** Calls the handler's method for this kind of datagram. */
    void deliverTo(Handler handler);

    /** One method per kind of datagram. */
    interface Handler {
        /** See {@link StatusRequest}. */
        void onStatusRequest(StatusRequest request);

        /** See {@link StatusReply}. */
        void onStatusReply(StatusReply reply);

        /** See {@link FindRequest}. */
        void onFindRequest(FindRequest request);

        /** See {@link FindReply}. */
        void onFindReply(FindReply reply);

        /** See {@link EdgeMessage}. */
        void onEdgeMessage(EdgeMessage message);

        /** See {@link SealedMessage}. */
        void onSealedMessage(SealedMessage message);
    }

    /**
     * What are you? Padded to {@value #MAX_BYTES} bytes.
     *
     * @param token chosen by the asker, returned in the answer
     * @param cluster cluster of the asker; another cluster gets no answer
     */
    record StatusRequest(long token, String cluster) implements Datagram {
        @Override
        public void deliverTo(Handler handler) {
            handler.onStatusRequest(this);
        }
    }

    /**
     * Pairing of one topic in a {@link StatusReply}.
     *
     * @param topicHash of the topic
     * @param neighbours number of active topic links
     */
    record TopicStatus(long topicHash, int neighbours) {}

    /**
     * Answer to a {@link StatusRequest}.
     *
     * @param token of the request
     * @param node who answers
     * @param epoch its incarnation
     * @param name its label
     * @param root whether it is a root
     * @param serving whether it accepts connections
     * @param reconnecting number of configured peers it is trying to reach again
     * @param edges number of edges that are up
     * @param topics pairing per topic, at most 32
     */
    record StatusReply(
            long token,
            NodeId node,
            long epoch,
            String name,
            boolean root,
            boolean serving,
            int reconnecting,
            int edges,
            List<TopicStatus> topics)
            implements Datagram {
        /** Copies the list. */
        public StatusReply {
            topics = List.copyOf(topics);
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onStatusReply(this);
        }
    }

    /**
     * Who subscribes to this topic? Answered from the receiver's own index only, never passed on. Padded to
     * {@value #MAX_BYTES} bytes.
     *
     * @param request id of the look-up
     * @param cluster cluster of the asker
     * @param topicHash of the topic
     */
    record FindRequest(NodeId request, String cluster, long topicHash) implements Datagram {
        @Override
        public void deliverTo(Handler handler) {
            handler.onFindRequest(this);
        }
    }

    /**
     * Answer to a {@link FindRequest}.
     *
     * @param request id of the look-up
     * @param topicHash of the topic
     * @param members as many as fit
     */
    record FindReply(NodeId request, long topicHash, List<Descriptor> members) implements Datagram {
        /** Copies the list. */
        public FindReply {
            members = List.copyOf(members);
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onFindReply(this);
        }
    }

    /**
     * A best-effort message between two nodes that have an edge.
     *
     * @param tokenHigh token that the receiver gave in its HELLO_ACK, high half
     * @param tokenLow low half
     * @param payload the message, at most 1,152 bytes
     */
    record EdgeMessage(long tokenHigh, long tokenLow, ArrayPayload payload) implements Datagram {
        /** Nothing may be missing. */
        public EdgeMessage {
            Objects.requireNonNull(payload, "payload");
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onEdgeMessage(this);
        }
    }

    /**
     * A best-effort message between two nodes with identities, encrypted and authenticated together with its header.
     *
     * @param key id of the key, as the receiver gave it in {@link EdgeFrame.DatagramKey}
     * @param seq number of this datagram under the key, from 1 on, never used twice
     * @param box what was made of the message, and behind it {@value #TAG_BYTES} bytes that prove where it comes from
     */
    record SealedMessage(long key, long seq, ArrayPayload box) implements Datagram {

        /** A whole tag of GCM. */
        public static final int TAG_BYTES = 16;

        /** What stands in front of the box, readable and authenticated. */
        public static final int HEADER_BYTES = DatagramCodec.HEADER_BYTES + 2 * Long.BYTES;

        /** Checks that there is a tag. */
        public SealedMessage {
            if (box.size() < TAG_BYTES) {
                throw new IllegalArgumentException("a box has at least " + TAG_BYTES + " bytes: " + box.size());
            }
        }

        /**
         * Writes the header of a datagram as it travels.
         *
         * @param key as above
         * @param seq as above
         * @param target has room for {@value #HEADER_BYTES} bytes, big endian
         */
        public static void writeHeader(long key, long seq, ByteBuffer target) {
            target.put((byte) DatagramCodec.MAGIC)
                    .put((byte) ProtocolVersion.CURRENT)
                    .put((byte) DatagramCodec.SEALED_MESSAGE)
                    .putLong(key)
                    .putLong(seq);
        }

        @Override
        public void deliverTo(Handler handler) {
            handler.onSealedMessage(this);
        }
    }
}
