package io.chaski.streamer.file;

import io.chaski.core.ChaskiException;
import java.io.Serial;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file did not travel. {@link #problem()} says why; a file that was to be received is not there under its name.
 */
public final class TransferFailedException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final FileProblem problem;

    /**
     * A file that did not travel.
     *
     * @param problem why; its name is also the {@link ChaskiException#reason() reason}
     * @param detail a short sentence
     * @param cause what led to it, if another exception did
     */
    public TransferFailedException(FileProblem problem, String detail, @Nullable Throwable cause) {
        super(problem.name(), problem + ": " + detail, cause);
        this.problem = Objects.requireNonNull(problem, "problem");
    }

    /** Why. */
    public FileProblem problem() {
        return problem;
    }
}
