package io.chaski.core.internal.protocol.tree;

import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TokenBucket;
import io.chaski.core.internal.wire.TreeFrame;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the tree of one topic knows about one neighbour. Confined to the node's event loop.
 *
 * <pre>
 *   lazy  --GRAFT either way, or a first delivery--> eager
 *   eager --PRUNE either way, or a long stall-->     lazy
 * </pre>
 */
final class Link {

    /** Ten answers a second catch up with twice as much as may be asked for. */
    private static final long DIGEST_PAUSE_NANOS = 100_000_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** What a GRAFT costs of the budget for what it asks for: one for a single message must not be the cheapest way to ask. */
    static final int QUESTION_COST = 16;

    /** About each message: that it has come, and that there is room for another one. */
    private static final int WORDS_PER_MESSAGE = 2;

    /** Twice as many counters as a payload cache has messages: a message seldom shares its counter. */
    private static final int RESENT_COUNTERS = 16_384;

    final Peer peer;

    /** Unique among the links of a topic, over all time; 1 or more. */
    final int serial;

    /** What it takes, and what it is owed. */
    final Downstream out;

    /** What is taken from it. */
    final Upstream in = new Upstream();

    /** What has come from it and is not known to be its publishers' own yet. */
    final CheckLine checks = new CheckLine();

    /** Whether messages are sent to it unasked; see {@link Neighbours}, who changes it. */
    boolean eager;

    /** Messages to tell it of with the next IHAVE. */
    final AdvertBatch adverts = new AdvertBatch(TreeFrame.MAX_RANGES);

    /** Messages to ask it for with the GRAFT that is being put together. */
    final AdvertBatch requests = new AdvertBatch(TreeFrame.MAX_RANGES);

    boolean requestsTree;

    /** Since when it takes nothing, or how old what it takes next is; meaningful while {@link #stalled}. */
    long stalledSinceNanos;

    boolean stalled;

    /** What it would have been sent since. */
    final AdvertBatch skipped = new AdvertBatch(TreeFrame.MAX_RANGES);

    /** What it asked for in vain because it took no bytes: it is told of that again when it does. */
    final AdvertBatch postponed = new AdvertBatch(TreeFrame.MAX_RANGES);

    Timers.@Nullable Timer slowTimer;

    /** Runs while it is considered to prune the link. */
    Timers.@Nullable Timer pruneTimer;

    /** First and last copy that was redundant, and how many there were, since the timer runs. */
    long redundantSinceNanos;

    long redundantNanos;
    int redundantCopies;

    /** Whose message the first of them was, the latest of its messages then, and how many of them were its. */
    @Nullable
    OriginLog redundantLog;

    long redundantLogFrom;
    int redundantOfLog;

    /** When it was last pruned by either end. */
    long prunedNanos = Long.MIN_VALUE / 2;

    /** Until then a duplicate says nothing about the tree: it was on its way before, or was asked for twice. */
    long excusedUntilNanos = Long.MIN_VALUE;

    /** Until then what it tells of was on its way before it heard that it is to send unasked. */
    long mendingUntilNanos = Long.MIN_VALUE;

    /** Requests it has not answered. */
    int outstanding;

    /** Messages that are wanted on its word. */
    int wantedOnItsWord;

    /** When it may be answered with a digest again: a question costs as much as an answer. */
    long nextAnswerNanos = Long.MIN_VALUE;

    /** Runs while it waits for that. */
    Timers.@Nullable Timer answerTimer;

    /** Whether it is to be sent a digest. */
    boolean digestDue;

    /** Whether it has more that is missing here than may be asked for at once. */
    boolean catchingUp;

    /** Advertisements, requests answered, requests made: what they may cost. */
    final TokenBucket adverted;

    private final TokenBucket grafted;
    private final TokenBucket asked;

    /** Words about credit, and digests, which say what has come. */
    private final TokenBucket words;

    /** Messages that have paid for words. */
    private long paidMessages;

    private final TreeSettings.Limits limits;
    private final TreeSettings settings;
    private int failures;
    private long firstFailureNanos;

    /** When it last failed. */
    private long failedNanos = Long.MIN_VALUE;

    private long demotedUntilNanos = Long.MIN_VALUE;
    private long questionedNanos = Long.MIN_VALUE;
    private byte @Nullable [] resent;
    private long resentSinceNanos;

    Link(Peer peer, int serial, TreeSettings settings) {
        this.peer = peer;
        this.serial = serial;
        this.out = new Downstream(settings.flow().initialBytes());
        this.settings = settings;
        this.limits = settings.limits();
        this.adverted = new TokenBucket(limits.advertsPerSecond(), 2L * limits.advertsPerSecond());
        this.grafted = new TokenBucket(limits.graftsPerSecond(), 2L * limits.graftsPerSecond());
        this.asked = new TokenBucket(limits.askedPerSecond(), limits.askedPerSecond());
        this.words = new TokenBucket(
                settings.flow().creditsPerSecond(), 2L * settings.flow().creditsPerSecond());
    }

    boolean isEager() {
        return eager;
    }

    /** It takes bytes again. */
    void endStall() {
        stalled = false;
        skipped.clear();
        if (slowTimer != null) {
            slowTimer.cancel();
        }
    }

    void cancelTimers() {
        endStall();
        out.forget();
        postponed.clear();
        if (pruneTimer != null) {
            pruneTimer.cancel();
        }
        if (answerTimer != null) {
            answerTimer.cancel();
        }
    }

    /** Measured round trip, or a guess before the first measurement. */
    long rttNanos() {
        long measured = peer.rttNanos();
        return measured > 0 ? measured : settings.links().unknownRttNanos();
    }

    /** How long an answer may take. */
    long answerNanos() {
        return rttNanos() + rttNanos() / 10 + settings.repair().retryMarginNanos();
    }

    /** Whether it was asked a moment ago to mend the tree, and may not have heard it yet. */
    boolean isMending(long nowNanos) {
        return nowNanos < mendingUntilNanos;
    }

    /** For about two round trips, duplicates from here are nobody's fault. */
    void excuse(long nowNanos) {
        excusedUntilNanos = nowNanos + 2 * answerNanos();
    }

    boolean isExcused(long nowNanos) {
        return nowNanos < excusedUntilNanos;
    }

    /**
     * Notes that it left a request unanswered; returns whether that was once too often. What was asked before the last failure is
     * part of it: a neighbour that is late with an answer is late with hundreds of messages.
     */
    boolean fails(long askedNanos, long nowNanos) {
        if (askedNanos <= failedNanos) {
            return false;
        }
        failedNanos = nowNanos;
        if (failures == 0 || nowNanos - firstFailureNanos > limits.failureWindowNanos()) {
            failures = 0;
            firstFailureNanos = nowNanos;
        }
        if (++failures < limits.failures()) {
            return false;
        }
        failures = 0;
        demotedUntilNanos = nowNanos + limits.failureWindowNanos();
        return true;
    }

    void succeeds() {
        failures = 0;
    }

    /** Whether others are asked first. */
    boolean isDemoted(long nowNanos) {
        return nowNanos < demotedUntilNanos;
    }

    /** It has been answered with a digest. */
    void onAnswered(long nowNanos) {
        nextAnswerNanos = nowNanos + DIGEST_PAUSE_NANOS;
    }

    /** Whether it may be asked for a digest besides the regular ones: no more often than it has to answer. */
    boolean mayBeQuestioned(long nowNanos) {
        if (questionedNanos != Long.MIN_VALUE && nowNanos - questionedNanos < 3 * DIGEST_PAUSE_NANOS / 2) {
            return false;
        }
        questionedNanos = nowNanos;
        return true;
    }

    /**
     * Takes the permission to hear one more word of this neighbour about what it has and what it can take. Each message pays for
     * two: a neighbour that takes many messages has much to say, and publishers wait for what it says.
     *
     * @param messages how many have ever been put into the cache, which only grows
     * @return whether it may be heard
     */
    boolean mayTell(long nowNanos, long messages) {
        long most = 2L * settings.flow().creditsPerSecond();
        words.giveBack(Math.min(most, WORDS_PER_MESSAGE * (messages - paidMessages)));
        paidMessages = messages;
        return words.tryTake(1, nowNanos);
    }

    /** Whether one more question of its may be read. */
    boolean mayAsk(long nowNanos) {
        return grafted.tryTake(QUESTION_COST, nowNanos);
    }

    /** Whether one more message that it asks for may be sent, or refused. */
    boolean mayBeAnswered(long nowNanos) {
        return grafted.tryTake(1, nowNanos);
    }

    /** Whether it may be asked for one more message; the first one of a question pays for that as well. */
    boolean mayBeAsked(long nowNanos) {
        return asked.tryTake(requests.size() == 0 ? QUESTION_COST + 1 : 1, nowNanos);
    }

    /** Counts one more copy of a message; returns whether that is still within this second's limit. */
    boolean mayResend(Source source, long seq, long nowNanos) {
        if (resent == null) {
            resent = new byte[RESENT_COUNTERS];
            resentSinceNanos = nowNanos;
        } else if (nowNanos - resentSinceNanos >= NANOS_PER_SECOND) {
            Arrays.fill(resent, (byte) 0);
            resentSinceNanos = nowNanos;
        }
        int counter = (int) ((seq + source.index() * 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L >>> 50);
        if (resent[counter] >= limits.graftsPerMessage()) {
            return false;
        }
        resent[counter]++;
        return true;
    }

    @Override
    public String toString() {
        return (eager ? "eager " : "lazy ") + peer.id().shortForm();
    }
}
