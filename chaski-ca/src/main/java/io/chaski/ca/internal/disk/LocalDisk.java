package io.chaski.ca.internal.disk;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of the machine. Permissions are those that a file is made with; nothing is changed afterwards. */
public final class LocalDisk implements Disk {

    private static final Logger LOG = LoggerFactory.getLogger(LocalDisk.class);

    private static final Set<OpenOption> EXISTING =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> NEW =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    private static final Set<OpenOption> NEW_OR_EXISTING =
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS);

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
        return new LocalFile(FileChannel.open(file, NEW, Ownership.ofFile(file)));
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        Ownership.check(file);
        return new LocalFile(FileChannel.open(file, EXISTING));
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
        FileChannel self;
        try {
            self = FileChannel.open(directory, StandardOpenOption.READ);
        } catch (IOException unsupported) {
            // Windows opens no directories; there the names are the file system's concern.
            LOG.debug("cannot open the directory {}", directory, unsupported);
            return;
        }
        try (self) {
            self.force(true);
        }
    }

    @Override
    public Closeable lock(Path file) throws IOException {
        Ownership.check(SmallFiles.directoryOf(file));
        FileChannel channel = FileChannel.open(file, NEW_OR_EXISTING, Ownership.ofFile(file));
        boolean isLocked = false;
        try {
            isLocked = channel.tryLock() != null;
        } catch (OverlappingFileLockException sameProcess) {
            LOG.debug("{} is locked by this process", file);
        } finally {
            if (!isLocked) {
                channel.close();
            }
        }
        if (!isLocked) {
            throw new AuthorityException(Problem.IN_USE, "somebody has " + file + " locked", null);
        }
        return channel;
    }

    private static final class LocalFile implements DiskFile {
        private final FileChannel channel;

        LocalFile(FileChannel channel) {
            this.channel = channel;
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
                if (channel.read(buffer, position + buffer.position()) < 0) {
                    return Arrays.copyOf(bytes, buffer.position());
                }
            }
            return bytes;
        }

        @Override
        public void write(long position, byte[] bytes) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer, position + buffer.position());
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
