package io.chaski.core.stream;

import io.chaski.core.ChaskiException;
import java.io.Serial;
import java.util.Objects;

/**
 * A stream ended early. {@link #code()} says why, and thereby what is known: after
 * {@link StreamCode#PEER_UNREACHABLE}, {@link StreamCode#NO_SUCH_PROTOCOL} and {@link StreamCode#REFUSED} the other side
 * has done nothing; after the others it may have done anything.
 */
public final class StreamException extends ChaskiException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final StreamCode code;

    /**
     * Describes the end of a stream.
     *
     * @param code why
     * @param detail a short sentence
     */
    public StreamException(StreamCode code, String detail) {
        super(code.name(), code + ": " + detail, null);
        this.code = Objects.requireNonNull(code, "code");
    }

    /** Why the stream ended. */
    public StreamCode code() {
        return code;
    }
}
