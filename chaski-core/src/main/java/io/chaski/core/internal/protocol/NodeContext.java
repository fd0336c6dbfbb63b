package io.chaski.core.internal.protocol;

import io.chaski.core.Address;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.access.KnownIdentities;
import io.chaski.core.internal.protocol.access.Permissions;
import io.chaski.core.internal.protocol.edge.EdgeContext;
import io.chaski.core.internal.protocol.proof.Chains;
import io.chaski.core.internal.protocol.proof.OriginKeys;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.TopicSummary;
import io.chaski.core.security.policy.AccessRules;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.Subject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the state machines of one node share. Confined to the node's event loop. */
final class NodeContext implements EdgeContext {

    /** A peer that lies about our epoch again and again must not make us a new node each time. */
    private static final int MAX_RAISES = 8;

    private final ProtocolSettings settings;
    private final RandomGenerator random;
    private final Outbox outbox;
    private final Timers timers = new Timers();
    private final Names names = new Names();
    private final Counters counters = new Counters();
    private final Permissions permissions = new Permissions(counters, timers, this::nowNanos, this::review);
    private final KnownIdentities identities = new KnownIdentities();
    private final Chains chains = new Chains();
    private final Deque<Runnable> later = new ArrayDeque<>();
    private final NodeMemory memory;
    private LocalNode local;
    private @Nullable Peers peers;
    private @Nullable Descriptor descriptor;
    private Runnable onEpochRaised = () -> {};
    private Consumer<AccessRules> reviewer = rules -> {};
    private List<Long> topicHashes = List.of();
    private boolean isReachable;
    private long nowNanos;
    private long startNanos;
    private long startMillis;
    private int raises;

    NodeContext(LocalNode local, ProtocolSettings settings, RandomGenerator random, Outbox outbox) {
        this.local = local;
        this.settings = settings;
        this.random = random;
        this.outbox = outbox;
        this.memory = NodeMemory.of(this);
    }

    void start(long wallClockMillis) {
        startNanos = nowNanos;
        startMillis = wallClockMillis;
    }

    void setPeers(Peers edges, Runnable epochRaised) {
        peers = edges;
        onEpochRaised = epochRaised;
    }

    void setReviewer(Consumer<AccessRules> everything) {
        reviewer = everything;
    }

    private void review(AccessRules rules) {
        reviewer.accept(rules);
    }

    void setNow(long now) {
        nowNanos = now;
    }

    void setTopics(List<Long> hashes) {
        topicHashes = hashes;
        descriptor = null;
    }

    /** Somebody has come to us, so others can. */
    void setReachable() {
        if (!isReachable) {
            isReachable = true;
            descriptor = null;
        }
    }

    /** Does what was put off, and what that puts off. */
    void runLater() {
        for (Runnable action = later.poll(); action != null; action = later.poll()) {
            action.run();
        }
    }

    @Override
    public long nowNanos() {
        return nowNanos;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public Timers timers() {
        return timers;
    }

    @Override
    public Outbox outbox() {
        return outbox;
    }

    @Override
    public Names names() {
        return names;
    }

    @Override
    public Peers peers() {
        Peers known = peers;
        if (known == null) {
            throw new IllegalStateException("the node is not wired yet");
        }
        return known;
    }

    @Override
    public NodeId self() {
        return local.id();
    }

    @Override
    public Descriptor descriptor() {
        Descriptor known = descriptor;
        if (known == null) {
            List<Address> addresses = local.addresses();
            known = new Descriptor(
                    local.id(),
                    local.epoch(),
                    addresses.subList(0, Math.min(Descriptor.MAX_ADDRESSES, addresses.size())),
                    isReachable,
                    local.relay(),
                    local.root(),
                    TopicSummary.of(topicHashes),
                    0);
            descriptor = known;
        }
        return known;
    }

    @Override
    public List<Address> bootstrap() {
        return local.bootstrap();
    }

    @Override
    public ProtocolSettings settings() {
        return settings;
    }

    @Override
    public NodeMemory memory() {
        return memory;
    }

    @Override
    public Counters counters() {
        return counters;
    }

    @Override
    public Permissions permissions() {
        return permissions;
    }

    @Override
    public KnownIdentities identities() {
        return identities;
    }

    @Override
    public Chains chains() {
        return chains;
    }

    @Override
    public String cluster() {
        return local.cluster();
    }

    @Override
    public void onSigned(ChainHash hash, ArrayPayload chain) {
        chains.put(hash, chain);
    }

    @Override
    public boolean onProved(Source source, OriginKeys.Owner owner, ChainHash hash, ArrayPayload chain) {
        chains.put(hash, chain);
        Subject publisher = Subject.of(owner.identity());
        if (!publisher.equals(identities.find(owner.node()))) {
            identities.met(owner.node(), publisher);
        }
        return permissions.may(publisher, Action.PUBLISH, source.topic().name());
    }

    @Override
    public LocalNode local() {
        return local;
    }

    @Override
    public long wallClockMillis() {
        return startMillis + TimeUnit.NANOSECONDS.toMillis(nowNanos - startNanos);
    }

    @Override
    public List<Long> topicHashes() {
        return topicHashes;
    }

    @Override
    public void later(Runnable action) {
        later.add(action);
    }

    @Override
    public void onSuperseded(long seenEpoch, Address remote) {
        boolean isEarlierLife = seenEpoch >= local.epoch() && seenEpoch < Long.MAX_VALUE;
        if (!isEarlierLife) {
            return; // raised already because of another peer
        }
        if (raises >= MAX_RAISES) {
            outbox.emit(new NodeEvent.DuplicateId(remote));
            return;
        }
        raises++;
        counters.increment("epoch.raised");
        local = new LocalNode(
                local.id(),
                seenEpoch + 1,
                local.name(),
                local.cluster(),
                local.addresses(),
                local.bootstrap(),
                local.root(),
                local.relay());
        descriptor = null;
        outbox.emit(new NodeEvent.EpochRaised(local.epoch()));
        onEpochRaised.run();
    }
}
