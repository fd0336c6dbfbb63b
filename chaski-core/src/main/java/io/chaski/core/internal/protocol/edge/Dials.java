package io.chaski.core.internal.protocol.edge;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers.Reach;
import io.chaski.core.internal.protocol.Peers.Trust;
import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.protocol.TokenBucket;
import io.chaski.core.internal.wire.Descriptor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Attempts to reach nodes. Wishes for the same node, or the same address, share one attempt, which tries its
 * addresses in turn. Confined to the node's event loop.
 */
final class Dials {

    /** More attempts than this at a time fail at once; a node that needs so many is being led astray. */
    static final int MAX_ATTEMPTS = 512;

    /** Outcomes that are remembered for a diagnosis. */
    private static final int MAX_OUTCOMES = 256;

    /** A node has a handful of addresses of its own. */
    private static final int MAX_OWN = 64;

    /** Waits for nothing. */
    private static final Reach NOBODY = new Reach() {
        @Override
        public void onReached(Peer peer) {
            // the connections to a peer sort themselves out
        }

        @Override
        public void onUnreachable() {
            // it is tried again as long as it is due
        }
    };

    private final EdgeContext context;
    private final EdgeTable edges;
    private final LinkLife life;
    private final TokenBucket hints;
    private final Map<NodeId, Attempt> byNode = new LinkedHashMap<>();
    private final Map<Address, Attempt> byAddress = new LinkedHashMap<>();
    private final Set<Address> leadToSelf = new LinkedHashSet<>();
    private final Map<Address, Outcome> outcomes = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Address, Outcome> eldest) {
            return size() > MAX_OUTCOMES;
        }
    };

    Dials(EdgeContext context, EdgeTable edges, LinkLife life) {
        this.context = context;
        this.edges = edges;
        this.life = life;
        EdgeSettings settings = context.settings().edge();
        this.hints = new TokenBucket(settings.hintsPerSecond(), settings.hintBurst());
    }

    /**
     * How the last dial of an address ended: failure and refusal null when it led to an edge.
     *
     * @param node who was there
     * @param failure why there was no connection
     * @param refused why there was no edge
     * @param atNanos when that was known
     */
    record Outcome(
            @Nullable NodeId node,
            @Nullable DialFailure failure,
            @Nullable CloseReason refused,
            long atNanos) {}

    /** One attempt and everybody who waits for it. */
    static final class Attempt {
        private final @Nullable NodeId expected;
        private final List<Address> addresses;
        private final boolean isHint;
        private final List<Reach> waiting = new ArrayList<>(1);
        private int next;
        private @Nullable Link link;

        Attempt(@Nullable NodeId expected, List<Address> addresses, boolean isHint) {
            this.expected = expected;
            this.addresses = addresses;
            this.isHint = isHint;
        }

        /** Who was meant, null if it may be anybody. */
        @Nullable
        NodeId expected() {
            return expected;
        }
    }

    void reach(Descriptor whom, Trust trust, Reach reach) {
        Edge edge = edges.get(whom.id());
        Attempt running = byNode.get(whom.id());
        if (edge != null) {
            tellReached(reach, edge);
        } else if (running != null) {
            running.waiting.add(reach);
        } else {
            begin(whom.id(), dialable(whom.addresses(), trust), trust, reach);
        }
    }

    void reach(Address address, Trust trust, Reach reach) {
        Edge edge = edges.dialledAt(address);
        Attempt running = byAddress.get(address);
        if (edge != null) {
            tellReached(reach, edge);
        } else if (running != null) {
            running.waiting.add(reach);
        } else {
            begin(null, dialable(List.of(address), trust), trust, reach);
        }
    }

    /** Makes another connection to a peer. When it stands, it and the one that there is are two, and one of them ends. */
    void renew(Edge edge) {
        Link link = edge.current();
        List<Address> addresses = link.outbound
                ? List.of(link.dialled)
                : dialable(edge.descriptor().addresses(), Trust.HINT);
        if (!addresses.isEmpty() && !byNode.containsKey(edge.id())) {
            begin(edge.id(), addresses, Trust.CONFIGURED, NOBODY);
        }
    }

    private void begin(@Nullable NodeId expected, List<Address> addresses, Trust trust, Reach reach) {
        boolean isHint = trust == Trust.HINT;
        if (addresses.isEmpty() || context.self().equals(expected)) {
            context.counters().increment("dial.nowhere");
            tellUnreachable(reach);
        } else if (byNode.size() + byAddress.size() >= MAX_ATTEMPTS
                || isHint && !hints.tryTake(1, context.nowNanos())) {
            context.counters().increment("dial.over-budget");
            context.later(reach::onDeferred);
        } else {
            Attempt attempt = new Attempt(expected, addresses, isHint);
            attempt.waiting.add(reach);
            if (expected != null) {
                byNode.put(expected, attempt);
            } else {
                byAddress.put(addresses.get(0), attempt);
            }
            dialNext(attempt);
        }
    }

    private void dialNext(Attempt attempt) {
        attempt.link = null;
        while (attempt.link == null && attempt.next < attempt.addresses.size()) {
            attempt.link = life.dial(attempt, attempt.addresses.get(attempt.next++));
        }
        if (attempt.link == null) {
            remove(attempt);
            attempt.waiting.forEach(this::tellUnreachable);
        }
    }

    /** The connection of an attempt came to nothing. */
    void onFailed(Link link, @Nullable DialFailure failure, @Nullable CloseReason refused) {
        Attempt attempt = link.attempt;
        if (attempt == null) {
            return;
        }
        link.attempt = null;
        remember(link.dialled, new Outcome(null, failure, refused, context.nowNanos()));
        if (refused == CloseReason.SELF && leadToSelf.size() < MAX_OWN) {
            leadToSelf.add(link.dialled);
        }
        if (attempt.link == link) {
            dialNext(attempt);
        }
    }

    /** A connection has become an edge, or joined one. */
    void onUp(Link link, Edge edge) {
        Attempt attempt = link.attempt;
        link.attempt = null;
        if (attempt != null) {
            remember(link.dialled, new Outcome(edge.id(), null, null, context.nowNanos()));
            succeed(attempt, edge);
        }
        Attempt other = byNode.get(edge.id());
        if (other != null) {
            Link needless = other.link;
            succeed(other, edge);
            if (needless != null) {
                needless.attempt = null;
                life.giveUpDial(needless);
            }
        }
    }

    void tellTables(TableAudience audience) {
        audience.hear("attempts to reach somebody", byNode.size() + byAddress.size(), MAX_ATTEMPTS);
        audience.hear("outcomes of dials", outcomes.size(), MAX_OUTCOMES);
        audience.hear("addresses that lead to the node itself", leadToSelf.size(), MAX_OWN);
    }

    /** How the last dial of an address ended, null if it is not known. */
    @Nullable
    Outcome outcome(Address address) {
        return outcomes.get(address);
    }

    boolean leadsToSelf(Address address) {
        return leadToSelf.contains(address) || ownAddresses().contains(address);
    }

    private void succeed(Attempt attempt, Edge edge) {
        remove(attempt);
        if (attempt.isHint) {
            // The limit is there to protect bystanders; somebody who wanted to be found is none.
            hints.giveBack(1);
        }
        attempt.waiting.forEach(reach -> tellReached(reach, edge));
    }

    private void remove(Attempt attempt) {
        if (attempt.expected != null) {
            byNode.remove(attempt.expected);
        } else {
            byAddress.remove(attempt.addresses.get(0));
        }
    }

    private void remember(Address address, Outcome outcome) {
        outcomes.remove(address);
        outcomes.put(address, outcome);
    }

    private List<Address> dialable(List<Address> addresses, Trust trust) {
        List<Address> dialable = new ArrayList<>(addresses);
        dialable.removeIf(address -> leadsToSelf(address) || trust == Trust.HINT && !HeardAddresses.isLiteral(address));
        return dialable;
    }

    private List<Address> ownAddresses() {
        return context.descriptor().addresses();
    }

    private void tellReached(Reach reach, Edge edge) {
        context.later(() -> {
            if (edge.isUp()) {
                reach.onReached(edge);
            } else {
                reach.onUnreachable();
            }
        });
    }

    private void tellUnreachable(Reach reach) {
        context.later(reach::onUnreachable);
    }
}
