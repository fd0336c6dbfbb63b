package io.chaski.streamer.internal.disk;

import java.util.List;
import java.util.Locale;

/** Tells a full disk from other failures. Java has no exception of its own for it, only the words of the system. */
public final class DiskFull {

    /** ENOSPC, EDQUOT and EFBIG, and what Windows says. */
    private static final List<String> WORDS =
            List.of("no space left", "quota exceeded", "file too large", "not enough space");

    private DiskFull() {}

    /**
     * Whether a failure, or one that led to it, says that the disk is full or the file may not grow.
     *
     * @param failure of a write
     */
    public static boolean isBehind(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            if (WORDS.stream().anyMatch(text::contains)) {
                return true;
            }
        }
        return false;
    }
}
