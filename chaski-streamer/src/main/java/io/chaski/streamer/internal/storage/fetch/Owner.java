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
import io.chaski.streamer.internal.storage.fetch.PeerShares.Place;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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

    /**
     * Answers of which all is said and not all is gone: some 0.6 MiB each, in the window of the stream and before it, for whoever does
     * not take it.
     */
    private static final int MAX_SAID = 64;

    private static final int MAX_SAID_PER_PEER = MAX_SAID / 4;

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
    private final PeerShares said = new PeerShares(MAX_SAID, MAX_SAID_PER_PEER);

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
        Place place = answers.take(stream.peer()).orElse(null);
        if (place == null) {
            return refuse(
                    stream,
                    StreamCode.LIMIT,
                    "at most " + MAX_ANSWERS + " answers at once, " + MAX_ANSWERS_PER_PEER + " of a peer");
        }
        var unused = stream.closed().whenComplete((done, failure) -> place.giveBack());
        IdleLimit idle = IdleLimit.on(stream, longestSilence);
        StoredEntry entry = entries.find(key);
        if (entry == null) {
            settle(stream, place);
            stream.end(EntryProtocol.NOTHING);
            return (same, message) -> refuse(same, StreamCode.APPLICATION, "there is nothing to be wanted");
        }
        stream.offer(new EntryProtocol.Offer(entry.value().length, entries.remainingMillis(entry), entry.contentType())
                .encode());
        return new Answer(key, entry, isTake, idle, place);
    }

    /**
     * Changes the place for one of those of which all is said; if there is none, it is kept until the stream has closed. To be done
     * before the last word: whoever has heard it may ask again at once, which is before this end knows that the stream has closed.
     */
    private void settle(Stream stream, Place place) {
        said.take(stream.peer()).ifPresent(until -> {
            place.giveBack();
            var unused = stream.closed().whenComplete((done, failure) -> until.giveBack());
        });
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
        private final boolean isTake;
        private final IdleLimit idle;
        private final Place place;
        private @Nullable StoredEntry entry; // null once it is not needed any more, or being handed over
        private boolean isWanted;
        private int sentBytes;

        Answer(String key, StoredEntry entry, boolean isTake, IdleLimit idle, Place place) {
            this.key = key;
            this.entry = entry;
            this.isTake = isTake;
            this.idle = idle;
            this.place = place;
        }

        @Override
        public void onMessage(Stream stream, byte[] message) {
            idle.onHeard();
            StoredEntry offered = entry;
            if (offered != null && !isWanted && EntryProtocol.isWanted(message)) {
                isWanted = true;
                sendPieces(stream, offered);
            } else if (offered != null && isTake && isSent(offered) && EntryProtocol.isArrived(message)) {
                idle.whileItWaits(() -> handOver(stream, offered));
            } else {
                refuse(stream, StreamCode.APPLICATION, "not expected now");
            }
        }

        @Override
        public void onWritable(Stream stream) {
            idle.onHeard();
            StoredEntry offered = entry;
            if (offered == null || !isWanted) {
                return;
            }
            try {
                sendPieces(stream, offered);
            } catch (StreamException e) {
                LOG.debug("the asker of an entry went away: {}", e.getMessage());
            }
        }

        private boolean isSent(StoredEntry offered) {
            return isWanted && sentBytes == offered.value().length;
        }

        private void sendPieces(Stream stream, StoredEntry offered) {
            byte[] value = offered.value();
            while (!isSent(offered)) {
                int end = Math.min(sentBytes + EntryProtocol.PIECE_BYTES, value.length);
                byte[] piece = Arrays.copyOfRange(value, sentBytes, end);
                if (!isTake && end == value.length) {
                    entry = null;
                    settle(stream, place);
                    stream.end(piece);
                    return;
                }
                if (!stream.offer(piece)) {
                    return; // goes on when there is room
                }
                sentBytes = end;
            }
            if (!isTake) {
                entry = null;
                settle(stream, place);
                stream.end();
            }
        }

        private void handOver(Stream stream, StoredEntry offered) {
            entry = null; // once, whatever becomes of it
            try {
                boolean isYours = entries.remove(key, offered);
                settle(stream, place);
                stream.end(EntryProtocol.verdict(isYours));
            } catch (StorageException e) {
                // Whether it was removed is not known, and the asker is not told that it was.
                LOG.warn("an entry cannot be handed over: {}", e.getMessage());
                refuse(stream, StreamCode.INTERNAL, "the entry cannot be removed");
            }
        }
    }
}
