package io.chaski.examples.chat;

import io.chaski.core.Address;
import io.chaski.core.Presence;
import io.chaski.core.Topic;
import io.chaski.streamer.DurableOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Which room, and how this member is in it.
 *
 * @param room its name: what the name of a topic may have
 * @param join any members of the room
 * @param lease how long a member that crashes is taken for one that is there
 * @param durable directory in which this member keeps what is said; if empty it keeps nothing
 * @param copies how many members must have what is said on their disks
 * @param isWired whether there are no connections but those of {@code join}, which can be cut
 */
record RoomOptions(
        String room, List<Address> join, Duration lease, Optional<Path> durable, int copies, boolean isWired) {

    RoomOptions {
        join = List.copyOf(join);
        try {
            var unused = Topic.text(prefixed("members", room)); // the longer one of both
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--room: " + e.getMessage(), e);
        }
        if (lease.compareTo(Presence.MIN_LEASE) < 0 || lease.compareTo(Presence.MAX_LEASE) > 0) {
            throw new IllegalArgumentException("--lease takes " + Presence.MIN_LEASE.toSeconds() + " to "
                    + Presence.MAX_LEASE.toSeconds() + " seconds");
        }
        if (copies < 1 || copies > DurableOptions.MAX_REPLICAS) {
            throw new IllegalArgumentException("--copies takes 1 to " + DurableOptions.MAX_REPLICAS);
        }
    }

    /** What is said. */
    Topic<String> said() {
        return Topic.text(prefixed("rooms", room));
    }

    /** Who is there, and the last words of those who leave. */
    Topic<String> members() {
        return Topic.text(prefixed("members", room)).presence(true).presenceLease(lease);
    }

    /** Where this member keeps what is said in this room, whatever the room is called. */
    Optional<Path> keepIn() {
        return durable.map(directory -> directory.resolve("room-" + URLEncoder.encode(room, StandardCharsets.UTF_8)));
    }

    /** Where it keeps who it is. */
    Optional<Path> identityIn() {
        return durable.map(directory -> directory.resolve("member"));
    }

    private static String prefixed(String kind, String room) {
        return kind + "/" + room;
    }
}
