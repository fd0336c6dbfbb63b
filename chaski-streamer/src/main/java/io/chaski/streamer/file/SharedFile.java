package io.chaski.streamer.file;

import io.chaski.core.NodeId;
import java.util.Objects;

/**
 * A file that a peer shares. Immutable.
 *
 * @param peer who has it
 * @param name its path below the shared directory, under the rules of {@link FileOffer#name()}
 * @param size in bytes
 * @param hash SHA-256 of the content, for {@link FileExchange#fetch}
 */
public record SharedFile(NodeId peer, String name, long size, String hash) {
    /** Checks that nothing is missing. */
    public SharedFile {
        Objects.requireNonNull(peer, "peer");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(hash, "hash");
    }
}
