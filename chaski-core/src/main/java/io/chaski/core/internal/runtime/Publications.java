package io.chaski.core.internal.runtime;

import io.chaski.core.NodeClosedException;
import io.chaski.core.PublishOptions;
import io.chaski.core.Receipt;
import io.chaski.core.Topic;
import io.chaski.core.codec.CodecRegistry;
import io.chaski.core.codec.PayloadCodec;
import io.chaski.core.internal.module.ModuleMessages;
import io.chaski.core.internal.module.ModuleMessages.Published;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Label;
import io.chaski.core.internal.wire.MessageBody;
import io.chaski.core.internal.wire.MessageProof;
import io.chaski.core.security.policy.Action;
import io.chaski.core.security.policy.NodeAccess;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way out: encodes on the publisher's thread, queues for the loop, answers with a receipt. Thread-safe. */
final class Publications {

    private static final Logger LOG = LoggerFactory.getLogger(Publications.class);

    private final String nodeName;
    private final Label label;
    private final NodeLoop loop;
    private final Callbacks callbacks;
    private final LocalTopics topics;
    private final CodecRegistry codecs;
    private final HybridClock clock;
    private final int maxPayloadBytes;
    private final int maxBodyBytes;
    private final Duration keptFor;
    private final NodeAccess access;
    private final LiveSecurity security;
    private final long patienceNanos;
    private final LongAdder waitsInCallbacks = new LongAdder();

    private volatile boolean isClosed;

    /**
     * The way out of one node.
     *
     * @param nodeName label that goes with each message
     * @param loop who publishes
     * @param callbacks where futures complete
     * @param topics neighbour counts
     * @param codecs how payloads are encoded
     * @param clock timestamps
     * @param maxPayloadBytes largest encoded payload
     * @param maxBodyBytes largest payload and envelope that the protocol carries
     * @param keptFor how long the protocol keeps a message for others, as long as newer ones leave room
     * @param patienceNanos longest wait for room
     * @param access whether this node may publish
     * @param security whether it can sign what it publishes
     */
    Publications(
            String nodeName,
            NodeLoop loop,
            Callbacks callbacks,
            LocalTopics topics,
            CodecRegistry codecs,
            HybridClock clock,
            int maxPayloadBytes,
            int maxBodyBytes,
            Duration keptFor,
            long patienceNanos,
            NodeAccess access,
            LiveSecurity security) {
        this.access = access;
        this.security = security;
        this.nodeName = nodeName;
        this.label = Label.of(nodeName);
        this.loop = loop;
        this.callbacks = callbacks;
        this.topics = topics;
        this.codecs = codecs;
        this.clock = clock;
        this.maxPayloadBytes = maxPayloadBytes;
        this.maxBodyBytes = maxBodyBytes;
        this.keptFor = keptFor;
        this.patienceNanos = patienceNanos;
    }

    /** See {@link io.chaski.core.ChaskiNode#publish(Topic, Object, PublishOptions)}. */
    <T extends @Nullable Object> Receipt publish(Topic<T> topic, T payload, PublishOptions options) {
        ArrayPayload body = encode(topic, payload, options);
        if (body == null) {
            return Receipt.rejected(Receipt.Status.TOO_LARGE);
        }
        LocalTopic local = topics.published(topic.name());
        int neighbours = local.neighbours();
        boolean isBlocked = !options.live() && local.publishable() != null;
        try {
            if (isBlocked || !queue(topic, local, options, body, local.outcomes(), 0)) {
                return publishWaiting(topic, options, body, local);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Receipt.rejected(Receipt.Status.INTERRUPTED);
        }
        return receipt(0, neighbours);
    }

    /** Apart from what needs no waiting, because reading the clock costs as much as queueing a message. */
    private Receipt publishWaiting(Topic<?> topic, PublishOptions options, ArrayPayload body, LocalTopic local)
            throws InterruptedException {
        long deadlineNanos = loop.nanoTime() + patienceNanos(options);
        if (!options.live() && !awaitCredit(local, deadlineNanos)) {
            return Receipt.rejected(Receipt.Status.NO_CREDIT);
        }
        long timeoutNanos = Math.max(0, deadlineNanos - loop.nanoTime());
        int neighbours = local.neighbours();
        if (!queue(topic, local, options, body, local.outcomes(), timeoutNanos)) {
            return Receipt.rejected(Receipt.Status.QUEUE_FULL);
        }
        return receipt(0, neighbours);
    }

    private long patienceNanos(PublishOptions options) {
        return loop.inAnyLoop() ? 0 : usualPatienceNanos(options);
    }

    private long usualPatienceNanos(PublishOptions options) {
        return options.patience().map(NodeLoop::nanosOf).orElse(patienceNanos);
    }

    /** Waits until subscribers take more; returns whether they do. */
    private boolean awaitCredit(LocalTopic local, long deadlineNanos) throws InterruptedException {
        CompletableFuture<Void> publishable = local.publishable();
        while (publishable != null) {
            long leftNanos = deadlineNanos - loop.nanoTime();
            if (leftNanos > 0 && callbacks.isInside()) {
                countWaitInCallback(local);
            }
            if (leftNanos <= 0 || !loop.await(publishable, leftNanos)) {
                return local.publishable() == null;
            }
            publishable = local.publishable();
        }
        return true;
    }

    /**
     * What a callback waits for may wait for this callback. A shorter patience was considered: but most callbacks wait for
     * somebody who only is slow, and would lose messages for it.
     */
    private void countWaitInCallback(LocalTopic local) {
        waitsInCallbacks.increment();
        if (local.isFirstWaitInCallback()) {
            LOG.warn(
                    "node {}: a callback waits in publish until subscribers of {} take more. If they wait for what this"
                            + " callback takes, both wait until their patience ends: publishAsync does not. Further waits"
                            + " of this topic are counted only",
                    nodeName,
                    local.name());
        }
    }

    /** How often a callback has waited for credit. */
    long waitsInCallbacks() {
        return waitsInCallbacks.sum();
    }

    /** See {@link io.chaski.core.ChaskiNode#publishAsync(Topic, Object, PublishOptions)}. */
    <T extends @Nullable Object> CompletableFuture<Receipt> publishAsync(
            Topic<T> topic, T payload, PublishOptions options) {
        ArrayPayload body = encode(topic, payload, options);
        if (body == null) {
            return CompletableFuture.completedFuture(Receipt.rejected(Receipt.Status.TOO_LARGE));
        }
        return publishLater(topic, body, options, this::receipt, receipt -> receipt);
    }

    /** See {@link ModuleMessages#publish}. */
    CompletableFuture<Published> publishEncoded(Topic<?> topic, ArrayPayload body, PublishOptions options) {
        requireMay(topic); // much may have changed since it was encoded
        return publishLater(
                topic,
                body,
                options,
                outcome -> new Published(receipt(outcome), outcome.epoch()),
                receipt -> new Published(receipt, 0));
    }

    /** Queues a message; answers with what is made of its outcome, or of the receipt of what never got that far. */
    private <R> CompletableFuture<R> publishLater(
            Topic<?> topic,
            ArrayPayload body,
            PublishOptions options,
            Function<PublishOutcome, R> answer,
            Function<Receipt, R> rejected) {
        LocalTopic local = topics.published(topic.name());
        boolean isBlocked = !options.live() && local.publishable() != null;
        if (isBlocked && options.patience().filter(Duration::isZero).isPresent()) {
            return CompletableFuture.completedFuture(rejected.apply(Receipt.rejected(Receipt.Status.NO_CREDIT)));
        }
        CompletableFuture<R> done = loop.newFuture();
        Consumer<PublishOutcome> outcome = result -> {
            if (result.status() == PublishOutcome.Status.FAILED) {
                callbacks.fail(done, new IllegalStateException("publishing failed; the log has the reason"));
                return;
            }
            try {
                local.outcomes().accept(result);
            } finally {
                callbacks.complete(done, answer.apply(result));
            }
        };
        // Whoever publishes though subscribers are known to take no more may be refused, or nothing would bound it.
        HeldPublishes.Accepted accepted = outcome::accept;
        try {
            if (!queue(topic, local, options, body, isBlocked ? outcome : accepted, 0)) {
                return CompletableFuture.completedFuture(rejected.apply(Receipt.rejected(Receipt.Status.QUEUE_FULL)));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return CompletableFuture.completedFuture(rejected.apply(Receipt.rejected(Receipt.Status.INTERRUPTED)));
        }
        return done.copy();
    }

    /** See {@link io.chaski.core.ChaskiNode#publishable}. */
    CompletableFuture<Boolean> publishable(Topic<?> topic, PublishOptions options) {
        LocalTopic local = topics.published(topic.name());
        long deadlineNanos = loop.nanoTime() + usualPatienceNanos(options); // on a loop as well: nobody waits there
        CompletableFuture<Boolean> done = loop.newFuture();
        // A command gets in when messages do not, and when its turn comes, all that was before it is out of the way.
        if (isClosed || !loop.execute((protocol, nowNanos) -> onTurn(local, options.live(), deadlineNanos, done))) {
            throw new NodeClosedException(nodeName);
        }
        return done.copy();
    }

    /** On the loop. */
    private void onTurn(LocalTopic local, boolean live, long deadlineNanos, CompletableFuture<Boolean> done) {
        CompletableFuture<Void> publishable = live ? null : local.publishable();
        if (publishable == null) {
            callbacks.complete(done, true);
            return;
        }
        TaskLoop.Timer patience = loop.schedule(
                (protocol, nowNanos) -> callbacks.complete(done, false), Math.max(0, deadlineNanos - loop.nanoTime()));
        var unused = publishable.thenRun(() -> {
            patience.cancel();
            callbacks.complete(done, true);
        });
    }

    /** Takes nothing any more. */
    void close() {
        isClosed = true;
    }

    private boolean queue(
            Topic<?> topic,
            LocalTopic local,
            PublishOptions options,
            ArrayPayload body,
            Consumer<PublishOutcome> outcome,
            long timeoutNanos)
            throws InterruptedException {
        int hopLimit = options.hopLimit().orElse(topic.hopLimit());
        boolean isQueued = loop.publish(
                topic.name(), local.channelFor(topic), hopLimit, options.live(), body, outcome, timeoutNanos);
        if (!isQueued && isClosed) {
            throw new NodeClosedException(nodeName);
        }
        return isQueued;
    }

    private void requireMay(Topic<?> topic) {
        if (isClosed) {
            throw new NodeClosedException(nodeName);
        }
        security.requireFor(topic);
        access.require(Action.PUBLISH, topic.name());
    }

    /** Encodes a message and gives it a time; null if it is too large. */
    @Nullable
    ArrayPayload encode(Topic<?> topic, @Nullable Object payload, PublishOptions options) {
        requireMay(topic);
        byte[] bytes = bytes(topic, payload);
        if (bytes.length > maxPayloadBytes) {
            return null;
        }
        ArrayPayload body = new MessageBody(
                        topic.contentType(),
                        clock.next(),
                        label,
                        options.key().orElse(null),
                        options.headers(),
                        ArrayPayload.owning(bytes))
                .encode();
        int mostBytes = topic.signed() ? maxBodyBytes - MessageProof.MAX_BYTES : maxBodyBytes;
        return body.size() <= mostBytes ? body : null;
    }

    /** Bytes are not copied here: they are into the body, before the publisher has its array back. */
    private byte[] bytes(Topic<?> topic, @Nullable Object payload) {
        PayloadCodec codec = codecs.get(topic.contentType());
        return codec == PayloadCodec.bytes() && payload instanceof byte[] raw
                ? raw
                : codec.encode(payload, topic.type());
    }

    /** Whether there is room to keep a message for nobody is known to the outcome only: see {@link Receipt.Status}. */
    private Receipt receipt(long sequence, int neighbours) {
        Receipt.Status status = neighbours > 0 ? Receipt.Status.ACCEPTED : Receipt.Status.KEPT;
        return new Receipt(status, sequence, neighbours, keptFor);
    }

    private Receipt receipt(PublishOutcome outcome) {
        return switch (outcome.status()) {
            case TOO_LARGE -> Receipt.rejected(Receipt.Status.TOO_LARGE);
            case NOT_KEPT -> Receipt.rejected(Receipt.Status.NOT_KEPT);
            case BLOCKED -> Receipt.rejected(Receipt.Status.NO_CREDIT);
            case ACCEPTED, KEPT -> receipt(outcome.seq(), outcome.sentTo() + outcome.advertisedTo());
            case FAILED, PENDING -> throw new IllegalArgumentException("there is no receipt of that");
        };
    }
}
