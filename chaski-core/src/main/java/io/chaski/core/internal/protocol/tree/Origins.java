package io.chaski.core.internal.protocol.tree;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Names;
import io.chaski.core.internal.protocol.Source;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The logs of one topic by source. Of each publisher it keeps the present incarnation, the one before for stragglers,
 * and, when it has been quiet for long, only a tombstone, so that an old number stays old for ever. Full tables make
 * room by turning the quietest log into a tombstone. Confined to the node's event loop.
 */
final class Origins {

    /** Hears of logs that leave the table. */
    interface Listener {
        /**
         * The log is about to be forgotten.
         *
         * @param log still complete
         */
        void onDropped(OriginLog log);
    }

    private record Key(NodeId origin, int channel) {}

    private record Tombstone(long epoch, long floor, long sinceNanos) {}

    /** The newest incarnation of a publisher and the one before. */
    private static final class Incarnations {
        OriginLog current;

        @Nullable
        OriginLog previous;

        long supersededNanos;

        Incarnations(OriginLog current) {
            this.current = current;
        }
    }

    private final Names names;
    private final Delivery delivery;
    private final TreeSettings.Sources settings;
    private final Listener listener;

    // Open addressing by the index of the source: the hot path multiplies and shifts, and hashes no object.
    private @Nullable OriginLog[] table = new OriginLog[16];
    private int count;
    private int nextSerial;

    private final Map<Key, Incarnations> incarnations = new HashMap<>(); // never iterated
    private final LinkedHashMap<Key, Tombstone> tombstones = new LinkedHashMap<>();
    private final ArrayDeque<Incarnations> superseded = new ArrayDeque<>();
    private @Nullable OriginLog oldest;
    private @Nullable OriginLog newest;

    Origins(Names names, Delivery delivery, Listener listener) {
        this.names = names;
        this.delivery = delivery;
        this.settings = delivery.settings.sources();
        this.listener = listener;
    }

    int count() {
        return count;
    }

    int tombstoneCount() {
        return tombstones.size();
    }

    /** The log of a source, if it has one. */
    @Nullable
    OriginLog find(Source source) {
        int at = slot(source);
        OriginLog log = table[at];
        while (log != null && log.source != source) {
            at = at + 1 & table.length - 1;
            log = table[at];
        }
        return log;
    }

    /**
     * Begins the log of a source that has none; null if the source is an incarnation whose time is over.
     *
     * @param floor numbers up to here count as received, unless a tombstone knows better
     * @param reportFrom gaps below are not reported, unless a tombstone knows better
     */
    @Nullable
    OriginLog open(Source source, long floor, long reportFrom, long nowNanos) {
        Key key = new Key(source.origin(), source.channel());
        Incarnations known = incarnations.get(key);
        if (known != null && source.epoch() <= known.current.source.epoch()) {
            return null;
        }
        Tombstone tombstone = tombstones.get(key);
        if (tombstone != null && source.epoch() < tombstone.epoch()) {
            return null;
        }
        tombstones.remove(key);
        while (count >= settings.maxSources() && oldest != null) {
            delivery.context.counters().increment("tree.sources-full");
            bury(oldest, nowNanos);
        }
        OriginLog log = tombstone != null && source.epoch() == tombstone.epoch()
                ? add(source, false, tombstone.floor(), tombstone.floor() + 1)
                : add(source, false, floor, reportFrom);
        // Making room may have taken the incarnation before.
        supersede(key, log, nowNanos);
        append(log, nowNanos);
        return log;
    }

    /** Goes on with an own source after its last number, 0 to begin. It stays until {@link #drop}. */
    OriginLog openOwn(Source source, long lastSeq) {
        return add(source, true, lastSeq, lastSeq + 1);
    }

    /** Notes that a message of the log has come. */
    void touch(OriginLog log, long nowNanos) {
        log.lastActiveNanos = nowNanos;
        if (log != newest && !log.isOwn()) {
            unlink(log);
            append(log, nowNanos);
        }
    }

    /** The log with the latest message; {@link OriginLog#older} leads on. Own logs are not among them. */
    @Nullable
    OriginLog newest() {
        return newest;
    }

    /** Forgets what is out of date. */
    void expire(long nowNanos) {
        while (!superseded.isEmpty() && nowNanos - superseded.element().supersededNanos >= settings.stragglerNanos()) {
            Incarnations publisher = superseded.remove();
            if (publisher.previous != null) {
                OriginLog previous = publisher.previous;
                publisher.previous = null;
                drop(previous);
            }
        }
        while (oldest != null && nowNanos - oldest.lastActiveNanos >= settings.idleNanos()) {
            bury(oldest, nowNanos);
        }
        Iterator<Tombstone> tombs = tombstones.values().iterator();
        while (tombs.hasNext() && nowNanos - tombs.next().sinceNanos() >= settings.tombstoneNanos()) {
            tombs.remove();
        }
    }

    /** Forgets a log without a trace. */
    void drop(OriginLog log) {
        listener.onDropped(log);
        log.dropped = true;
        if (!log.isOwn()) {
            unlink(log);
        }
        removeFromTable(log);
        names.release(log.source);
    }

    /** Forgets everything. */
    void clear() {
        for (int i = 0; i < table.length; i++) {
            // A removal moves a later log into the gap, so look at the same place again.
            while (table[i] != null) {
                drop(table[i]);
            }
        }
        incarnations.clear();
        superseded.clear();
        tombstones.clear();
    }

    private OriginLog add(Source source, boolean own, long floor, long reportFrom) {
        OriginLog log = new OriginLog(names.retain(source), nextSerial++, own, floor, reportFrom, delivery);
        if (2 * ++count > table.length) {
            grow();
        }
        insert(log);
        return log;
    }

    private void supersede(Key key, OriginLog log, long nowNanos) {
        Incarnations known = incarnations.get(key);
        if (known == null) {
            incarnations.put(key, new Incarnations(log));
            return;
        }
        if (known.previous != null) {
            superseded.remove(known);
            drop(known.previous);
        }
        known.previous = known.current;
        known.current = log;
        known.supersededNanos = nowNanos;
        superseded.add(known);
    }

    /** Turns a log into a tombstone. */
    private void bury(OriginLog log, long nowNanos) {
        Key key = new Key(log.source.origin(), log.source.channel());
        Incarnations known = Objects.requireNonNull(incarnations.get(key), "a log without incarnations");
        if (known.previous == log) {
            // A newer incarnation speaks for it.
            superseded.remove(known);
            known.previous = null;
            drop(log);
            return;
        }
        if (known.previous != null) {
            superseded.remove(known);
            drop(known.previous);
        }
        incarnations.remove(key);
        drop(log);
        tombstones.remove(key);
        if (tombstones.size() >= settings.maxTombstones()) {
            Iterator<Key> keys = tombstones.keySet().iterator();
            keys.next();
            keys.remove();
        }
        tombstones.put(key, new Tombstone(log.source.epoch(), log.received.max(), nowNanos));
    }

    private void append(OriginLog log, long nowNanos) {
        log.lastActiveNanos = nowNanos;
        log.older = newest;
        log.newer = null;
        if (newest == null) {
            oldest = log;
        } else {
            newest.newer = log;
        }
        newest = log;
    }

    private void unlink(OriginLog log) {
        if (log.older == null) {
            oldest = log.newer;
        } else {
            log.older.newer = log.newer;
        }
        if (log.newer == null) {
            newest = log.older;
        } else {
            log.newer.older = log.older;
        }
    }

    private int slot(Source source) {
        return source.index() * 0x9e3779b9 >>> 7 & table.length - 1;
    }

    private void insert(OriginLog log) {
        int at = slot(log.source);
        while (table[at] != null) {
            at = at + 1 & table.length - 1;
        }
        table[at] = log;
    }

    private void grow() {
        @Nullable OriginLog[] smaller = table;
        table = new OriginLog[2 * smaller.length];
        for (OriginLog log : smaller) {
            if (log != null) {
                insert(log);
            }
        }
    }

    private void removeFromTable(OriginLog log) {
        int at = slot(log.source);
        while (table[at] != log) {
            at = at + 1 & table.length - 1;
        }
        table[at] = null;
        count--;
        // What was pushed past this place by the one that is gone moves up, so that a search still finds it.
        int next = at + 1 & table.length - 1;
        OriginLog moved = table[next];
        while (moved != null) {
            table[next] = null;
            insert(moved);
            next = next + 1 & table.length - 1;
            moved = table[next];
        }
    }
}
