package io.chaski.streamer.internal.storage.fetch;

import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamHandler;
import io.chaski.core.stream.StreamListener;
import io.chaski.streamer.StorageException;
import io.chaski.streamer.StoragePolicy;
import io.chaski.streamer.StoragePolicy.Access;
import io.chaski.streamer.internal.storage.StoredEntry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers peers that ask for entries. Thread-safe. */
public final class Owner implements StreamHandler {

    /** Name of the protocol that this serves. */
    public static final String PROTOCOL = EntryProtocol.PROTOCOL;

    private static final Logger LOG = LoggerFactory.getLogger(Owner.class);

    /** Each answer under way holds its value in memory. */
    private static final int MAX_ANSWERS = 16;

    /** An asker must not hold one of the answers for longer. */
    private static final Duration LONGEST_DEADLINE = Duration.ofMinutes(10);

    private final SharedEntries entries;
    private final StoragePolicy policy;
    private final Semaphore answers = new Semaphore(MAX_ANSWERS);

    /**
     * Serves entries.
     *
     * @param entries what there is
     * @param policy who gets it
     */
    public Owner(SharedEntries entries, StoragePolicy policy) {
        this.entries = entries;
        this.policy = policy;
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
        if (!answers.tryAcquire()) {
            return refuse(stream, StreamCode.LIMIT, "at most " + MAX_ANSWERS + " answers at once");
        }
        var unused = stream.closed().whenComplete((done, failure) -> answers.release());
        StoredEntry entry = entries.find(key);
        if (entry == null) {
            stream.offer(EntryProtocol.NOTHING);
            stream.end();
            return (same, message) -> refuse(same, StreamCode.APPLICATION, "there is nothing to be wanted");
        }
        stream.offer(new EntryProtocol.Offer(entry.value().length, entries.remainingMillis(entry), entry.contentType())
                .encode());
        return new Answer(key, entry, isTake);
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
        private boolean isWanted;
        private boolean isRemoved;
        private int sentBytes;

        Answer(String key, StoredEntry entry, boolean isTake) {
            this.key = key;
            this.entry = entry;
            this.isTake = isTake;
        }

        @Override
        public void onMessage(Stream stream, byte[] message) {
            if (!isWanted && EntryProtocol.isWanted(message)) {
                isWanted = true;
                sendPieces(stream);
            } else if (isTake && isSent() && !isRemoved && EntryProtocol.isArrived(message)) {
                handOver(stream);
            } else {
                refuse(stream, StreamCode.APPLICATION, "not expected now");
            }
        }

        @Override
        public void onWritable(Stream stream) {
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
