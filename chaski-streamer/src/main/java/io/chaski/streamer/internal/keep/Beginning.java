package io.chaski.streamer.internal.keep;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.codec.CodecException;
import io.chaski.streamer.internal.durable.HistoryPosition;
import io.chaski.streamer.internal.durable.Source;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a subscriber begins that comes for the first time and wants the last messages only, and what is told by a time. */
final class Beginning {

    private static final Logger LOG = LoggerFactory.getLogger(Beginning.class);

    /** Until the keepers that are known then are asked. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** A publisher whose clock is ahead by more has its messages refused by keepers. */
    private static final long CLOCK_MILLIS = Duration.ofMinutes(5).toMillis();

    /** Nodes do not believe one that is further ahead. */
    private static final long EPOCH_MILLIS = Duration.ofDays(36_525).toMillis();

    private Beginning() {}

    /**
     * Asks a keeper.
     *
     * @return when the first message that is wanted was published; fails if no keeper answers
     */
    static CompletableFuture<HybridTimestamp> find(DurableNode hub, String topic, HistoryPlace from) {
        return HistoryRequest.send(hub, topic, from, 1, LIMIT).thenApply(found -> timeOf(hub, found));
    }

    private static HybridTimestamp timeOf(DurableNode hub, List<HistoryRequest.Item> found) {
        HybridTimestamp ever = HistoryPosition.START.timestamp();
        if (found.isEmpty()) {
            return ever;
        }
        ByteBuffer body = found.get(0).body();
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return timeOf(hub, bytes).orElse(ever);
    }

    /** The highest epoch that a publisher with a good clock has. */
    static long latestEpoch(long nowMillis) {
        return nowMillis + CLOCK_MILLIS;
    }

    /** Whether there may be such a publisher. */
    static boolean isCredible(Source source, long nowMillis) {
        return source.epoch() - nowMillis <= EPOCH_MILLIS && !source.origin().equals(StoredCursor.NOBODY);
    }

    /** When a message was published; empty if nobody can read it. */
    static Optional<HybridTimestamp> timeOf(DurableNode hub, byte[] body) {
        try {
            return Optional.of(hub.messages().timestamp(body));
        } catch (CodecException malformed) {
            LOG.debug("a message without an envelope", malformed);
            return Optional.empty();
        }
    }
}
