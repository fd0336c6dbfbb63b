package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    /** A source that was lost is tried again after this, then after twice as long, up to 32 times. */
    static final Duration FIRST_REST = Duration.ofMillis(250);

    private static final int MOST_DOUBLINGS = 5;

    private enum State {
        IDLE,
        OPEN,
        LIAR
    }

    private static final class Source {
        private State state = State.IDLE;
        private long restsUntilNanos;
        private int losses;
    }

    private final int most;
    private final Map<NodeId, Source> known = new LinkedHashMap<>();

    Sources(int most) {
        this.most = most;
    }

    /** A node has said that it has the file or parts of it: it may have come back, so it need not rest. */
    void onHeard(NodeId id, long nowNanos) {
        Source source = known.get(id);
        if (source != null) {
            source.restsUntilNanos = nowNanos;
        } else if (known.size() < MAX_KNOWN || forgetOne()) {
            Source heard = new Source();
            heard.restsUntilNanos = nowNanos;
            known.put(id, heard);
        }
    }

    /** Liars stay, or they would be new. */
    private boolean forgetOne() {
        return known.values().removeIf(source -> source.state == State.IDLE && source.losses > 0);
    }

    /** Whom to turn to now. They count as open. */
    List<NodeId> toOpen(long nowNanos) {
        long open = known.values().stream()
                .filter(source -> source.state == State.OPEN)
                .count();
        List<NodeId> chosen = new ArrayList<>();
        for (Map.Entry<NodeId, Source> entry : known.entrySet()) {
            Source source = entry.getValue();
            if (open + chosen.size() < most && source.state == State.IDLE && nowNanos - source.restsUntilNanos >= 0) {
                source.state = State.OPEN;
                chosen.add(entry.getKey());
            }
        }
        return chosen;
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

    boolean hasLiar() {
        return known.values().stream().anyMatch(source -> source.state == State.LIAR);
    }
}
