package io.chaski.core.internal.protocol.tree;

import io.chaski.core.NodeEvent;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.proof.ProofCheck;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.MessageProof;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.core.internal.wire.TreeFrame;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries the messages of one topic to all its members: Plumtree (Leitao, Pereira, Rodrigues, "Epidemic Broadcast
 * Trees", SRDS 2007) with the rules of docs/protocol.md, section 6. Messages run along eager links; lazy links carry
 * advertisements, and what the tree did not bring is asked for. Each message is delivered at most once and in the order
 * of its publisher; what is skipped is reported. Everything it keeps is bounded, see {@link TreeSettings}.
 *
 * <p>A new message of a source in order, the usual case, costs a table look-up by a small number, a copy into an array for
 * the payload cache and all who listen here, and a call for each eager link. Confined to the node's event loop.
 */
public final class Broadcast {

    /** Flag of a message: it waits for nobody on its way. */
    static final int LIVE = 1;

    /** Numbers beyond this are a lie: nobody publishes for ten million years at ten thousand messages a second. */
    static final long MAX_SEQ = 1L << 61;

    private final ProtocolContext context;
    private final TreeSettings settings;
    private final PayloadCache cache;
    private final FlowControl flow;
    private final Delivery delivery;
    private final Origins origins;
    private final Neighbours neighbours;
    private final TreeShape shape;
    private final Pusher pusher;
    private final Repair repair;
    private final Digests digests;
    private final Publishers publishers;
    private final FrameHandling frames;
    private final Checking checking;
    private final OwnMessages own;
    private final Timers.Timer digestTimer;
    private final Timers.Timer evictTimer;

    private long duplicates;

    /**
     * A tree without neighbours. Slow neighbours are only counted.
     *
     * @param context of the node
     * @param topic retained by the caller until {@link #close()}
     * @param delivers false for a publisher without subscription and for a silent relay
     */
    public Broadcast(ProtocolContext context, TopicRef topic, boolean delivers) {
        this(context, topic, delivers, peer -> {});
    }

    /**
     * A tree without neighbours.
     *
     * @param context of the node
     * @param topic retained by the caller until {@link #close()}
     * @param delivers false for a publisher without subscription and for a silent relay
     * @param slow hears of a neighbour that has been unwritable for 5 s; may take its link down before it returns
     */
    public Broadcast(ProtocolContext context, TopicRef topic, boolean delivers, SlowNeighbour slow) {
        this.context = context;
        settings = context.settings().tree();
        neighbours = new Neighbours(context, topic, settings, this::flush, this::onEagerChanged);
        flow = new FlowControl(
                context, topic, settings, neighbours, this::heldBytes, this::report, link -> slow.onSlow(link.peer));
        cache = flow.cache();
        delivery = new Delivery(context, settings, flow.grants());
        origins = new Origins(context.names(), delivery, this::onDropped);
        shape = new TreeShape(context, settings, neighbours);
        pusher = new Pusher(context, settings, flow, neighbours, shape, slow);
        repair = new Repair(context, topic, settings, neighbours, shape, flow);
        digests = new Digests(context, topic, settings, origins, cache);
        publishers = new Publishers(context, topic, settings, origins, delivers);
        checking = new Checking(context, topic, new Checked());
        own = new OwnMessages(context, topic, settings, flow, origins, publishers, neighbours, pusher, this::keepOwn);
        frames = new FrameHandling(
                context, topic, settings, origins, publishers, neighbours, pusher, repair, digests, flow, checking);
        evictTimer = context.timers().timer(this::evict);
        digestTimer = context.timers().timer(this::digest);
        digestTimer.armAt(
                context.nowNanos() + context.jittered(settings.repair().digestNanos()));
    }

    /** Whether a message with these flags waits for nobody: whoever takes no more misses it. */
    static boolean isLive(int flags) {
        return (flags & LIVE) != 0;
    }

    /** Hears of a neighbour that does not keep up. */
    @FunctionalInterface
    public interface SlowNeighbour {
        /**
         * The neighbour should be replaced (DISCONNECT with reason SLOW).
         *
         * @param peer has not been writable for {@link TreeSettings.Links#slowNanos()}
         */
        void onSlow(Peer peer);
    }

    /**
     * The application subscribes, or ceases to. What comes from now on is delivered, or is not.
     *
     * @param delivers whether it subscribes
     */
    public void setDelivers(boolean delivers) {
        publishers.setDelivers(delivers);
    }

    /**
     * A link stands.
     *
     * @param peer not yet a neighbour; ignored if it is one
     */
    public void onNeighbourUp(Peer peer) {
        if (neighbours.find(peer) != null) {
            return;
        }
        Link link = neighbours.add(peer);
        flow.onLinkUp(link);
        // A moment later, when the other end knows of the link for certain.
        link.digestDue = true;
        own.advertiseKept(link);
        if (link.eager) {
            // Before any message: whoever hears of a source by a late one takes that for the beginning.
            neighbours.sendAdverts(link);
        }
        neighbours.flushSoon();
    }

    /**
     * A link is gone.
     *
     * @param peer a neighbour; ignored if it is none
     */
    public void onNeighbourDown(Peer peer) {
        takeDown(peer, !peer.isUp());
    }

    /**
     * A link is gone that this node means to make anew: until then its neighbour is owed what it may have missed.
     *
     * @param peer a neighbour; ignored if it is none
     */
    public void onNeighbourAway(Peer peer) {
        takeDown(peer, true);
    }

    private void takeDown(Peer peer, boolean mayBeBack) {
        Link link = neighbours.find(peer);
        if (link != null) {
            flow.onLinkDown(link, mayBeBack);
            neighbours.remove(link);
            checking.onLinkDown(link);
            repair.onLinkDown(link);
            flow.review();
        }
    }

    /**
     * A frame of this topic.
     *
     * @param from its sender; ignored and counted unless a neighbour
     * @param frame the frame
     */
    public void onFrame(Peer from, TreeFrame frame) {
        Link link = neighbours.find(from);
        if (link == null) {
            context.counters().increment("tree.not-neighbour");
            return;
        }
        frames.onFrame(link, frame);
    }

    /**
     * A message of this topic.
     *
     * @param from its sender; ignored and counted unless a neighbour
     * @param source whose message
     * @param seq its number
     * @param hop edges crossed, this one included
     * @param hopLimit largest hop at which it may be delivered
     * @param flags passed on
     * @param body on loan
     */
    public void onData(Peer from, Source source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
        Link link = neighbours.find(from);
        if (link == null) {
            context.counters().increment("tree.not-neighbour");
            return;
        }
        if (source.channel() != Source.PRESENCE && !flow.grants().onReceived(link, body.size(), isLive(flags))) {
            refuse(link, "flow.excess");
            return;
        }
        if (hop < 1 || hop > hopLimit) {
            refuse(link, "tree.hop");
            return;
        }
        if (seq < 1 || seq > MAX_SEQ || body.size() > settings.maxBodyBytes()) {
            refuse(link, "tree.bad-message");
            return;
        }
        if (source.channel() == Source.SIGNED) {
            checking.onSigned(link, source, seq, hop, hopLimit, flags, body);
        } else if (checking.admits(source)) {
            take(link, source, seq, hop, hopLimit, flags, body, null);
        } else {
            checking.drop(link, source, seq, NodeEvent.ProofProblem.MISSING);
        }
    }

    /**
     * A message that needs no proof, or has a good one, and so may be known of.
     *
     * @param proved what stands behind the proof; null if there is none
     */
    private void take(
            Link link,
            Source source,
            long seq,
            int hop,
            int hopLimit,
            int flags,
            PayloadView body,
            @Nullable ArrayPayload proved) {
        OriginLog log = origins.find(source);
        if (log == null) {
            log = publishers.meet(link, source, seq);
            if (log == null) {
                return;
            }
        }
        if (log.isNew(seq)) {
            onNew(link, log, seq, hop, hopLimit, flags, body, proved);
        } else {
            onDuplicate(link, log, seq, body, proved);
        }
    }

    /**
     * A peer takes more bytes, or does not.
     *
     * @param peer ignored unless a neighbour
     */
    public void onWritability(Peer peer) {
        Link link = neighbours.find(peer);
        if (link != null) {
            pusher.onWritability(link);
        }
    }

    /** Other rules say who may receive messages. */
    public void onRules() {
        neighbours.onRules();
        flow.review();
    }

    /** The application takes more, or begins or ceases to take only what it grants. */
    public void onRoom() {
        flow.review();
    }

    /**
     * Whether a neighbour that must not miss anything may lack something that this node has published. Whoever has been sent
     * everything and has not said what has come is asked.
     */
    public boolean isOwing() {
        if (!flow.isOwingBefore(own.end())) {
            return own.isSigning();
        }
        for (int i = 0; i < neighbours.count(); i++) {
            Link link = neighbours.get(i);
            if (flow.isSilent(link) && link.mayBeQuestioned(context.nowNanos())) {
                digests.send(link, digests.active(publishers.ownMessages()), true);
            }
        }
        return true;
    }

    /** The process stood still: nothing that was expected meanwhile counts against anybody. */
    public void onNetworkChanged() {
        long now = context.nowNanos();
        repair.onNetworkChanged();
        pusher.restartStalls();
        flow.onNetworkChanged();
        for (OriginLog log = origins.newest(); log != null; log = log.older) {
            log.restartGaps(now);
        }
    }

    /**
     * Sends a message of this node.
     *
     * @param channel {@link Source#MESSAGES} or {@link Source#PRESENCE}
     * @param hopLimit 1 to 255
     * @param live whether to leave subscribers behind that take no more, here and on its way, instead of waiting for them
     * @param body envelope and payload; kept, not copied
     */
    public PublishOutcome publish(int channel, int hopLimit, boolean live, ArrayPayload body) {
        return own.publish(channel, hopLimit, live, body);
    }

    /**
     * Has a message of this node signed, and sends it then. The topic takes no messages without a proof from now on.
     *
     * @param hopLimit 1 to 255
     * @param live as in {@link #publish}; such a message is refused if too many wait for their signature
     * @param content envelope and payload
     * @param whenSent hears what has become of it, in this step or a later one, if this returns PENDING
     */
    public PublishOutcome publishSigned(
            int hopLimit, boolean live, ArrayPayload content, Consumer<PublishOutcome> whenSent) {
        requireProofs();
        return own.publishSigned(hopLimit, live, content, whenSent);
    }

    /** From now on, for as long as this tree is there, messages without a proof are dropped. */
    public void requireProofs() {
        if (checking.isRequired()) {
            return;
        }
        checking.require();
        for (OriginLog log = origins.newest(); log != null; log = log.older) {
            if (!checking.admits(log.source)) {
                log.stopDelivering();
            }
        }
    }

    /** Signs and sends what waits for its signature; to be called while there still are links. */
    public void finishSigning() {
        own.finishSigning();
    }

    /**
     * Number of this node's last message, 0 if there is none.
     *
     * @param channel see {@link Source}
     */
    public long lastOwn(int channel) {
        return publishers.lastOwn(channel);
    }

    /**
     * Goes on where an earlier tree of the topic stopped. To be called before the first publish.
     *
     * @param channel see {@link Source}
     * @param lastSeq what {@link #lastOwn} said then
     */
    public void continueAfter(int channel, long lastSeq) {
        publishers.continueAfter(channel, lastSeq);
    }

    /** Peers that messages are sent to unasked, in a stable order. */
    public List<Peer> eager() {
        return neighbours.eager();
    }

    /** Peers there is a link to, eager or lazy, in a stable order. */
    public List<Peer> linked() {
        return neighbours.peers();
    }

    /** Own messages so far. */
    public long published() {
        return own.published();
    }

    /** Messages delivered to this node so far. */
    public long delivered() {
        return delivery.delivered();
    }

    /** Numbers for the snapshot. */
    public Stats stats() {
        return new Stats(
                origins.count(),
                own.published(),
                delivery.delivered(),
                duplicates,
                delivery.missing(),
                repair.count(),
                delivery.heldBytes(),
                cache.count(),
                cache.bytes());
    }

    /**
     * How full its tables are, for the invariants of simulations.
     *
     * @param audience hears it
     */
    public void tellTables(TableAudience audience) {
        TreeTables.tell(audience, settings, stats(), origins, neighbours);
    }

    /** Releases all names and timers; the object is dead. */
    public void close() {
        publishers.setDelivers(false);
        digestTimer.cancel();
        evictTimer.cancel();
        repair.close();
        flow.close();
        neighbours.close();
        origins.clear();
        cache.close();
    }

    /**
     * Numbers for the snapshot.
     *
     * @param sources publishers known, by incarnation and channel
     * @param published own messages
     * @param delivered messages delivered to this node
     * @param duplicates messages that came again and were dropped
     * @param missing messages reported as gaps
     * @param wanted messages known to exist that have not come
     * @param heldBytes bytes held back behind gaps
     * @param cachedMessages messages kept to repair others
     * @param cachedBytes bytes they take
     */
    public record Stats(
            int sources,
            long published,
            long delivered,
            long duplicates,
            long missing,
            int wanted,
            long heldBytes,
            int cachedMessages,
            long cachedBytes) {}

    private void onNew(
            Link link,
            OriginLog log,
            long seq,
            int hop,
            int hopLimit,
            int flags,
            PayloadView body,
            @Nullable ArrayPayload proved) {
        if (log.isOwn()) {
            publishers.onForgedOwn(link);
            return;
        }
        long now = context.nowNanos();
        origins.touch(log, now);
        shape.onMessage(now);
        ArrayPayload kept = ArrayPayload.keep(body); // one copy for the cache and for all who listen here
        boolean isKept = keep(log, seq, link, hop, hopLimit, flags, kept, now);
        Wanted wanted = log.wanted.isEmpty() ? null : log.wanted.find(seq);
        pusher.push(link, wanted, log, seq, hop, hopLimit, flags, kept, isKept);
        boolean pulled = wanted != null && repair.onArrived(link, wanted, hop);
        if (pulled) {
            flow.grants().onPulled(link, body.size());
        }
        if (!link.eager && !pulled && !link.isExcused(now)) {
            neighbours.makeEager(link);
        }
        if (!log.isLatestOnly()) {
            repair.onGap(link, log, seq);
        }
        long heldBefore = delivery.heldBytes();
        log.take(seq, Delivery.arrival(hop, isProved(link, log.source)), proved == null ? kept : proved, now);
        if (delivery.heldBytes() < heldBefore) {
            flow.onDrained();
        }
    }

    /** The tree has a cycle, somebody asked twice, or somebody forges. */
    private void onDuplicate(Link link, OriginLog log, long seq, PayloadView body, @Nullable ArrayPayload proved) {
        duplicates++;
        int slot = cache.find(log, seq);
        if (slot != PayloadCache.NOT_KEPT
                && !body.hasBytesOf(cache.body(slot))
                && (proved == null || !hasSameContent(slot, proved))) {
            publishers.onEquivocation(link, log, seq);
            return;
        }
        if (!link.in.isRepeating()) {
            shape.onRedundant(link, log);
        }
    }

    /** A signature has several forms, and whoever passes it on may choose another; what it says is the same. */
    private boolean hasSameContent(int slot, ArrayPayload content) {
        ArrayPayload kept = cache.body(slot);
        return MessageProof.read(kept).contentOf(kept).equals(content);
    }

    /** Whether a message is known to be its publisher's own: by its proof, or since the publisher itself has sent it here. */
    private static boolean isProved(Link link, Source source) {
        return source.channel() == Source.SIGNED
                || link.peer.identity() != null && link.peer.id().equals(source.origin());
    }

    private boolean keepOwn(OriginLog log, long seq, int hopLimit, int flags, ArrayPayload body, long now) {
        return keep(log, seq, null, 0, hopLimit, flags, body, now);
    }

    private boolean keep(
            OriginLog log,
            long seq,
            @Nullable Link from,
            int hop,
            int hopLimit,
            int flags,
            ArrayPayload body,
            long now) {
        boolean isKept = cache.put(log, seq, from == null ? 0 : from.serial, hop, hopLimit, flags, body, now);
        if (!evictTimer.isArmed()) {
            evictTimer.armAt(now + context.jittered(settings.cache().evictNanos()));
        }
        if (isKept) {
            flow.onPut(body.size(), log.isLatestOnly() || isLive(flags));
        } else if (isLive(flags)) {
            context.counters().increment("flow.live-not-kept");
        }
        return isKept;
    }

    private void flush() {
        List<OriginLog> active = null;
        for (int i = 0; i < neighbours.count(); i++) {
            Link link = neighbours.get(i);
            neighbours.sendAdverts(link);
            if (link.digestDue) {
                link.digestDue = false;
                if (active == null) {
                    active = digests.active(publishers.ownMessages());
                }
                digests.send(link, active, link.catchingUp);
            }
        }
    }

    /** Tells all whom this node limits what it has; nothing of it is offered. */
    private void report() {
        List<OriginLog> logs = digests.reportable(publishers.ownMessages());
        for (int i = 0; i < neighbours.count(); i++) {
            if (neighbours.get(i).in.isLimited) {
                digests.report(neighbours.get(i), logs);
            }
        }
    }

    private void digest() {
        digestTimer.armAt(
                context.nowNanos() + context.jittered(settings.repair().digestNanos()));
        origins.expire(context.nowNanos());
        List<OriginLog> active = digests.active(publishers.ownMessages());
        for (int i = 0; i < neighbours.count(); i++) {
            digests.send(neighbours.get(i), active, false);
        }
    }

    private void evict() {
        cache.evict(context.nowNanos());
        if (cache.count() > 0) {
            evictTimer.armAt(
                    context.nowNanos() + context.jittered(settings.cache().evictNanos()));
        }
    }

    private long heldBytes() {
        return delivery.heldBytes() + checking.bytes();
    }

    private void onEagerChanged(Link link) {
        flow.onEagerChanged(link);
    }

    private void onDropped(OriginLog log) {
        log.giveUpGaps();
        log.wanted.forgetUpTo(Long.MAX_VALUE - 1);
        flow.onDropped(log);
    }

    private void refuse(Link link, String rule) {
        context.counters().increment(rule);
        link.peer.misbehaved(rule);
    }

    /** Takes what was found to be its publisher's own. */
    private final class Checked implements Checking.Tree {
        @Override
        public void onProved(Link link, ProofCheck.Item item) {
            take(
                    link,
                    item.source(),
                    item.seq(),
                    item.hop(),
                    item.hopLimit(),
                    item.flags(),
                    item.body(),
                    item.content());
        }

        @Override
        public void onDeclined(Link link, Source source, long seq) {
            if (link.in.isLimited) {
                digests.decline(link, source, seq);
            }
        }

        @Override
        public void onChecked() {
            flow.onDrained();
        }
    }
}
