package io.chaski.streamer.internal.durable;

/**
 * What opening a store has put in order. All of it is what a crash may leave; nothing of it was ever acknowledged.
 *
 * @param cutBytes bytes at the end of the log that were not written completely
 * @param isMarkRepaired whether one of the two copies of the mark was unreadable and was written again
 * @param removedFiles files that were begun or given up, and not finished or removed
 */
public record Recovery(long cutBytes, boolean isMarkRepaired, int removedFiles) {

    /** Whether there was nothing to do. */
    public boolean isClean() {
        return cutBytes == 0 && !isMarkRepaired && removedFiles == 0;
    }
}
