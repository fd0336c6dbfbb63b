package io.chaski.streamer.internal.file;

import io.chaski.streamer.internal.thread.QueuedOnce;
import io.chaski.streamer.internal.thread.SerialExecutor;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hashes a file that is received as a whole, as far as it is there in order. On a serial executor of its own, because that takes as
 * long as all that the transfer itself does.
 */
final class WholeHasher {

    private static final Logger log = LoggerFactory.getLogger(WholeHasher.class);

    private final Reception reception;
    private final QueuedOnce hashing;
    private final QueuedOnce onProgress;
    private volatile @Nullable IOException failure;

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
        } catch (IOException unreadable) {
            failure = unreadable; // of a transfer that has ended, whose file is closed, nobody asks
        } catch (RuntimeException | Error bug) {
            log.error("hashing a received file failed", bug); // here, as it may be nobody's any more
            failure = new IOException("cannot be hashed: " + bug, bug);
        }
        onProgress.request();
    }

    /**
     * Whether all of it is there and hashed.
     *
     * @throws IOException if it could not be
     */
    boolean isDone() throws IOException {
        IOException unreadable = failure;
        if (unreadable != null) {
            throw unreadable;
        }
        return reception.isHashed();
    }
}
