package io.chaski.remote.internal.serve;

import io.chaski.core.NodeId;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.CallId;
import io.chaski.remote.internal.wire.Failure;
import io.chaski.remote.internal.wire.FailureCode;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * The call ids that were executed, so that none is executed again when a connection breaks and the call is repeated. An id is
 * known until its deadline has passed, after which nobody repeats it. Where there are too many, those go that were executed
 * longest ago; what is being executed stays in any case, and is bounded by the slots of the callers. Thread-safe.
 */
final class ExecutedCalls {

    /** Twice the calls one peer may have under way: all that were when a connection broke, and as many since. */
    static final int MAX_IDS_PER_CALLER = 2_048;

    /** With some 120 bytes an id these take 64 MiB at most, apart from their answers. */
    static final int MAX_CALLERS = 256;

    /** Larger answers are not kept: repeating them is not worth the memory. */
    static final int MAX_KEPT_BYTES = 2_048;

    /** All answers that are kept: 64 KiB for each caller, where there are as many as there may be. */
    static final long MAX_ALL_KEPT_BYTES = 16L << 20;

    /** The answer of a repeated attempt when that of the first cannot be repeated. */
    static final Body NOT_KEPT = Failure.of(
                    FailureCode.ALREADY_EXECUTED, "this call was executed before, and its answer has not been kept")
            .toBody();

    /** One execution. */
    final class Entry extends KeptAnswers.Link {
        private final Ids ids;
        private final long untilNanos;
        private volatile CompletableFuture<Body> answer = new CompletableFuture<>();

        private Entry(Ids ids, long untilNanos) {
            this.ids = ids;
            this.untilNanos = untilNanos;
        }

        /** The answer, when there is one. */
        CompletableFuture<Body> answer() {
            return answer;
        }

        /** The execution has ended: those who wait for it hear the answer, those who ask later perhaps. */
        void complete(Body body) {
            CompletableFuture<Body> waiting = answer;
            synchronized (byCaller) {
                ids.running--;
                if (body.length() > MAX_KEPT_BYTES) {
                    answer = CompletableFuture.completedFuture(NOT_KEPT);
                } else {
                    keep(this, body.length());
                }
            }
            waiting.complete(body);
        }

        private boolean isRunning() {
            return !answer.isDone();
        }
    }

    /** The ids of one caller, in the order in which they came. */
    private static final class Ids {
        final Map<CallId, Entry> entries = new LinkedHashMap<>();
        int running;
    }

    /**
     * What was found.
     *
     * @param entry the execution
     * @param isNew whether it is the asker's to carry out
     */
    record Claim(Entry entry, boolean isNew) {}

    private final LongSupplier nanoTime;

    /** Guarded by itself, as all that follows; in order of use. */
    private final Map<NodeId, Ids> byCaller = new LinkedHashMap<>(16, 0.75f, true);

    /** Those whose answers are kept, the oldest first. */
    private final KeptAnswers kept = new KeptAnswers();

    ExecutedCalls() {
        this(System::nanoTime);
    }

    /**
     * Knows nothing yet.
     *
     * @param nanoTime a monotonic clock
     */
    ExecutedCalls(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Claims an execution, or finds the one there was.
     *
     * @param remaining how long the caller may repeat it
     */
    Claim claim(NodeId caller, CallId id, Duration remaining) {
        synchronized (byCaller) {
            long nowNanos = nanoTime.getAsLong();
            Ids ids = byCaller.computeIfAbsent(caller, any -> new Ids());
            Entry known = ids.entries.get(id);
            if (known != null) {
                return new Claim(known, false);
            }
            Entry entry = new Entry(ids, nowNanos + remaining.toNanos());
            ids.entries.put(id, entry);
            ids.running++;
            forgetExpired(ids, nowNanos);
            makeRoom(ids);
            makeRoomForCallers(nowNanos);
            return new Claim(entry, true);
        }
    }

    /** From the oldest on to the first that still counts: each claim does a little, and none looks at everything. */
    private void forgetExpired(Ids ids, long nowNanos) {
        Iterator<Entry> oldestFirst = ids.entries.values().iterator();
        while (oldestFirst.hasNext()) {
            Entry oldest = oldestFirst.next();
            if (oldest.isRunning() || nowNanos - oldest.untilNanos < 0) {
                return;
            }
            oldestFirst.remove();
            kept.remove(oldest);
        }
    }

    private void makeRoom(Ids ids) {
        Iterator<Entry> oldestFirst = ids.entries.values().iterator();
        while (ids.entries.size() > MAX_IDS_PER_CALLER && oldestFirst.hasNext()) {
            Entry oldest = oldestFirst.next();
            if (!oldest.isRunning()) {
                oldestFirst.remove();
                kept.remove(oldest);
            }
        }
    }

    /** The caller that was silent longest is looked at with each claim, so that everybody's turn comes. */
    private void makeRoomForCallers(long nowNanos) {
        Iterator<Ids> leastRecentFirst = byCaller.values().iterator();
        Ids silent = leastRecentFirst.next();
        forgetExpired(silent, nowNanos);
        if (silent.entries.isEmpty()) {
            leastRecentFirst.remove();
        } else if (byCaller.size() > MAX_CALLERS) {
            while (silent.running > 0 && leastRecentFirst.hasNext()) {
                silent = leastRecentFirst.next();
            }
            if (silent.running == 0) {
                leastRecentFirst.remove();
                silent.entries.values().forEach(kept::remove);
            }
        }
    }

    private void keep(Entry entry, int bytes) {
        kept.add(entry, bytes);
        while (kept.bytes() > MAX_ALL_KEPT_BYTES && kept.oldest() instanceof Entry oldest) {
            kept.remove(oldest);
            oldest.answer = CompletableFuture.completedFuture(NOT_KEPT);
        }
    }

    /** How many ids of a caller are known. */
    int size(NodeId caller) {
        synchronized (byCaller) {
            Ids ids = byCaller.get(caller);
            return ids == null ? 0 : ids.entries.size();
        }
    }

    /** How many bytes of answers are kept. */
    long keptBytes() {
        synchronized (byCaller) {
            return kept.bytes();
        }
    }
}
