package io.chaski.streamer.internal.storage.fetch;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamHandler;
import io.chaski.core.stream.StreamListener;
import io.chaski.streamer.FetchOptions;
import io.chaski.streamer.StorageException;
import io.chaski.streamer.StoragePolicy;
import io.chaski.streamer.StoragePolicy.Access;
import io.chaski.streamer.internal.storage.StoredEntry;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers peers that ask for entries. Thread-safe. */
public final class Owner implements StreamHandler {

    /** Name of the protocol that this serves. */
    public static final String PROTOCOL = EntryProtocol.PROTOCOL;

    private static final Logger LOG = LoggerFactory.getLogger(Owner.class);

    /** Each answer under way holds its value in memory. */
    private static final int MAX_ANSWERS = 16;

    /** A peer that keeps its answers waiting leaves room for others. */
    private static final int MAX_ANSWERS_PER_PEER = MAX_ANSWERS / 4;

    /** An asker that gets the value elsewhere holds this answer meanwhile, but not for long. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(1);

    /**
     * An asker must not hold one of the answers for longer. More than a fetch may say, because what arrives counts from the
     * turn of the asker's loop, which may have begun before the fetch.
     */
    private static final Duration LONGEST_DEADLINE = FetchOptions.LONGEST_DEADLINE.plusMinutes(1);

    private final SharedEntries entries;
    private final StoragePolicy policy;
    private final Duration longestSilence;
    private final PeerShares answers = new PeerShares(MAX_ANSWERS, MAX_ANSWERS_PER_PEER);

    /**
     * Serves entries.
     *
     * @param entries what there is
     * @param policy who gets it
     */
    public Owner(SharedEntries entries, StoragePolicy policy) {
        this(entries, policy, LONGEST_SILENCE);
    }

    Owner(SharedEntries entries, StoragePolicy policy, Duration longestSilence) {
        this.entries = entries;
        this.policy = policy;
        this.longestSilence = longestSilence;
    }

    @Override
    public StreamListener onStream(Stream stream) {
        String key = stream.headers().getOrDefault(EntryProtocol.KEY_HEADER, "");
        boolean isTake = stream.headers().containsKey(EntryProtocol.TAKE_HEADER);
        Optional<Duration> deadline = stream.remaining();
        if (deadline.isEmpty() || deadline.get().compareTo(LONGEST_DEADLINE) > 0) {
            return refuse(stream, StreamCode.REFUSED, "a deadline of " + LONGEST_DEADLINE + " or less is needed");
        }
        if (!isAllowed(stream, key, isTake ? Access.TAKE : Access.COPY)) {
            return refuse(stream, StreamCode.REFUSED, "not allowed");
        }
        if (!answers.tryTake(stream.peer())) {
            return refuse(
                    stream,
                    StreamCode.LIMIT,
                    "at most " + MAX_ANSWERS + " answers at once, " + MAX_ANSWERS_PER_PEER + " of a peer");
        }
        var unused = stream.closed().whenComplete((done, failure) -> answers.release(stream.peer()));
        IdleLimit idle = IdleLimit.on(stream, longestSilence);
        StoredEntry entry = entries.find(key);
        if (entry == null) {
            stream.end(EntryProtocol.NOTHING);
            return (same, message) -> refuse(same, StreamCode.APPLICATION, "there is nothing to be wanted");
        }
        stream.offer(new EntryProtocol.Offer(entry.value().length, entries.remainingMillis(entry), entry.contentType())
                .encode());
        return new Answer(key, entry, isTake, idle);
    }

    /** Before anything is looked up: who is not allowed does not learn what there is. */
    private boolean isAllowed(Stream stream, String key, Access access) {
        try {
            return policy.allows(stream.peer(), key, access);
        } catch (RuntimeException e) { // whatever the application's policy throws must not open the storage
            LOG.error("the policy of a storage failed and the node {} was refused", stream.peer(), e);
            return false;
        }
    }

    private static StreamListener refuse(Stream stream, StreamCode code, String reason) {
        stream.reset(code, reason);
        return (same, message) -> {};
    }

    /** One answer. Its calls come one after the other. */
    private final class Answer implements StreamListener {
        private final String key;
        private final StoredEntry entry;
        private final boolean isTake;
        private final IdleLimit idle;
        private boolean isWanted;
        private boolean isRemoved;
        private int sentBytes;

        Answer(String key, StoredEntry entry, boolean isTake, IdleLimit idle) {
            this.key = key;
            this.entry = entry;
            this.isTake = isTake;
            this.idle = idle;
        }

        @Override
        public void onMessage(Stream stream, byte[] message) {
            idle.onHeard();
            if (!isWanted && EntryProtocol.isWanted(message)) {
                isWanted = true;
                sendPieces(stream);
            } else if (isTake && isSent() && !isRemoved && EntryProtocol.isArrived(message)) {
                idle.whileItWaits(() -> handOver(stream));
            } else {
                refuse(stream, StreamCode.APPLICATION, "not expected now");
            }
        }

        @Override
        public void onWritable(Stream stream) {
            idle.onHeard();
            try {
                sendPieces(stream);
            } catch (StreamException e) {
                LOG.debug("the asker of an entry went away: {}", e.getMessage());
            }
        }

        private boolean isSent() {
            return isWanted && sentBytes == entry.value().length;
        }

        private void sendPieces(Stream stream) {
            if (!isWanted || isSent() && sentBytes > 0) {
                return;
            }
            while (!isSent()) {
                byte[] piece = new byte[Math.min(EntryProtocol.PIECE_BYTES, entry.value().length - sentBytes)];
                System.arraycopy(entry.value(), sentBytes, piece, 0, piece.length);
                if (!stream.offer(piece)) {
                    return; // goes on when there is room
                }
                sentBytes += piece.length;
            }
            if (!isTake) {
                stream.end();
            }
        }

        private void handOver(Stream stream) {
            try {
                isRemoved = true;
                stream.offer(EntryProtocol.verdict(entries.remove(key, entry)));
                stream.end();
            } catch (StorageException e) {
                // Whether it was removed is not known, and the asker is not told that it was.
                LOG.warn("an entry cannot be handed over: {}", e.getMessage());
                refuse(stream, StreamCode.INTERNAL, "the entry cannot be removed");
            }
        }
    }
}
