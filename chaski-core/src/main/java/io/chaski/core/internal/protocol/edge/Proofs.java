package io.chaski.core.internal.protocol.edge;

import io.chaski.core.CloseReason;

/** What becomes of a connection when its other end has proved who it is, and when that ends. Confined to the event loop. */
final class Proofs {

    private final EdgeContext context;
    private final LinkLife life;

    Proofs(EdgeContext context, LinkLife life) {
        this.context = context;
        this.life = life;
    }

    /** The rest of the handshake has the time that it would have had without TLS. */
    void onSecured(Link link) {
        link.identity = context.outbox().identity(link.number);
        link.deadline.armAt(context.nowNanos() + context.settings().edge().handshakeNanos());
    }

    /**
     * A certificate was revoked, or has ended. Its connection carries nothing more; the edge goes on if there is another
     * one, as after a renewal.
     */
    void onDistrusted(Link link, CloseReason reason) {
        context.counters().increment("identity." + reason);
        if (!link.isUp()) {
            life.refuse(link, Handshake.Refusal.of(reason, ""));
        } else if (link.requireEdge().usableBeside(link) == null) {
            life.close(link.requireEdge(), reason, 0, "");
        } else {
            life.sayGoodbye(link, CloseReason.DUPLICATE, 0, "");
            life.discard(link);
        }
    }
}
