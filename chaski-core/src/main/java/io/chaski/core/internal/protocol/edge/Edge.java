package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TokenBucket;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.access.PeerAccess;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.StreamFrame;
import io.chaski.core.internal.wire.TrustFrame;
import io.chaski.core.security.PeerIdentity;
import io.chaski.core.security.policy.Subject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A peer and the connections to it, nearly always one. With two, topic traffic uses the current one; a stream stays
 * on the one it was opened on. Confined to the node's event loop; the set of holders is never iterated.
 */
final class Edge implements Peer {

    private final LinkLife life;
    private final EdgeContext context;
    private final NodeId id;
    private final String name;
    private final long epoch;
    private final long sinceNanos;
    private final List<Link> links = new ArrayList<>(2);
    private final Set<Object> holders = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Latency latency = new Latency();
    private final Pings pings;
    private final TokenBucket datagrams;
    private final Timers.Timer idle;
    private final PeerTopics topics;
    private final TopicChanges topicChanges;
    private final PeerAccess access;
    private Descriptor descriptor;
    private Link current;
    private Link receiving;
    private long usedNanos;
    private boolean isUp = true;
    private boolean hasOneConnection = true;
    private boolean isLinkHashKnown;
    private long linkHash;

    Edge(LinkLife life, EdgeContext context, Link first) {
        Hello hello = first.requireHello();
        this.life = life;
        this.context = context;
        this.id = hello.descriptor().id();
        this.name = hello.name();
        this.epoch = hello.descriptor().epoch();
        this.descriptor = hello.descriptor();
        this.topics = new PeerTopics(descriptor.topics());
        life.links.fullest.noteSubscriptions(topics.count());
        this.topicChanges = new TopicChanges(context, this::onTopicsChanged);
        this.access =
                new PeerAccess(context.permissions(), id, Subject.of(identityOn(first)), context.identities()::find);
        context.identities().met(id, access.subject());
        this.sinceNanos = context.nowNanos();
        this.usedNanos = sinceNanos;
        this.current = first;
        this.receiving = first;
        this.pings = new Pings(context, this);
        int perSecond = context.settings().edge().datagramsPerSecond();
        this.datagrams = new TokenBucket(perSecond, perSecond);
        this.idle = context.timers().timer(() -> life.onIdle(this));
        links.add(first);
        armIdle();
    }

    @Override
    public NodeId id() {
        return id;
    }

    @Override
    public @Nullable PeerIdentity identity() {
        return identityOn(current);
    }

    private static @Nullable PeerIdentity identityOn(Link link) {
        return link.identity == null ? null : link.identity.peer();
    }

    @Override
    public Subject subject() {
        return access.subject();
    }

    @Override
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public boolean isOutbound() {
        return current.outbound;
    }

    @Override
    public Address remoteAddress() {
        return current.remote;
    }

    @Override
    public boolean isUp() {
        return isUp;
    }

    @Override
    public boolean isVisitor() {
        return life.isVisitor(this);
    }

    @Override
    public boolean isWritable() {
        return isUp && current.isWritable && context.outbox().isWritable(current.number);
    }

    @Override
    public long rttNanos() {
        return latency.smoothedNanos();
    }

    @Override
    public boolean maySubscribe(TopicRef topic) {
        return topics.mayContain(topic.hash()) && access.maySubscribe(topic);
    }

    @Override
    public boolean isDenied(TopicRef topic) {
        return topics.knows(topic.hash()) && !access.maySubscribe(topic);
    }

    @Override
    public boolean mayReceive(TopicRef topic) {
        return access.mayReceive(topic);
    }

    @Override
    public boolean mayLink(TopicRef topic) {
        return access.mayLink(topic);
    }

    @Override
    public boolean mayOpen(String protocol) {
        return access.mayOpen(protocol);
    }

    @Override
    public int alias(TopicRef topic) {
        return isUp ? current.names.alias(topic) : OutgoingAliases.NONE;
    }

    @Override
    public int alias(Source source) {
        return isUp ? current.names.alias(source) : OutgoingAliases.NONE;
    }

    @Override
    public int alias(String protocol) {
        return isUp ? current.names.alias(protocol) : OutgoingAliases.NONE;
    }

    @Override
    public @Nullable TopicRef topicOf(int alias) {
        return receiving.names.topicOf(alias);
    }

    @Override
    public @Nullable Source sourceOf(int alias) {
        return receiving.names.sourceOf(alias);
    }

    @Override
    public @Nullable String protocolOf(int alias) {
        return receiving.names.protocolOf(alias);
    }

    @Override
    public void send(Frame frame) {
        if (!isUp) {
            return;
        }
        if (frame instanceof TrustFrame) {
            context.outbox().send(current.number, frame); // no use of the edge: it is said again and again
            return;
        }
        usedNanos = context.nowNanos();
        if (frame instanceof StreamFrame streamFrame) {
            send(streamFrame);
        } else {
            context.outbox().send(current.number, frame);
        }
    }

    @Override
    public void sendData(Source source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        if (isUp && !access.mayReceive(source.topic())) {
            context.counters().increment("access.not-sent");
        } else if (isUp) {
            usedNanos = context.nowNanos();
            if (source.channel() == Source.SIGNED
                    && !current.chains.announce(ChainHash.inFrontOf(body), context.chains())) {
                context.counters().increment("proof.chain-forgotten");
                return;
            }
            int alias = current.names.alias(source);
            context.outbox().sendData(current.number, alias, seq, hop, hopLimit, flags, body);
        }
    }

    @Override
    public boolean checksProofs() {
        return (current.requireHello().features() & Handshake.CHECKS_PROOFS) != 0;
    }

    @Override
    public @Nullable ArrayPayload chainOf(ChainHash hash) {
        return receiving.chains.find(hash);
    }

    @Override
    public void hold(Object holder) {
        holders.add(holder);
        idle.cancel();
    }

    @Override
    public void release(Object holder) {
        if (holders.remove(holder) && holders.isEmpty() && isUp) {
            usedNanos = context.nowNanos();
            armIdle();
        }
    }

    @Override
    public int holders() {
        return holders.size();
    }

    @Override
    public void endAsIdle() {
        if (isUp) {
            assert isOutbound() && !isHeld() : "an edge in use, or not ours to end";
            life.close(this, CloseReason.IDLE, 0, "");
        }
    }

    @Override
    public boolean hasOneConnection() {
        return hasOneConnection;
    }

    @Override
    public void linksChanged() {
        isLinkHashKnown = false;
    }

    @Override
    public void misbehaved(String what) {
        context.counters().increment("misbehaved." + what);
    }

    @Override
    public String toString() {
        return id.shortForm();
    }

    private void send(StreamFrame frame) {
        Link link = current;
        for (Link other : links) {
            if (other != current && other.streams.carries(frame.stream())) {
                link = other;
            }
        }
        link.streams.onSent(frame);
        context.outbox().send(link.number, frame);
        if (link.isRetiring) {
            life.onStreamFrameOf(link);
        }
    }

    // ---- for this package

    /** What it may do. */
    PeerAccess access() {
        return access;
    }

    /** Other rules hold: what it has announced is judged again. */
    void onRules() {
        access.onRules();
        for (Link link : links) {
            link.names.review(access);
        }
    }

    void tellIdentity() {
        PeerIdentity proved = identity();
        access.onIdentity(Subject.of(proved));
        if (proved != null) {
            context.outbox().identified(id, proved);
        }
    }

    String name() {
        return name;
    }

    long epoch() {
        return epoch;
    }

    long sinceNanos() {
        return sinceNanos;
    }

    Latency latency() {
        return latency;
    }

    Pings pings() {
        return pings;
    }

    /** Counts a datagram that came; false if it is one too many. */
    boolean takeDatagram() {
        return datagrams.tryTake(1, context.nowNanos());
    }

    /** What was counted last was not the peer's. */
    void giveDatagramBack() {
        datagrams.giveBack(1);
    }

    Link current() {
        return current;
    }

    /** The connections, in the order they came up. */
    List<Link> links() {
        return links;
    }

    /** The hash over all topic links. It is kept, since each PING and PONG asks, and links change seldom. */
    long linkHash() {
        assert !isLinkHashKnown || linkHash == life.linkHash(this) : "links changed and nobody was told";
        if (!isLinkHashKnown) {
            linkHash = life.linkHash(this);
            isLinkHashKnown = true;
        }
        return linkHash;
    }

    boolean isHeld() {
        return !holders.isEmpty();
    }

    long usedNanos() {
        return usedNanos;
    }

    /** The input that is being handled came over this connection: its aliases count. */
    void receiveOn(Link link) {
        receiving = link;
        usedNanos = context.nowNanos();
    }

    void add(Link link) {
        links.add(link);
        hasOneConnection = false;
    }

    void remove(Link link) {
        links.remove(link);
    }

    /** Topic traffic goes over this connection from now on. */
    void switchTo(Link link) {
        boolean wasWritable = current.isWritable;
        current = link;
        tellIdentity();
        if (link.isWritable != wasWritable) {
            life.onWritabilityChanged(this);
        }
    }

    /** A connection other than the given one that takes topic traffic, the newest first. */
    @Nullable
    Link usableBeside(Link link) {
        for (int i = links.size() - 1; i >= 0; i--) {
            Link other = links.get(i);
            if (other != link && other.isUsable() && !other.goodbyeReceived) {
                return other;
            }
        }
        return null;
    }

    /** False if the peer has as many topics as it may have. */
    boolean addTopic(long hash) {
        if (topics.knows(hash)) {
            return true;
        }
        boolean fits = topics.add(hash);
        if (fits) {
            onTopicChange(hash);
        }
        return fits;
    }

    void removeTopic(long hash) {
        if (topics.mayContain(hash)) {
            topics.remove(hash);
            onTopicChange(hash);
        }
    }

    private void onTopicChange(long hash) {
        life.links.fullest.noteSubscriptions(topics.count());
        topicChanges.note(hash);
    }

    /** The rest of the node hears which topics were added or removed. */
    void tellTopics() {
        topicChanges.tell();
    }

    /** Hashes that the peer is known to subscribe to. */
    List<Long> topicHashes() {
        return topics.hashes();
    }

    /** What the peer says of itself in the HELLO of a further connection; its topics are announced, not replaced. */
    void describe(Descriptor newer) {
        descriptor = newer;
        describeTopics();
    }

    private void onTopicsChanged() {
        describeTopics();
        life.onSubscriptionsChanged(this, topicChanges.take());
    }

    /** The descriptor follows the announcements. */
    private void describeTopics() {
        descriptor = new Descriptor(
                id,
                epoch,
                descriptor.addresses(),
                descriptor.reachable(),
                descriptor.relay(),
                descriptor.root(),
                topics.summary(),
                0);
    }

    void onDown() {
        isUp = false;
        idle.cancel();
        holders.clear();
        topicChanges.close();
        pings.failAll();
    }

    void armIdle() {
        idle.armAt(usedNanos + context.settings().edge().idleNanos());
    }
}
