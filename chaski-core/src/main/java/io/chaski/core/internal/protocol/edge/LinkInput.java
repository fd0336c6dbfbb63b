package io.chaski.core.internal.protocol.edge;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.access.PeerAccess;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.EdgeFrame.DatagramKey;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.InternName;
import io.chaski.core.internal.wire.EdgeFrame.InternSource;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.EdgeFrame.Pong;
import io.chaski.core.internal.wire.EdgeFrame.Refusal;
import io.chaski.core.internal.wire.EdgeFrame.Refuse;
import io.chaski.core.internal.wire.EdgeFrame.SignerChain;
import io.chaski.core.internal.wire.EdgeFrame.Topics;
import io.chaski.core.internal.wire.FrameType;
import org.jspecify.annotations.Nullable;

/** Takes the frames between the two ends of one connection. Confined to the node's event loop. */
final class LinkInput implements EdgeFrame.Handler {

    private final EdgeContext context;
    private final LinkLife life;
    private final Liveness liveness;
    private @Nullable Link link;

    LinkInput(EdgeContext context, LinkLife life, Liveness liveness) {
        this.context = context;
        this.life = life;
        this.liveness = liveness;
    }

    void deliver(Link from, EdgeFrame frame) {
        boolean isHandshake = frame instanceof Hello || frame instanceof HelloAck || frame instanceof Goodbye;
        if (!from.isUp() && !isHandshake) {
            life.violated(from, CloseReason.HELLO_EXPECTED, "type " + frame.type() + " during the handshake");
            return;
        }
        link = from;
        frame.deliverTo(this);
        link = null;
    }

    @Override
    public void onHello(Hello hello) {
        Link from = from();
        if (from.peerHello != null) {
            life.violated(from, CloseReason.HELLO_REPEATED, "second HELLO");
        } else {
            life.onHello(from, hello);
        }
    }

    @Override
    public void onHelloAck(HelloAck ack) {
        Link from = from();
        if (from.peerHello == null) {
            life.violated(from, CloseReason.HELLO_EXPECTED, "HELLO_ACK before HELLO");
        } else if (from.ackReceived) {
            life.violated(from, CloseReason.HELLO_REPEATED, "second HELLO_ACK");
        } else {
            life.onHelloAck(from, ack);
        }
    }

    @Override
    public void onGoodbye(Goodbye goodbye) {
        life.onGoodbye(from(), goodbye);
    }

    @Override
    public void onPing(Ping ping) {
        Link from = from();
        if (!life.spendControl(from)) {
            return;
        }
        if (ping.size() > 0 && !from.echo.tryTake(ping.size(), context.nowNanos())) {
            context.counters().increment("ping.ignored");
            return;
        }
        long ours = from.requireEdge().linkHash();
        if (from.isUsable()) {
            context.outbox().send(from.number, new Pong(ping.token(), ours, ping.size()));
        }
        liveness.compare(from, ours, ping.topicLinksHash());
    }

    @Override
    public void onPong(Pong pong) {
        Link from = from();
        if (from.requireEdge().pings().onPong(pong)) {
            liveness.compare(from, from.requireEdge().linkHash(), pong.topicLinksHash());
        } else {
            context.counters().increment("pong.unsolicited");
            life.spendControl(from);
        }
    }

    @Override
    public void onInternTopic(InternTopic intern) {
        count(from().names.onInternTopic(intern, access()));
    }

    @Override
    public void onInternSource(InternSource intern) {
        count(from().names.onInternSource(intern, access()));
    }

    @Override
    public void onInternName(InternName intern) {
        count(from().names.onInternName(intern));
    }

    @Override
    public void onRefuse(Refuse refuse) {
        // The peer ignores what we say under this alias; it keeps the edge, and so do we.
        context.counters().increment("name.refused-there");
        if (refuse.code() == Refusal.DENIED) {
            TopicRef topic = deniedTopic(refuse);
            if (topic != null) {
                context.outbox()
                        .emit(new NodeEvent.DeniedByPeer(from().requireEdge().id(), topic.name()));
            }
        }
    }

    @Override
    public void onSignerChain(SignerChain chain) {
        from().chains.onSignerChain(chain);
    }

    @Override
    public void onTopics(Topics topics) {
        Edge edge = from().requireEdge();
        boolean isFull = false;
        for (long hash : topics.removed()) {
            edge.removeTopic(hash);
        }
        for (long hash : topics.added()) {
            isFull |= !edge.addTopic(hash);
        }
        if (isFull) {
            context.counters().increment("topics.over-limit");
            context.outbox().send(from().number, new Refuse(FrameType.TOPICS, 0, Refusal.LIMIT));
        }
        edge.tellTopics();
    }

    @Override
    public void onDatagramKey(DatagramKey key) {
        Link from = from();
        if (!life.spendControl(from)) {
            return;
        }
        if (from.keys == null) {
            context.counters().increment("datagram.key-unwanted");
        } else {
            from.keys.onGiven(key);
        }
    }

    /** A subscription is refused under the peer's own alias of the topic, because it was announced without one. */
    private @Nullable TopicRef deniedTopic(Refuse refuse) {
        return switch (refuse.refusedType()) {
            case FrameType.INTERN_TOPIC -> from().names.ourTopic(refuse.alias());
            case FrameType.INTERN_SOURCE -> from().names.topicOfOurSource(refuse.alias());
            case FrameType.TOPICS -> from().names.topicOf(refuse.alias());
            default -> null;
        };
    }

    private PeerAccess access() {
        return from().requireEdge().access();
    }

    private void count(boolean usable) {
        if (!usable) {
            context.counters().increment("name.refused");
        }
    }

    private Link from() {
        Link known = link;
        if (known == null) {
            throw new IllegalStateException("no frame is being delivered");
        }
        return known;
    }
}
