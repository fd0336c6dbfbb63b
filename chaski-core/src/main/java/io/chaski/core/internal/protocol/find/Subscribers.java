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
        return Hearsay.believed(
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

    /** As {@link #lookUp}, without this node. */
    List<Descriptor> lookUpOthers(long topicHash, int limit) {
        Map<NodeId, Descriptor> known = new LinkedHashMap<>();
        TopicRef subscribed = local.subscribed(topicHash);
        if (subscribed != null) {
            put(known, local.members(subscribed, limit));
        }
        put(known, registry.choose(topicHash, limit, context.nowNanos(), context.random()));
        if (known.size() < limit) {
            putHeard(known, topicHash);
        }
        return Sampling.choose(new ArrayList<>(known.values()), limit, context.random());
    }

    private void putHeard(Map<NodeId, Descriptor> known, long topicHash) {
        for (Peer peer : context.peers().all()) {
            Descriptor member = peer.descriptor().topics().mayContain(topicHash) ? believed(peer.descriptor()) : null;
            if (member != null) {
                put(known, List.of(member));
            }
        }
        long nowNanos = context.nowNanos();
        for (View.Entry entry : index.entries()) {
            boolean fresh =
                    entry.ageSeconds(nowNanos) <= settings.forgottenAfter().toSeconds();
            if (fresh && entry.descriptor().topics().mayContain(topicHash)) {
                put(known, List.of(entry.aged(nowNanos)));
            }
        }
    }

    private static void put(Map<NodeId, Descriptor> known, List<Descriptor> descriptors) {
        for (Descriptor descriptor : descriptors) {
            known.putIfAbsent(descriptor.id(), descriptor);
        }
    }
}
