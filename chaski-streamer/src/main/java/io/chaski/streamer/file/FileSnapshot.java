package io.chaski.streamer.file;

import java.util.Map;

/**
 * What a file exchange is doing, and what it has done since it began. Immutable. The numbers are read one after the other while
 * the exchange works, so they may differ by what happens meanwhile.
 *
 * @param pushes files that are offered, or read to be offered
 * @param transfers files that are being received, fetched ones included
 * @param waiting accepted files that wait for their turn
 * @param offers offers that were looked at; one that is repeated counts again only if it failed and is looked at again
 * @param chunksSent chunks that this node has given, of pushed, shared and received files; repetitions count
 * @param bytesSent content of these, and of chunks that are under way
 * @param chunksReceived chunks that have come as a whole, right or wrong
 * @param chunksVerified those that had the right hash
 * @param bytesReceived content that has come, of chunks under way as well
 * @param completed files that have arrived, those included that were there already
 * @param refused files that were not accepted, by reason
 * @param failed accepted files that have not arrived, by reason
 */
public record FileSnapshot(
        int pushes,
        int transfers,
        int waiting,
        long offers,
        long chunksSent,
        long bytesSent,
        long chunksReceived,
        long chunksVerified,
        long bytesReceived,
        long completed,
        Map<FileProblem, Long> refused,
        Map<FileProblem, Long> failed) {

    /** Copies the maps. */
    public FileSnapshot {
        refused = Map.copyOf(refused);
        failed = Map.copyOf(failed);
    }
}
