package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.TreeFrame;
import org.jspecify.annotations.Nullable;

/** What the frames of neighbours cause, within what one neighbour may cost. Confined to the node's event loop. */
final class FrameHandling {

    private final ProtocolContext context;
    private final TopicRef topic;
    private final TreeSettings settings;
    private final Origins origins;
    private final Publishers publishers;
    private final Neighbours neighbours;
    private final Pusher pusher;
    private final Repair repair;
    private final Digests digests;
    private final FlowControl flow;
    private final Checking checking;

    FrameHandling(
            ProtocolContext context,
            TopicRef topic,
            TreeSettings settings,
            Origins origins,
            Publishers publishers,
            Neighbours neighbours,
            Pusher pusher,
            Repair repair,
            Digests digests,
            FlowControl flow,
            Checking checking) {
        this.context = context;
        this.topic = topic;
        this.settings = settings;
        this.origins = origins;
        this.publishers = publishers;
        this.neighbours = neighbours;
        this.pusher = pusher;
        this.repair = repair;
        this.digests = digests;
        this.flow = flow;
        this.checking = checking;
    }

    void onFrame(Link from, TreeFrame frame) {
        frame.deliverTo(new FromLink(from));
    }

    /**
     * What comes too soon after the last answer is answered later, not never: whoever catches up asks again as soon as it has
     * what it asked for, and would otherwise stand still until the next regular digest.
     */
    private void answerInTime(Link link) {
        if (link.answerTimer == null) {
            link.answerTimer = context.timers().timer(() -> answer(link));
        }
        if (link.answerTimer.isArmed()) {
            return;
        }
        if (context.nowNanos() < link.nextAnswerNanos) {
            link.answerTimer.armAt(link.nextAnswerNanos);
        } else {
            answer(link);
        }
    }

    private void answer(Link link) {
        link.onAnswered(context.nowNanos());
        digests.send(link, digests.active(publishers.ownMessages()), false);
    }

    /** The frames of one neighbour. */
    private final class FromLink implements TreeFrame.Handler {
        private final Link link;

        FromLink(Link link) {
            this.link = link;
        }

        @Override
        public void onIHave(TreeFrame.IHave iHave) {
            long patienceNanos = repair.patienceNanos(link);
            for (TreeFrame.Advert advert : iHave.adverts()) {
                if (!link.adverted.tryTake(1, context.nowNanos())) {
                    context.counters().increment("tree.advert-rate");
                    return;
                }
                Source source = source(advert.source());
                if (source != null && isWanted(source) && advert.to() <= Broadcast.MAX_SEQ) {
                    onAdvert(source, advert, patienceNanos);
                }
            }
        }

        private void onAdvert(Source source, TreeFrame.Advert advert, long patienceNanos) {
            // What one advertisement may begin with is what a payload cache can hold.
            long from = Math.max(advert.from(), advert.to() - settings.cache().messages() + 1);
            OriginLog log = origins.find(source);
            if (log == null) {
                log = publishers.meet(link, source, source.channel() == Source.PRESENCE ? advert.to() : from);
            }
            if (log != null && !log.isOwn()) {
                int hop = Math.max(0, advert.minHop());
                long first = log.isLatestOnly() ? advert.to() : from;
                // What could not be noted now is asked for by a digest, when what was noted has come.
                link.catchingUp |= !repair.onAdvert(link, log, first, advert.to(), hop, patienceNanos);
            }
        }

        @Override
        public void onGraft(TreeFrame.Graft graft) {
            if (!link.mayAsk(context.nowNanos())) {
                context.counters().increment("tree.graft-rate");
                return;
            }
            if (graft.eager()) {
                neighbours.makeEager(link);
                link.excusedUntilNanos = Long.MIN_VALUE;
            }
            new GraftAnswer(context, topic, pusher, link).answer(graft, this::known);
        }

        @Override
        public void onPrune(TreeFrame.Prune prune) {
            neighbours.onPruned(link);
        }

        @Override
        public void onNoHave(TreeFrame.NoHave noHave) {
            for (TreeFrame.Range range : noHave.ranges()) {
                OriginLog log = known(range.source());
                if (log != null) {
                    repair.onNoHave(link, log, range.from(), range.to());
                    log.watchGap();
                }
            }
        }

        @Override
        public void onDigest(TreeFrame.Digest digest) {
            if (mayTellOfCredit()) {
                flow.onDigest(digest, link, this::known);
            }
            if (!digest.replyWanted() && digest.seen().stream().noneMatch(seen -> seen.oldestKept() > 0)) {
                return; // it only says what has come
            }
            boolean complete = true;
            // The tree may still bring what is new, but not what was missing the last time as well.
            long patienceNanos = link.catchingUp ? 0 : repair.patienceNanos();
            for (TreeFrame.Seen seen : digest.seen()) {
                if (!link.adverted.tryTake(1, context.nowNanos())) {
                    context.counters().increment("tree.advert-rate");
                    complete = false;
                    break;
                }
                Source source = source(seen.source());
                if (source != null
                        && source.channel() != Source.PRESENCE
                        && isWanted(source)
                        && seen.maxSeq() <= Broadcast.MAX_SEQ) {
                    complete &= onSeen(source, seen, patienceNanos);
                }
            }
            publishers.onDigest(digest);
            link.catchingUp = !complete;
            if (digest.replyWanted()) {
                answerInTime(link);
            }
        }

        @Override
        public void onTopicCredit(TreeFrame.TopicCredit credit) {
            if (credit.sent() > Grants.MAX_COST) {
                context.counters().increment("flow.bad-credit");
                link.peer.misbehaved("flow.bad-credit");
            } else if (mayTellOfCredit()) {
                flow.onCredit(link, credit);
            }
        }

        private boolean mayTellOfCredit() {
            if (link.mayTell(context.nowNanos(), flow.cache().endPosition())) {
                return true;
            }
            context.counters().increment("flow.credit-rate");
            return false;
        }

        private boolean onSeen(Source source, TreeFrame.Seen seen, long patienceNanos) {
            if (seen.oldestKept() < 1 || seen.oldestKept() > seen.maxSeq()) {
                return true;
            }
            OriginLog log = origins.find(source);
            long from = seen.oldestKept();
            if (log == null) {
                from = publishers.expectedFrom(source, seen);
                log = from <= seen.maxSeq() ? publishers.meet(link, source, from) : null;
            }
            if (log == null || log.isOwn()) {
                return true;
            }
            if (publishers.isOldMember()) {
                log.promiseFrom(from);
            }
            boolean complete = true;
            for (TreeFrame.Range gap : seen.gaps()) {
                if (gap.from() > from) {
                    complete &=
                            repair.onDigest(link, log, from, Math.min(gap.from() - 1, seen.maxSeq()), patienceNanos);
                }
                from = Math.max(from, gap.to() + 1);
            }
            if (from <= seen.maxSeq()) {
                complete &= repair.onDigest(link, log, from, seen.maxSeq(), patienceNanos);
            }
            return complete;
        }

        /** What would be dropped when it comes is not asked for. */
        private boolean isWanted(Source source) {
            if (checking.admits(source)) {
                return true;
            }
            context.counters().increment("proof.not-wanted");
            return false;
        }

        private @Nullable OriginLog known(int alias) {
            Source source = source(alias);
            return source == null ? null : origins.find(source);
        }

        private @Nullable Source source(int alias) {
            Source source = link.peer.sourceOf(alias);
            if (source == null || source.topic() != topic) {
                context.counters().increment("tree.unknown-source");
                return null;
            }
            return source;
        }
    }
}
