package io.chaski.core.internal.protocol.trust;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.TrustFrame;
import io.chaski.core.internal.wire.TrustFrame.Edition;
import io.chaski.core.internal.wire.TrustFrame.TrustRequest;
import io.chaski.core.internal.wire.TrustFrame.TrustState;
import io.chaski.core.internal.wire.TrustFrame.TrustUpdate;
import io.chaski.core.internal.wire.TrustKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands on revocation lists, sets of roots and policies (ADR 32, 37): says what this node has, asks one neighbour at a time for
 * what is later, has it checked elsewhere, and gives it to who asks. Anti-entropy by pulling (Demers et al., "Epidemic algorithms for
 * replicated database maintenance", 1987), so that a document crosses a link once and its receiver decides when.
 *
 * <p>A document that is not taken costs its sender ten seconds in which it is not asked. A node that checks nothing asks
 * for nothing, and one that has nothing says nothing. Confined to the node's event loop.
 */
public final class TrustExchange {

    /** What was said is said again: a frame may be lost with its connection while the edge stands on another one. */
    static final long REMINDER_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The next part has to come within this: 21 KiB a second. Meanwhile nobody else is asked for the same. */
    static final long PART_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** Signatures cost, and so does asking: whoever sends what is not believed, whose fault it is or not, is asked again after this. */
    static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** After one that was believed: there are only so many that an authority has signed. */
    static final long TAKEN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ProtocolContext context;
    private final Timers.Timer reminder;
    private final Timers.Timer retry;
    private final Map<TrustKind, Holding> holdings = new EnumMap<>(TrustKind.class);
    private final Map<TrustKind, Fetch> fetches = new EnumMap<>(TrustKind.class);
    private final Map<Peer, Neighbour> neighbours = new LinkedHashMap<>();
    private Set<TrustKind> wanted = EnumSet.noneOf(TrustKind.class);
    private @Nullable Checker checker;

    /** Decides what is believed. */
    @FunctionalInterface
    public interface Checker {
        /**
         * Checks a document somewhere else, because it takes long, and does with it what is to be done. Answered once, in a
         * later step, by {@link io.chaski.core.internal.protocol.NodeProtocol#onTrustChecked}.
         *
         * @param kind of the document
         * @param claimed what its sender says that it is; another one in the document is a lie
         * @param document all of it
         */
        void check(TrustKind kind, Edition claimed, ArrayPayload document);
    }

    /** What a check came to. */
    public enum Verdict {
        /** It is believed; what is to be handed on came before, see {@link #hold}. */
        BELIEVED,
        /** It is not, and its sender should have known. */
        REFUSED,
        /** This node could not check it, or may have missed what it needs for that: nobody is to blame. */
        FAILED
    }

    /**
     * Has nothing, and wants nothing.
     *
     * @param context the node
     */
    public TrustExchange(ProtocolContext context) {
        this.context = context;
        this.reminder = context.timers().timer(this::tellAll);
        this.retry = context.timers().timer(this::fetchAll);
    }

    /**
     * Wants documents from now on.
     *
     * @param kinds which
     * @param decides who decides about them
     */
    public void serve(Collection<TrustKind> kinds, Checker decides) {
        wanted = EnumSet.copyOf(kinds);
        checker = decides;
    }

    /**
     * What this node has of a kind, whether it is of use to others or not.
     *
     * @param kind any
     * @return null if nothing
     */
    public @Nullable Edition edition(TrustKind kind) {
        Holding holding = holdings.get(kind);
        return holding == null ? null : holding.edition();
    }

    // ---- commands

    /**
     * This node has a document from now on. Ignored unless it is later than what it has.
     *
     * @param edition which
     * @param document all of it
     * @param lifeNanos for how long it is of use to others; then it is not handed on any more, and still keeps earlier ones out
     */
    public void hold(Edition edition, ArrayPayload document, long lifeNanos) {
        TrustKind kind = TrustKind.of(edition.kind());
        if (kind == null || !isNews(kind, edition)) {
            return;
        }
        holdings.put(kind, new Holding(edition, document, context.nowNanos() + lifeNanos));
        tellAll();
    }

    /**
     * A check has ended.
     *
     * @param kind of the document
     * @param verdict what it came to
     */
    public void onChecked(TrustKind kind, Verdict verdict) {
        Fetch fetch = fetches.get(kind);
        if (fetch == null || !fetch.isBeingChecked()) {
            throw new IllegalStateException("no document of kind " + kind + " is being checked");
        }
        switch (verdict) {
            case BELIEVED -> fetch.from.pause(context.nowNanos() + TAKEN_NANOS);
            case REFUSED -> blame(fetch.from, "trust-refused");
            case FAILED -> {
                context.counters().increment("trust.failed");
                fetch.from.pause(context.nowNanos() + REFUSED_NANOS);
            }
        }
        end(fetch);
    }

    // ---- inputs

    /**
     * An edge is up.
     *
     * @param peer the new peer
     */
    public void onPeerUp(Peer peer) {
        neighbours.put(peer, new Neighbour(peer, context.nowNanos()));
        TrustState state = state();
        if (!state.editions().isEmpty()) {
            peer.send(state);
        }
    }

    /**
     * An edge is down.
     *
     * @param peer who is gone
     */
    public void onPeerDown(Peer peer) {
        Neighbour gone = neighbours.remove(peer);
        for (Fetch fetch : List.copyOf(fetches.values())) {
            if (fetch.from == gone && !fetch.isBeingChecked()) {
                end(fetch);
            }
        }
    }

    /**
     * An edge takes more bytes, or none for now.
     *
     * @param peer which
     */
    public void onWritability(Peer peer) {
        Neighbour neighbour = neighbours.get(peer);
        if (neighbour != null) {
            neighbour.pump();
        }
    }

    /**
     * Takes a frame.
     *
     * @param peer who has sent it
     * @param frame what came
     */
    public void onFrame(Peer peer, TrustFrame frame) {
        Neighbour neighbour = neighbours.get(peer);
        if (neighbour == null) {
            return;
        }
        if (frame instanceof TrustState state) {
            onState(neighbour, state);
        } else if (frame instanceof TrustRequest request) {
            onRequest(neighbour, request);
        } else if (frame instanceof TrustUpdate update) {
            onUpdate(neighbour, update);
        }
    }

    private void onState(Neighbour neighbour, TrustState state) {
        if (neighbour.onState(state, context.nowNanos())) {
            fetchAll();
        } else {
            neighbour.peer.misbehaved("trust-flood");
        }
    }

    private void onRequest(Neighbour neighbour, TrustRequest request) {
        TrustKind kind = TrustKind.of(request.kind());
        Holding holding = kind == null ? null : holdings.get(kind);
        long now = context.nowNanos();
        boolean isAnswered =
                kind != null && holding != null && holding.isOfUse(now) && neighbour.answer(kind, holding, now);
        if (!isAnswered) {
            context.counters().increment("trust.not-answered");
        }
    }

    private void onUpdate(Neighbour neighbour, TrustUpdate update) {
        TrustKind kind = TrustKind.of(update.edition().kind());
        Fetch fetch = kind == null ? null : fetches.get(kind);
        if (kind == null || fetch == null || fetch.from != neighbour || fetch.isBeingChecked()) {
            neighbour.peer.misbehaved("trust-unasked");
            return;
        }
        if (!isNews(kind, update.edition())) {
            onOld(neighbour, kind);
            end(fetch);
            return;
        }
        switch (fetch.add(update)) {
            case INCOMPLETE -> fetch.deadline.armAt(context.nowNanos() + PART_NANOS);
            case COMPLETE -> {
                fetch.deadline.cancel();
                context.counters().increment("trust.checks");
                requireChecker().check(kind, update.edition(), fetch.document());
            }
            case BROKEN -> {
                blame(neighbour, "trust-broken");
                end(fetch);
            }
        }
    }

    /** Perhaps it has come another way meanwhile; otherwise somebody sends what is older than he says. */
    private void onOld(Neighbour neighbour, TrustKind kind) {
        Edition said = neighbour.edition(kind);
        if (said != null && isNews(kind, said)) {
            blame(neighbour, "trust-old");
        } else {
            context.counters().increment("trust.late");
            neighbour.pause(context.nowNanos() + TAKEN_NANOS);
        }
    }

    // ---- asking

    private void fetchAll() {
        wanted.forEach(this::fetch);
    }

    /** Asks for a document of a kind if somebody has a later one: the one who has the latest, of several any. */
    private void fetch(TrustKind kind) {
        if (fetches.containsKey(kind)) {
            return;
        }
        List<Neighbour> best = new ArrayList<>();
        Edition latest = null;
        for (Neighbour neighbour : neighbours.values()) {
            Edition edition = neighbour.edition(kind);
            if (edition == null || !isNews(kind, edition)) {
                continue;
            }
            if (neighbour.askableNanos() > context.nowNanos()) {
                wake(neighbour.askableNanos());
                continue;
            }
            if (latest == null || edition.isLaterThan(latest)) {
                latest = edition;
                best.clear();
            }
            if (edition.equals(latest)) {
                best.add(neighbour);
            }
        }
        if (!best.isEmpty()) {
            ask(kind, best.get(context.random().nextInt(best.size())));
        }
    }

    private void ask(TrustKind kind, Neighbour neighbour) {
        Timers.Timer deadline = context.timers().timer(() -> onSilence(kind));
        fetches.put(kind, new Fetch(kind, neighbour, deadline));
        deadline.armAt(context.nowNanos() + PART_NANOS);
        context.counters().increment("trust.requests");
        neighbour.peer.send(new TrustRequest(kind.code()));
    }

    private void onSilence(TrustKind kind) {
        Fetch fetch = fetches.get(kind);
        if (fetch != null && !fetch.isBeingChecked()) {
            context.counters().increment("trust.silent");
            fetch.from.pause(context.nowNanos() + PART_NANOS); // long enough for another one to answer
            end(fetch);
        }
    }

    private void blame(Neighbour neighbour, String what) {
        neighbour.peer.misbehaved(what);
        neighbour.pause(context.nowNanos() + REFUSED_NANOS);
    }

    private void end(Fetch fetch) {
        fetch.deadline.cancel();
        fetches.remove(fetch.kind);
        fetch(fetch.kind);
    }

    private void wake(long atNanos) {
        if (!retry.isArmed() || retry.deadlineNanos() > atNanos) {
            retry.armAt(atNanos);
        }
    }

    private boolean isNews(TrustKind kind, Edition edition) {
        Holding holding = holdings.get(kind);
        return holding == null || edition.isLaterThan(holding.edition());
    }

    // ---- telling

    /** Also that there is nothing any more. */
    private void tellAll() {
        TrustState state = state();
        neighbours.keySet().forEach(peer -> peer.send(state));
        if (!state.editions().isEmpty()) {
            reminder.armAt(context.nowNanos() + context.jittered(REMINDER_NANOS));
        }
    }

    /** What is of use to others: they would refuse the rest. */
    private TrustState state() {
        List<Edition> editions = new ArrayList<>();
        for (Holding holding : holdings.values()) {
            if (holding.isOfUse(context.nowNanos())) {
                editions.add(holding.edition());
            }
        }
        return new TrustState(editions);
    }

    private Checker requireChecker() {
        Checker known = checker;
        if (known == null) {
            throw new IllegalStateException("nothing was asked for without a checker");
        }
        return known;
    }
}
