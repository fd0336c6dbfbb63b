package io.chaski.ca.internal.disk;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import io.chaski.core.internal.module.LockFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** The files of the machine. Permissions are those that a file is made with; nothing is changed afterwards. */
public final class LocalDisk implements Disk {

    private static final Set<OpenOption> EXISTING =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> NEW =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

    @Override
    public void createDirectory(Path directory) throws IOException {
        Files.createDirectory(directory, Ownership.ofDirectory(directory));
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return new LocalFile(file, NEW, Ownership.ofFile(file));
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        Ownership.check(file);
        return new LocalFile(file, EXISTING);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void deleteIfExists(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        if (!Ownership.isPosix(directory)) {
            return; // Windows opens no directories; there the names are the file system's concern
        }
        try (FileChannel self = FileChannel.open(directory, StandardOpenOption.READ)) {
            self.force(true);
        }
    }

    @Override
    public Closeable lock(Path file) throws IOException {
        Ownership.check(SmallFiles.directoryOf(file));
        return LockFile.lock(file, Ownership.ofFile(file))
                .orElseThrow(() -> new AuthorityException(Problem.IN_USE, "somebody has " + file + " locked", null));
    }

    /**
     * Not a {@code FileChannel}: that closes itself when the thread that uses it is interrupted, and one request that an
     * application gives up would end the journal for all.
     */
    private static final class LocalFile implements DiskFile {
        private final AsynchronousFileChannel channel;

        LocalFile(Path file, Set<OpenOption> options, FileAttribute<?>... ofNew) throws IOException {
            channel = AsynchronousFileChannel.open(file, options, null, ofNew);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public byte[] read(long position, int maxBytes) throws IOException {
            byte[] bytes = new byte[(int) Math.min(maxBytes, Math.max(0, channel.size() - position))];
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                if (await(channel.read(buffer, position + buffer.position())) < 0) {
                    return Arrays.copyOf(bytes, buffer.position());
                }
            }
            return bytes;
        }

        @Override
        public void write(long position, byte[] bytes) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                await(channel.write(buffer, position + buffer.position()));
            }
        }

        /** Waits, also when the thread is interrupted: whoever looks at that does it afterwards. */
        private static int await(Future<Integer> transfer) throws IOException {
            boolean isInterrupted = false;
            try {
                while (true) {
                    try {
                        return transfer.get();
                    } catch (InterruptedException later) {
                        isInterrupted = true;
                    }
                }
            } catch (ExecutionException e) {
                throw new IOException(String.valueOf(e.getMessage()), e);
            } finally {
                if (isInterrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void force() throws IOException {
            channel.force(true);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
