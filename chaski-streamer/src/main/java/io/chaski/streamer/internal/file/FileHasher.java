package io.chaski.streamer.internal.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinTask;
import java.util.function.BooleanSupplier;

/**
 * Reads a file once, for the hash of the whole and those of its chunks. Both are computed at the same time, one of them in the
 * common pool if it has a thread left, because they are all the time that this takes when the file is in the page cache.
 */
final class FileHasher {

    private static final int BUFFER_BYTES = 256 << 10;

    /**
     * What a file was when it was read.
     *
     * @param manifest what is announced
     * @param list the chunks' hashes
     * @param stamp tells whether it has changed since
     */
    record Hashed(Manifest manifest, ChunkList list, FileStamp stamp) {}

    private FileHasher() {}

    /**
     * Reads a file.
     *
     * @param stop asked for each buffer
     * @return empty if it was told to stop, or the file changed meanwhile
     * @throws IOException if it cannot be read, or has more than {@link Manifest#MAX_SIZE} bytes
     */
    static Optional<Hashed> hash(Path file, BooleanSupplier stop) throws IOException {
        FileStamp before = FileStamp.of(file);
        if (before.size() > Manifest.MAX_SIZE) { // a file with holes needs no such disk
            throw new IOException("more than " + Manifest.MAX_SIZE + " bytes: " + before.size());
        }
        int chunkBytes = Manifest.chunkBytes(before.size());
        MessageDigest whole = Sha256.digest();
        MessageDigest chunk = Sha256.digest();
        List<Sha256> chunks = new ArrayList<>();
        byte[] buffer = new byte[BUFFER_BYTES];
        long size = 0;
        try (InputStream in = Files.newInputStream(file)) {
            // Chunks are whole numbers of buffers, so none straddles two chunks.
            for (int read = in.readNBytes(buffer, 0, BUFFER_BYTES);
                    read > 0;
                    read = in.readNBytes(buffer, 0, BUFFER_BYTES)) {
                if (stop.getAsBoolean() || size + read > before.size()) {
                    return Optional.empty();
                }
                int length = read;
                ForkJoinTask<?> forked = ForkJoinTask.adapt(() -> chunk.update(buffer, 0, length))
                        .fork();
                whole.update(buffer, 0, length);
                forked.join();
                size += read;
                if (size % chunkBytes == 0 || size == before.size()) {
                    chunks.add(Sha256.finish(chunk));
                }
            }
        }
        if (size != before.size() || !before.equals(FileStamp.of(file))) {
            return Optional.empty();
        }
        ChunkList list = ChunkList.of(chunks);
        return Optional.of(new Hashed(new Manifest(Sha256.finish(whole), size, list.hash()), list, before));
    }
}
