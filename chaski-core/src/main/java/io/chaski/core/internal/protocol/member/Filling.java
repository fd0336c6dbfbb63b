package io.chaski.core.internal.protocol.member;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.MembershipFrame.Priority;
import java.util.function.Predicate;

/**
 * Decides when a node asks for links, whom, and how insistently: at once when it has lost one, then every second while
 * it has fewer than it wants, or none to an elder; and when it knows nobody to ask, who else may know somebody. Confined
 * to the node's event loop.
 */
final class Filling {

    /** Below this many links, and without a candidate, bootstraps and discovery are asked again. */
    private static final int FEW_LINKS = 2;

    private static final long UNKNOWN = -1;

    private final ProtocolContext context;
    private final MembershipSettings settings;
    private final HyParView overlay;
    private final Membership.Listener listener;
    private final Links links;
    private final Members members;
    private final Contacts contacts;
    private final Prober prober;
    private final Elders elders;
    private final Timers.Timer fillTimer;
    private final Timers.Timer searchTimer;
    private boolean everLinked;
    private boolean contacted;
    private boolean refused;
    private long shortSinceNanos;
    private long searchPauseNanos;
    private long insistedNanos;

    /** How long after the last time, or the start, it may insist; unknown until somebody has refused. */
    private long insistAfterNanos = UNKNOWN;

    Filling(
            ProtocolContext context,
            HyParView overlay,
            Membership.Listener listener,
            Links links,
            Members members,
            Contacts contacts,
            Prober prober) {
        this.context = context;
        this.settings = context.settings().membership();
        this.overlay = overlay;
        this.listener = listener;
        this.links = links;
        this.members = members;
        this.contacts = contacts;
        this.prober = prober;
        this.elders = new Elders(context, links, members);
        this.fillTimer = context.timers().timer(this::fill);
        this.searchTimer = context.timers().timer(this::search);
        this.searchPauseNanos = settings.retryFirst().toNanos();
    }

    void start() {
        shortSinceNanos = context.nowNanos();
        insistedNanos = shortSinceNanos;
        if (overlay.isControl()) {
            contacts.joinThrough(context.bootstrap());
            soon();
        } else {
            now();
        }
    }

    void leave() {
        fillTimer.cancel();
        searchTimer.cancel();
    }

    /** Looks for what is missing in this step of the loop, after everything else that happens in it. */
    void now() {
        if (isWanting()) {
            arm(0);
        }
    }

    /** Looks for what is missing at the next tick; what is under way may fill the view before. */
    void soon() {
        if (isWanting()) {
            arm(context.jittered(settings.fillEvery().toNanos()));
        }
    }

    void onLinkUp(Peer peer) {
        elders.onLinkUp(peer);
        everLinked = true;
        refused = false;
        shortSinceNanos = context.nowNanos();
        if (links.count() > FEW_LINKS) {
            searchTimer.cancel();
            searchPauseNanos = settings.retryFirst().toNanos();
        }
        if (links.count() < settings.activeTarget()) {
            soon();
        } else {
            // Others of the same moment are filling up too: while they have free slots, an elder costs nobody a link.
            now();
        }
    }

    void onLinkLost() {
        if (links.count() == settings.activeTarget() - 1) {
            shortSinceNanos = context.nowNanos();
        }
        now();
    }

    void onRefused() {
        refused = true;
        if (insistAfterNanos == UNKNOWN) {
            // As long again as it took to be refused: walks that look for a slot need about as long. Those who join
            // meanwhile must not become its only links, and it theirs, so on a quick network it waits a moment only.
            insistAfterNanos = Math.min(insistEveryNanos(), 2 * (context.nowNanos() - insistedNanos));
        }
        now();
    }

    /**
     * There are no dials left for those that this node has only heard of. If all its links are gone, as after a crash of most of a mesh,
     * most of those are dead, while members to whom it has an edge are alive and cost no dial. They are those that it has dialled itself:
     * who has come of his own accord may have used the dials up by what he has told.
     */
    void onDeferred() {
        if (everLinked && links.count() == 0) {
            ask(this::isAtHand);
        }
    }

    private boolean isAtHand(Descriptor member) {
        Peer peer = context.peers().get(member.id());
        return peer != null && peer.isOutbound();
    }

    private long insistEveryNanos() {
        return settings.fillEvery().toNanos() / 2;
    }

    void onNetworkChanged() {
        elders.onNetworkChanged();
        searchPauseNanos = settings.retryFirst().toNanos();
        now();
    }

    private boolean isWanting() {
        return links.count() < settings.activeTarget() || elders.isMissing();
    }

    private void arm(long delayNanos) {
        long atNanos = context.nowNanos() + delayNanos;
        if (!fillTimer.isArmed() || fillTimer.deadlineNanos() > atNanos) {
            fillTimer.armAt(atNanos);
        }
    }

    private void fill() {
        if (!isWanting()) {
            return;
        }
        arm(context.jittered(settings.fillEvery().toNanos()));
        if (links.count() >= settings.activeTarget()) {
            elders.ask();
            return;
        }
        if (links.count() == 0 && !everLinked && !overlay.isControl()) {
            enter();
        }
        if (!contacts.isWaiting() || links.count() > 0) {
            ask(anybody -> true);
        }
        if (isStuck() && !searchTimer.isArmed()) {
            searchTimer.armAt(context.nowNanos() + (contacted || overlay.isControl() ? searchPauseNanos : 0));
        }
    }

    /** First steps into a topic: some members are asked to let this node in. */
    private void enter() {
        if (contacted) {
            return;
        }
        for (int i = 0; i < settings.contacts(); i++) {
            View.Entry member = members.candidate(overlay::isBusy, false);
            if (member == null) {
                break;
            }
            contacted = true;
            contacts.joinThrough(member);
        }
    }

    private void ask(Predicate<Descriptor> fit) {
        Priority priority = priority();
        boolean one = priority != Priority.LOW;
        int hopeful = links.hopefulRequests();
        int missing = settings.activeTarget() - links.count() - hopeful;
        if (one && hopeful > 0) {
            return;
        }
        for (int i = 0; i < (one ? 1 : missing); i++) {
            View.Entry candidate = members.candidate(fit, overlay::isBusy, false);
            if (candidate == null && one && takeInsistence()) {
                candidate = members.candidate(fit, overlay::isBusy, true);
            }
            if (candidate == null) {
                return;
            }
            links.request(candidate.descriptor(), candidate.trust(), priority, true);
        }
    }

    /**
     * Politely at first. A node that everybody refuses says so: without any link it must be let in, and after a
     * shortage of some seconds a full node gives it one of its own links, and by name the node it took it from, which
     * has a slot now. One insertion yields two links, and no other node has fewer than before.
     */
    private Priority priority() {
        if (!refused) {
            return Priority.LOW;
        }
        if (links.count() == 0) {
            return Priority.HIGH;
        }
        boolean starving =
                context.nowNanos() - shortSinceNanos >= settings.shortageAfter().toNanos();
        return starving ? Priority.HEAL : Priority.LOW;
    }

    /** Those that have just refused are asked again once per tick, and not as fast as they can refuse. */
    private boolean takeInsistence() {
        long dueNanos = insistedNanos + (insistAfterNanos == UNKNOWN ? insistEveryNanos() : insistAfterNanos);
        if (context.nowNanos() < dueNanos) {
            arm(dueNanos - context.nowNanos());
            return false;
        }
        insistedNanos = context.nowNanos();
        insistAfterNanos = insistEveryNanos();
        return true;
    }

    // ---- searching wider

    private boolean isStuck() {
        return links.count() <= FEW_LINKS
                && links.requestCount() == 0
                && !contacts.isWaiting()
                && members.candidate(overlay::isBusy, true) == null;
    }

    private void search() {
        if (!isStuck()) {
            return;
        }
        searchTimer.armAt(context.nowNanos() + context.jittered(searchPauseNanos));
        searchPauseNanos = Math.min(2 * searchPauseNanos, settings.retryLast().toNanos());
        if (overlay.isControl()) {
            contacts.joinThrough(context.bootstrap());
        } else {
            contacted = links.count() > 0;
            listener.onCandidatesWanted();
        }
        if (links.count() == 0) {
            prober.probeLost(1);
        }
    }
}
