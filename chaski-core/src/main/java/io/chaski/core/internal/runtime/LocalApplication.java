package io.chaski.core.internal.runtime;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.security.PeerIdentity;
import io.chaski.core.security.policy.Subject;

/**
 * Spreads what the loop reports over those whom it concerns. Confined to the loop.
 *
 * @param topics messages and neighbours
 * @param edges edges that come and go
 * @param access who others have proved to be
 * @param epoch incarnation of this node
 * @param datagrams best-effort messages
 * @param events everything that happens
 */
record LocalApplication(
        LocalTopics topics,
        EdgeTable edges,
        LiveAccess access,
        OwnEpoch epoch,
        Mailbox<ReceivedDatagram> datagrams,
        EventBus events)
        implements Application {

    /**
     * A best-effort message.
     *
     * @param from its sender
     * @param payload what it says
     */
    record ReceivedDatagram(NodeId from, ArrayPayload payload) {}

    @Override
    public void deliver(Source source, long seq, int hop, boolean isProved, ArrayPayload body) {
        topics.deliver(source, seq, hop, isProved, body);
    }

    @Override
    public void gap(Source source, long from, long to) {
        topics.deliverGap(source, from, to);
        if (source.channel() != Source.PRESENCE) {
            events.emit(new NodeEvent.GapDetected(
                    source.topic().name(), new NodeEvent.Gap(source.origin(), source.epoch(), from, to)));
        }
    }

    @Override
    public void datagramReceived(NodeId from, ArrayPayload payload) {
        datagrams.offer(new ReceivedDatagram(from, payload));
    }

    @Override
    public void identified(NodeId peer, PeerIdentity identity) {
        edges.identify(peer, identity);
        access.met(peer, Subject.of(identity));
    }

    @Override
    public void emit(NodeEvent event) {
        edges.onEvent(event);
        if (event instanceof NodeEvent.NeighboursChanged changed) {
            onNeighbours(changed.topic(), changed.neighbours());
        } else if (event instanceof NodeEvent.EpochRaised raised) {
            epoch.onRaised(raised);
        }
        events.emit(event);
    }

    @Override
    public long room(TopicRef topic) {
        return topics.room(topic);
    }

    @Override
    public long capacity(TopicRef topic) {
        return topics.capacity(topic);
    }

    @Override
    public void onPublishing(String name, boolean isOpen) {
        LocalTopic topic = topics.find(name);
        if (topic != null) {
            topic.onPublishing(isOpen);
        }
    }

    private void onNeighbours(String name, int count) {
        LocalTopic topic = topics.find(name);
        if (topic != null) {
            topic.onNeighbours(count);
        }
    }
}
