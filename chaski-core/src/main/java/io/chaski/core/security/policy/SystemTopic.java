package io.chaski.core.security.policy;

import io.chaski.core.security.ChaskiUri;
import java.util.List;
import java.util.Optional;

/**
 * What holds for topics of the library whatever a policy says. They come along with what they are needed for, so that nobody
 * has to know their names to write a policy, and the topics that all nodes must believe have few publishers.
 */
public enum SystemTopic {
    /** The overlay of all nodes, where members of topics are found. */
    CONTROL("@"),
    /** Announcements of services. */
    SERVICES("$services"),
    /** Announcements of those who work on queues. */
    QUEUES("$queues"),
    /** Announcements of those that keep durable topics. */
    KEEPERS("$keepers");

    /** Topics below this are published by authorities and administrators only. */
    public static final String TRUSTED = "$chaski";

    private final String topic;

    SystemTopic(String topic) {
        this.topic = topic;
    }

    /** Its name. */
    public String topic() {
        return topic;
    }

    static Optional<SystemTopic> of(String object) {
        for (SystemTopic each : values()) {
            if (each.topic.equals(object)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** What implies an action here, if somebody may do any of it. */
    List<Action> implying(Action action) {
        boolean isOfTopics = action == Action.PUBLISH
                || action == Action.SUBSCRIBE
                || action == Action.RELAY
                || action == Action.DISCOVER;
        if (!isOfTopics) {
            return List.of();
        }
        return switch (this) {
            case CONTROL -> List.of(Action.DISCOVER);
            // Who calls asks there who serves, and who submits jobs who works.
            case SERVICES, QUEUES -> List.of(Action.RPC_SERVE, Action.RPC_CALL);
            // Who publishes asks there who keeps. Whether somebody may keep a topic is asked when it is believed.
            case KEEPERS -> List.of(Action.PUBLISH, Action.DURABLE_CREATE, Action.DURABLE_CONSUME);
        };
    }

    /** Whether an action is kept from everybody but authorities and administrators. */
    static boolean isKeptFrom(Subject subject, Action action, String object) {
        boolean isTrusted = object.equals(TRUSTED) || object.startsWith(TRUSTED + "/");
        return isTrusted && action == Action.PUBLISH && !isTrusted(subject);
    }

    private static boolean isTrusted(Subject subject) {
        try {
            return ChaskiUri.parse(subject.name()).role() != ChaskiUri.Role.NODE;
        } catch (IllegalArgumentException notOurs) {
            return false; // identities of other authorities have no roles
        }
    }
}
