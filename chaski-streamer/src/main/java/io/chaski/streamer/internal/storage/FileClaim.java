package io.chaski.streamer.internal.storage;

import io.chaski.streamer.StorageException;
import io.chaski.streamer.StorageException.Problem;
import io.chaski.streamer.internal.disk.Directories;
import io.chaski.streamer.internal.disk.LockedFile;
import io.chaski.streamer.internal.disk.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/**
 * The right to a storage's file, for one storage at a time, by a locked file beside it. In the locked file is the version
 * of the last commit: a storage file that is older than that has lost acknowledged writes, which the library alone
 * would take for a crash. Thread-safe, apart from the version, which belongs to the writer.
 */
final class FileClaim implements AutoCloseable {

    private static final int VERSION_DIGITS = 16;

    private final Path file;
    private final LockedFile lock;

    private FileClaim(Path file, LockedFile lock) {
        this.file = file;
        this.lock = lock;
    }

    /**
     * Claims a file, which need not exist; makes its folder.
     *
     * @param wanted any path
     * @param disk makes the folder's name durable
     * @throws StorageException {@code IN_USE} if another storage has it
     * @throws IOException if the operating system refuses
     */
    static FileClaim of(Path wanted, StorageDisk disk) throws IOException {
        Path absolute = wanted.toAbsolutePath();
        Path folder = absolute.getParent();
        Path name = absolute.getFileName();
        if (folder == null || name == null) {
            throw new IOException("the root of a file system is no file");
        }
        Directories.create(folder, disk::forceNames);
        Path file = folder.toRealPath().resolve(name);
        LockedFile lock = LockedFile.open(
                        file.resolveSibling(name + ".lock"), StandardOpenOption.CREATE, OwnerOnly.attributes(file))
                .orElseThrow(() -> new StorageException(Problem.IN_USE, file, "another storage has the file", null));
        return new FileClaim(file, lock);
    }

    /** The file, by its real folder. */
    Path file() {
        return file;
    }

    /** The version that was noted last; empty if none was, or what is there is no version. */
    OptionalLong version() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(VERSION_DIGITS);
        int read = lock.channel().read(bytes, 0);
        String text = new String(bytes.array(), StandardCharsets.US_ASCII);
        return read == VERSION_DIGITS && text.matches("[0-7][0-9a-f]{15}")
                ? OptionalLong.of(Long.parseLong(text, 16))
                : OptionalLong.empty();
    }

    /**
     * Notes a version that is durable. Not forced to disk: after a power failure an older one may be there, which
     * allows more, never less.
     */
    void note(long version) throws IOException {
        lock.channel().write(ByteBuffer.wrap(String.format("%016x", version).getBytes(StandardCharsets.US_ASCII)), 0);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
