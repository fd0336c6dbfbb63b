package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers.Reach;
import io.chaski.core.internal.protocol.Peers.Trust;
import io.chaski.core.internal.protocol.Timers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Peers that the application asked for by address: held while they are up and dialled again when they are lost, with
 * exponential back-off and full jitter (Brooker, "Exponential Backoff And Jitter", 2015). Confined to the node's event
 * loop.
 */
final class ConfiguredPeers {

    private static final int MAX_DOUBLINGS = 30;

    private final EdgeContext context;
    private final Dials dials;
    private final Map<Address, Kept> kept = new LinkedHashMap<>();

    ConfiguredPeers(EdgeContext context, Dials dials) {
        this.context = context;
        this.dials = dials;
    }

    private final class Kept implements Reach {
        private final Address address;
        private final boolean isBootstrap;
        private final Timers.Timer redial = context.timers().timer(this::dial);
        private final List<Reach> waiting = new ArrayList<>(1);
        private @Nullable NodeId node;
        private @Nullable Peer peer;
        private boolean wasUp;
        private int attempts;

        Kept(Address address, boolean isBootstrap) {
            this.address = address;
            this.isBootstrap = isBootstrap;
        }

        void dial() {
            dials.reach(address, Trust.CONFIGURED, this);
        }

        @Override
        public void onReached(Peer reached) {
            adopt(reached);
            tellWaiting(reached, Reach::onUnreachable);
        }

        @Override
        public void onUnreachable() {
            onFailed(Reach::onUnreachable);
        }

        @Override
        public void onDeferred() {
            onFailed(Reach::onDeferred);
        }

        private void onFailed(Consumer<Reach> how) {
            tellWaiting(peer, how); // the edge may have come up in another way
            if (kept.get(address) != this || peer != null) {
                return;
            }
            if (wasUp || isBootstrap) {
                redialLater();
            } else {
                kept.remove(address);
            }
        }

        void adopt(Peer reached) {
            if (kept.get(address) == this && reached.isUp()) {
                redial.cancel();
                node = reached.id();
                peer = reached;
                wasUp = true;
                reached.hold(this);
            }
        }

        void redialLater() {
            if (dials.leadsToSelf(address)) {
                kept.remove(address);
                context.counters().increment("configured.own-address");
                return;
            }
            EdgeSettings settings = context.settings().edge();
            int limit = settings.reconnections();
            if (limit != EdgeSettings.UNLIMITED && attempts >= limit) {
                kept.remove(address);
                context.outbox().emit(new NodeEvent.LimitReached("reconnections", limit));
                return;
            }
            long doubled = settings.redialNanos() << Math.min(attempts, MAX_DOUBLINGS);
            long cap = doubled <= 0 ? settings.redialCapNanos() : Math.min(settings.redialCapNanos(), doubled);
            attempts++;
            redial.armAt(context.nowNanos() + (long) (context.random().nextDouble() * cap));
        }

        void drop() {
            redial.cancel();
            if (peer != null) {
                peer.release(this);
            }
        }

        private void tellWaiting(@Nullable Peer reached, Consumer<Reach> otherwise) {
            List<Reach> told = new ArrayList<>(waiting);
            waiting.clear();
            for (Reach reach : told) {
                if (reached != null && reached.isUp()) {
                    reach.onReached(reached);
                } else {
                    otherwise.accept(reach);
                }
            }
        }
    }

    /** As many as there can be edges; a node of few edges may know more addresses than it can hold edges to. */
    private int most() {
        return Math.max(
                EdgeSettings.DEFAULT_MAX_EDGES, context.settings().edge().maxEdges());
    }

    private boolean isFull() {
        return kept.size() >= most();
    }

    /** Dials an address and, once it was reached, keeps its edge. If the first attempt fails it is forgotten. */
    void connect(Address address, Reach reach) {
        Kept entry = kept.get(address);
        if (entry == null) {
            if (isFull()) {
                context.outbox().emit(new NodeEvent.LimitReached("configured peers", most()));
                context.later(reach::onDeferred);
                return;
            }
            entry = new Kept(address, false);
            kept.put(address, entry);
        }
        entry.waiting.add(reach);
        entry.dial();
    }

    /** Keeps an edge to an address, whether or not somebody is there yet. */
    void keep(Address address) {
        if (!kept.containsKey(address) && !isFull()) {
            Kept entry = new Kept(address, true);
            kept.put(address, entry);
            entry.dial();
        }
    }

    /** Keeps the edge that stands to a peer, to dial it again at this address when it is lost. */
    void keep(Address address, Peer peer) {
        Kept entry = kept.get(address);
        if (entry == null && !isFull()) {
            entry = new Kept(address, false);
            kept.put(address, entry);
        }
        if (entry != null) {
            entry.adopt(peer);
        }
    }

    /** An edge is up, whoever dialled it. */
    void onUp(Edge edge) {
        for (Kept entry : kept.values()) {
            if (entry.peer == null && edge.id().equals(entry.node)) {
                entry.adopt(edge);
            }
        }
    }

    /** An edge is down; the ones that somebody closed on purpose stay closed, unless they are bootstrap addresses. */
    void onDown(Edge edge, CloseReason reason) {
        for (Kept entry : new ArrayList<>(kept.values())) {
            if (entry.peer == edge) {
                entry.peer = null;
                if (reason != CloseReason.FULL) {
                    entry.attempts = 0; // a visit to a full node is one more attempt that came to nothing
                }
                if (reason == CloseReason.REQUESTED && !entry.isBootstrap) {
                    kept.remove(entry.address);
                } else {
                    entry.redialLater();
                }
            }
        }
    }

    /** Wants a peer no longer, not even at its bootstrap addresses. */
    void forget(NodeId node) {
        for (Kept entry : new ArrayList<>(kept.values())) {
            if (node.equals(entry.node)) {
                kept.remove(entry.address);
                entry.drop();
            }
        }
    }

    /** The network may be back: no more waiting. */
    void redialNow() {
        for (Kept entry : new ArrayList<>(kept.values())) {
            if (entry.redial.isArmed()) {
                entry.redial.cancel();
                entry.attempts = 0;
                entry.dial();
            }
        }
    }

    /** Nothing is dialled any more. */
    void close() {
        kept.values().forEach(entry -> entry.redial.cancel());
        kept.clear();
    }

    /** Addresses that were reached once, or are bootstrap addresses, and are down now. */
    List<Address> reconnecting() {
        return kept.values().stream()
                .filter(entry -> entry.peer == null && (entry.wasUp || entry.isBootstrap))
                .map(entry -> entry.address)
                .toList();
    }
}
