package io.chaski.core.internal.protocol.edge;

import io.chaski.core.internal.wire.StreamFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which streams one connection carries, as seen from their first and last frames. Streams cannot change connections
 * without losing their order, so a connection that is to be given up lives until its ledger is empty. Bounded by the
 * stream limits of both sides: what is refused is reset, and a reset ends it here too; an OPEN whose number cannot be
 * leaves no entry. Confined to the node's event loop.
 */
final class StreamLedger implements StreamFrame.Handler {

    private static final int WE_ENDED = 1;
    private static final int THEY_ENDED = 2;
    private static final int BOTH_ENDED = WE_ENDED | THEY_ENDED;

    private final Map<Long, Integer> open = new LinkedHashMap<>();
    private int endedBy;
    private long opened;
    private long resets;
    private long highestReceived;

    /** Notes a frame on its way out. */
    void onSent(StreamFrame frame) {
        endedBy = WE_ENDED;
        frame.deliverTo(this);
    }

    /**
     * Notes a frame that came in; returns false for what only a faulty peer sends and an honest one can do without: a
     * RESET beyond the streams that were ever opened, an OPEN whose number does not go up or is not the peer's to give.
     *
     * @param frame the frame
     * @param theirsAreOdd whether the peer gives odd numbers
     */
    boolean onReceived(StreamFrame frame, boolean theirsAreOdd) {
        if (frame instanceof StreamFrame.Open open) {
            boolean isTheirs = ((open.stream() & 1) == 1) == theirsAreOdd;
            if (!isTheirs || open.stream() <= highestReceived) {
                return false;
            }
            highestReceived = open.stream();
        }
        endedBy = THEY_ENDED;
        frame.deliverTo(this);
        return !(frame instanceof StreamFrame.Reset) || ++resets <= opened;
    }

    boolean carries(long stream) {
        return open.containsKey(stream);
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    List<Long> streams() {
        return new ArrayList<>(open.keySet());
    }

    @Override
    public void onOpen(StreamFrame.Open frame) {
        opened++;
        open.put(frame.stream(), frame.last() ? endedBy : 0);
    }

    @Override
    public void onStreamData(StreamFrame.StreamData data) {
        if (data.last()) {
            ended(data.stream());
        }
    }

    @Override
    public void onCredit(StreamFrame.Credit credit) {
        // Credit opens and ends nothing.
    }

    @Override
    public void onEnd(StreamFrame.End end) {
        ended(end.stream());
    }

    @Override
    public void onReset(StreamFrame.Reset reset) {
        open.remove(reset.stream());
    }

    private void ended(long stream) {
        Integer before = open.get(stream);
        if (before != null) {
            int now = before | endedBy;
            if (now == BOTH_ENDED) {
                open.remove(stream);
            } else {
                open.put(stream, now);
            }
        }
    }
}
