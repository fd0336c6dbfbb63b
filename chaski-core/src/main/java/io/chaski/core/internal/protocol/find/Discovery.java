package io.chaski.core.internal.protocol.find;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.member.FrameBudget;
import io.chaski.core.internal.protocol.member.HyParView;
import io.chaski.core.internal.protocol.member.View;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.DiscoveryFrame;
import io.chaski.core.internal.wire.DiscoveryFrame.Find;
import io.chaski.core.internal.wire.DiscoveryFrame.Found;
import io.chaski.core.internal.wire.DiscoveryFrame.Register;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the members of topics, also through nodes that do not subscribe to them: an index of what passes by, a registry
 * if this node is a root, look-ups that walk over the control overlay or, without one, over all edges. Confined to the
 * node's event loop.
 */
public final class Discovery {

    /** One is enough; so many are known in case that they are full or gone. */
    private static final int MAX_RELAYS = 16;

    private static final int FIND = 0;
    private static final int FOUND = 1;
    private static final int REGISTER = 2;

    private final ProtocolContext context;
    private final DiscoverySettings settings;
    private final LocalTopics local;
    private final Subscribers subscribers;
    private final Registration registration;
    private final Requests requests;
    private final Finds finds;
    private final View relays;
    private final FrameBudget budget;
    private final Map<TopicRef, Search> searches = new LinkedHashMap<>();
    private final Timers.Timer expiryTimer;
    private Beside beside = (bootstrap, topicHash) -> {};
    private long floodedNanos;

    /** What this node's own overlays know. */
    public interface LocalTopics {
        /**
         * The overlay's topic if this node subscribes to it.
         *
         * @param topicHash which topic
         */
        @Nullable
        TopicRef subscribed(long topicHash);

        /**
         * Members of a subscribed topic, this node excluded.
         *
         * @param topic a subscribed topic
         * @param limit how many at most
         */
        List<Descriptor> members(TopicRef topic, int limit);

        /**
         * A look-up for a subscribed topic has arrived: the overlay may offer itself to the origin.
         *
         * @param topic a subscribed topic
         * @param origin who looks, hearsay
         */
        void onWanted(TopicRef topic, Descriptor origin);

        /** All topics this node subscribes to. */
        List<TopicRef> all();
    }

    /**
     * Not yet running; see {@link #start()}.
     *
     * @param context the node
     * @param control the control overlay; null in manual topology, where look-ups go over all edges
     * @param local the node's overlays
     */
    public Discovery(ProtocolContext context, @Nullable HyParView control, LocalTopics local) {
        this.context = context;
        this.settings = context.settings().discovery();
        this.local = local;
        this.subscribers = new Subscribers(context, local);
        this.registration = new Registration(context, local);
        this.relays = new View(MAX_RELAYS);
        this.requests = new Requests(settings.seenMax(), settings.seenFor().toNanos());
        this.finds = new Finds(context, control, local, subscribers, registration, requests);
        this.budget =
                new FrameBudget(settings.findsPerSecond(), settings.foundsPerSecond(), settings.registersPerSecond());
        this.expiryTimer = context.timers().timer(this::expire);
        this.floodedNanos = context.nowNanos() - settings.floodEvery().toNanos();
        if (control != null) {
            control.tell(this::index);
        }
    }

    /** Begins to keep what it hears. */
    public void start() {
        expiryTimer.armAt(
                context.nowNanos() + context.jittered(settings.registerEvery().toNanos()));
    }

    private void expire() {
        start();
        subscribers.expire();
    }

    // ---- asking

    /** Asks a bootstrap node for the members it knows, without an edge. */
    @FunctionalInterface
    public interface Beside {
        /**
         * Asks, unless an edge stands or too much is being asked. An answer comes to {@link #onAnswer(long, List)}.
         *
         * @param bootstrap whom
         * @param topicHash for the members of which topic
         */
        void ask(Address bootstrap, long topicHash);
    }

    /**
     * Bootstrap nodes are asked in this way too, besides the edges to them.
     *
     * @param other in what way
     */
    public void alsoAsk(Beside other) {
        beside = other;
    }

    /** Hears what a look-up brings. */
    @FunctionalInterface
    public interface Answers {
        /**
         * Members were found, possibly the same ones several times.
         *
         * @param members who they are, hearsay
         * @param from who named them, null if this node knew them or they were named without an edge
         */
        void onFound(List<Descriptor> members, @Nullable Peer from);
    }

    /**
     * Keeps looking for members, at growing intervals, until {@link #satisfied}. Does nothing if it is looking already.
     *
     * @param topic a topic, retained by the caller until then
     * @param found hears what is found, as it comes
     */
    public void want(TopicRef topic, Answers found) {
        if (!searches.containsKey(topic)) {
            Search search = new Search(context, this, topic, found);
            searches.put(topic, search);
            search.start();
        }
    }

    /**
     * Stops looking.
     *
     * @param topic as given to {@link #want}
     */
    public void satisfied(TopicRef topic) {
        Search search = searches.remove(topic);
        if (search != null) {
            search.stop();
        }
    }

    /**
     * Whether members of a topic are being looked for.
     *
     * @param topicHash of the topic
     */
    public boolean isLookingFor(long topicHash) {
        return searches.keySet().stream().anyMatch(topic -> topic.hash() == topicHash);
    }

    /**
     * How far a look-up has come.
     *
     * @param attempts how often others were asked, each time more widely
     * @param askedNanos when they were asked last
     * @param answers how often members were named
     */
    public record Progress(int attempts, long askedNanos, int answers) {}

    /**
     * How far the look-up for a topic has come.
     *
     * @param topicHash of the topic
     * @return null if nobody is being looked for
     */
    public @Nullable Progress progress(long topicHash) {
        for (Map.Entry<TopicRef, Search> search : searches.entrySet()) {
            if (search.getKey().hash() == topicHash) {
                return search.getValue().progress();
            }
        }
        return null;
    }

    /** This node's subscriptions have changed: register again at roots. */
    public void onSubscriptionsChanged() {
        registration.soon();
    }

    /**
     * Members that this node knows: itself, its own overlays, registrations, peers, and what it has heard.
     *
     * @param topicHash of the topic
     * @param limit how many at most
     */
    public List<Descriptor> lookUp(long topicHash, int limit) {
        return subscribers.lookUp(topicHash, limit);
    }

    /**
     * As {@link #lookUp}, without this node.
     *
     * @param topicHash of the topic
     * @param limit how many at most
     */
    public List<Descriptor> lookUpOthers(long topicHash, int limit) {
        return subscribers.lookUpOthers(topicHash, limit);
    }

    // ---- inputs

    /**
     * A peer has come.
     *
     * @param peer who
     */
    public void onPeerUp(Peer peer) {
        subscribers.onHere(peer.id());
        learn(peer);
        if (peer.descriptor().root()) {
            registration.onRootUp(peer);
        }
    }

    /**
     * A peer has gone.
     *
     * @param peer who
     * @param reason why
     */
    public void onPeerDown(Peer peer, CloseReason reason) {
        budget.forget(peer.id());
        if (reason == CloseReason.LEAVING) { // any other end may be that of the edge alone
            subscribers.onLeft(peer.descriptor());
        }
    }

    /**
     * A peer has said something new of itself.
     *
     * @param peer who
     */
    public void learn(Peer peer) {
        Descriptor believed = subscribers.believed(peer.descriptor());
        if (believed != null) {
            index(believed);
        }
    }

    /**
     * Somebody's word about a node feeds the index, if it can be true.
     *
     * @param descriptor of any node
     */
    public void learn(Descriptor descriptor) {
        Descriptor believed = subscribers.believed(descriptor);
        if (believed != null) {
            index(believed);
        }
    }

    private void index(Descriptor descriptor) {
        if (descriptor.root()) {
            registration.onRootNamed(descriptor);
        }
        if (descriptor.relay()) {
            relays.put(descriptor, false, context.nowNanos(), context.random());
        }
        subscribers.add(descriptor);
    }

    /**
     * A frame of discovery.
     *
     * @param from its sender
     * @param frame the frame
     */
    public void onFrame(Peer from, DiscoveryFrame frame) {
        frame.deliverTo(new Incoming(from));
    }

    private final class Incoming implements DiscoveryFrame.Handler {
        private final Peer from;

        Incoming(Peer from) {
            this.from = from;
        }

        private boolean isWithin(int kind) {
            boolean within = budget.take(from.id(), kind, context.nowNanos());
            if (!within) {
                from.misbehaved("discovery.rate");
            }
            return within;
        }

        @Override
        public void onFind(Find find) {
            if (isWithin(FIND) && !find.origin().id().equals(context.self())) {
                finds.onFind(from, find);
            }
        }

        @Override
        public void onFound(Found found) {
            if (isWithin(FOUND)) {
                Discovery.this.onFound(from, found);
            }
        }

        @Override
        public void onRegister(Register register) {
            if (!isWithin(REGISTER)) {
                return;
            }
            if (register.member().id().equals(from.id())) {
                subscribers.register(register);
            } else {
                from.misbehaved("discovery.register-forged");
            }
        }
    }

    // ---- answers

    private void onFound(Peer from, Found found) {
        Requests.Request request = requests.get(found.request());
        if (request == null || request.topicHash != found.topicHash()) {
            context.counters().increment("discovery.answer-unsolicited");
            return;
        }
        if (!request.takeAnswer(settings.answersPerRequest())) {
            return;
        }
        List<Descriptor> members = keep(found.members());
        if (request.from != null) {
            request.from.send(found);
        } else if (!members.isEmpty()) {
            onAnswer(found.topicHash(), members, from);
        }
    }

    /**
     * A bootstrap node has answered without an edge.
     *
     * @param topicHash what it was asked for
     * @param members who they are, hearsay
     */
    public void onAnswer(long topicHash, List<Descriptor> members) {
        List<Descriptor> kept = keep(members);
        if (!kept.isEmpty()) {
            onAnswer(topicHash, kept, null);
        }
    }

    /** What can be true of what was found; it is remembered. */
    private List<Descriptor> keep(List<Descriptor> members) {
        List<Descriptor> kept = new ArrayList<>();
        for (Descriptor member : members) {
            Descriptor believed = subscribers.believed(member);
            if (believed != null) {
                index(believed);
                kept.add(believed);
            }
        }
        return kept;
    }

    private void onAnswer(long topicHash, List<Descriptor> members, @Nullable Peer from) {
        for (Map.Entry<TopicRef, Search> search : List.copyOf(searches.entrySet())) {
            if (search.getKey().hash() == topicHash) {
                search.getValue().onFound(members, from);
            }
        }
    }

    // ---- for searches

    /** Whether this node asks members of the topic to be let in: they name others then. By hand nobody joins. */
    boolean joins(TopicRef topic) {
        return !context.settings().manualTopology() && local.subscribed(topic.hash()) != null;
    }

    NodeId newRequest(TopicRef topic) {
        NodeId request = NodeId.random(context.random());
        requests.add(request, null, topic.hash(), context.nowNanos());
        return request;
    }

    boolean takeFlood() {
        if (context.nowNanos() - floodedNanos < settings.floodEvery().toNanos()) {
            return false;
        }
        floodedNanos = context.nowNanos();
        return true;
    }

    void askBeside(Address bootstrap, TopicRef topic) {
        beside.ask(bootstrap, topic.hash());
    }

    /** Nodes that offer to carry topics for others; not a copy. */
    public List<View.Entry> relays() {
        return relays.entries();
    }

    List<View.Entry> roots() {
        return registration.some();
    }

    /** Where look-ups go, in a list of one's own. */
    List<Peer> neighbours() {
        return finds.neighbours();
    }

    /**
     * How full its tables are, for the invariants of simulations.
     *
     * @param audience hears it
     * @param overlays of the node: it looks for each of its topics once. By hand it looks for whatever its application likes
     */
    public void tellTables(TableAudience audience, int overlays) {
        audience.hear("indexed members", subscribers.indexed(), settings.indexMax());
        audience.hear("registrations", subscribers.registered(), settings.registrationsMax());
        audience.hear("look-ups", requests.size(), settings.seenMax());
        audience.hear("searches", searches.size(), context.settings().manualTopology() ? Long.MAX_VALUE : overlays);
    }
}
