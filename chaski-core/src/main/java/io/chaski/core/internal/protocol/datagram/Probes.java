package io.chaski.core.internal.protocol.datagram;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.ProbeResult;
import io.chaski.core.internal.protocol.NodeProtocol.Probed;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.edge.EdgeContext;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Datagram.StatusReply;
import io.chaski.core.internal.wire.Descriptor;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Asks remote addresses what they are: over UDP, three times at growing intervals, and over TCP when half of the time
 * has passed in silence. Confined to the node's event loop; the map is never iterated.
 */
public final class Probes {

    /** A node that asks more than this at a time is not looking for anybody in particular. */
    static final int MAX = 64;

    static final int TRIES = 3;
    static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final EdgeContext context;
    private final Connector connector;
    private final Map<Long, Probe> byToken = new HashMap<>();
    private long asked;
    private long answered;

    /** What a probe needs of the edges. */
    public interface Connector {
        /**
         * The label of a peer.
         *
         * @param peer an edge that is up
         */
        String nameOf(Peer peer);

        /**
         * Closes an edge that nobody else holds.
         *
         * @param peer an edge
         * @param reason why
         */
        void closeIfUnused(Peer peer, CloseReason reason);
    }

    /**
     * No probes yet.
     *
     * @param context the node
     * @param connector what is needed of the edges
     */
    public Probes(EdgeContext context, Connector connector) {
        this.context = context;
        this.connector = connector;
    }

    private final class Probe implements Peers.Reach {
        private final Address address;
        private final Probed done;
        private final long token = context.random().nextLong();
        private final boolean hasUdp;
        private final Timers.Timer retry = context.timers().timer(this::ask);
        private final Timers.Timer fallback = context.timers().timer(this::connect);
        private final Timers.Timer deadline = context.timers().timer(this::fail);
        private int tries;
        private boolean isDone;

        Probe(Address address, Probed done) {
            this.address = address;
            this.done = done;
            this.hasUdp = address.transport() == Address.Transport.TCP;
        }

        void start(long deadlineNanos) {
            long now = context.nowNanos();
            deadline.armAt(deadlineNanos);
            if (hasUdp) {
                asked++;
                fallback.armAt(now + (deadlineNanos - now) / 2);
                ask();
            } else {
                connect();
            }
        }

        private void ask() {
            context.outbox()
                    .datagram(
                            address,
                            new Datagram.StatusRequest(token, context.local().cluster()));
            if (++tries < TRIES) {
                retry.armAt(context.nowNanos() + (FIRST_RETRY_NANOS << tries - 1));
            }
        }

        private void connect() {
            context.peers().reach(address, Peers.Trust.CONFIGURED, this);
        }

        @Override
        public void onReached(Peer peer) {
            if (end()) {
                done.onAnswer(overTcp(peer));
            }
            connector.closeIfUnused(peer, CloseReason.IDLE);
        }

        @Override
        public void onUnreachable() {
            if (!hasUdp && end()) {
                done.onNoAnswer();
            }
        }

        private void fail() {
            if (end()) {
                done.onNoAnswer();
            }
        }

        boolean end() {
            if (isDone) {
                return false;
            }
            isDone = true;
            byToken.remove(token);
            retry.cancel();
            fallback.cancel();
            deadline.cancel();
            return true;
        }

        /** HELLO says less than a status report: what it does not say is 0. */
        private ProbeResult overTcp(Peer peer) {
            Descriptor descriptor = peer.descriptor();
            int topics = descriptor.topics().hashes().size();
            return new ProbeResult(
                    address,
                    peer.id(),
                    descriptor.epoch(),
                    connector.nameOf(peer),
                    descriptor.root(),
                    true,
                    0,
                    1,
                    0,
                    topics,
                    false);
        }
    }

    /**
     * Asks.
     *
     * @param address whom
     * @param deadlineNanos when to give up
     * @param done hears the outcome
     */
    public void probe(Address address, long deadlineNanos, Probed done) {
        if (byToken.size() >= MAX) {
            context.counters().increment("probe.refused-here");
            context.later(done::onNoAnswer);
            return;
        }
        Probe probe = new Probe(address, done);
        byToken.put(probe.token, probe);
        probe.start(deadlineNanos);
    }

    /** Whether UDP questions were asked and none was ever answered. */
    public boolean isUdpDead() {
        return asked > 0 && answered == 0;
    }

    void onStatusReply(StatusReply reply) {
        Probe probe = byToken.get(reply.token());
        if (probe == null || !probe.end()) {
            context.counters().increment("datagram.unasked");
            return;
        }
        answered++;
        int paired = (int)
                reply.topics().stream().filter(topic -> topic.neighbours() > 0).count();
        probe.done.onAnswer(new ProbeResult(
                probe.address,
                reply.node(),
                reply.epoch(),
                reply.name(),
                reply.root(),
                reply.serving(),
                reply.reconnecting(),
                reply.edges(),
                paired,
                reply.topics().size(),
                true));
    }
}
