package io.chaski.streamer;

import io.chaski.core.ChaskiException;
import java.io.Serial;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A storage could not be opened, or could not do what was asked. {@link #problem()} says why, and thereby what is known
 * of the entries.
 */
public final class StorageException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Problem problem;

    /** What was in the way. The name is also the {@link ChaskiException#reason() reason}. */
    public enum Problem {
        /** The storage has as many entries as its options allow, and none has expired. Nothing was changed. */
        TOO_MANY_ENTRIES,
        /** The entries would take more bytes than the options allow, and none has expired. Nothing was changed. */
        QUOTA_EXCEEDED,
        /** The disk has less free space than the options reserve, or has none. Nothing was changed. */
        DISK_FULL,
        /** Another storage has the file, in this process or in another one. It was not touched. */
        IN_USE,
        /**
         * The file, or an entry in it, is not what was last written. It is left as it is, since what an entry counts for
         * and when it expires is unknown: somebody must restore or remove the file. Other entries can be read and written.
         */
        DAMAGED,
        /**
         * The operating system refused to read or write. Whether a write has happened is not known. When writing or forcing
         * failed, nothing on the disk can be trusted any more: from then on every call fails like this, until the storage
         * is closed and opened again, which shows whether the write has happened.
         */
        FAILED,
        /** The storage was closed. A write that was waiting has not happened. */
        CLOSED
    }

    /**
     * A storage that did not do what was asked.
     *
     * @param problem why
     * @param file the file of the storage
     * @param detail a short sentence, without keys or values
     * @param cause what led to it, if another exception did
     */
    public StorageException(Problem problem, Path file, String detail, @Nullable Throwable cause) {
        super(problem.name(), file + ": " + detail, cause);
        this.problem = Objects.requireNonNull(problem, "problem");
    }

    /** What was in the way. */
    public Problem problem() {
        return problem;
    }
}
