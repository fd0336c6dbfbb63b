package io.chaski.core;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who is in a topic, as far as its members announce themselves: every five seconds, when they come and when they
 * leave. Who is not heard for fifteen seconds has left, or for what it has said itself ({@link Topic#presenceLease(Duration)}). This
 * node is one of the members. Thread-safe.
 */
public interface Presence {

    /** How often a member announces itself by default. Three may be lost before it counts as gone. */
    Duration HEARTBEAT = Duration.ofSeconds(5);

    /** How long an announcement counts by default: a crash shows within the time in which people begin to wonder. */
    Duration LEASE = Duration.ofSeconds(15);

    /** An announcement a second; below, a busy machine would look like a dead one. */
    Duration MIN_LEASE = Duration.ofSeconds(3);

    /** Longer, who is gone would be there for everybody; it also bounds what a member may say of itself. */
    Duration MAX_LEASE = Duration.ofMinutes(5);

    /** Members kept at most; those beyond are not shown, and an event says so. Each costs a message per heartbeat. */
    int MAX_MEMBERS = 1_024;

    /** Name of the topic. */
    String topic();

    /** Everybody who is there now, this node included, in the order they came. */
    List<Member> members();

    /** How many there are now, this node included. */
    default int count() {
        return members().size();
    }

    /**
     * Whether a node is there now.
     *
     * @param node its id
     */
    default boolean isPresent(NodeId node) {
        return members().stream().anyMatch(member -> member.id().equals(node));
    }

    /**
     * Hears of everybody who comes from now on.
     *
     * @param callback called on the callback executor, one at a time with the callbacks of {@link #onLeft}
     */
    Registration onJoined(Consumer<Member> callback);

    /**
     * Hears of everybody who leaves from now on, whether it says goodbye or falls silent.
     *
     * @param callback called on the callback executor, one at a time with the callbacks of {@link #onJoined}
     */
    Registration onLeft(Consumer<Member> callback);

    /**
     * Somebody who is there.
     *
     * @param id who
     * @param name its label; may repeat among nodes
     */
    record Member(NodeId id, String name) {}
}
