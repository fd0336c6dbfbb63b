package io.chaski.core.internal.protocol.member;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.wire.Descriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whom a node knows in one overlay, apart from its active links: the passive view (replacements), the book (more of
 * them, for bad times) and the lost. A node is in at most one of the three. Confined to the node's event loop.
 */
final class Members {

    private final ProtocolContext context;
    private final MembershipSettings settings;
    private final Predicate<NodeId> isLinked;
    private final View passive;
    private final View book;
    private final LostMembers lost;
    private Consumer<Descriptor> audience = unused -> {};

    Members(ProtocolContext context, Predicate<NodeId> isLinked) {
        this.context = context;
        this.settings = context.settings().membership();
        this.isLinked = isLinked;
        this.passive = new View(settings.passiveMax());
        this.book = new View(settings.bookMax());
        this.lost = new LostMembers(settings.lostMax(), settings.lostFor().toNanos());
    }

    View passive() {
        return passive;
    }

    View book() {
        return book;
    }

    LostMembers lost() {
        return lost;
    }

    /** Who else hears every descriptor that is believed. */
    void tell(Consumer<Descriptor> listener) {
        audience = listener;
    }

    /** Whether the node is in the passive view or the book. */
    boolean isKnown(NodeId id) {
        return passive.contains(id) || book.contains(id);
    }

    /** A node of the passive view or the book, null if it is in neither. */
    View.@Nullable Entry entry(NodeId id) {
        View.Entry entry = passive.get(id);
        return entry != null ? entry : book.get(id);
    }

    /** Where a node may be that is known here in any way, null for nothing. */
    Peers.@Nullable Known find(NodeId id) {
        View.Entry entry = entry(id);
        return entry == null ? lost.find(id) : new Peers.Known(entry.descriptor(), entry.trust());
    }

    // ---- hearing

    /** Others' words about nodes; none of it revives a lost member unless its incarnation is new. */
    void learn(List<Descriptor> descriptors) {
        for (Descriptor descriptor : descriptors) {
            learn(descriptor);
        }
    }

    void learn(Descriptor descriptor) {
        Descriptor believed = Hearsay.believed(
                descriptor, context.self(), settings.forgottenAfter().toSeconds());
        if (believed == null) {
            context.counters().increment("membership.descriptor-refused");
            return;
        }
        audience.accept(believed);
        Descriptor lostAs = lost.get(believed.id());
        if (lostAs != null) {
            if (believed.epoch() <= lostAs.epoch()) {
                return;
            }
            lost.remove(believed.id());
        }
        Peer peer = context.peers().get(believed.id());
        if (peer == null) {
            remember(believed, false);
        } else {
            remember(wordOf(peer), true);
        }
    }

    /** A node has spoken itself; true if it was lost. */
    boolean met(Peer peer) {
        boolean wasLost = lost.remove(peer.id());
        Descriptor believed = Hearsay.believed(
                wordOf(peer), context.self(), settings.forgottenAfter().toSeconds());
        if (believed != null) {
            audience.accept(believed);
            remember(believed, true);
        }
        return wasLost;
    }

    private void remember(Descriptor descriptor, boolean met) {
        if (isLinked.test(descriptor.id())) {
            return;
        }
        View.Entry booked = book.remove(descriptor.id());
        if (booked != null) {
            // What it has said of itself comes along: what others say now must not be taken for it.
            makeWay(passive.take(booked, context.random()));
        }
        makeWay(passive.put(descriptor, met, context.nowNanos(), context.random()));
    }

    private void makeWay(View.@Nullable Entry evicted) {
        if (evicted != null) {
            book.take(evicted, context.random());
        }
    }

    // ---- losing

    /** It ended without a word. */
    void vanished(Descriptor descriptor, boolean met) {
        View.Entry known = passive.get(descriptor.id());
        View.Entry booked = book.get(descriptor.id());
        boolean everMet =
                met || known != null && known.isMetAt(descriptor) || booked != null && booked.isMetAt(descriptor);
        forget(descriptor.id());
        lost.add(descriptor, everMet, context.nowNanos());
    }

    /** It is no member, or has left in good order. */
    void forget(NodeId id) {
        passive.remove(id);
        book.remove(id);
        lost.remove(id);
    }

    /** It has become an active link. */
    void linked(NodeId id) {
        forget(id);
    }

    void expire() {
        long nowNanos = context.nowNanos();
        for (View.Entry old : passive.removeOlderThan(settings.forgottenAfter().toSeconds(), nowNanos)) {
            book.take(old, context.random());
        }
        book.removeOlderThan(settings.expiresAfter().toSeconds(), nowNanos);
        lost.expire(nowNanos);
    }

    // ---- choosing

    /**
     * A random member to ask for a link: from the passive view, or from the book when that has none.
     *
     * @param insist whether those that have just refused may be asked again
     */
    View.@Nullable Entry candidate(Predicate<NodeId> busy, boolean insist) {
        return candidate(unused -> true, busy, insist);
    }

    /** As above, of those that are fit. */
    View.@Nullable Entry candidate(Predicate<Descriptor> fit, Predicate<NodeId> busy, boolean insist) {
        View.Entry chosen = candidate(passive, fit, busy, insist);
        return chosen != null ? chosen : candidate(book, fit, busy, insist);
    }

    private View.@Nullable Entry candidate(
            View view, Predicate<Descriptor> fit, Predicate<NodeId> busy, boolean insist) {
        int size = view.size();
        if (size == 0) {
            return null;
        }
        int start = context.random().nextInt(size);
        for (int i = 0; i < size; i++) {
            View.Entry entry = view.entries().get((start + i) % size);
            boolean mayBeAsked = insist || !entry.isResting(context.nowNanos());
            if (mayBeAsked && !busy.test(entry.id()) && fit.test(entry.descriptor())) {
                return entry;
            }
        }
        return null;
    }

    /** Whether a member that is fit is known. */
    boolean knowsAny(Predicate<Descriptor> fit) {
        return contains(passive, fit) || contains(book, fit);
    }

    private static boolean contains(View view, Predicate<Descriptor> fit) {
        for (View.Entry entry : view.entries()) {
            if (fit.test(entry.descriptor())) {
                return true;
            }
        }
        return false;
    }

    /** It has refused: others are asked first. */
    void rest(NodeId id) {
        long untilNanos =
                context.nowNanos() + context.jittered(settings.refusedFor().toNanos());
        View.Entry entry = entry(id);
        if (entry != null) {
            entry.restUntil(untilNanos);
        }
    }

    /** A random choice of passive members as they may be passed on. */
    List<Descriptor> passiveSample(int count, NodeId exceptFor) {
        long nowNanos = context.nowNanos();
        List<View.Entry> fit = new ArrayList<>(passive.size());
        for (View.Entry entry : passive.entries()) {
            if (!entry.id().equals(exceptFor)
                    && entry.ageSeconds(nowNanos) <= settings.forgottenAfter().toSeconds()) {
                fit.add(entry);
            }
        }
        List<Descriptor> sample = new ArrayList<>(count);
        for (View.Entry chosen : Sampling.choose(fit, count, context.random())) {
            sample.add(chosen.aged(nowNanos));
        }
        return sample;
    }

    /** What a peer says of itself, and that it was reached if this node did so. */
    static Descriptor wordOf(Peer peer) {
        Descriptor word = peer.descriptor();
        return withReachable(word, word.reachable() || peer.isOutbound());
    }

    static Descriptor withReachable(Descriptor descriptor, boolean reachable) {
        if (descriptor.reachable() == reachable) {
            return descriptor;
        }
        return new Descriptor(
                descriptor.id(),
                descriptor.epoch(),
                descriptor.addresses(),
                reachable,
                descriptor.relay(),
                descriptor.root(),
                descriptor.topics(),
                descriptor.ageSeconds());
    }
}
