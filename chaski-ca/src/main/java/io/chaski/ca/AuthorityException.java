package io.chaski.ca;

import io.chaski.core.ChaskiException;
import java.io.Serial;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An authority, or the file of an identity, could not be opened or could not do what was asked. */
public final class AuthorityException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Problem problem;

    /** What was in the way. The name is also the {@link ChaskiException#reason() reason}. */
    public enum Problem {
        /** The directory has an authority already. It was not touched. */
        EXISTS,
        /** A file that belongs there is not there. */
        MISSING,
        /** Another process, or this one, has the authority open. It was not touched. */
        IN_USE,
        /** The password does not open the key. */
        WRONG_PASSWORD,
        /** Others than the owner may read or change the file, or it belongs to another user. It was not read. */
        UNSAFE_PERMISSIONS,
        /** A file is not what was last written. It is left as it is: somebody must restore it. */
        DAMAGED,
        /** The operating system refused to read or write. Whether a write has happened shows when it is opened again. */
        FAILED,
        /** No certificate that is valid still has this number, the identity is not revoked, or no root is being replaced. */
        UNKNOWN,
        /** The identity was revoked and must be admitted again first. Nothing was changed. */
        REVOKED,
        /** Nodes would be shut out that have not had the time to follow. Nothing was changed. */
        TOO_EARLY
    }

    /**
     * Something that could not be done.
     *
     * @param problem why
     * @param detail a short sentence that names the file or the value
     * @param cause what led to it, if another exception did
     */
    public AuthorityException(Problem problem, String detail, @Nullable Throwable cause) {
        super(problem.name(), detail, cause);
        this.problem = Objects.requireNonNull(problem, "problem");
    }

    /** What was in the way. */
    public Problem problem() {
        return problem;
    }
}
