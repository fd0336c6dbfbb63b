package io.chaski.streamer.internal.file;

import io.chaski.streamer.file.FileProblem;
import io.chaski.streamer.file.FileSnapshot;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what an exchange does. Thread-safe. */
final class FileCounters {

    private final LongAdder offers = new LongAdder();
    private final LongAdder chunksSent = new LongAdder();
    private final LongAdder bytesSent = new LongAdder();
    private final LongAdder chunksReceived = new LongAdder();
    private final LongAdder chunksVerified = new LongAdder();
    private final LongAdder bytesReceived = new LongAdder();
    private final LongAdder completed = new LongAdder();
    private final Map<FileProblem, LongAdder> refused = byProblem();
    private final Map<FileProblem, LongAdder> failed = byProblem();

    /** All there are, so that the map does not change any more. */
    private static Map<FileProblem, LongAdder> byProblem() {
        Map<FileProblem, LongAdder> counts = new EnumMap<>(FileProblem.class);
        for (FileProblem problem : FileProblem.values()) {
            counts.put(problem, new LongAdder());
        }
        return counts;
    }

    void onOffer() {
        offers.increment();
    }

    void onSent(int bytes, boolean isChunkComplete) {
        bytesSent.add(bytes);
        if (isChunkComplete) {
            chunksSent.increment();
        }
    }

    void onReceived(int bytes) {
        bytesReceived.add(bytes);
    }

    void onChunkReceived() {
        chunksReceived.increment();
    }

    void onChunkVerified() {
        chunksVerified.increment();
    }

    void onCompleted() {
        completed.increment();
    }

    void onRefused(FileProblem problem) {
        count(refused, problem);
    }

    void onFailed(FileProblem problem) {
        count(failed, problem);
    }

    private static void count(Map<FileProblem, LongAdder> counts, FileProblem problem) {
        LongAdder sum = counts.get(problem);
        if (sum == null) {
            throw new IllegalStateException("every problem is counted: " + problem);
        }
        sum.increment();
    }

    /** With what is under way now, which others know. */
    FileSnapshot snapshot(int pushes, int transfers, int waiting) {
        return new FileSnapshot(
                pushes,
                transfers,
                waiting,
                offers.sum(),
                chunksSent.sum(),
                bytesSent.sum(),
                chunksReceived.sum(),
                chunksVerified.sum(),
                bytesReceived.sum(),
                completed.sum(),
                sums(refused),
                sums(failed));
    }

    private static Map<FileProblem, Long> sums(Map<FileProblem, LongAdder> counts) {
        Map<FileProblem, Long> sums = new EnumMap<>(FileProblem.class);
        counts.forEach((problem, count) -> {
            if (count.sum() > 0) {
                sums.put(problem, count.sum());
            }
        });
        return sums;
    }
}
