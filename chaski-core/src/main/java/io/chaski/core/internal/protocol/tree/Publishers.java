package io.chaski.core.internal.protocol.tree;

import io.chaski.core.NodeEvent;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TokenBucket;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.TreeFrame;
import org.jspecify.annotations.Nullable;

/**
 * Decides where the log of a source begins: this node's own at 1, that of another publisher where this node may expect
 * to hear it from. Also keeps what was published while nobody was there. Confined to the node's event loop.
 */
final class Publishers {

    /** Alarms per topic and second, and at once: one forger must not flood the events. */
    private static final int ALARMS_PER_SECOND = 1;

    private static final int ALARMS_AT_ONCE = 10;

    private final ProtocolContext context;
    private final TopicRef topic;
    private final TreeSettings settings;
    private final Origins origins;
    private final TokenBucket alarms;
    private final long startedNanos;
    private final History history;

    /** Own logs by channel. */
    private final @Nullable OriginLog[] own = new OriginLog[Source.CHANNELS];

    /** What was numbered before this tree was made, by channel. */
    private final long[] ownStart = new long[Source.CHANNELS];

    private boolean delivers;

    Publishers(ProtocolContext context, TopicRef topic, TreeSettings settings, Origins origins, boolean delivers) {
        this.context = context;
        this.topic = topic;
        this.settings = settings;
        this.origins = origins;
        this.delivers = delivers;
        startedNanos = context.nowNanos();
        history = new History(settings);
        alarms = new TokenBucket(ALARMS_PER_SECOND, ALARMS_AT_ONCE);
    }

    /** Delivers what comes from now on, or does not. */
    void setDelivers(boolean delivers) {
        if (this.delivers == delivers) {
            return;
        }
        this.delivers = delivers;
        for (OriginLog log = origins.newest(); log != null; log = log.older) {
            if (delivers) {
                log.startDelivering(log.received.max() + 1);
            } else {
                log.stopDelivering();
            }
        }
    }

    /**
     * Begins the log of a source that is heard of for the first time; null if it is to be ignored.
     *
     * @param link who has it
     * @param seq the first number heard of
     */
    @Nullable
    OriginLog meet(Link link, Source source, long seq) {
        if (source.origin().equals(context.self())) {
            if (source.epoch() >= context.descriptor().epoch()) {
                onForgedOwn(link);
            } else {
                context.counters().increment("tree.own-past");
            }
            return null;
        }
        // A young source is wanted from its beginning on, since this node may have been a member all the time; nobody
        // promised it, so nothing is reported if it cannot be had. Of any other, the present is all that counts.
        boolean fromFirst =
                source.channel() != Source.PRESENCE && seq <= settings.order().maxCatchUp();
        OriginLog log = origins.open(source, fromFirst ? 0 : seq - 1, seq, context.nowNanos());
        if (log == null) {
            context.counters().increment("tree.stale-epoch");
        } else if (delivers) {
            log.startDelivering(log.received.floor() + 1);
        }
        return log;
    }

    /**
     * The first message that this node wants of an unknown source in a digest: what was published while it was a
     * member. That is all that is kept if the node has been one for longer than anybody keeps anything, and may be if
     * the source is so young that its first message is still kept.
     *
     * @return above the highest number seen if it is to get nothing
     */
    long expectedFrom(Source source, TreeFrame.Seen seen) {
        return seen.oldestKept() == 1 || isOldMember() ? seen.oldestKept() : history.firstSince(source, seen);
    }

    /** Whether this node has been a member for longer than anybody keeps anything: what is kept was published since it came. */
    boolean isOldMember() {
        return context.nowNanos() - startedNanos >= settings.cache().ageNanos();
    }

    /** All of a digest has been read. */
    void onDigest(TreeFrame.Digest digest) {
        history.onDigest(digest);
    }

    /** The log of this node's own messages on a channel. */
    OriginLog own(int channel) {
        OriginLog log = own[channel];
        long epoch = context.descriptor().epoch();
        if (log != null && log.source.epoch() == epoch) {
            return log;
        }
        if (log != null) {
            // Another node forced a new incarnation upon this one, and numbers begin again.
            origins.drop(log);
            ownStart[channel] = 0;
        }
        if (channel == Source.SIGNED) {
            // Numbers go on: whoever hears both takes two messages with one number for the same.
            ownStart[channel] = Math.max(ownStart[channel], lastOwn(Source.MESSAGES));
        }
        Source source = context.names().retainSource(topic, context.self(), epoch, channel);
        log = origins.openOwn(source, ownStart[channel]);
        context.names().release(source);
        own[channel] = log;
        return log;
    }

    /** The log of this node's own messages if it has published any: of those that are signed, as soon as there are such. */
    @Nullable
    OriginLog ownMessages() {
        OriginLog signed = own[Source.SIGNED];
        return signed != null ? signed : own[Source.MESSAGES];
    }

    /** Number of this node's last message, 0 if there is none. */
    long lastOwn(int channel) {
        OriginLog log = own[channel];
        return log == null ? ownStart[channel] : log.received.floor();
    }

    /** Goes on after a number, before the first publish. */
    void continueAfter(int channel, long lastSeq) {
        ownStart[channel] = lastSeq;
    }

    /** Somebody uses this node's name for what it has not published. */
    void onForgedOwn(Link link) {
        context.counters().increment("tree.own-forged");
        link.peer.misbehaved("tree.own-forged");
        if (mayAlarm()) {
            context.outbox().emit(new NodeEvent.DuplicateId(link.peer.remoteAddress()));
        }
    }

    /** Somebody has given one number to two messages. */
    void onEquivocation(Link link, OriginLog log, long seq) {
        context.counters().increment("tree.equivocation");
        link.peer.misbehaved("tree.equivocation");
        if (mayAlarm()) {
            context.outbox().emit(new NodeEvent.Equivocation(topic.name(), log.source.origin(), seq));
        }
    }

    private boolean mayAlarm() {
        return alarms.tryTake(1, context.nowNanos());
    }
}
