package io.chaski.streamer;

import io.chaski.core.ChaskiException;
import java.io.Serial;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A store of a topic could not be opened, or could not do what was asked. {@link #problem()} says why, and thereby what is
 * known of the messages.
 */
public final class TopicStoreException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Problem problem;

    /** What was in the way. The name is also the {@link ChaskiException#reason() reason}. */
    public enum Problem {
        /** The disk has less free space than the options reserve, or has none. Nothing was changed, now or later. */
        DISK_FULL,
        /** As many writes as the store takes wait for the disk. Nothing was changed; try again when some are done. */
        BUSY,
        /** The store knows as many sources, consumers or cursors as it may. Nothing was changed. */
        TOO_MANY,
        /** Another store has the directory, in this process or in another one. It was not touched. */
        IN_USE,
        /**
         * The files are not what was acknowledged: they were changed, cut, or restored in part. They are left as they are.
         * Whoever keeps the topic elsewhere has the messages; a store that is begun anew has another id.
         */
        CORRUPT,
        /** The files are of a later version of this library. They were not touched. */
        NEWER_VERSION,
        /**
         * The operating system refused to read or write. Whether a write has happened is not known. When writing or forcing
         * failed, nothing that was not acknowledged before can be trusted: from then on every call fails like this, until the
         * store is closed and opened again, which shows whether the write has happened. To append it again is safe.
         */
        FAILED,
        /** The store was closed. A write that was waiting has not happened. */
        CLOSED
    }

    /**
     * A store that did not do what was asked.
     *
     * @param problem why
     * @param detail a short sentence that names the file, if one is meant; without payloads
     * @param cause what led to it, if another exception did
     */
    public TopicStoreException(Problem problem, String detail, @Nullable Throwable cause) {
        super(problem.name(), detail, cause);
        this.problem = Objects.requireNonNull(problem, "problem");
    }

    /** What was in the way. */
    public Problem problem() {
        return problem;
    }
}
