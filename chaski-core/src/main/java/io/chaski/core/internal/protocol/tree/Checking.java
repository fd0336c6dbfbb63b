package io.chaski.core.internal.protocol.tree;

import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.ProofProblem;
import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TokenBucket;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.proof.OriginKeys;
import io.chaski.core.internal.protocol.proof.ProofCheck;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.ChainHash;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.core.internal.wire.ProtocolException;
import java.util.Locale;

/**
 * Keeps messages without a valid proof out: a signed message waits here until its proof was checked, and goes on in the order
 * in which it came from its neighbour; only then does the topic know that it exists. What is not good is dropped, counted, told,
 * and, unless honest nodes may differ about it, held against the neighbour that sent it. Confined to the node's event loop.
 */
final class Checking {

    /** Events per topic and second, and at once: one forger must not flood the events. */
    private static final int EVENTS_PER_SECOND = 1;

    private static final int EVENTS_AT_ONCE = 10;

    private final ProtocolContext context;
    private final TopicRef topic;
    private final Tree tree;
    private final TokenBucket events;
    private boolean isRequired;
    private long bytes;

    /** Where good messages go on. */
    interface Tree {
        /**
         * A message is its publisher's own.
         *
         * @param link where it came from; still a neighbour
         * @param item the message
         */
        void onProved(Link link, ProofCheck.Item item);

        /**
         * This node does not take a message that the neighbour may have taken in good faith.
         *
         * @param link where it came from
         * @param source whose it claims to be
         * @param seq its number
         */
        void onDeclined(Link link, Source source, long seq);

        /** Fewer bytes wait. */
        void onChecked();
    }

    Checking(ProtocolContext context, TopicRef topic, Tree tree) {
        this.context = context;
        this.topic = topic;
        this.tree = tree;
        this.events = new TokenBucket(EVENTS_PER_SECOND, EVENTS_AT_ONCE);
    }

    /** From now on messages that are not signed are dropped. */
    void require() {
        isRequired = true;
    }

    boolean isRequired() {
        return isRequired;
    }

    /** Whether a source is heard here at all. */
    boolean admits(Source source) {
        return !isRequired || source.channel() != Source.MESSAGES;
    }

    /** Size of what waits. */
    long bytes() {
        return bytes;
    }

    /** A signed message has come; the parameters are those of {@link Broadcast#onData}. */
    void onSigned(Link link, Source source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
        if (!link.checks.hasRoom(body.size()) || context.memory().held().isExceeded()) {
            context.counters().increment("proof.overflow");
            return;
        }
        ChainHash hash;
        try {
            hash = ChainHash.inFrontOf(body);
        } catch (ProtocolException tooShort) {
            drop(link, source, seq, ProofProblem.MALFORMED);
            return;
        }
        ArrayPayload chain = link.peer.chainOf(hash);
        if (chain == null) {
            drop(link, source, seq, ProofProblem.UNKNOWN_CHAIN);
            return;
        }
        ProofCheck.Item item = new ProofCheck.Item(
                context.names().retain(source), seq, hop, hopLimit, flags, ArrayPayload.keep(body), hash, chain);
        long cost = link.checks.add(item);
        bytes += cost;
        context.memory().held().take(cost);
        check(link);
    }

    /** Drops a message, and says why. */
    void drop(Link link, Source source, long seq, ProofProblem problem) {
        context.counters()
                .increment("proof." + problem.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (isNeighboursFault(problem)) {
            link.peer.misbehaved("proof");
        }
        if (problem == ProofProblem.MISSING || !isNeighboursFault(problem)) {
            tree.onDeclined(link, source, seq);
        }
        if (events.tryTake(1, context.nowNanos())) {
            context.outbox()
                    .emit(new NodeEvent.UnprovedMessage(topic.name(), source.origin(), link.peer.id(), problem));
        }
    }

    /** Whether an honest neighbour would have dropped it as well; trust and rules may have reached it later, or earlier. */
    private static boolean isNeighboursFault(ProofProblem problem) {
        return problem != ProofProblem.UNTRUSTED && problem != ProofProblem.DENIED;
    }

    /**
     * The link is gone, and with it what has come over it and was not checked: others are asked for it. What a check holds counts
     * until that has ended: a neighbour that comes and goes would otherwise pile up checks that nobody counts.
     */
    void onLinkDown(Link link) {
        link.checks.close().forEach(this::release);
    }

    private void check(Link link) {
        OriginKeys keys = context.outbox().originKeys();
        if (keys == null || !link.checks.isDue()) {
            assert keys != null : "sources that are signed are refused without keys";
            return;
        }
        ProofCheck check = new ProofCheck(keys, context.cluster(), link.checks.begin(), done -> onChecked(link, done));
        if (context.outbox().compute(check)) {
            check.finish();
        }
    }

    private void onChecked(Link link, ProofCheck check) {
        int size = check.items().size();
        if (!check.isDone()) {
            context.counters().add("proof.failed", size);
        }
        int settled = check.isDone() ? check.checked() : size;
        for (int i = 0; i < size && (i < settled || link.checks.isClosed()); i++) {
            CheckLine.Waiting checked = link.checks.remove();
            if (check.isDone() && !link.checks.isClosed()) {
                settle(link, checked.item());
            }
            release(checked);
        }
        link.checks.end();
        tree.onChecked();
        check(link);
    }

    private void settle(Link link, ProofCheck.Item item) {
        ProofProblem problem = item.problem();
        if (problem == null && !context.onProved(item.source(), item.owner(), item.hash(), item.chain())) {
            problem = ProofProblem.DENIED;
        }
        if (problem == null) {
            tree.onProved(link, item);
        } else {
            drop(link, item.source(), item.seq(), problem);
        }
    }

    private void release(CheckLine.Waiting gone) {
        bytes -= gone.bytes();
        context.memory().held().giveBack(gone.bytes());
        context.names().release(gone.item().source());
    }
}
