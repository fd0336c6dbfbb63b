package io.chaski.remote.internal.serve;

import io.chaski.core.NodeId;
import io.chaski.remote.internal.wire.Body;
import io.chaski.remote.internal.wire.CallId;
import io.chaski.remote.internal.wire.Failure;
import io.chaski.remote.internal.wire.FailureCode;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The call ids that were executed, so that none is executed again when a connection breaks and the call is repeated. One table
 * for each caller; the oldest id that is not being executed makes room. Thread-safe.
 */
final class ExecutedCalls {

    /** Twice the calls one peer may have under way: all that were when a connection broke, and as many since. */
    static final int MAX_IDS_PER_CALLER = 2_048;

    /** With some 100 bytes an id these take 64 MiB at most. */
    static final int MAX_CALLERS = 256;

    /** Larger answers are not kept: repeating them is not worth the memory. */
    static final int MAX_KEPT_BYTES = 2_048;

    /** The answer of a repeated attempt when that of the first cannot be repeated. */
    static final Body NOT_KEPT = Failure.of(
                    FailureCode.ALREADY_EXECUTED, "this call was executed before, and its answer has not been kept")
            .toBody();

    /** One execution. */
    static final class Entry {
        private volatile CompletableFuture<Body> answer = new CompletableFuture<>();

        /** The answer, when there is one. */
        CompletableFuture<Body> answer() {
            return answer;
        }

        /** The execution has ended: those who wait for it hear the answer, those who ask later perhaps. */
        void complete(Body body) {
            answer.complete(body);
            if (body.bytes().length > MAX_KEPT_BYTES) {
                answer = CompletableFuture.completedFuture(NOT_KEPT);
            }
        }

        private boolean isRunning() {
            return !answer.isDone();
        }
    }

    /**
     * What was found.
     *
     * @param entry the execution
     * @param isNew whether it is the asker's to carry out
     */
    record Claim(Entry entry, boolean isNew) {}

    /** Guarded by itself; in order of use. */
    private final Map<NodeId, Map<CallId, Entry>> byCaller = new LinkedHashMap<>(16, 0.75f, true);

    /** Claims an execution, or finds the one there was. */
    Claim claim(NodeId caller, CallId id) {
        synchronized (byCaller) {
            Map<CallId, Entry> ids = byCaller.computeIfAbsent(caller, any -> new LinkedHashMap<>());
            Entry known = ids.get(id);
            if (known != null) {
                return new Claim(known, false);
            }
            Entry entry = new Entry();
            ids.put(id, entry);
            makeRoom(ids);
            if (byCaller.size() > MAX_CALLERS) {
                Iterator<NodeId> leastRecent = byCaller.keySet().iterator();
                leastRecent.next();
                leastRecent.remove();
            }
            return new Claim(entry, true);
        }
    }

    private static void makeRoom(Map<CallId, Entry> ids) {
        Iterator<Entry> oldestFirst = ids.values().iterator();
        while (ids.size() > MAX_IDS_PER_CALLER && oldestFirst.hasNext()) {
            if (!oldestFirst.next().isRunning()) {
                oldestFirst.remove();
            }
        }
    }

    /** How many ids of a caller are known. */
    int size(NodeId caller) {
        synchronized (byCaller) {
            Map<CallId, Entry> ids = byCaller.get(caller);
            return ids == null ? 0 : ids.size();
        }
    }
}
