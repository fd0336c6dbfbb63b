package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.ProtocolContext;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.proof.OriginKeys;
import io.chaski.core.internal.protocol.proof.SignedBatch;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.MessageProof;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has messages of this node signed, and publishes them in order. A message that comes while nothing is being signed is signed
 * at once and alone; those that come meanwhile are the next batch. So a lone message waits for one signature, a flood makes
 * batches as large as it needs, and no clock is asked. Numbers are given out when a batch begins and count when it is
 * published; should they not fit any more, because the node lives under another epoch by then, the batch is signed again.
 * Confined to the node's event loop.
 */
final class Signing {

    /** Four batches: one that is signed, and what comes meanwhile. */
    static final int MAX_WAITING = 4 * MessageProof.MAX_BATCH;

    /** What is signed was not held up by credit any more, so it is no more than what publishers may be ahead of it. */
    static final long MAX_WAITING_BYTES = 256 << 10;

    private final ProtocolContext context;
    private final Tree tree;
    private final Queue<Unsigned> waiting = new ArrayDeque<>();
    private long bytes;
    private @Nullable SignedBatch running;
    private boolean isWaitedFor;

    /** Signing on the loop, because the node leaves the topic: what comes next is not begun elsewhere. */
    private boolean isFinishing;

    /** Where messages go when they are signed. */
    interface Tree {
        /** The log of this node's signed messages, of its present epoch. */
        OriginLog own();

        /**
         * Publishes the next message.
         *
         * @param body proof and content
         */
        PublishOutcome publish(int hopLimit, boolean live, ArrayPayload body);

        /** There is room again, and somebody was refused before. */
        void onRoom();
    }

    /** A message that waits for its signature. */
    private record Unsigned(int hopLimit, boolean live, ArrayPayload content, Consumer<PublishOutcome> whenPublished) {}

    Signing(ProtocolContext context, Tree tree) {
        this.context = context;
        this.tree = tree;
    }

    /** Whether something is not published yet. */
    boolean isBusy() {
        return !waiting.isEmpty();
    }

    /**
     * Takes a message.
     *
     * @param whenPublished hears what has become of it, later or before this returns
     * @return false if there is no room; {@link Tree#onRoom} follows
     */
    boolean offer(int hopLimit, boolean live, ArrayPayload content, Consumer<PublishOutcome> whenPublished) {
        if (waiting.size() >= MAX_WAITING || bytes >= MAX_WAITING_BYTES) {
            isWaitedFor = true;
            if (live) {
                context.counters().increment("sign.live-refused");
            }
            return false;
        }
        waiting.add(new Unsigned(hopLimit, live, content, whenPublished));
        bytes += content.size();
        if (running == null) {
            begin();
        }
        return true;
    }

    /** Signs what waits here and now: the node leaves the topic. */
    void finishNow() {
        isFinishing = true;
        while (!waiting.isEmpty()) {
            SignedBatch batch = next();
            try {
                batch.compute();
            } catch (RuntimeException cannotSign) { // the key may be a provider's: whoever has published hears of it
                context.counters().increment("sign.failed-at-the-end");
            }
            batch.finish();
        }
        isFinishing = false;
    }

    private void begin() {
        SignedBatch batch = next();
        if (context.outbox().compute(batch)) {
            batch.finish();
        }
    }

    private SignedBatch next() {
        OriginKeys keys = context.outbox().originKeys();
        if (keys == null) {
            throw new IllegalStateException("a node without an identity signs nothing");
        }
        List<ArrayPayload> contents = new ArrayList<>();
        for (Unsigned message : waiting) {
            if (contents.size() == MessageProof.MAX_BATCH) {
                break;
            }
            contents.add(message.content);
        }
        OriginLog own = tree.own();
        SignedBatch batch = new SignedBatch(
                keys, context.cluster(), own.source, own.received.floor() + 1, contents, this::onSigned);
        running = batch;
        return batch;
    }

    private void onSigned(SignedBatch batch) {
        if (batch != running) {
            return; // it was signed again, because the node had to leave
        }
        running = null;
        OriginKeys.Signed signed = batch.signed();
        if (signed == null) {
            context.counters().add("sign.failed", batch.size());
            for (int i = 0; i < batch.size(); i++) {
                remove().whenPublished.accept(PublishOutcome.FAILED);
            }
        } else if (fits(batch)) {
            context.counters().increment("sign.batches");
            context.onSigned(signed.hash(), signed.chain());
            for (ArrayPayload body : batch.bodies()) {
                Unsigned message = remove();
                message.whenPublished.accept(tree.publish(message.hopLimit, message.live, body));
            }
        }
        if (isWaitedFor && waiting.size() <= MAX_WAITING / 2 && bytes <= MAX_WAITING_BYTES / 2) {
            isWaitedFor = false;
            tree.onRoom();
        }
        if (running == null && !waiting.isEmpty() && !isFinishing) {
            begin();
        }
    }

    private boolean fits(SignedBatch batch) {
        OriginLog own = tree.own();
        return own.source == batch.source() && own.received.floor() + 1 == batch.firstSeq();
    }

    private Unsigned remove() {
        Unsigned message = waiting.remove();
        bytes -= message.content.size();
        return message;
    }
}
