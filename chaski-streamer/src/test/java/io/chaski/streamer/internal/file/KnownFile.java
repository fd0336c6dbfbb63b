package io.chaski.streamer.internal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** A file and the messages by which it is given. */
final class KnownFile {

    final FileHasher.Hashed hashed;
    final byte[] content;

    KnownFile(Path file) throws IOException {
        this.hashed = FileHasher.hash(file, () -> false).orElseThrow();
        this.content = Files.readAllBytes(file);
    }

    Manifest manifest() {
        return hashed.manifest();
    }

    BitSet all() {
        BitSet all = new BitSet();
        all.set(0, manifest().chunks());
        return all;
    }

    PullMessage list() {
        return new PullMessage.ChunkHashes(ByteBuffer.wrap(hashed.list().encoded()));
    }

    /** The pieces of a chunk as they should be. */
    List<PullMessage> pieces(int chunk) {
        List<PullMessage> pieces = new ArrayList<>();
        int length = manifest().length(chunk);
        for (int offset = 0; offset < length; offset += PullMessage.MAX_PIECE_BYTES) {
            pieces.add(piece(chunk, offset, Math.min(PullMessage.MAX_PIECE_BYTES, length - offset)));
        }
        return pieces;
    }

    PullMessage piece(int chunk, int offset, int length) {
        int from = (int) manifest().position(chunk) + offset;
        return new PullMessage.Piece(
                chunk, offset, ByteBuffer.wrap(content, from, length).slice());
    }

    /** A chunk with zeros for its content. */
    PullMessage falseChunk(int chunk) {
        return new PullMessage.Piece(chunk, 0, ByteBuffer.allocate(manifest().length(chunk)));
    }
}
