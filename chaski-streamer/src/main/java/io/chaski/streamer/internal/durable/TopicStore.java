package io.chaski.streamer.internal.durable;

import io.chaski.streamer.TopicStoreException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps the messages of one topic, in the order in which they come, and says how far consumers are that have a name.
 *
 * <p><b>What is promised.</b> Once the future of {@link #append} has completed with {@link Appended#STORED}, the message is
 * there after a kill of the process, a crash of the machine or a loss of power, and on a full disk, until the retention
 * gives it up; and it is read as it was appended or not at all. A message is there once, however often it is appended. What
 * was refused with an exception other than {@code FAILED} never appears. What was appended and not acknowledged may be there
 * or not: appending it again is safe. Reads show only what was acknowledged.
 *
 * <p><b>Order.</b> The messages of a source are read by their sequence. All of them are read in the order of
 * {@link HistoryPosition}, which is the same for all stores that keep the same messages.
 *
 * <p><b>Threads.</b> Thread-safe. What writes answers at once with a future and never waits, so it may be called on any
 * thread, an event loop included; what was asked for first takes effect first, and futures complete on the thread that
 * writes, so what depends on them must not wait either.
 * What reads waits for the disk and is not for event loops; the interruption of a reader harms nobody. After
 * {@link #close()} everything fails with {@code CLOSED}.
 */
public interface TopicStore extends AutoCloseable {

    /** Longest name of a consumer, in bytes of UTF-8. */
    int MAX_CONSUMER_BYTES = 255;

    /** Most messages that one read returns; whoever wants more goes on from the last one. */
    int MAX_MESSAGES_PER_READ = 1_024;

    /**
     * Which store it is: one that was lost and begun anew is another one, and has none of the messages that were acknowledged
     * in its old name.
     */
    UUID id();

    /** What opening has put in order. */
    Recovery recovery();

    // ---- writing

    /**
     * Appends a message.
     *
     * @param message at most {@link #maxBodyBytes()} long
     * @return completes when the message is on disk, or with another outcome when that is certain. Fails with
     *     {@link TopicStoreException}: {@code DISK_FULL}, {@code BUSY}, {@code TOO_MANY} or {@code CLOSED}: it was not stored
     *     and will not appear; {@code FAILED}: it may appear when the store is opened again; {@code CORRUPT}: a message of this
     *     source and sequence is there and cannot be read
     * @throws IllegalArgumentException if the body is too long
     */
    CompletableFuture<Appended> append(KeptMessage message);

    /** Longest body of a message, in bytes: a sixteenth of what is kept, less a header. */
    int maxBodyBytes();

    /**
     * Says that a consumer has done with the messages of a source up to one. A cursor never moves back: a lower number
     * changes nothing.
     *
     * @param consumer 1 to {@value #MAX_CONSUMER_BYTES} bytes of UTF-8; one that is not known becomes known
     * @param source whose messages; need not be kept here
     * @param sequence the last one it has done with, 1 or more
     * @return completes when that is on disk, also when there is no room for messages; fails as in {@link #append}
     * @throws IllegalArgumentException if the name or the number is outside its range
     */
    CompletableFuture<Void> advance(String consumer, Source source, long sequence);

    /**
     * Forgets the cursor of a consumer for a source that will not publish any more.
     *
     * @param consumer any name
     * @param source any source
     * @return completes when that is on disk; fails as in {@link #append}
     * @throws IllegalArgumentException if the name is outside its range
     */
    CompletableFuture<Void> forget(String consumer, Source source);

    /**
     * Forgets a consumer that will not come back.
     *
     * @param consumer any name
     * @return completes when that is on disk; fails as in {@link #append}
     * @throws IllegalArgumentException if the name is outside its range
     */
    CompletableFuture<Void> forget(String consumer);

    /**
     * Waits for all that was appended before.
     *
     * @return completes when each of it is on disk or refused; fails with {@code BUSY}, {@code FAILED} or {@code CLOSED}
     */
    CompletableFuture<Void> sync();

    /**
     * Gives up what the retention does not keep, now. The store does this by itself as messages come and time passes.
     *
     * @return completes when it is done; fails with {@code DISK_FULL}: nothing was given up; or as in {@link #sync}
     */
    CompletableFuture<Void> trim();

    // ---- reading

    /** What there is of each source of which something is kept or was given up, by origin and epoch. */
    Map<Source, Holding> holdings();

    /** How many messages are kept. */
    long messages();

    /** How many bytes the files take, without the reserve. */
    long sizeBytes();

    /**
     * The kept messages of a source in an interval, by sequence. Those that are missing are left out.
     *
     * @param source whose messages
     * @param first lowest sequence, 1 or more
     * @param last highest sequence
     * @param maxBytes stops when the bodies have as many bytes; the first message is returned however large
     * @return the first of them; empty if there are none
     * @throws TopicStoreException {@code CORRUPT} if one cannot be read as it was written, {@code FAILED} or {@code CLOSED}
     * @throws IllegalArgumentException if the interval is none
     */
    List<KeptMessage> read(Source source, long first, long last, int maxBytes);

    /**
     * The kept messages after a place in the history, in its order.
     *
     * @param after of the last message that was read, {@link HistoryPosition#START}, or the place before a time
     * @param maxBytes stops when the bodies have as many bytes; the first message is returned however large
     * @return the first of them; empty if there are none
     * @throws TopicStoreException as in {@link #read}
     */
    List<KeptMessage> history(HistoryPosition after, int maxBytes);

    /**
     * The place in the history that only a number of messages come after.
     *
     * @param messages how many, 0 or more
     * @return {@link HistoryPosition#START} if there are not more
     * @throws TopicStoreException {@code CLOSED} or {@code FAILED}
     * @throws IllegalArgumentException if the number is negative
     */
    HistoryPosition beforeLast(long messages);

    /** The consumers that are known, by name. */
    Set<String> consumers();

    /**
     * How far a consumer is.
     *
     * @param consumer any name
     * @return the last message it has done with of each source; empty if it is not known
     */
    Map<Source, Long> cursor(String consumer);

    // ---- care

    /**
     * Reads all files and checks them. Takes as long as reading them; writing goes on meanwhile.
     *
     * @throws TopicStoreException {@code CORRUPT} naming the file and the place; {@code FAILED} or {@code CLOSED}
     */
    void verify();

    /** Finishes what is being written, refuses what waits, and lets go of the directory. */
    @Override
    void close();
}
