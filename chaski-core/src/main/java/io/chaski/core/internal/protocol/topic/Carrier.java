package io.chaski.core.internal.protocol.topic;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.member.HyParView;
import io.chaski.core.internal.protocol.member.LinkHash;
import io.chaski.core.internal.protocol.member.View;
import io.chaski.core.internal.wire.MembershipFrame;
import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has a relay carry the topic for this node while its members are out of reach ({@link Clients} is the other end).
 *
 * <pre>
 *            shortage              edge up               ACK
 *   (none) ------------> reaching -----------> asked -----------> carried ---+
 *     ^                     | not there          | NACK, silence   |  ^      | asked again every 30 s
 *     +---------------------+--------------------+                 |  +------+
 *     +---- DISCONNECT, edge down, no ACK for 90 s, or members in reach again
 * </pre>
 *
 * The relay is no neighbour and does not count as a member. Confined to the node's event loop.
 */
final class Carrier {

    /** With two links the topic hangs together. */
    static final int ENOUGH_LINKS = 2;

    /** Who fails so often to reach members does not only lack luck. */
    static final int FAILED_DIALS = 3;

    /** Before a relay is asked, and before it is let go: links that come and go must not make it come and go. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Two of three may be lost on the way. */
    static final long RENEW_NANOS = Leases.NANOS / 3;

    /** A round trip on a slow wide-area link, as for any other link. */
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Frames are lost only where queues overflow. */
    private static final int TRIES = 3;

    private final ProtocolContext context;
    private final TopicRef topic;
    private final TreeLinks links;
    private final Relays relays;
    private boolean isShort = true;
    private long sinceNanos;
    private long failedBefore;
    private long failed;
    private long failedNanos;
    private @Nullable Reaching reaching;
    private @Nullable Peer relay;
    private int generation;
    private boolean isCarried;
    private boolean isRefused;
    private long askedNanos;
    private long grantedNanos;
    private int tries;

    Carrier(ProtocolContext context, TopicRef topic, TreeLinks links, Relays relays) {
        this.context = context;
        this.topic = topic;
        this.links = links;
        this.relays = relays;
        this.sinceNanos = context.nowNanos();
    }

    // ---- looking

    /** Who carries the topic for this node. */
    Optional<NodeId> carriedBy() {
        return Optional.ofNullable(linked()).map(Peer::id);
    }

    /** The peer that does, null for nobody. */
    @Nullable
    Peer linked() {
        return isCarried ? relay : null;
    }

    /** Whether the last relay that was asked had no room, or would have had none. */
    boolean isRefused() {
        return isRefused;
    }

    long linkHash(Peer peer) {
        return peer == linked() ? LinkHash.of(topic, generation) : 0;
    }

    // ---- time

    /** Another second has passed. */
    void onBeat(HyParView members) {
        boolean fewLinks = members.neighbours().size() < ENOUGH_LINKS;
        if (fewLinks != isShort) {
            isShort = fewLinks;
            sinceNanos = context.nowNanos();
            failedBefore = members.failedDials();
        }
        if (failed != members.failedDials()) {
            failed = members.failedDials();
            failedNanos = context.nowNanos();
        }
        if (relay != null) {
            tend(relay, members.neighbours().isEmpty());
        } else if (reaching == null && isNeeded(members)) {
            look(members);
        }
    }

    private boolean isNeeded(HyParView members) {
        return isShort && isPatienceOver() && members.failedDials() - failedBefore >= FAILED_DIALS;
    }

    private boolean isPatienceOver() {
        return context.nowNanos() - sinceNanos >= PATIENCE_NANOS;
    }

    private void tend(Peer asked, boolean isAlone) {
        long now = context.nowNanos();
        // A topic of two members has one link; that nobody else is looked for in vain shows that it is whole.
        boolean isWhole = !isAlone && now - failedNanos >= Leases.NANOS;
        if (!isCarried && now - askedNanos >= ANSWER_NANOS) {
            if (tries < TRIES) {
                ask(asked);
            } else {
                context.counters().increment("relay.silent");
                relays.rest(asked.id());
                letGo(asked);
            }
        } else if (isCarried && (isWhole || !isShort && isPatienceOver())) {
            letGo(asked);
            sinceNanos = now;
            failedBefore = failed;
        } else if (isCarried && now - grantedNanos >= Leases.NANOS) {
            context.counters().increment("relay.lease-lost");
            letGo(asked);
        } else if (isCarried && now - askedNanos >= RENEW_NANOS) {
            ask(asked);
        }
    }

    /** The process stood still: whoever should have answered meanwhile gets the time again. */
    void onNetworkChanged() {
        sinceNanos = context.nowNanos();
        grantedNanos = context.nowNanos();
    }

    // ---- asking

    /** A relay that is a neighbour already brings nobody nearer; its lease is for the day it subscribes no more. */
    private void look(HyParView members) {
        List<Peer> neighbours = members.neighbours();
        Peer standing = relays.standing(peer -> !neighbours.contains(peer));
        View.Entry absent = standing == null ? relays.absent() : null;
        if (absent != null) {
            reaching = new Reaching(absent.id());
            context.peers().reach(absent.descriptor(), absent.trust(), reaching);
            return;
        }
        Peer chosen = standing == null ? relays.standing(neighbours::contains) : standing;
        if (chosen != null) {
            begin(chosen);
        } else if (relays.isAnyExhausted()) {
            isRefused = true;
        }
    }

    /** A relay that is being dialled. */
    private final class Reaching implements Peers.Reach {
        private final NodeId whom;

        Reaching(NodeId whom) {
            this.whom = whom;
        }

        @Override
        public void onReached(Peer peer) {
            if (reaching == this) {
                reaching = null;
                if (!peer.descriptor().relay()) {
                    relays.rest(whom);
                } else if (isShort && relays.isAskable(peer.id())) {
                    begin(peer);
                }
            }
        }

        @Override
        public void onUnreachable() {
            if (reaching == this) {
                reaching = null;
                context.counters().increment("relay.unreachable");
                relays.rest(whom);
            }
        }

        @Override
        public void onDeferred() {
            if (reaching == this) {
                reaching = null;
            }
        }
    }

    private void begin(Peer chosen) {
        context.counters().increment("relay.asked");
        relay = chosen;
        relays.onAsked(chosen.id());
        chosen.hold(this);
        // Drawn for each lease, so that what is said of an earlier one is recognised as stale.
        generation = context.random().nextInt() | MembershipFrame.CARRIED;
        tries = 0;
        ask(chosen);
    }

    private void ask(Peer asked) {
        tries++;
        askedNanos = context.nowNanos();
        asked.send(new Neighbor(asked.alias(topic), Priority.LOW, generation, context.descriptor(), List.of()));
    }

    // ---- answers

    void onAck(Peer from, NeighborAck ack) {
        if (from != relay || ack.generation() != generation) {
            // Its lease is not wanted any more, or never was.
            from.send(new Disconnect(from.alias(topic), ack.generation(), true, List.of()));
            return;
        }
        grantedNanos = context.nowNanos();
        isRefused = false;
        if (!isCarried) {
            isCarried = true;
            from.linksChanged();
            links.up(from, TreeLinks.Account.RELAY);
        }
    }

    void onNack(Peer from, NeighborNack nack) {
        if (from == relay && nack.generation() == generation) {
            isRefused = nack.subscribed();
            context.counters().increment(isRefused ? "relay.full" : "relay.unwilling");
            relays.rest(from.id());
            end(from);
        }
    }

    /** False if the frame does not mean this link. */
    boolean onDisconnect(Peer from, Disconnect disconnect) {
        boolean isMeant = from == relay && disconnect.generation() == generation;
        if (isMeant) {
            // It could not get its messages across or takes leases back; another one may do better.
            relays.rest(from.id());
            end(from);
        }
        return isMeant;
    }

    /** The other end may not have this link, which asking again repairs. */
    void onAsymmetry(Peer peer) {
        if (peer == linked()) {
            ask(peer);
        }
    }

    // ---- ending

    void onPeerDown(Peer peer) {
        if (peer == relay) {
            end(peer);
        }
    }

    /** The relay takes no bytes: another one may. */
    void onSlow(Peer peer) {
        if (peer == relay) {
            relays.rest(peer.id());
            letGo(peer);
        }
    }

    /** This node subscribes no more. */
    void leave() {
        reaching = null;
        if (relay != null) {
            letGo(relay);
        }
        isShort = true;
        isRefused = false;
        sinceNanos = context.nowNanos();
        failedBefore = 0;
    }

    private void letGo(Peer asked) {
        asked.send(new Disconnect(asked.alias(topic), generation, true, List.of()));
        end(asked);
    }

    private void end(Peer asked) {
        relay = null;
        relays.onEnded(asked.id());
        asked.release(this);
        if (isCarried) {
            isCarried = false;
            asked.linksChanged();
            links.down(asked, TreeLinks.Account.RELAY);
        }
    }
}
