package io.chaski.core.internal.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Which topics a node subscribes to, in bounded space: up to {@value #MAX_EXACT} topic hashes exactly, beyond that a
 * Bloom filter of 256 bits, which may say yes wrongly and never no wrongly. Immutable.
 *
 * @param hashes {@linkplain #hashOf(String) topic hashes}, empty when the filter is used
 * @param bloom four words of 64 bits, or empty when the hashes are exact
 */
public record TopicSummary(List<Long> hashes, List<Long> bloom) {

    /** Most topics that are listed one by one; 32 x 8 bytes is as large as the filter is useful. */
    public static final int MAX_EXACT = 32;

    /** A node that subscribes to nothing. */
    public static final TopicSummary NONE = new TopicSummary(List.of(), List.of());

    private static final int BLOOM_WORDS = 4;
    private static final int BLOOM_PROBES = 4;

    /** Checks the bounds. */
    public TopicSummary {
        hashes = List.copyOf(hashes);
        bloom = List.copyOf(bloom);
        if (hashes.size() > MAX_EXACT) {
            throw new IllegalArgumentException("at most " + MAX_EXACT + " hashes: " + hashes.size());
        }
        if (!bloom.isEmpty() && (bloom.size() != BLOOM_WORDS || !hashes.isEmpty())) {
            throw new IllegalArgumentException("either hashes or a filter of " + BLOOM_WORDS + " words");
        }
    }

    /**
     * Summarises a list of topics.
     *
     * @param topicHashes all of them, in a stable order
     */
    public static TopicSummary of(List<Long> topicHashes) {
        if (topicHashes.size() <= MAX_EXACT) {
            return new TopicSummary(topicHashes, List.of());
        }
        long[] words = new long[BLOOM_WORDS];
        for (long hash : topicHashes) {
            for (int probe = 0; probe < BLOOM_PROBES; probe++) {
                int bit = bloomBit(hash, probe);
                words[bit >>> 6] |= 1L << (bit & 63);
            }
        }
        return new TopicSummary(List.of(), List.of(words[0], words[1], words[2], words[3]));
    }

    /**
     * Whether the node may subscribe to the topic.
     *
     * @param topicHash see {@link #hashOf(String)}
     */
    public boolean mayContain(long topicHash) {
        if (bloom.isEmpty()) {
            return hashes.contains(topicHash);
        }
        for (int probe = 0; probe < BLOOM_PROBES; probe++) {
            int bit = bloomBit(topicHash, probe);
            if ((bloom.get(bit >>> 6) & (1L << (bit & 63))) == 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * The first eight bytes of the SHA-256 of a topic's name. A collision merely makes two nodes of different topics
     * talk once: every JOIN carries the name itself.
     *
     * @param topic name of the topic
     */
    public static long hashOf(String topic) {
        return ByteBuffer.wrap(Sha256.create().digest(topic.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    private static int bloomBit(long hash, int probe) {
        return (int) (hash >>> (probe * 16)) & 0xff;
    }
}
