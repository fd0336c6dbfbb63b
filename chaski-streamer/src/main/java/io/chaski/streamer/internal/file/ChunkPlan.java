package io.chaski.streamer.internal.file;

import io.chaski.core.NodeId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which chunk is asked of whom. No I/O, no clock. Confined to its transfer.
 *
 * <p>Chunks are taken from a stretch of {@value #STRETCH} behind the first one that is missing, by chance within it: the
 * receivers of one push so hold different chunks, which they give one another (the aim of rarest-first in BitTorrent), and
 * the hash of the whole file, which needs the chunks in order, stays no more than a stretch behind.
 */
final class ChunkPlan {

    /** 16 MiB of the smallest chunks: still in the page cache when their turn comes. */
    static final int STRETCH = 64;

    /** What is asked of a source at first: one chunk to send and one to look for. */
    static final int LEAST_REQUESTS = 2;

    /** What is asked of a fast one: as many as it takes, see {@link PullMessage#MAX_REQUESTS}, with room for a question. */
    static final int MOST_REQUESTS = PullMessage.MAX_REQUESTS - 2;

    /** A chunk to be asked of a source. */
    record Request(NodeId source, int chunk) {}

    private static final class Source {
        private final BitSet has;
        private int requests;
        private int most = LEAST_REQUESTS;

        private Source(BitSet has) {
            this.has = has;
        }
    }

    private final int chunks;
    private final RandomGenerator random;
    private final BitSet verified = new BitSet();

    /** Verified or asked for. */
    private final BitSet taken = new BitSet();

    private final Map<Integer, NodeId> asked = new HashMap<>();
    private final Map<NodeId, Source> sources = new LinkedHashMap<>();

    ChunkPlan(int chunks, BitSet verified, RandomGenerator random) {
        this.chunks = chunks;
        this.random = random;
        this.verified.or(verified);
        this.taken.or(verified);
    }

    /** A source can be asked, or has more than before. */
    void onBook(NodeId id, BitSet has) {
        Source source = sources.computeIfAbsent(id, any -> new Source(new BitSet()));
        source.has.or(has);
    }

    /** A source cannot be asked any more; what was asked of it is asked elsewhere. */
    void onGone(NodeId id) {
        sources.remove(id);
        asked.entrySet().removeIf(request -> {
            boolean isGone = request.getValue().equals(id);
            if (isGone) {
                taken.clear(request.getKey());
            }
            return isGone;
        });
    }

    /** A source has answered that it does not have a chunk. */
    void onLacks(NodeId id, int chunk) {
        Source source = answered(id, chunk);
        taken.clear(chunk);
        if (source != null) {
            source.has.clear(chunk);
        }
    }

    /** A chunk has come from a source, and is right. */
    void onVerified(NodeId id, int chunk) {
        answered(id, chunk);
        verified.set(chunk);
    }

    /**
     * How much may be asked of a source at a time, because it is fast or not.
     *
     * @param requests is brought between {@link #LEAST_REQUESTS} and {@link #MOST_REQUESTS}
     */
    void onPace(NodeId id, long requests) {
        Source source = sources.get(id);
        if (source != null) {
            source.most = (int) Math.max(LEAST_REQUESTS, Math.min(MOST_REQUESTS, requests));
        }
    }

    private @Nullable Source answered(NodeId id, int chunk) {
        if (!asked.remove(chunk, id)) {
            throw new IllegalStateException("chunk " + chunk + " was not asked of " + id);
        }
        Source source = sources.get(id);
        if (source != null) {
            source.requests--;
        }
        return source;
    }

    /** What is to be asked now. It counts as asked. */
    List<Request> next() {
        List<Request> requests = new ArrayList<>();
        boolean isMore = true;
        while (isMore) { // one for each source at a time, so that the first does not take all
            isMore = false;
            for (Map.Entry<NodeId, Source> entry : sources.entrySet()) {
                int chunk = entry.getValue().requests < entry.getValue().most ? choose(entry.getValue()) : -1;
                if (chunk >= 0) {
                    entry.getValue().requests++;
                    asked.put(chunk, entry.getKey());
                    taken.set(chunk);
                    requests.add(new Request(entry.getKey(), chunk));
                    isMore = true;
                }
            }
        }
        return requests;
    }

    private int choose(Source source) {
        int[] candidates = new int[STRETCH];
        for (int begin = taken.nextClearBit(0); begin < chunks; begin = taken.nextClearBit(begin + STRETCH)) {
            int count = 0;
            int end = Math.min(chunks, begin + STRETCH);
            for (int chunk = source.has.nextSetBit(begin);
                    chunk >= 0 && chunk < end;
                    chunk = source.has.nextSetBit(chunk + 1)) {
                if (!taken.get(chunk)) {
                    candidates[count++] = chunk;
                }
            }
            if (count > 0) {
                return candidates[random.nextInt(count)];
            }
        }
        return -1;
    }

    /** Sources that have nothing to do: they have no chunk that is missing, as far as is known. */
    List<NodeId> idleSources() {
        List<NodeId> idle = new ArrayList<>();
        sources.forEach((id, source) -> {
            if (source.requests == 0) {
                idle.add(id);
            }
        });
        return idle;
    }

    boolean isComplete() {
        return verified.cardinality() == chunks;
    }

    /** Whether something is missing that no source has which can be asked. */
    boolean isStarved() {
        BitSet missing = new BitSet(chunks);
        missing.set(0, chunks);
        missing.andNot(verified);
        sources.values().forEach(source -> missing.andNot(source.has));
        return !missing.isEmpty();
    }
}
