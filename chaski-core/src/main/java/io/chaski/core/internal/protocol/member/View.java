package io.chaski.core.internal.protocol.member;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.wire.Descriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A bounded table of descriptors, one per node, with an age and constant-time random choice. When it is full, a
 * random entry makes room. The order of the entries depends only on the calls made. Confined to the node's event loop.
 */
public final class View {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final int capacity;
    private final List<Entry> entries = new ArrayList<>();
    /** For look-ups only; never iterated. */
    private final Map<NodeId, Entry> byId = new HashMap<>();

    /** A descriptor and what is known about it here. */
    public static final class Entry {
        private Descriptor descriptor;
        private long learntNanos;
        private int index;
        private boolean met;
        /** Addresses that it named itself when this node last had an edge with it. */
        private List<Address> ownAddresses = List.of();

        private long notBeforeNanos;

        private Entry(Descriptor descriptor, long learntNanos) {
            this.descriptor = descriptor;
            this.learntNanos = learntNanos;
            this.notBeforeNanos = learntNanos;
        }

        /** As it was learnt. */
        public Descriptor descriptor() {
            return descriptor;
        }

        /** Whose. */
        public NodeId id() {
            return descriptor.id();
        }

        /**
         * Its age now.
         *
         * @param nowNanos the time
         */
        public long ageSeconds(long nowNanos) {
            return descriptor.ageSeconds() + Math.max(0, nowNanos - learntNanos) / NANOS_PER_SECOND;
        }

        /**
         * The descriptor as it may be passed on.
         *
         * @param nowNanos the time
         */
        public Descriptor aged(long nowNanos) {
            return descriptor.aged(ageSeconds(nowNanos));
        }

        /** That somebody has reached it stays true as long as it lives. */
        private void update(Descriptor word, long nowNanos) {
            boolean sameLife = word.epoch() == descriptor.epoch();
            boolean reached = word.reachable() || sameLife && descriptor.reachable();
            long age = ageSeconds(nowNanos);
            if (word.epoch() > descriptor.epoch() || sameLife && word.ageSeconds() < age) {
                descriptor = Members.withReachable(word, reached);
                learntNanos = nowNanos;
            } else if (sameLife) {
                descriptor = Members.withReachable(descriptor, reached);
            }
        }

        /**
         * Whether this node has had an edge with it, and it is where it said itself. Somebody else's word about a node
         * that was met is hearsay like any other.
         */
        boolean isMet() {
            return isMetAt(descriptor);
        }

        /** Whether this node has had an edge with it, and these words lead to where it said itself. */
        boolean isMetAt(Descriptor word) {
            return met && ownAddresses.containsAll(word.addresses());
        }

        private void meet(Descriptor ownWord) {
            met = true;
            ownAddresses = ownWord.addresses();
        }

        /** How well it is known. */
        public Peers.Trust trust() {
            return isMet() ? Peers.Trust.KNOWN : Peers.Trust.HINT;
        }

        /** It has refused: not to be asked before this time. */
        void restUntil(long nanos) {
            notBeforeNanos = nanos;
        }

        boolean isResting(long nowNanos) {
            return nowNanos < notBeforeNanos;
        }
    }

    /**
     * An empty table.
     *
     * @param capacity most entries, 0 or more
     */
    public View(int capacity) {
        this.capacity = capacity;
    }

    /** Number of entries. */
    public int size() {
        return entries.size();
    }

    /** Most entries. */
    public int capacity() {
        return capacity;
    }

    /** The entries in their present order, which changes with every removal; not a copy. */
    public List<Entry> entries() {
        return entries;
    }

    /**
     * The entry of a node.
     *
     * @param id which node
     */
    public @Nullable Entry get(NodeId id) {
        return byId.get(id);
    }

    /**
     * Whether there is an entry.
     *
     * @param id which node
     */
    public boolean contains(NodeId id) {
        return byId.containsKey(id);
    }

    /**
     * Adds an entry, or brings the existing one up to date if the descriptor is newer.
     *
     * @param descriptor what was learnt
     * @param met whether this node has had an edge with it
     * @param nowNanos the time
     * @param random chooses who makes room
     * @return who made room, or null
     */
    public @Nullable Entry put(Descriptor descriptor, boolean met, long nowNanos, RandomGenerator random) {
        Entry known = byId.get(descriptor.id());
        if (known != null) {
            known.update(descriptor, nowNanos);
            if (met) {
                known.meet(descriptor);
            }
            return null;
        }
        if (capacity == 0) {
            return null;
        }
        Entry added = new Entry(descriptor, nowNanos);
        if (met) {
            added.meet(descriptor);
        }
        return add(added, random);
    }

    /**
     * Takes an entry over from another table, with all that is known about it there.
     *
     * @param entry of a node that is not in this table
     * @param random chooses who makes room
     * @return who made room, or null
     */
    @Nullable
    Entry take(Entry entry, RandomGenerator random) {
        return capacity == 0 ? null : add(entry, random);
    }

    private @Nullable Entry add(Entry entry, RandomGenerator random) {
        assert !byId.containsKey(entry.id()) : entry.id();
        Entry evicted = entries.size() < capacity ? null : removeAt(random.nextInt(entries.size()));
        entry.index = entries.size();
        entries.add(entry);
        byId.put(entry.id(), entry);
        return evicted;
    }

    /**
     * Removes an entry.
     *
     * @param id whose
     * @return what was removed, or null
     */
    public @Nullable Entry remove(NodeId id) {
        Entry known = byId.get(id);
        return known == null ? null : removeAt(known.index);
    }

    /**
     * Removes what is older than a limit.
     *
     * @param maxAgeSeconds the limit
     * @param nowNanos the time
     * @return what was removed
     */
    public List<Entry> removeOlderThan(long maxAgeSeconds, long nowNanos) {
        List<Entry> removed = new ArrayList<>();
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).ageSeconds(nowNanos) > maxAgeSeconds) {
                removed.add(removeAt(i));
            }
        }
        return removed;
    }

    /** A random entry, null if there is none. */
    @Nullable
    Entry random(RandomGenerator random) {
        return entries.isEmpty() ? null : entries.get(random.nextInt(entries.size()));
    }

    private Entry removeAt(int index) {
        Entry removed = entries.get(index);
        Entry last = entries.remove(entries.size() - 1);
        if (last != removed) {
            entries.set(index, last);
            last.index = index;
        }
        byId.remove(removed.id());
        return removed;
    }
}
