package io.chaski.streamer.internal.durable;

import java.io.IOException;
import java.io.Serial;

/**
 * Something could not be forced to disk. Whatever the reason says, a full disk included, nobody knows now what is on disk, and
 * a second attempt would not tell (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020).
 */
final class ForceFailed extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    private ForceFailed(IOException cause) {
        super("not forced: " + cause.getMessage(), cause);
    }

    /** Forces something. */
    interface Forcing {
        void force() throws IOException;
    }

    static void onFailure(Forcing forcing) throws ForceFailed {
        try {
            forcing.force();
        } catch (IOException e) {
            throw new ForceFailed(e);
        }
    }
}
