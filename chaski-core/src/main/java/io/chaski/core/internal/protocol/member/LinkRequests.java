package io.chaski.core.internal.protocol.member;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Requests for links that are under way, at most a view's worth. Confined to the node's event loop. */
final class LinkRequests {

    /** Two round trips and a handshake of a wide-area network. */
    static final long HANGS_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final ProtocolContext context;
    private final MembershipSettings settings;
    private final Links links;
    private final HyParView overlay;
    private final List<Request> requests = new ArrayList<>();

    LinkRequests(ProtocolContext context, Links links, HyParView overlay) {
        this.context = context;
        this.settings = context.settings().membership();
        this.links = links;
        this.overlay = overlay;
    }

    int size() {
        return requests.size();
    }

    /** Those that an answer may be expected of: whoever is not reached in half a second does not keep others from being asked. */
    int hopeful() {
        int hopeful = 0;
        for (Request request : requests) {
            hopeful += request.hangs ? 0 : 1;
        }
        return hopeful;
    }

    /** Those whose edge is up and whose answer is on its way. */
    int asked() {
        int asked = 0;
        for (Request request : requests) {
            asked += request.peer != null ? 1 : 0;
        }
        return asked;
    }

    @Nullable
    Request to(NodeId id) {
        for (Request request : requests) {
            if (request.whom.id().equals(id)) {
                return request;
            }
        }
        return null;
    }

    List<Request> copy() {
        return List.copyOf(requests);
    }

    void tellDeadlines(Consumer<Timers.Timer> audience) {
        for (Request request : requests) {
            audience.accept(request.deadline);
        }
    }

    void begin(Descriptor whom, Peers.Trust trust, Priority priority, boolean chosen) {
        if (requests.size() >= settings.requestsMax()) {
            return;
        }
        Request request = new Request(whom, priority, chosen);
        requests.add(request);
        request.deadline.armAt(context.nowNanos() + HANGS_AFTER_NANOS);
        Peer peer = context.peers().get(whom.id());
        if (peer != null) {
            request.onReached(peer);
        } else {
            context.peers().reach(whom, trust, request);
        }
    }

    /** One request under way: first for an edge, then for a link. It has a deadline at any time. */
    final class Request implements Peers.Reach {
        final Descriptor whom;
        final Priority priority;
        final boolean chosen;
        private final Timers.Timer deadline = context.timers().timer(this::onDeadline);

        @Nullable
        Peer peer;

        int generation;

        /** Whether its edge has not come up in the time that this usually takes. */
        private boolean hangs;

        Request(Descriptor whom, Priority priority, boolean chosen) {
            this.whom = whom;
            this.priority = priority;
            this.chosen = chosen;
        }

        @Override
        public void onReached(Peer reached) {
            if (!requests.contains(this)) {
                return;
            }
            if (!reached.id().equals(whom.id())) {
                onUnreachable();
            } else if (isStillUseful() && !reached.isVisitor()) {
                peer = reached;
                hangs = false;
                reached.hold(this);
                generation = links.drawGeneration(reached);
                deadline.armAt(context.nowNanos() + overlay.answerNanos(reached));
                links.sendNeighbor(reached, priority, generation);
            } else {
                end();
            }
        }

        private boolean isStillUseful() {
            return switch (priority) {
                case HIGH, HEAL -> true;
                case LOW -> links.count() + asked() < settings.activeTarget();
                case OFFER -> links.count() + asked() < settings.activeMax();
            };
        }

        @Override
        public void onUnreachable() {
            if (requests.contains(this)) {
                end();
                overlay.onUnreachable(whom);
            }
        }

        @Override
        public void onDeferred() {
            if (requests.contains(this)) {
                end();
                overlay.onDeferred(whom);
            }
        }

        private void onDeadline() {
            if (peer == null && !hangs) {
                hangs = true;
                deadline.armAt(context.nowNanos() + settings.reachWithin().toNanos() - HANGS_AFTER_NANOS);
                overlay.onHanging();
                return;
            }
            Peer silent = peer;
            end();
            if (silent != null && silent.isUp()) {
                // Should it have accepted and its ACK be late, it must not believe in the link.
                links.sendDisconnect(silent, generation, List.of());
                overlay.onRefused(whom.id());
            }
        }

        void end() {
            requests.remove(this);
            deadline.cancel();
            if (peer != null) {
                peer.release(this);
            }
        }
    }
}
