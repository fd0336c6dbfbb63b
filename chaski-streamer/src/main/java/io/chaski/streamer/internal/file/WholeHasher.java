package io.chaski.streamer.internal.file;

import io.chaski.streamer.internal.thread.QueuedOnce;
import io.chaski.streamer.internal.thread.SerialExecutor;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Hashes a file that is received as a whole, as far as it is there in order. On a serial executor of its own, because that takes as
 * long as all that the transfer itself does.
 */
final class WholeHasher {

    private final Reception reception;
    private final QueuedOnce hashing;
    private final QueuedOnce onProgress;
    private volatile @Nullable Throwable failure;

    /**
     * Nothing is hashed yet.
     *
     * @param threads that it takes its turns on
     * @param onProgress asked to run when some is hashed, or cannot be
     */
    WholeHasher(Executor threads, Reception reception, QueuedOnce onProgress) {
        this.reception = reception;
        this.hashing = new QueuedOnce(new SerialExecutor(threads), this::hash);
        this.onProgress = onProgress;
    }

    /** More may be there. */
    void request() {
        hashing.request();
    }

    private void hash() {
        try {
            if (reception.hash()) {
                hashing.request();
            }
        } catch (IOException | RuntimeException | Error unreadable) {
            failure = unreadable; // of a transfer that has ended nobody asks
        }
        onProgress.request();
    }

    /**
     * Whether all of it is there and hashed.
     *
     * @throws IOException if it could not be read; what is not meant to happen is thrown as it is
     */
    boolean isDone() throws IOException {
        Throwable unreadable = failure;
        if (unreadable instanceof IOException onDisk) {
            throw onDisk;
        }
        if (unreadable instanceof RuntimeException bug) {
            throw bug;
        }
        if (unreadable instanceof Error error) {
            throw error;
        }
        return reception.isHashed();
    }
}
