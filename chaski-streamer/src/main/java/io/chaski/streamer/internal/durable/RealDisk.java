package io.chaski.streamer.internal.durable;

import io.chaski.streamer.TopicStoreException;
import io.chaski.streamer.TopicStoreException.Problem;
import io.chaski.streamer.internal.disk.Directories;
import io.chaski.streamer.internal.disk.LockedFile;
import io.chaski.streamer.internal.disk.OwnerOnly;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** A directory of the operating system, for one log at a time, by a locked file in it. */
final class RealDisk implements LogDisk {

    private static final String LOCK = "lock";

    private final Path directory;
    private final LockedFile lock;
    private final FileStore volume;

    private RealDisk(Path directory, LockedFile lock) throws IOException {
        this.directory = directory;
        this.lock = lock;
        this.volume = Files.getFileStore(directory);
    }

    /**
     * Claims a directory, and makes it and those above it if they are not there.
     *
     * @param wanted any path
     * @throws TopicStoreException {@code IN_USE} if another log has it
     * @throws IOException if the operating system refuses
     */
    static RealDisk claim(Path wanted) throws IOException {
        Path absolute = wanted.toAbsolutePath();
        Directories.create(absolute, Directories::force);
        Path directory = absolute.toRealPath();
        Path lockFile = directory.resolve(LOCK);
        LockedFile lock = LockedFile.open(lockFile, StandardOpenOption.CREATE, OwnerOnly.attributes(directory))
                .orElseThrow(() ->
                        new TopicStoreException(Problem.IN_USE, directory + ": another store has the directory", null));
        boolean isOpen = false;
        try {
            RealDisk disk = new RealDisk(directory, lock);
            isOpen = true;
            return disk;
        } finally {
            if (!isOpen) {
                lock.close();
            }
        }
    }

    @Override
    public String name() {
        return directory.toString();
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.equals(LOCK))
                    .toList();
        }
    }

    @Override
    public LogFile create(String name) throws IOException {
        Path file = directory.resolve(name);
        Files.createFile(file, OwnerOnly.attributes(file));
        return new RealFile(file);
    }

    @Override
    public LogFile open(String name) throws IOException {
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file + " is no file");
        }
        return new RealFile(file);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.delete(directory.resolve(name));
    }

    @Override
    public void force() throws IOException {
        Directories.force(directory);
    }

    @Override
    public long usableBytes() throws IOException {
        return volume.getUsableSpace();
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    /** A {@code FileChannel} would be closed for everybody by the interruption of one reader. */
    private static final class RealFile implements LogFile {

        private final RandomAccessFile writes; // of the thread that writes
        private final RandomAccessFile reads; // guarded by this

        /** Opens both at once: the file may get another name. */
        RealFile(Path file) throws IOException {
            writes = new RandomAccessFile(file.toFile(), "rw");
            boolean isOpen = false;
            try {
                reads = new RandomAccessFile(file.toFile(), "r");
                isOpen = true;
            } finally {
                if (!isOpen) {
                    writes.close();
                }
            }
        }

        @Override
        public long size() throws IOException {
            return writes.length();
        }

        @Override
        public synchronized int read(ByteBuffer into, long position) throws IOException {
            reads.seek(position);
            int read = reads.read(into.array(), into.arrayOffset() + into.position(), into.remaining());
            if (read > 0) {
                into.position(into.position() + read);
            }
            return read;
        }

        @Override
        public int write(ByteBuffer from, long position) throws IOException {
            int length = from.remaining();
            writes.seek(position);
            writes.write(from.array(), from.arrayOffset() + from.position(), length);
            from.position(from.limit());
            return length;
        }

        @Override
        public void truncate(long size) throws IOException {
            writes.setLength(size);
        }

        @Override
        public void force() throws IOException {
            writes.getFD().sync();
        }

        @Override
        public synchronized void close() throws IOException {
            try (RandomAccessFile last = reads) {
                writes.close();
            }
        }
    }
}
