package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The nodes that may have one file, and which of them to turn to. No I/O; time is an argument. Confined to its transfer.
 *
 * <pre>
 *   idle --- toOpen ---> open --- onGone, after a rest ---> idle
 *    any --- onLie ---> liar
 * </pre>
 */
final class Sources {

    /** So many suffice to find a few that answer; whoever is not remembered says again that it has the file when asked. */
    static final int MAX_KNOWN = 64;

    /** Whose offers are answered, and as many again that have taken theirs back while they were turned to. */
    private static final int MAX_PUBLISHERS = 32;

    /** A source that was lost is tried again after this, then after twice as long, up to 32 times. */
    static final Duration FIRST_REST = Duration.ofMillis(250);

    /** Time to open a stream and to say what is there, even on a busy machine. All that are known get a turn in half a minute. */
    static final Duration FAIR_TURN = Duration.ofSeconds(2);

    private static final int MOST_DOUBLINGS = 5;

    private enum State {
        IDLE,
        OPEN,
        LIAR
    }

    private static final class Source {
        private State state = State.IDLE;
        private boolean isPublisher;
        private long restsUntilNanos;
        private long openedNanos;

        /** Counts up with each source that is opened; 0 before it was. */
        private long turn;

        private int losses;
    }

    private final int most;
    private final Map<NodeId, Source> known = new LinkedHashMap<>();
    private long turns;

    Sources(int most) {
        this.most = most;
    }

    /** A node has said that it has the file or parts of it: it may have come back, so it need not rest. */
    void onHeard(NodeId id, long nowNanos) {
        onHeard(id, nowNanos, false);
    }

    /**
     * A node offers the file. However many others say that they have it, it is remembered, because it has the whole.
     *
     * @param id one of the few whose offers a transfer answers
     */
    void onPublisher(NodeId id, long nowNanos) {
        onHeard(id, nowNanos, true);
    }

    private void onHeard(NodeId id, long nowNanos, boolean isPublisher) {
        Source source = known.get(id);
        int most = MAX_KNOWN + (isPublisher ? MAX_PUBLISHERS : 0);
        if (source == null && (known.size() < most || forgetOne())) {
            source = new Source();
            known.put(id, source);
        }
        if (source != null) {
            source.restsUntilNanos = nowNanos;
            source.isPublisher |= isPublisher;
        }
    }

    /** The one that was lost most often. Liars stay, or they would be new; so does who offers the file. */
    private boolean forgetOne() {
        NodeId worst = null;
        int most = 0;
        for (Map.Entry<NodeId, Source> entry : known.entrySet()) {
            Source source = entry.getValue();
            if (source.state == State.IDLE && !source.isPublisher && source.losses > most) {
                most = source.losses;
                worst = entry.getKey();
            }
        }
        return worst != null && known.remove(worst) != null;
    }

    /** Its offer does not hold any more. */
    void onWithdrawn(NodeId id) {
        Source source = known.get(id);
        if (source != null) {
            source.isPublisher = false;
            if (known.size() > MAX_KNOWN && source.state == State.IDLE) {
                known.remove(id);
            }
        }
    }

    /** Whom to turn to now: those first that it was the longest time ago, or never. They count as open. */
    List<NodeId> toOpen(long nowNanos) {
        List<Map.Entry<NodeId, Source>> chosen = rested(nowNanos).stream()
                .sorted(Comparator.comparingLong(entry -> entry.getValue().turn))
                .limit(Math.max(0, most - open().count()))
                .toList();
        for (Map.Entry<NodeId, Source> entry : chosen) {
            Source source = entry.getValue();
            source.state = State.OPEN;
            source.openedNanos = nowNanos;
            source.turn = ++turns;
        }
        return chosen.stream().map(Map.Entry::getKey).toList();
    }

    /**
     * Who makes room for others that might have what is missing: of those that have nothing to give, who has had time to say
     * so, as many as others wait. Without this, a few that have nothing would hold all places for ever.
     *
     * @param idle those that have nothing to give, in any order
     */
    List<NodeId> toReplace(List<NodeId> idle, long nowNanos) {
        if (open().count() < most) {
            return List.of();
        }
        return known.entrySet().stream()
                .filter(entry -> idle.contains(entry.getKey()) && entry.getValue().state == State.OPEN)
                .filter(entry -> nowNanos - entry.getValue().openedNanos >= FAIR_TURN.toNanos())
                .sorted(Comparator.comparingLong(entry -> entry.getValue().turn))
                .limit(rested(nowNanos).size())
                .map(Map.Entry::getKey)
                .toList();
    }

    private List<Map.Entry<NodeId, Source>> rested(long nowNanos) {
        return known.entrySet().stream()
                .filter(entry -> entry.getValue().state == State.IDLE)
                .filter(entry -> nowNanos - entry.getValue().restsUntilNanos >= 0)
                .toList();
    }

    private Stream<Source> open() {
        return known.values().stream().filter(source -> source.state == State.OPEN);
    }

    /** A source has given a chunk. */
    void onGood(NodeId id) {
        Source source = known.get(id);
        if (source != null) {
            source.losses = 0;
        }
    }

    /** A source was lost, does not answer, or has too much to do. */
    void onGone(NodeId id, long nowNanos) {
        Source source = known.get(id);
        if (source != null && source.state == State.OPEN) {
            source.state = State.IDLE;
            source.restsUntilNanos = nowNanos + (FIRST_REST.toNanos() << Math.min(source.losses, MOST_DOUBLINGS));
            source.losses++;
        }
    }

    /** A source has given what is not the file. It is not turned to again. */
    void onLie(NodeId id) {
        Source source = known.get(id);
        if (source != null) {
            source.state = State.LIAR;
        }
    }

    boolean isLiar(NodeId id) {
        Source source = known.get(id);
        return source != null && source.state == State.LIAR;
    }
}
