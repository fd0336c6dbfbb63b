package io.chaski.streamer.internal.file;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** The hashes of the chunks of one file, in order. Immutable. */
final class ChunkList {

    private static final ChunkList EMPTY = new ChunkList(new byte[0]);

    private final byte[] hashes;
    private final Sha256 hash;

    private ChunkList(byte[] hashes) {
        this.hashes = hashes;
        this.hash = Sha256.of(hashes);
    }

    static ChunkList of(List<Sha256> chunks) {
        ByteBuffer out = ByteBuffer.allocate(chunks.size() * Sha256.BYTES);
        chunks.forEach(chunk -> chunk.writeTo(out));
        return new ChunkList(out.array());
    }

    /**
     * The list that somebody has sent or stored, if it is that of the manifest.
     *
     * @param encoded as {@link #encoded()} gives it, not changed afterwards
     */
    static Optional<ChunkList> verified(byte[] encoded, Manifest manifest) {
        if (encoded.length != manifest.chunks() * Sha256.BYTES) {
            return Optional.empty();
        }
        ChunkList list = new ChunkList(encoded);
        return list.hash().equals(manifest.listHash()) ? Optional.of(list) : Optional.empty();
    }

    /** The list of a file of one chunk or none, which the manifest implies; empty if it is longer, or a lie. */
    static Optional<ChunkList> implied(Manifest manifest) {
        if (manifest.chunks() > 1) {
            return Optional.empty();
        }
        ChunkList list = manifest.chunks() == 0 ? EMPTY : of(List.of(manifest.hash()));
        return list.hash().equals(manifest.listHash()) ? Optional.of(list) : Optional.empty();
    }

    int size() {
        return hashes.length / Sha256.BYTES;
    }

    Sha256 get(int chunk) {
        return Sha256.read(ByteBuffer.wrap(hashes, chunk * Sha256.BYTES, Sha256.BYTES));
    }

    /** Hash of the list. */
    Sha256 hash() {
        return hash;
    }

    /** The hashes one behind the other. Not a copy: the caller must not change it. */
    byte[] encoded() {
        return hashes;
    }
}
