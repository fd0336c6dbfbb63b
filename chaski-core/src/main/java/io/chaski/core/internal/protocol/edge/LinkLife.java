package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.edge.Dials.Attempt;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a connection, from dial or accept to its end, and to the edge it belongs to. Start reading at
 * {@link #accept} and {@link #dial}. Confined to the node's event loop.
 */
final class LinkLife {

    private final EdgeContext context;
    private final EdgeListener listener;
    private final EdgeTable edges;

    // Not private are those that Edges asks how full their tables are.
    final LinkTable links = new LinkTable();
    final Admission admission;
    final Visitors visitors;
    final Epochs epochs;

    private final Handshake handshake;
    private final Dials dials;
    private final ConfiguredPeers configured;
    private final Duplicates duplicates;
    private final Renewals renewals;
    private final Health health = new Health();
    private final Liveness liveness;
    private final LinkInput input;
    private boolean isClosed;

    LinkLife(EdgeContext context, EdgeListener listener, EdgeTable edges) {
        this.context = context;
        this.listener = listener;
        this.edges = edges;
        this.admission = new Admission(context.settings().edge());
        this.visitors = new Visitors(context, edges, edge -> close(edge, CloseReason.FULL, 0, Handshake.NO_ROOM));
        this.epochs = new Epochs(context);
        this.handshake = new Handshake(context, epochs);
        this.dials = new Dials(context, edges, this);
        this.configured = new ConfiguredPeers(context, dials);
        this.duplicates = new Duplicates(context, this);
        this.renewals = new Renewals(context, edges, links, dials);
        this.liveness = new Liveness(context, edges, this, health);
        this.input = new LinkInput(context, this, liveness);
    }

    Dials dials() {
        return dials;
    }

    ConfiguredPeers configured() {
        return configured;
    }

    Renewals renewals() {
        return renewals;
    }

    Health health() {
        return health;
    }

    @Nullable
    Link link(int number) {
        return links.get(number);
    }

    /** A connection was accepted; null if it is not let in. */
    @Nullable
    Link accept(Address remote) {
        if (isClosed || !admission.admit(remote, context.nowNanos())) {
            context.counters().increment("accept.refused");
            return null;
        }
        Link link = links.add(false, remote, Link.Stage.HANDSHAKE, this, context);
        if (link == null) {
            admission.onHandshakeEnded(remote);
        } else {
            link.deadline.armAt(
                    context.nowNanos() + settings().securingNanos() + settings().handshakeNanos());
        }
        return link;
    }

    private EdgeSettings settings() {
        return context.settings().edge();
    }

    void onDialed(Link link, Address remote) {
        if (link.stage == Link.Stage.DIALING) {
            link.remote = remote;
            link.stage = Link.Stage.HANDSHAKE;
            link.identity = context.outbox().identity(link.number);
            link.deadline.armAt(
                    context.nowNanos() + edges.patienceNanos(settings().handshakeNanos()));
            Handshake.Refusal refusal = handshake.judgeIdentity(link);
            if (refusal == null) {
                sendHello(link);
            } else {
                refuse(link, refusal);
            }
        }
    }

    void onFrame(Link link, EdgeFrame frame) {
        if (link.stage != Link.Stage.DIALING) {
            link.heardNanos = context.nowNanos();
            input.deliver(link, frame);
        }
    }

    void onDown(Link link, CloseReason reason) {
        switch (link.stage) {
            case DIALING -> dialFailed(link, DialFailure.OTHER);
            case HANDSHAKE -> handshakeFailed(link, reason);
            case UP -> lost(link, reason);
            case GONE -> throw new IllegalStateException("link " + link.number + " is gone");
        }
    }

    /** Says goodbye to everybody and lets nobody in again. */
    void close(CloseReason reason) {
        isClosed = true;
        configured.close();
        for (Edge edge : edges.copy()) {
            close(edge, reason, 0, "");
        }
        for (Link link : links.all()) {
            if (link.stage == Link.Stage.HANDSHAKE) {
                sayGoodbye(link, reason, 0, "");
            }
            context.outbox().close(link.number);
            dispose(link);
        }
    }

    void onNetworkChanged() {
        health.worsen(context.nowNanos());
        for (Link link : links.all()) {
            if (link.isUp()) {
                liveness.startOver(link);
            }
        }
        configured.redialNow();
    }

    /** Starts to connect; null if there is no room, or the node is closed. */
    @Nullable
    Link dial(Attempt attempt, Address address) {
        Link link = isClosed ? null : links.add(true, address, Link.Stage.DIALING, this, context);
        if (link != null) {
            link.attempt = attempt;
            startDial(link, address);
        }
        return link;
    }

    /**
     * Connects only to hear who is there. The handshake is not completed, so no edge is made at either end, and none
     * that stands is touched.
     */
    void greet(Address address, Greeting greeting) {
        Link link = isClosed ? null : links.add(true, address, Link.Stage.DIALING, this, context);
        if (link == null) {
            context.later(greeting::onNobody);
            return;
        }
        link.greeting = greeting;
        startDial(link, address);
    }

    private void startDial(Link link, Address address) {
        link.deadline.armAt(context.nowNanos()
                + settings().securingNanos()
                + edges.patienceNanos(settings().dialNanos()));
        context.outbox().dial(link.number, address);
    }

    private void onGreeted(Link link, Greeting greeting, Hello hello) {
        sayGoodbye(link, CloseReason.REQUESTED, 0, "");
        context.outbox().close(link.number);
        dispose(link);
        if (hello.cluster().equals(context.local().cluster())) {
            context.later(() -> greeting.onHello(hello));
        } else {
            context.later(greeting::onNobody);
        }
    }

    /** A dial that nobody needs any more; one that has connected goes on and is resolved as a duplicate. */
    void giveUpDial(Link link) {
        if (link.stage == Link.Stage.DIALING) {
            context.outbox().close(link.number);
            dispose(link);
        }
    }

    /**
     * An acceptable HELLO is answered and changes nothing else: it may be a stranger's who only names somebody. Epochs
     * count, and an earlier incarnation goes, when the handshake is complete.
     */
    void onHello(Link link, Hello heard) {
        Hello hello = heard.withDescriptor(HeardAddresses.clear(heard.descriptor(), link));
        if (link.greeting != null) {
            onGreeted(link, link.greeting, hello);
            return;
        }
        Handshake.Refusal refusal = judge(link, hello);
        if (refusal != null) {
            refuse(link, refusal);
            return;
        }
        link.peerHello = hello;
        if (!link.helloSent) {
            sendHello(link);
        }
        context.outbox().send(link.number, handshake.ack(link));
    }

    void onHelloAck(Link link, HelloAck ack) {
        if (ack.version() != handshake.ack(link).version()) {
            refuse(link, Handshake.Refusal.of(CloseReason.VERSION, "HELLO_ACK for another version"));
            return;
        }
        Hello hello = link.requireHello();
        Handshake.Refusal refusal = judge(link, hello);
        if (refusal != null) {
            refuse(link, refusal);
            return;
        }
        link.ackReceived = true;
        link.peerTokenHigh = ack.datagramToken();
        link.peerTokenLow = ack.datagramTokenLow();
        NodeId id = hello.descriptor().id();
        long epoch = hello.descriptor().epoch();
        epochs.onUp(id, epoch);
        Edge known = edges.get(id);
        renewals.watchKeys(link, known, epoch);
        if (known != null && epoch > known.epoch()) {
            close(known, CloseReason.SUPERSEDED, epoch, "");
        }
        up(link, hello, edges.get(id));
    }

    private Handshake.@Nullable Refusal judge(Link link, Hello hello) {
        Edge known = edges.get(hello.descriptor().id());
        return handshake.judge(link, hello, known, links::isOurNonce, visitors.isFull(link));
    }

    private void up(Link link, Hello hello, @Nullable Edge known) {
        if (!link.outbound) {
            admission.onHandshakeEnded(link.remote);
        }
        link.deadline.cancel();
        link.stage = Link.Stage.UP;
        link.upNanos = context.nowNanos();
        edges.addToken(link);
        link.keys = LinkKeys.of(link, context);
        Edge edge = known;
        if (edge == null) {
            edge = new Edge(this, context, link);
            link.edge = edge;
            visitors.onUp(edge, link);
            edges.add(edge);
            edge.tellIdentity();
            context.outbox().emit(new NodeEvent.EdgeUp(edge.id(), edge.name()));
            TopicNews.tellMissed(link, context);
            liveness.watch(link);
            listener.onPeerUp(edge);
        } else {
            link.edge = edge;
            edge.add(link);
            TopicNews.tellMissed(link, context);
            liveness.watch(link);
            TopicNews.hearAgain(edge, hello, edge.current().isSettled(context.nowNanos()));
            duplicates.onSecond(edge, link);
        }
        if (edge.isUp()) {
            configured.onUp(edge);
            dials.onUp(link, edge);
            ClockSkew.check(context, edge, hello);
        }
    }

    void onGoodbye(Link link, Goodbye goodbye) {
        if (!link.isUp() && !link.outbound && goodbye.reason() == CloseReason.REQUESTED) {
            context.outbox().close(link.number);
            dispose(link); // he has heard who is here, and wanted nothing else
            context.counters().increment("handshake.greeted");
        } else if (!link.isUp()) {
            context.outbox().close(link.number);
            if (goodbye.reason() == CloseReason.SUPERSEDED) {
                onSuperseded(link, goodbye.seenEpoch());
            } else if (goodbye.reason() == CloseReason.DUPLICATE_ID && link.helloSent) {
                context.outbox().emit(new NodeEvent.DuplicateId(link.remote));
            }
            handshakeFailed(link, goodbye.reason());
        } else if (goodbye.reason() == CloseReason.DUPLICATE) {
            duplicates.onGoodbye(link);
        } else {
            if (goodbye.reason() == CloseReason.SUPERSEDED
                    && goodbye.seenEpoch() > context.local().epoch()) {
                // Not an earlier life of ours but another live node: raising our epoch would start a war.
                context.outbox().emit(new NodeEvent.DuplicateId(link.remote));
            }
            Edge edge = link.requireEdge();
            for (Link each : List.copyOf(edge.links())) {
                context.outbox().close(each.number);
                dispose(each);
            }
            down(edge, goodbye.reason());
        }
    }

    /**
     * A peer has seen a later incarnation of this node. Believing it gives up every edge, so only a node that this one
     * dialled is heard: whoever comes by himself could say so to any number of nodes, and a node that was really
     * superseded hears it from the first one it dials. Without an edge there is nothing to give up, and perhaps nobody
     * to dial: all who have met a root refuse it when its clock is behind.
     */
    private void onSuperseded(Link link, long seenEpoch) {
        if ((link.outbound || link.peerHello != null && edges.size() == 0) && epochs.mayBeExceeded(seenEpoch)) {
            context.later(() -> {
                if (link.toldEpoch == context.local().epoch()) { // or it speaks of one that was given up since
                    context.onSuperseded(seenEpoch, link.remote);
                }
            });
        } else {
            context.counters().increment("epoch.implausible");
        }
    }

    void onDeadline(Link link) {
        switch (link.stage) {
            case DIALING -> {
                context.outbox().close(link.number);
                dialFailed(link, DialFailure.TIMEOUT);
            }
            case HANDSHAKE -> refuse(link, Handshake.Refusal.of(CloseReason.HELLO_TIMEOUT, "no handshake in time"));
            case UP -> {
                sayGoodbye(link, CloseReason.DUPLICATE, 0, "");
                discard(link);
            }
            case GONE -> throw new IllegalStateException("a deadline outlived its link");
        }
    }

    void onPulse(Link link) {
        liveness.onPulse(link);
    }

    void onIdle(Edge edge) {
        long idleNanos = context.nowNanos() - edge.usedNanos();
        // The accepting side cannot know what the edge was dialled for, so closing is up to the side that dialled.
        if (edge.isHeld() || !edge.isOutbound()) {
            return;
        }
        if (idleNanos < context.settings().edge().idleNanos()) {
            edge.armIdle();
        } else {
            edge.endAsIdle();
        }
    }

    void onStreamFrameOf(Link link) {
        duplicates.retireIfDone(link);
    }

    void onWritabilityChanged(Edge edge) {
        listener.onWritability(edge);
    }

    void onSubscriptionsChanged(Edge edge, List<Long> topicHashes) {
        listener.onSubscriptionsChanged(edge, topicHashes);
    }

    void onAsymmetry(Edge edge) {
        listener.onAsymmetry(edge);
    }

    /** Counts a frame that costs and carries nothing; false if the connection was closed because of it. */
    boolean spendControl(Link link) {
        if (link.control.spend(context.nowNanos())) {
            return true;
        }
        violated(link, CloseReason.CONTROL_FLOOD, "more than " + ControlBudget.FRAMES + " in 10 s");
        return false;
    }

    /** The peer broke a rule that costs it the connection. */
    void violated(Link link, CloseReason reason, String detail) {
        context.counters().increment("violation." + reason);
        context.outbox().emit(new NodeEvent.Violation(link.remote, reason, detail));
        if (link.isUp()) {
            close(link.requireEdge(), reason, 0, detail);
        } else {
            refuse(link, Handshake.Refusal.of(reason, detail));
        }
    }

    /** A connection that is of no use any more although it has not ended. */
    void giveUp(Link link, CloseReason reason) {
        sayGoodbye(link, reason, 0, "");
        context.outbox().close(link.number);
        lost(link, reason);
    }

    /** Closes a connection while its edge goes on over another one. */
    void discard(Link link) {
        context.outbox().close(link.number);
        lost(link, CloseReason.DUPLICATE);
    }

    private void sendHello(Link link) {
        link.helloSent = true;
        link.toldEpoch = context.local().epoch();
        link.toldTopics = context.topicHashes();
        context.outbox().send(link.number, handshake.hello(link));
    }

    void refuse(Link link, Handshake.Refusal refusal) {
        sayGoodbye(link, refusal.reason(), refusal.seenEpoch(), refusal.detail());
        context.outbox().close(link.number);
        if (refusal.reason() == CloseReason.DUPLICATE_ID) {
            context.outbox().emit(new NodeEvent.DuplicateId(link.remote));
        }
        handshakeFailed(link, refusal.reason());
    }

    void dialFailed(Link link, DialFailure failure) {
        dispose(link);
        if (link.greeting != null) {
            context.later(link.greeting::onNobody);
            return;
        }
        context.counters().increment("dial.failed");
        context.outbox().emit(new NodeEvent.DialFailed(link.dialled, failure));
        dials.onFailed(link, failure, null);
    }

    void handshakeFailed(Link link, CloseReason reason) {
        dispose(link);
        if (link.greeting != null) {
            context.later(link.greeting::onNobody);
            return;
        }
        context.counters().increment("handshake.failed");
        if (reason != CloseReason.SELF) {
            context.outbox().emit(new NodeEvent.HandshakeFailed(link.remote, reason));
        }
        dials.onFailed(link, null, reason);
    }

    private void lost(Link link, CloseReason reason) {
        Edge edge = link.requireEdge();
        List<Long> streams = link.streams.streams();
        Link other = edge.current() == link ? edge.usableBeside(link) : edge.current();
        if (other == null) {
            for (Link each : List.copyOf(edge.links())) {
                if (each != link) {
                    context.outbox().close(each.number);
                }
                dispose(each);
            }
            down(edge, reason);
            return;
        }
        dispose(link);
        if (edge.current() == link) {
            edge.switchTo(other);
        }
        streams.forEach(stream -> listener.onStreamLost(edge, stream));
    }

    void close(Edge edge, CloseReason reason, long seenEpoch, String detail) {
        for (Link link : List.copyOf(edge.links())) {
            sayGoodbye(link, reason, seenEpoch, detail);
            context.outbox().close(link.number);
            dispose(link);
        }
        down(edge, reason);
    }

    private void down(Edge edge, CloseReason reason) {
        edges.remove(edge);
        visitors.onDown(edge);
        edge.onDown();
        context.outbox().emit(new NodeEvent.EdgeDown(edge.id(), reason));
        listener.onPeerDown(edge, reason);
        configured.onDown(edge, reason);
    }

    void sayGoodbye(Link link, CloseReason reason, long seenEpoch, String detail) {
        if (!link.goodbyeSent) {
            link.goodbyeSent = true;
            context.outbox().send(link.number, new Goodbye(reason, seenEpoch, detail));
        }
    }

    private void dispose(Link link) {
        if (link.stage == Link.Stage.HANDSHAKE && !link.outbound) {
            admission.onHandshakeEnded(link.remote);
        }
        link.end();
        links.remove(link);
        edges.removeToken(link);
        if (link.edge != null) {
            link.edge.remove(link);
        }
    }

    boolean isVisitor(Edge edge) {
        return visitors.contains(edge);
    }

    long linkHash(Edge edge) {
        return listener.linkHash(edge);
    }
}
