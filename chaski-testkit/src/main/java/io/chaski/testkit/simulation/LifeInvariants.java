package io.chaski.testkit.simulation;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.Frame;
import java.util.HashMap;
import java.util.Map;

/**
 * What one node must never do between its start and its end, checked as it happens: each message is delivered at most
 * once and in order, every message that is skipped is reported, no message exceeds its hop limit, and nothing but the
 * handshake crosses a connection before the handshake is complete at both ends. The map is never iterated.
 */
final class LifeInvariants {

    private static final int HELLO_SENT = 1;
    private static final int HELLO_RECEIVED = 2;
    private static final int ACK_SENT = 4;
    private static final int ACK_RECEIVED = 8;
    private static final int COMPLETE = HELLO_SENT | HELLO_RECEIVED | ACK_SENT | ACK_RECEIVED;

    private record SourceKey(String topic, NodeId origin, long epoch, int channel) {
        static SourceKey of(Source source) {
            return new SourceKey(source.topic().name(), source.origin(), source.epoch(), source.channel());
        }
    }

    private final NodeId self;
    private final Map<SourceKey, long[]> lastSeen = new HashMap<>();

    LifeInvariants(NodeId self) {
        this.self = self;
    }

    void onSent(LinkTable.Link link, Frame frame) {
        if (frame instanceof EdgeFrame.Hello) {
            link.handshake |= HELLO_SENT;
        } else if (frame instanceof EdgeFrame.HelloAck) {
            link.handshake |= ACK_SENT;
        } else if (link.handshake != COMPLETE && !(frame instanceof EdgeFrame.Goodbye)) {
            throw new InvariantViolation("sent before the handshake was complete: " + frame);
        }
    }

    void onDataSent(LinkTable.Link link, int hop, int hopLimit) {
        if (link.handshake != COMPLETE) {
            throw new InvariantViolation("sent a message before the handshake was complete");
        }
        if (hop < 1 || hop > hopLimit) {
            throw new InvariantViolation("sent a message with hop " + hop + " of at most " + hopLimit);
        }
    }

    void onReceived(LinkTable.Link link, Frame frame) {
        if (frame instanceof EdgeFrame.Hello hello) {
            link.handshake |= HELLO_RECEIVED;
            link.peer = hello.descriptor().id();
        } else if (frame instanceof EdgeFrame.HelloAck) {
            link.handshake |= ACK_RECEIVED;
        }
    }

    static void onEdgeUp(LinkTable links, NodeId peer) {
        if (!links.anyMatch(link -> link.handshake == COMPLETE && peer.equals(link.peer))) {
            throw new InvariantViolation("an edge without a handshake: to " + peer);
        }
    }

    void onDelivered(Source source, long seq) {
        if (source.origin().equals(self)) {
            throw new InvariantViolation("delivered a message of its own: " + source + " " + seq);
        }
        if (source.channel() == Source.PRESENCE) {
            return;
        }
        long[] last = lastSeen.computeIfAbsent(SourceKey.of(source), unused -> new long[] {seq - 1});
        if (seq <= last[0]) {
            throw new InvariantViolation(
                    "delivered twice or out of order: " + source + " " + seq + " after " + last[0]);
        }
        if (seq != last[0] + 1) {
            throw new InvariantViolation("skipped without a report: " + source + " " + seq + " after " + last[0]);
        }
        last[0] = seq;
    }

    void onGap(Source source, long from, long to) {
        long[] last = lastSeen.computeIfAbsent(SourceKey.of(source), unused -> new long[] {from - 1});
        if (from != last[0] + 1 || to < from) {
            throw new InvariantViolation(
                    "reported a gap that is not one: " + source + " " + from + " to " + to + " after " + last[0]);
        }
        last[0] = to;
    }

    /** A new subscription sees a topic with new eyes. */
    void onUnsubscribed(String topic) {
        lastSeen.keySet().removeIf(key -> key.topic().equals(topic));
    }
}
