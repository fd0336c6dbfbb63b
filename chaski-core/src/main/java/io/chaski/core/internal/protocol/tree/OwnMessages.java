package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.PublishOutcome.Status;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.MessageProof;
import java.util.function.Consumer;

/**
 * What this node publishes on one topic: it is numbered, signed if it has to be, kept and sent. What nobody was there to take
 * is told to whoever comes. Confined to the node's event loop.
 */
final class OwnMessages {

    private final ProtocolContext context;
    private final TopicRef topic;
    private final TreeSettings settings;
    private final PayloadCache cache;
    private final FlowControl flow;
    private final Origins origins;
    private final Publishers publishers;
    private final Neighbours neighbours;
    private final Pusher pusher;
    private final Keeper keeper;
    private final Signing signing;

    /** Own messages that nobody was there to take: those up to the last one may still be waiting for somebody. */
    private long keptFrom;

    private long keptTo;

    /** The position in the cache behind the last own message that waits for subscribers. */
    private long end;

    private long published;

    /** Puts messages into the payload cache. */
    interface Keeper {
        /** Returns whether the message is kept, at the last position. */
        boolean keep(OriginLog log, long seq, int hopLimit, int flags, ArrayPayload body, long nowNanos);
    }

    OwnMessages(
            ProtocolContext context,
            TopicRef topic,
            TreeSettings settings,
            FlowControl flow,
            Origins origins,
            Publishers publishers,
            Neighbours neighbours,
            Pusher pusher,
            Keeper keeper) {
        this.context = context;
        this.topic = topic;
        this.settings = settings;
        this.cache = flow.cache();
        this.flow = flow;
        this.origins = origins;
        this.publishers = publishers;
        this.neighbours = neighbours;
        this.pusher = pusher;
        this.keeper = keeper;
        this.signing = new Signing(context, new Signed());
    }

    /** How many there were. */
    long published() {
        return published;
    }

    /** The position in the cache behind the last one that waits for subscribers. */
    long end() {
        return end;
    }

    /** Whether some wait for their signature. */
    boolean isSigning() {
        return signing.isBusy();
    }

    /** Signs and sends what waits for its signature. */
    void finishSigning() {
        signing.finishNow();
    }

    /** See {@link Broadcast#publish}. */
    PublishOutcome publish(int channel, int hopLimit, boolean live, ArrayPayload body) {
        assert hopLimit >= 1 && hopLimit <= 255 : hopLimit;
        if (body.size() > settings.maxBodyBytes()) {
            return PublishOutcome.without(Status.TOO_LARGE);
        }
        if (channel == Source.MESSAGES && !live && flow.isPublishingBlocked()) {
            return PublishOutcome.without(Status.BLOCKED);
        }
        return send(channel, hopLimit, live, body);
    }

    /** See {@link Broadcast#publishSigned}. */
    PublishOutcome publishSigned(int hopLimit, boolean live, ArrayPayload content, Consumer<PublishOutcome> whenSent) {
        assert hopLimit >= 1 && hopLimit <= 255 : hopLimit;
        if (content.size() > settings.maxBodyBytes() - MessageProof.MAX_BYTES) {
            return PublishOutcome.without(Status.TOO_LARGE);
        }
        boolean isBlocked = !live && flow.isPublishingBlocked();
        boolean isTaken = !isBlocked && signing.offer(hopLimit, live, content, whenSent);
        return PublishOutcome.without(isTaken ? Status.PENDING : Status.BLOCKED);
    }

    private PublishOutcome send(int channel, int hopLimit, boolean live, ArrayPayload body) {
        long now = context.nowNanos();
        OriginLog log = publishers.own(channel);
        long seq = log.nextOwn(now);
        long epoch = log.source.epoch();
        origins.touch(log, now);
        int flags = live ? Broadcast.LIVE : 0;
        boolean isKept = keeper.keep(log, seq, hopLimit, flags, body, now);
        published++;
        if (isKept && channel != Source.PRESENCE && !live) {
            end = cache.endPosition();
        }
        int audience = neighbours.audience(log);
        if (audience == 0) {
            if (!isKept) {
                return new PublishOutcome(epoch, seq, 0, 0, Status.NOT_KEPT);
            }
            if (channel != Source.PRESENCE) {
                keptFrom = keptTo == 0 ? seq : keptFrom;
                keptTo = seq;
            }
            return new PublishOutcome(epoch, seq, 0, 0, Status.KEPT);
        }
        int sent = pusher.push(null, null, log, seq, 0, hopLimit, flags, body, isKept);
        return new PublishOutcome(epoch, seq, sent, audience - sent, Status.ACCEPTED);
    }

    /** Tells a new neighbour of what nobody was there to take. */
    void advertiseKept(Link link) {
        OriginLog log = publishers.ownMessages();
        if (log == null || keptTo == 0) {
            return;
        }
        keptFrom = Math.max(keptFrom, keptTo - settings.cache().messages() + 1);
        while (keptFrom <= keptTo && cache.find(log, keptFrom) == PayloadCache.NOT_KEPT) {
            keptFrom++;
        }
        if (keptFrom <= keptTo) {
            neighbours.advertise(link, log, keptFrom, keptTo, 0);
        } else {
            keptTo = 0;
        }
    }

    /** Sends what was signed. */
    private final class Signed implements Signing.Tree {
        @Override
        public OriginLog own() {
            return publishers.own(Source.SIGNED);
        }

        @Override
        public PublishOutcome publish(int hopLimit, boolean live, ArrayPayload body) {
            return send(Source.SIGNED, hopLimit, live, body);
        }

        @Override
        public void onRoom() {
            if (!flow.isPublishingBlocked()) {
                context.outbox().onPublishable(topic);
            }
        }
    }
}
