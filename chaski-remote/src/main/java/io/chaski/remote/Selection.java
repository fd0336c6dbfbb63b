package io.chaski.remote;

import io.chaski.core.NodeId;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Who gets a call when several nodes serve the same: the first, and after a failure that allows it the next. Thread-safe.
 */
@FunctionalInterface
public interface Selection {

    /**
     * Puts providers in the order in which they are tried.
     *
     * @param candidates those that serve what is called, sorted, each node once; not changed
     * @param random where chance comes from; used while this runs only
     * @return all of them, or some, or nobody if none will do
     */
    List<Provider> order(List<Provider> candidates, RandomGenerator random);

    /**
     * The one with the smallest round-trip time first, those whose time is not known last; chance decides among equals.
     */
    static Selection nearest() {
        return (candidates, random) -> {
            if (candidates.size() < 2) {
                return candidates;
            }
            List<Provider> order = shuffled(candidates, random);
            order.sort(Comparator.comparing(provider -> provider.roundTrip().orElse(ChronoUnit.FOREVER.getDuration())));
            return order;
        };
    }

    /** One after the other. Each object counts for itself, so the calls of one proxy are spread evenly. */
    static Selection roundRobin() {
        AtomicLong calls = new AtomicLong();
        return (candidates, random) -> {
            if (candidates.isEmpty()) {
                return candidates;
            }
            List<Provider> order = new ArrayList<>(candidates);
            Collections.rotate(order, -(int) Math.floorMod(calls.getAndIncrement(), (long) candidates.size()));
            return order;
        };
    }

    /** Any, each with the same chance. */
    static Selection random() {
        return Selection::shuffled;
    }

    /** Fisher and Yates. */
    private static List<Provider> shuffled(List<Provider> candidates, RandomGenerator random) {
        List<Provider> order = new ArrayList<>(candidates);
        for (int left = order.size(); left > 1; left--) {
            Collections.swap(order, left - 1, random.nextInt(left));
        }
        return order;
    }

    /**
     * The same one for the same key, whichever node calls, as long as the providers stay the same. Of a provider that
     * leaves the keys go evenly to the others, and no other key moves: rendezvous hashing (Thaler and Ravishankar 1998).
     *
     * @param key what calls have in common, such as the id of a customer
     */
    static Selection sticky(String key) {
        long seed = hash(key.getBytes(StandardCharsets.UTF_8));
        return (candidates, random) -> {
            List<Provider> order = new ArrayList<>(candidates);
            order.sort((one, other) -> Long.compareUnsigned(weight(seed, other.node()), weight(seed, one.node())));
            return order;
        };
    }

    private static long weight(long seed, NodeId node) {
        return mix(mix(seed ^ node.high()) ^ node.low());
    }

    /** FNV-1a, then mixed: keys that differ in the last letter must not end up side by side. */
    private static long hash(byte[] key) {
        long hash = 0xcbf29ce484222325L;
        for (byte each : key) {
            hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
        }
        return mix(hash);
    }

    /** The finalizer of MurmurHash3, 64 bits. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }

    /**
     * This node and no other.
     *
     * @param node its id
     */
    static Selection node(NodeId node) {
        Objects.requireNonNull(node, "node");
        return (candidates, random) -> candidates.stream()
                .filter(candidate -> candidate.node().equals(node))
                .toList();
    }

    /**
     * Nodes of this name and no others, the nearest first if several have it.
     *
     * @param nodeName label of the node
     */
    static Selection named(String nodeName) {
        Objects.requireNonNull(nodeName, "nodeName");
        Selection nearest = nearest();
        return (candidates, random) -> nearest.order(
                candidates.stream()
                        .filter(candidate -> candidate.nodeName().equals(nodeName))
                        .toList(),
                random);
    }
}
