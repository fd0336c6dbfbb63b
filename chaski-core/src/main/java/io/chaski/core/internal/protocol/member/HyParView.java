package io.chaski.core.internal.protocol.member;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one overlay a connected random graph in which every node has five or six links, whatever crashes, restarts or
 * is cut off: HyParView (Leitao, Pereira, Rodrigues, DSN 2007) with additions that let it fill up, heal and stay
 * bounded. There is one for each topic, and one, "@", of which every node is a member. Who is known is in
 * {@link Members}, links in {@link Links}; {@link Contacts} let nodes in, {@link Filling} asks for links,
 * {@link Shuffling} mixes views, {@link Prober} heals. Confined to the node's event loop.
 */
public final class HyParView implements Membership {

    /** Name of the control overlay, of which every node is a member. Not a valid topic name. */
    public static final String CONTROL = "@";

    /** Counts draining links that were cut because there were too many. */
    public static final String DRAIN_CUT = "membership.drain-cut";

    private final ProtocolContext context;
    private final MembershipSettings settings;
    private final TopicRef topic;
    private final boolean control;
    private final Members members;
    private final Links links;
    private final Contacts contacts;
    private final Prober prober;
    private final Shuffling shuffling;
    private final Filling filling;
    private final Incoming incoming;
    private boolean running;
    private long failedDials;

    /**
     * Not yet joined; see {@link #start()}.
     *
     * @param context the node
     * @param topic the topic, retained by the caller for as long as this object lives
     * @param listener hears of links
     */
    public HyParView(ProtocolContext context, TopicRef topic, Listener listener) {
        this.context = context;
        this.settings = context.settings().membership();
        this.topic = topic;
        this.control = topic.name().equals(CONTROL);
        this.members = new Members(context, this::isLinked);
        this.links = new Links(context, topic, this, listener);
        this.contacts = new Contacts(context, topic, this, links, members);
        this.prober = new Prober(context, topic, this, links, members);
        this.shuffling = new Shuffling(context, topic, links, members);
        this.filling = new Filling(context, this, listener, links, members, contacts, prober);
        this.incoming = new Incoming(context, this, links, members, contacts, prober, shuffling);
    }

    // ---- life

    @Override
    public void start() {
        running = true;
        for (Peer peer : context.peers().all()) {
            if (isMember(peer)) {
                members.met(peer);
            }
        }
        prober.start();
        shuffling.start();
        filling.start();
    }

    @Override
    public void leave() {
        running = false;
        filling.leave();
        shuffling.leave();
        prober.leave();
        contacts.leave();
        links.leave();
    }

    // ---- inputs

    @Override
    public void onFrame(Peer from, MembershipFrame frame) {
        if (running) {
            incoming.onFrame(from, frame);
        }
    }

    @Override
    public void onPeerUp(Peer peer) {
        if (!running || !isMember(peer)) {
            return;
        }
        if (members.met(peer)) {
            prober.onReturn(peer);
        }
        if (control) {
            // Every edge brings a member of "@", mostly one that is about to say what it wants.
            filling.soon();
        } else {
            filling.now();
        }
    }

    @Override
    public void onPeerDown(Peer peer, CloseReason reason) {
        if (!running) {
            return;
        }
        incoming.onPeerDown(peer);
        contacts.onPeerDown(peer);
        prober.onPeerDown(peer);
        boolean wasMember = links.isLinked(peer) || members.isKnown(peer.id());
        boolean hadLink = links.onPeerDown(peer);
        if (wasMember) {
            settle(peer, Ending.of(reason));
        }
        if (hadLink) {
            filling.onLinkLost();
        }
    }

    private void settle(Peer peer, Ending ending) {
        switch (ending) {
            case VANISHED -> members.vanished(Members.wordOf(peer), true);
            case GONE -> members.forget(peer.id());
            case PARTED -> members.met(peer);
            case CROWDED -> onSurplus(peer);
        }
    }

    @Override
    public void onSubscriptionChanged(Peer peer, boolean subscribed) {
        if (!running || control) {
            return;
        }
        if (subscribed) {
            onPeerUp(peer);
        } else {
            boolean hadLink = links.onPeerDown(peer);
            members.forget(peer.id());
            if (hadLink) {
                filling.onLinkLost();
            }
        }
    }

    @Override
    public void onCandidates(List<Descriptor> candidates) {
        if (running) {
            for (Descriptor candidate : candidates) {
                // Discovery has filtered what came from afar; what is left may be local.
                members.learn(candidate);
            }
            filling.now();
        }
    }

    @Override
    public void onWanted(Descriptor origin) {
        if (running && links.hasSlot()) {
            links.request(origin, Peers.Trust.HINT, Priority.OFFER, true);
        }
    }

    @Override
    public void onNetworkChanged() {
        if (running) {
            prober.probeLost(settings.lostMax());
            prober.probeBootstrap();
            filling.onNetworkChanged();
        }
    }

    @Override
    public void onAsymmetry(Peer peer) {
        if (running) {
            links.onAsymmetry(peer);
        }
    }

    @Override
    public void onSlow(Peer peer) {
        if (running) {
            links.giveUp(peer);
        }
    }

    /**
     * Asks whoever is at an address whether it belongs to another component, and joins the two if so.
     *
     * @param address hearsay
     */
    public void probe(Address address) {
        if (running) {
            prober.probe(address);
        }
    }

    // ---- looking

    @Override
    public List<Peer> neighbours() {
        return links.peers();
    }

    @Override
    public long linkHash(Peer peer) {
        int generation = links.generation(peer);
        return generation == 0 ? 0 : LinkHash.of(topic, generation);
    }

    /** Descriptors this view knows (active, passive, book), for discovery and for samples. */
    public List<Descriptor> known() {
        List<Descriptor> known = new ArrayList<>();
        for (Peer peer : links.peers()) {
            known.add(Members.wordOf(peer));
        }
        for (View.Entry entry : members.passive().entries()) {
            known.add(entry.aged(context.nowNanos()));
        }
        for (View.Entry entry : members.book().entries()) {
            known.add(entry.aged(context.nowNanos()));
        }
        return known;
    }

    /** Members that have vanished or could not be reached. */
    public List<Descriptor> lost() {
        return members.lost().all();
    }

    /**
     * What is known of a node without a link, also of one that has just vanished; null for nothing.
     *
     * @param id the node
     */
    public Peers.@Nullable Known find(NodeId id) {
        return members.find(id);
    }

    /**
     * Has every descriptor passed on that this overlay believes.
     *
     * @param audience hears them
     */
    public void tell(Consumer<Descriptor> audience) {
        members.tell(audience);
    }

    /**
     * Whether the node is in one of the views.
     *
     * @param id any node
     */
    public boolean knows(NodeId id) {
        return links.isBusy(id) || members.isKnown(id) || members.lost().get(id) != null;
    }

    /** How many attempts to reach a member have come to nothing. */
    public long failedDials() {
        return failedDials;
    }

    /** Neighbours that were demoted and may still send, for the invariants of simulations. */
    public List<Peer> draining() {
        return links.draining();
    }

    /**
     * How full its tables are, for the invariants of simulations.
     *
     * @param audience hears it
     */
    public void tellTables(TableAudience audience) {
        audience.hear("links", links.count(), settings.activeMax());
        audience.hear("passive members", members.passive().size(), settings.passiveMax());
        audience.hear("booked members", members.book().size(), settings.bookMax());
        audience.hear("lost members", members.lost().size(), settings.lostMax());
        audience.hear("requests", links.requestCount(), settings.requestsMax());
        audience.hear("JOINs", contacts.count(), settings.contacts());
        audience.hear("probes", prober.outstandingCount(), Prober.MAX_OUTSTANDING);
        audience.hear("draining links", links.drainingCount(), Links.MAX_DRAINING);
        audience.hear("members that have returned", prober.returnedCount(), Prober.MAX_RETURNED);
        audience.hear("members of another component", prober.foreignCount(), Prober.MAX_RETURNED);
    }

    /** A timer for each link request, JOIN and probe under way, for the invariants of simulations. For looking only. */
    public List<Timers.Timer> deadlines() {
        List<Timers.Timer> deadlines = new ArrayList<>();
        links.tellDeadlines(deadlines::add);
        contacts.tellDeadlines(deadlines::add);
        prober.tellDeadlines(deadlines::add);
        return deadlines;
    }

    // ---- what the parts tell each other

    boolean isControl() {
        return control;
    }

    private boolean isLinked(NodeId id) {
        return links.isLinked(id);
    }

    private boolean isMember(Peer peer) {
        return control ? peer.mayReceive(topic) : peer.maySubscribe(topic);
    }

    /** Whether a link to the node stands or is in the making. */
    boolean isBusy(NodeId id) {
        return links.isBusy(id) || contacts.isContact(id);
    }

    void onLinkUp(Peer peer) {
        members.linked(peer.id());
        contacts.onLinkUp(peer);
        prober.onLinkUp(peer);
        filling.onLinkUp(peer);
    }

    void onLinkLost() {
        filling.onLinkLost();
    }

    /** Asks somebody that a peer has named for a link, if the peer may be believed. */
    void ask(Descriptor named) {
        members.learn(named);
        View.Entry known = members.entry(named.id());
        if (known != null) {
            links.request(known.descriptor(), known.trust(), Priority.LOW, true);
        }
    }

    /** The node lives, but one of the two has no slot for this link any more. */
    void onSurplus(Peer peer) {
        members.met(peer);
        members.rest(peer.id());
    }

    void onRefused(NodeId id) {
        members.rest(id);
        filling.onRefused();
    }

    void onNotSubscribed(NodeId id) {
        members.forget(id);
        filling.now();
    }

    void onUnreachable(Descriptor whom) {
        failedDials++;
        members.vanished(whom, false);
        filling.now();
    }

    void onContactUnreachable(NodeId whom) {
        failedDials++;
        View.Entry entry = members.passive().get(whom);
        if (entry != null) {
            members.vanished(entry.descriptor(), false);
        }
        filling.now();
    }

    void onLostUnreachable() {
        failedDials++;
    }

    void onRedirected() {
        filling.now();
    }

    /** Nobody was dialled: the next tick asks somebody, or this one somebody who need not be dialled. */
    void onDeferred(Descriptor whom) {
        members.rest(whom.id());
        filling.onDeferred();
    }

    /** Somebody who was asked cannot be reached for now: others are asked beside him. */
    void onHanging() {
        filling.now();
    }

    /** How long a peer may take to answer. */
    long answerNanos(Peer peer) {
        return Math.max(settings.answerWithin().toNanos(), 4 * peer.rttNanos());
    }

    /** Up to eight members for a peer: active and passive ones at random, after one that is most worth asking. */
    List<Descriptor> sample(NodeId receiver, @Nullable Descriptor first) {
        List<Descriptor> sample = new ArrayList<>();
        for (Peer peer : links.peers()) {
            if (!peer.id().equals(receiver)) {
                sample.add(Members.wordOf(peer));
            }
        }
        sample.addAll(members.passiveSample(MembershipFrame.MAX_DESCRIPTORS, receiver));
        if (first == null) {
            return Sampling.choose(sample, MembershipFrame.MAX_DESCRIPTORS, context.random());
        }
        sample.removeIf(descriptor -> descriptor.id().equals(first.id()));
        Sampling.choose(sample, MembershipFrame.MAX_DESCRIPTORS - 1, context.random());
        sample.add(0, first);
        return sample;
    }
}
