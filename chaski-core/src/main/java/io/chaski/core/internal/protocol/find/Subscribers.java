package io.chaski.core.internal.protocol.find;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.member.Hearsay;
import io.chaski.core.internal.protocol.member.Sampling;
import io.chaski.core.internal.protocol.member.View;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.DiscoveryFrame.Register;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who subscribes to what, as far as this node knows: by its own overlays, by registrations if it is a root, from its
 * peers, and from what it has heard of others. Confined to the node's event loop.
 */
final class Subscribers {

    private final ProtocolContext context;
    private final DiscoverySettings settings;
    private final Discovery.LocalTopics local;
    private final View index;
    private final Registry registry;

    /** Incarnations that have said goodbye here, the last one last; as many as are indexed. */
    private final Map<NodeId, Long> left = new LinkedHashMap<>();

    private boolean registryWasFull;

    Subscribers(ProtocolContext context, Discovery.LocalTopics local) {
        this.context = context;
        this.settings = context.settings().discovery();
        this.local = local;
        this.index = new View(settings.indexMax());
        this.registry = new Registry(settings.registrationsMax());
    }

    int indexed() {
        return index.size();
    }

    int registered() {
        return registry.size();
    }

    void expire() {
        registry.expire(context.nowNanos());
        index.removeOlderThan(settings.forgottenAfter().toSeconds(), context.nowNanos());
    }

    /** What is left of a descriptor that somebody passed on; null for nothing. */
    @Nullable
    Descriptor believed(Descriptor descriptor) {
        Long epoch = left.get(descriptor.id());
        return epoch != null && epoch >= descriptor.epoch()
                ? null
                : Hearsay.believed(
                        descriptor, context.self(), settings.forgottenAfter().toSeconds());
    }

    /** A believed descriptor. Nodes that subscribe to nothing are of no use here. */
    void add(Descriptor descriptor) {
        boolean subscribes = !descriptor.topics().hashes().isEmpty()
                || !descriptor.topics().bloom().isEmpty();
        if (subscribes || index.contains(descriptor.id())) {
            index.put(descriptor, false, context.nowNanos(), context.random());
        }
    }

    /**
     * A node has said that it leaves: to name it would only make others dial nobody, and who names it has not heard of that yet.
     * Its next incarnation is not meant.
     */
    void onLeft(Descriptor gone) {
        left.remove(gone.id());
        left.put(gone.id(), gone.epoch());
        if (left.size() > settings.indexMax()) {
            left.remove(left.keySet().iterator().next());
        }
        View.Entry known = index.get(gone.id());
        if (known != null && known.descriptor().epoch() <= gone.epoch()) {
            index.remove(gone.id());
        }
        registry.register(gone, List.of(), context.nowNanos());
    }

    /** It is here, whatever its epoch: a clock may have been set back. */
    void onHere(NodeId node) {
        left.remove(node);
    }

    /** A registration; refused if this node is no root, or the member cannot be where it says. */
    void register(Register register) {
        Descriptor member = believed(register.member());
        if (!context.descriptor().root() || member == null) {
            context.counters().increment("discovery.registration-refused");
            return;
        }
        long leaseSeconds = Math.min(register.leaseSeconds(), settings.lease().toSeconds());
        long untilNanos = context.nowNanos() + leaseSeconds * 1_000_000_000L;
        if (!registry.register(member, register.topicHashes(), untilNanos)) {
            context.counters().increment("discovery.registry-full");
            if (!registryWasFull) {
                registryWasFull = true;
                context.outbox().emit(new NodeEvent.LimitReached("registrations", settings.registrationsMax()));
            }
        }
        add(member);
    }

    /** Members, this node first if it is one. */
    List<Descriptor> lookUp(long topicHash, int limit) {
        List<Descriptor> members = lookUpOthers(topicHash, limit);
        if (local.subscribed(topicHash) != null) {
            // This node comes first: whoever asks it can be sure of it.
            members.add(0, context.descriptor());
        }
        return members.size() > limit ? new ArrayList<>(members.subList(0, limit)) : members;
    }

    /**
     * As {@link #lookUp}, without this node. Those that are surely there come first, at random; of the others, those that were heard
     * of last: names of nodes that have ended go round for minutes, and would hide the few that have not.
     */
    List<Descriptor> lookUpOthers(long topicHash, int limit) {
        List<Descriptor> certain =
                new ArrayList<>(registry.choose(topicHash, limit, context.nowNanos(), context.random()));
        TopicRef subscribed = local.subscribed(topicHash);
        if (subscribed != null) {
            certain.addAll(local.members(subscribed, limit));
        }
        Map<NodeId, Descriptor> known = new LinkedHashMap<>();
        put(known, Sampling.choose(certain, certain.size(), context.random()), limit);
        put(known, Sampling.choose(peers(topicHash), limit, context.random()), limit);
        put(known, heardOf(topicHash), limit);
        return new ArrayList<>(known.values());
    }

    private List<Descriptor> peers(long topicHash) {
        List<Descriptor> members = new ArrayList<>();
        for (Peer peer : context.peers().all()) {
            Descriptor member = peer.descriptor().topics().mayContain(topicHash) ? believed(peer.descriptor()) : null;
            if (member != null) {
                members.add(member);
            }
        }
        return members;
    }

    /** The youngest word first. */
    private List<Descriptor> heardOf(long topicHash) {
        long nowNanos = context.nowNanos();
        long oldestSeconds = settings.forgottenAfter().toSeconds();
        return index.entries().stream()
                .filter(entry -> entry.descriptor().topics().mayContain(topicHash))
                .filter(entry -> entry.ageSeconds(nowNanos) <= oldestSeconds)
                .map(entry -> entry.aged(nowNanos))
                .sorted(Comparator.comparingInt(Descriptor::ageSeconds))
                .toList();
    }

    private static void put(Map<NodeId, Descriptor> known, List<Descriptor> descriptors, int limit) {
        for (Descriptor descriptor : descriptors) {
            if (known.size() >= limit) {
                return;
            }
            known.putIfAbsent(descriptor.id(), descriptor);
        }
    }
}
