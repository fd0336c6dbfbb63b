package io.chaski.core.internal.wire;

import io.chaski.core.security.policy.Action;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What whoever sends a frame must be allowed, and what limits how many it may send: one row for each {@link FrameType}. A
 * test fails when a type has none. Immutable.
 *
 * @param need what the sender must be allowed
 * @param rate what limits how many come
 */
public record FrameRule(Need need, Rate rate) {

    /** What the sender of a frame must be allowed. With several actions, one of them. */
    public enum Need {
        /** Nothing: it is part of how two nodes meet and part, or answers what was asked. */
        NOTHING(List.of()),
        /** Anything at all with the topic. */
        ANYTHING(List.of(Action.SUBSCRIBE, Action.PUBLISH, Action.RELAY, Action.DISCOVER)),
        /** To be a member. */
        MEMBER(List.of(Action.SUBSCRIBE)),
        /** To have a link in the tree, as a member, a publisher or a relay. */
        LINK(List.of(Action.SUBSCRIBE, Action.PUBLISH, Action.RELAY)),
        /** To be sent messages. */
        RECEIVE(List.of(Action.SUBSCRIBE, Action.RELAY)),
        /** To send messages of its own, or to pass others' on, and then their publisher to publish: see INTERN_SOURCE. */
        SPEAK(List.of(Action.PUBLISH, Action.RELAY)),
        /** To look for members, and to name them. */
        DISCOVER(List.of(Action.DISCOVER)),
        /** What the protocol of the stream asks for. */
        STREAM(List.of(Action.RPC_CALL, Action.FILE_RECEIVE));

        @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
        private final List<Action> actions;

        Need(List<Action> actions) {
            this.actions = actions;
        }

        /** The actions of which one is enough; empty if nothing is needed. */
        public List<Action> actions() {
            return actions;
        }
    }

    /** What limits how many frames come. */
    public enum Rate {
        /** Once for each connection. */
        ONCE,
        /** 200 in ten seconds, then the edge is closed. */
        CONTROL,
        /** Aliases, or chains, of a table that ends. */
        NAMES,
        /** Changes are put together, 16 a second. */
        CHANGES,
        /** So many a second of each kind of membership frames. */
        MEMBERSHIP,
        /** So many a second of each kind of discovery frames. */
        DISCOVERY,
        /** Credit of the topic, and the node's memory. */
        TOPIC_CREDIT,
        /** So many a second on each link of a tree. */
        TREE,
        /** So many streams at a time. */
        STREAMS,
        /** Credit of the stream. */
        STREAM_CREDIT,
        /** One document of each kind at a time, asked for; so many answers a second. */
        TRUST
    }

    private static final @Nullable FrameRule[] BY_TYPE = new FrameRule[256];

    static {
        put(FrameType.HELLO, Need.NOTHING, Rate.ONCE);
        put(FrameType.HELLO_ACK, Need.NOTHING, Rate.ONCE);
        put(FrameType.GOODBYE, Need.NOTHING, Rate.ONCE);
        put(FrameType.PING, Need.NOTHING, Rate.CONTROL);
        put(FrameType.PONG, Need.NOTHING, Rate.CONTROL);
        put(FrameType.INTERN_TOPIC, Need.ANYTHING, Rate.NAMES);
        put(FrameType.INTERN_SOURCE, Need.SPEAK, Rate.NAMES);
        put(FrameType.INTERN_NAME, Need.NOTHING, Rate.NAMES);
        put(FrameType.REFUSE, Need.NOTHING, Rate.NAMES);
        put(FrameType.TOPICS, Need.MEMBER, Rate.CHANGES);
        put(FrameType.SIGNER_CHAIN, Need.NOTHING, Rate.NAMES);

        put(FrameType.JOIN, Need.MEMBER, Rate.MEMBERSHIP);
        put(FrameType.REDIRECT, Need.ANYTHING, Rate.MEMBERSHIP);
        put(FrameType.FORWARD_JOIN, Need.MEMBER, Rate.MEMBERSHIP);
        put(FrameType.NEIGHBOR, Need.LINK, Rate.MEMBERSHIP);
        put(FrameType.NEIGHBOR_ACK, Need.LINK, Rate.MEMBERSHIP);
        put(FrameType.NEIGHBOR_NACK, Need.ANYTHING, Rate.MEMBERSHIP);
        put(FrameType.DISCONNECT, Need.ANYTHING, Rate.MEMBERSHIP);
        put(FrameType.SHUFFLE, Need.MEMBER, Rate.MEMBERSHIP);
        put(FrameType.SHUFFLE_REPLY, Need.MEMBER, Rate.MEMBERSHIP);
        put(FrameType.PROBE, Need.MEMBER, Rate.MEMBERSHIP);
        put(FrameType.PROBE_ACK, Need.ANYTHING, Rate.MEMBERSHIP);

        put(FrameType.FIND, Need.DISCOVER, Rate.DISCOVERY);
        put(FrameType.FOUND, Need.DISCOVER, Rate.DISCOVERY);
        put(FrameType.REGISTER, Need.DISCOVER, Rate.DISCOVERY);

        put(FrameType.DATA, Need.SPEAK, Rate.TOPIC_CREDIT);
        put(FrameType.I_HAVE, Need.SPEAK, Rate.TREE);
        put(FrameType.GRAFT, Need.RECEIVE, Rate.TREE);
        put(FrameType.PRUNE, Need.LINK, Rate.TREE);
        put(FrameType.NO_HAVE, Need.LINK, Rate.TREE);
        put(FrameType.DIGEST, Need.LINK, Rate.TREE);
        put(FrameType.TOPIC_CREDIT, Need.LINK, Rate.TREE);
        put(FrameType.DATA_BEGIN, Need.SPEAK, Rate.TOPIC_CREDIT);
        put(FrameType.DATA_PART, Need.SPEAK, Rate.TOPIC_CREDIT);

        put(FrameType.OPEN, Need.STREAM, Rate.STREAMS);
        put(FrameType.STREAM_DATA, Need.NOTHING, Rate.STREAM_CREDIT);
        put(FrameType.CREDIT, Need.NOTHING, Rate.STREAM_CREDIT);
        put(FrameType.END, Need.NOTHING, Rate.STREAMS);
        put(FrameType.RESET, Need.NOTHING, Rate.CONTROL);

        // The signature in the document decides, and everybody has to learn who was revoked.
        put(FrameType.TRUST_STATE, Need.NOTHING, Rate.TRUST);
        put(FrameType.TRUST_REQUEST, Need.NOTHING, Rate.TRUST);
        put(FrameType.TRUST_UPDATE, Need.NOTHING, Rate.TRUST);
        put(FrameType.DATAGRAM_KEY, Need.NOTHING, Rate.CONTROL); // what is sealed with it is judged when it comes
    }

    private static void put(int type, Need need, Rate rate) {
        BY_TYPE[type] = new FrameRule(need, rate);
    }

    /**
     * The rule of a type of frames.
     *
     * @param type as in {@link FrameType}
     * @throws IllegalArgumentException if there is none: such a frame is not handled at all
     */
    public static FrameRule of(int type) {
        FrameRule rule = type >= 0 && type < BY_TYPE.length ? BY_TYPE[type] : null;
        if (rule == null) {
            throw new IllegalArgumentException("no rule says who may send frames of type " + type);
        }
        return rule;
    }
}
