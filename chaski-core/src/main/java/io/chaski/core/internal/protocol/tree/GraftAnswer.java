package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.TreeFrame;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers one GRAFT: what is kept is sent, the rest is refused at once so that the asker tries elsewhere. */
final class GraftAnswer {

    /** Finds a log by the neighbour's alias. */
    interface Logs {
        @Nullable
        OriginLog known(int alias);
    }

    private final ProtocolContext context;
    private final TopicRef topic;
    private final Pusher pusher;
    private final Link link;
    private final List<TreeFrame.Range> refused = new ArrayList<>();

    GraftAnswer(ProtocolContext context, TopicRef topic, Pusher pusher, Link link) {
        this.context = context;
        this.topic = topic;
        this.pusher = pusher;
        this.link = link;
    }

    void answer(TreeFrame.Graft graft, Logs logs) {
        for (TreeFrame.Range range : graft.ranges()) {
            OriginLog log = logs.known(range.source());
            // An alias that is not understood cannot be answered; the asker's patience ends by itself.
            if (log != null && !answer(log, range)) {
                context.counters().increment("tree.graft-rate");
                break;
            }
        }
        if (!refused.isEmpty()) {
            link.peer.send(new TreeFrame.NoHave(link.peer.alias(topic), refused));
        }
    }

    /** Returns whether the limit allowed to answer the whole range. */
    private boolean answer(OriginLog log, TreeFrame.Range range) {
        long now = context.nowNanos();
        long refusedFrom = 0;
        long to = Math.min(range.to(), Broadcast.MAX_SEQ);
        for (long seq = range.from(); seq <= to; seq++) {
            if (!link.mayBeAnswered(now)) {
                refuse(log, refusedFrom, seq - 1);
                return false;
            }
            if (!link.peer.isWritable()) { // before it counts as sent again: the asker will be back for it
                pusher.postpone(link, log, seq);
                refusedFrom = refusedFrom == 0 ? seq : refusedFrom;
            } else if (!link.mayResend(log.source, seq, now)) {
                context.counters().increment("tree.graft-repeated");
                refuse(log, refusedFrom, seq - 1);
                refusedFrom = 0;
            } else if (pusher.resend(link, log, seq)) {
                refuse(log, refusedFrom, seq - 1);
                refusedFrom = 0;
            } else if (log.isNew(seq) && seq < log.received.max()) {
                // Wanted here as well and perhaps on its way: a refusal would make the asker give it up.
                Wanted wanted = log.wanted.find(seq);
                if (wanted != null) {
                    wanted.addAsker(link);
                }
                refuse(log, refusedFrom, seq - 1);
                refusedFrom = 0;
            } else if (refusedFrom == 0) {
                refusedFrom = seq;
            }
        }
        refuse(log, refusedFrom, to);
        return true;
    }

    private void refuse(OriginLog log, long from, long to) {
        if (from > 0 && refused.size() < TreeFrame.MAX_RANGES) {
            refused.add(new TreeFrame.Range(link.peer.alias(log.source), from, to));
        }
    }
}
