package io.chaski.core.security.policy;

import java.util.Optional;

/** What somebody may be allowed to do, each with an object. Immutable. */
public enum Action {
    /** Send messages to a topic under one's own name. */
    PUBLISH("publish"),
    /** Receive the messages of a topic. */
    SUBSCRIBE("subscribe"),
    /** Pass on messages of others, and so also receive them. */
    RELAY("relay"),
    /** Make a topic durable. */
    DURABLE_CREATE("durable.create"),
    /** Read what a durable topic has kept. */
    DURABLE_CONSUME("durable.consume"),
    /** Call a method of a service; the object is {@code service/method}. */
    RPC_CALL("rpc.call"),
    /** Offer a service; the object is {@code service}. */
    RPC_SERVE("rpc.serve"),
    /** Offer files on a topic, and hand them out. */
    FILE_SEND("file.send"),
    /** Fetch files that were offered on a topic. */
    FILE_RECEIVE("file.receive"),
    /** Ask who subscribes to a topic, and be found there. */
    DISCOVER("discover"),
    /** Administer; the object is a name like that of a topic. */
    ADMIN("admin");

    private final String key;

    Action(String key) {
        this.key = key;
    }

    /** How policies write it, such as {@code rpc.call}. */
    public String key() {
        return key;
    }

    /**
     * The action that policies write so; empty if none.
     *
     * @param key such as {@code rpc.call}
     */
    public static Optional<Action> ofKey(String key) {
        for (Action action : values()) {
            if (action.key.equals(key)) {
                return Optional.of(action);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return key;
    }
}
