package io.chaski.streamer.internal.keep;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.module.FieldReader;
import io.chaski.core.internal.module.FieldReader.MalformedFieldsException;
import io.chaski.core.internal.module.FieldWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Who keeps which topics: what keepers say of themselves counts for half a minute, and is said every ten seconds, when something
 * changes, and to whoever asks. Of others nobody says anything. Confined to whoever locks it.
 */
final class KeeperRecords {

    /** Some MiB, and more keepers than anybody has. */
    static final int MAX_RECORDS = 4_096;

    /** Of one node: each has a store, with a thread and a directory. */
    static final int MAX_TOPICS = 512;

    static final long LEASE_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long REPEAT_NANOS = Duration.ofSeconds(10).toNanos();

    /** Whoever asks is answered by all keepers, and others that ask meanwhile by the same word. */
    private static final long ANSWER_NANOS = Duration.ofMillis(200).toNanos();

    private static final long LEAST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    /** Who looks for keepers and knows none asks again. */
    private static final long ASK_NANOS = Duration.ofSeconds(2).toNanos();

    private static final int VERSION = 1;
    private static final int HERE = 1;
    private static final int WHO = 2;
    private static final int MAX_ADDRESSES = 4;

    private final NodeId self;
    private final List<Address> addresses;
    private final RandomGenerator random;
    private final Map<NodeId, Heard> records = new LinkedHashMap<>();
    private final Set<Long> own = new TreeSet<>();
    private boolean isKeeping;
    private long nextSayNanos;
    private long lastSaidNanos;
    private long nextAskNanos;
    private long refused;

    private record Heard(long epoch, List<Address> addresses, Set<Long> topics, long heardNanos) {}

    /** Where a keeper says that it can be reached. */
    record Whereabouts(long epoch, List<Address> addresses) {}

    KeeperRecords(NodeId self, List<Address> addresses, RandomGenerator random, long nowNanos) {
        this.self = self;
        this.addresses = List.copyOf(addresses.subList(0, Math.min(MAX_ADDRESSES, addresses.size())));
        this.random = random;
        this.lastSaidNanos = nowNanos - LEAST_PAUSE_NANOS;
        this.nextAskNanos = nowNanos;
    }

    /** A number for a topic: the first bytes of a hash of its name. Keepers refuse streams for topics that they do not keep. */
    static long hash(String topic) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(topic.getBytes(StandardCharsets.UTF_8));
            return new FieldReader(hash).i64();
        } catch (NoSuchAlgorithmException | MalformedFieldsException e) {
            throw new AssertionError("every Java has SHA-256, which has 32 bytes", e);
        }
    }

    // ---- this node

    /** This node keeps a topic from now on, one of {@value #MAX_TOPICS} at most. */
    void keep(String topic, long nowNanos) {
        own.add(hash(topic));
        sayBy(nowNanos);
    }

    /** This node keeps a topic no longer. */
    void leave(String topic, long nowNanos) {
        own.remove(hash(topic));
        sayBy(nowNanos);
    }

    private void sayBy(long nanos) {
        long soonest = Math.max(nanos - lastSaidNanos, LEAST_PAUSE_NANOS) + lastSaidNanos;
        nextSayNanos = isKeeping && nextSayNanos - soonest < 0 ? nextSayNanos : soonest;
        isKeeping = true;
    }

    /**
     * What is to be said now.
     *
     * @param isLooking whether somebody here needs a keeper and knows none
     */
    Optional<byte[]> onTick(boolean isLooking, long nowNanos) {
        records.values().removeIf(each -> nowNanos - each.heardNanos() >= LEASE_NANOS);
        if (isKeeping && nowNanos - nextSayNanos >= 0) {
            isKeeping = !own.isEmpty(); // one word that there is nothing any more
            lastSaidNanos = nowNanos;
            nextSayNanos = nowNanos + REPEAT_NANOS;
            return Optional.of(here());
        }
        if (isLooking && nowNanos - nextAskNanos >= 0) {
            nextAskNanos = nowNanos + ASK_NANOS;
            return Optional.of(new FieldWriter().u8(VERSION).u8(WHO).toBytes());
        }
        return Optional.empty();
    }

    private byte[] here() {
        FieldWriter out = new FieldWriter().u8(VERSION).u8(HERE).u8(addresses.size());
        addresses.forEach(each -> out.bytes16(each.toString().getBytes(StandardCharsets.UTF_8)));
        out.u16(own.size());
        own.forEach(out::i64);
        return out.toBytes();
    }

    // ---- others

    /** Somebody has said something. */
    void onMessage(NodeId origin, long epoch, byte[] message, long nowNanos) {
        if (origin.equals(self)) {
            return;
        }
        try {
            FieldReader in = new FieldReader(message);
            int version = in.u8();
            int kind = in.u8();
            if (version != VERSION) {
                return; // of a later version, which will say what we understand as well
            }
            if (kind == WHO) {
                if (isKeeping) {
                    sayBy(nowNanos + random.nextLong(ANSWER_NANOS));
                }
                in.end();
            } else if (kind == HERE) {
                onHere(origin, epoch, in, nowNanos);
            }
        } catch (MalformedFieldsException | IllegalArgumentException malformed) {
            refused++;
        }
    }

    private void onHere(NodeId origin, long epoch, FieldReader in, long nowNanos) throws MalformedFieldsException {
        int count = in.u8();
        List<Address> where = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] text = in.bytes(in.u16(), Address.MAX_HOST_LENGTH + 32);
            if (where.size() < MAX_ADDRESSES) {
                where.add(Address.parse(new String(text, StandardCharsets.UTF_8)));
            }
        }
        int topics = in.u16();
        if (topics > MAX_TOPICS) {
            throw new MalformedFieldsException(topics + " topics");
        }
        Set<Long> kept = new LinkedHashSet<>();
        for (int i = 0; i < topics; i++) {
            kept.add(in.i64());
        }
        in.end();
        Heard known = records.get(origin);
        if (known != null && known.epoch() > epoch) {
            return; // of a former life, and late
        }
        if (kept.isEmpty()) {
            records.remove(origin);
        } else if (known == null && records.size() >= MAX_RECORDS) {
            refused++;
        } else {
            records.put(origin, new Heard(epoch, where, kept, nowNanos));
        }
    }

    /** Who else keeps a topic, longest known first. */
    List<NodeId> keepers(String topic) {
        long hash = hash(topic);
        return records.entrySet().stream()
                .filter(each -> each.getValue().topics().contains(hash))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Where a keeper says that it is. */
    Optional<Whereabouts> whereabouts(NodeId keeper) {
        return Optional.ofNullable(records.get(keeper)).map(each -> new Whereabouts(each.epoch(), each.addresses()));
    }

    /** How many words were not believed. */
    long refused() {
        return refused;
    }
}
