package io.chaski.streamer.file;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * A file that is complete: the content has the announced size and SHA-256. Immutable.
 *
 * @param offer what was offered: name, size, hash, metadata, sender
 * @param path where it is
 * @param duration since it began to be received in this run of the program
 * @param fetchedBytes how much came over the network in this run; less than the size after a restart, for a file that was
 *     there already, and for a sparse one
 */
public record ReceivedFile(FileOffer offer, Path path, Duration duration, long fetchedBytes) {
    /** Checks that nothing is missing. */
    public ReceivedFile {
        Objects.requireNonNull(offer, "offer");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(duration, "duration");
    }
}
