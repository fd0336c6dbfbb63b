package io.chaski.core;

import io.chaski.core.internal.wire.TopicSummary;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a remote node says about itself when probed. Over TCP it says less, because there it only greets: what it did
 * not say is empty. Immutable.
 *
 * @param address where it was asked
 * @param id who answered
 * @param epoch its incarnation
 * @param name its label
 * @param cluster its cluster, which is that of who asked: others do not answer
 * @param root whether it keeps registrations for others
 * @param serving whether it accepts connections
 * @param reconnecting number of configured peers it is trying to reach again; over UDP only
 * @param edges number of its edges; over UDP only
 * @param topics what it subscribes to, 32 of them at most; over TCP none if it has more
 * @param overUdp whether the answer came over UDP, or over a connection because UDP stayed silent
 */
public record ProbeResult(
        Address address,
        NodeId id,
        long epoch,
        String name,
        String cluster,
        boolean root,
        boolean serving,
        OptionalInt reconnecting,
        OptionalInt edges,
        List<ProbedTopic> topics,
        boolean overUdp) {

    /**
     * A topic, whose name is not told to who may not know it.
     *
     * @param hash first eight bytes of the SHA-256 of its name
     * @param neighbours number of its links to other members, 0 if it is not paired; over UDP only
     */
    public record ProbedTopic(long hash, OptionalInt neighbours) {}

    /** Checks that nothing is missing. */
    public ProbeResult {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(cluster, "cluster");
        topics = List.copyOf(topics);
    }

    /**
     * Whether the node has said that it subscribes to a topic.
     *
     * @param topic any topic
     */
    public boolean subscribes(Topic<?> topic) {
        return find(topic).isPresent();
    }

    /**
     * How many links to other members the node has in a topic.
     *
     * @param topic any topic
     * @return empty if it did not say, or does not subscribe as far as it said
     */
    public OptionalInt neighbours(Topic<?> topic) {
        return find(topic).map(ProbedTopic::neighbours).orElse(OptionalInt.empty());
    }

    private Optional<ProbedTopic> find(Topic<?> topic) {
        long hash = TopicSummary.hashOf(topic.name());
        return topics.stream().filter(probed -> probed.hash() == hash).findFirst();
    }
}
