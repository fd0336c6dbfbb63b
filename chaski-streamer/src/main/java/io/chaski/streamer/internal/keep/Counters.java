package io.chaski.streamer.internal.keep;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What was refused and why, and what was lost: names of a fixed set. Thread-safe. */
final class Counters {

    /** Something on a stream that is no frame, or none that may come there. */
    static final String MALFORMED = "durable.malformed";
    /** A publisher brought a message of somebody else. */
    static final String FORGED = "durable.forged";
    /** Two messages of one number: their publisher, or who brought one of them, lies. */
    static final String CONFLICTS = "durable.conflicts";
    /** A message without an envelope, larger than can be handed out, or of the future. */
    static final String UNKEEPABLE = "durable.unkeepable";
    /** A message that the store did not take now. */
    static final String UNSTORED = "durable.unstored";
    /** A store that does not work any more: the node is no keeper of that topic until it is opened again. */
    static final String FAILED_STORES = "durable.stores.failed";
    /** Somebody who may not do what he wanted. */
    static final String DENIED = "durable.denied";
    /** A line that ended because the other side said what it may not or nothing, left messages out, or was one too many. */
    static final String REFUSED = "durable.refused";
    /** Messages that another keeper has brought. */
    static final String PULLED = "durable.pulled";
    /** Messages that publishers have brought because the topic had lost them. */
    static final String BROUGHT = "durable.brought";
    /** A subscriber's cursor for which its store had no room now. */
    static final String CURSORS_LATE = "durable.cursors.late";
    /** What a handler threw. */
    static final String FAILED_HANDLERS = "durable.handlers.failed";

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    void add(String name) {
        counts.computeIfAbsent(name, unused -> new LongAdder()).increment();
    }

    /** Those that are not zero, by name. */
    Map<String, Long> counts() {
        Map<String, Long> all = new TreeMap<>();
        counts.forEach((name, count) -> all.put(name, count.sum()));
        return all;
    }
}
