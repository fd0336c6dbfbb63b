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

    /** What one subscriber has seen of one series, which begins wherever it began to listen. */
    static final class Account {
        /** The first number it has heard of. */
        final long first;

        long delivered;
        long missing;

        /**
         * Of what was delivered: what the application has got. In a queue that publishers wait for it is the application's already; in one
         * that drops it waits until it is taken, and is in no account.
         */
        long taken;

        /** Of what was delivered: what the application's queue has dropped. */
        long dropped;

        Account(long first) {
            this.first = first;
        }

        long last() {
            return first + delivered + missing - 1;
        }
    }

    private static final Account NOTHING_YET = new Account(Long.MAX_VALUE);

    private final NodeId self;
    private final Map<Accounts.Series, Account> accounts = new HashMap<>();

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

    static boolean isComplete(LinkTable.Link link) {
        return link.handshake == COMPLETE;
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
        Account account = accounts.computeIfAbsent(Accounts.Series.of(source), unused -> new Account(seq));
        if (seq <= account.last()) {
            throw new InvariantViolation(
                    "delivered twice or out of order: " + source + " " + seq + " after " + account.last());
        }
        if (seq != account.last() + 1) {
            throw new InvariantViolation(
                    "skipped without a report: " + source + " " + seq + " after " + account.last());
        }
        account.delivered++;
    }

    void onGap(Source source, long from, long to) {
        Account account = accounts.computeIfAbsent(Accounts.Series.of(source), unused -> new Account(from));
        if (from != account.last() + 1 || to < from) {
            throw new InvariantViolation("reported a gap that is not one: " + source + " " + from + " to " + to
                    + " after " + account.last());
        }
        account.missing += to - from + 1;
    }

    /** What was delivered and reported of one series since the subscription began. */
    Account account(Accounts.Series series) {
        return accounts.getOrDefault(series, NOTHING_YET);
    }

    /** A new subscription sees a topic with new eyes. */
    void onUnsubscribed(String topic) {
        accounts.keySet().removeIf(key -> key.topic().equals(topic));
    }
}
