package io.chaski.remote;

import io.chaski.core.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Who gets a call when several nodes serve the same. Thread-safe. After a failed call, another one is chosen among those
 * that are left.
 */
@FunctionalInterface
public interface Selection {

    /**
     * Chooses one.
     *
     * @param candidates those that serve what is called, sorted, each node once
     * @param random where chance comes from; used by this call only while it lasts
     * @return one of them, or empty if none will do
     */
    Optional<Provider> choose(List<Provider> candidates, RandomGenerator random);

    /**
     * The one with the smallest round-trip time; one without a known time only if no time is known; chance decides
     * among equals.
     */
    static Selection nearest() {
        return Selection::nearestOf;
    }

    private static Optional<Provider> nearestOf(List<Provider> candidates, RandomGenerator random) {
        Provider best = null;
        int equals = 0;
        for (Provider candidate : candidates) {
            int order = best == null ? -1 : byRoundTrip(candidate, best);
            equals = order < 0 ? 1 : order == 0 ? equals + 1 : equals;
            // Each of n equals is kept with a chance of 1/n: reservoir sampling (Vitter 1985, algorithm R).
            if (order < 0 || order == 0 && random.nextInt(equals) == 0) {
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    private static int byRoundTrip(Provider one, Provider other) {
        if (one.roundTrip().isEmpty() || other.roundTrip().isEmpty()) {
            return Boolean.compare(one.roundTrip().isEmpty(), other.roundTrip().isEmpty());
        }
        return one.roundTrip().get().compareTo(other.roundTrip().get());
    }

    /** One after the other. Each object counts for itself, so the calls of one proxy are spread evenly. */
    static Selection roundRobin() {
        AtomicLong calls = new AtomicLong();
        return (candidates, random) -> candidates.isEmpty()
                ? Optional.empty()
                : Optional.of(candidates.get((int) Math.floorMod(calls.getAndIncrement(), (long) candidates.size())));
    }

    /** Any, each with the same chance. */
    static Selection random() {
        return (candidates, random) -> candidates.isEmpty()
                ? Optional.empty()
                : Optional.of(candidates.get(random.nextInt(candidates.size())));
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
            Provider best = null;
            long bestWeight = 0;
            for (Provider candidate : candidates) {
                long weight = weight(seed, candidate.node());
                if (best == null || Long.compareUnsigned(weight, bestWeight) > 0) {
                    best = candidate;
                    bestWeight = weight;
                }
            }
            return Optional.ofNullable(best);
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
                .findFirst();
    }

    /**
     * A node of this name and no other; the nearest if several nodes have the name.
     *
     * @param nodeName label of the node
     */
    static Selection named(String nodeName) {
        Objects.requireNonNull(nodeName, "nodeName");
        return (candidates, random) -> nearestOf(
                candidates.stream()
                        .filter(candidate -> candidate.nodeName().equals(nodeName))
                        .toList(),
                random);
    }
}
