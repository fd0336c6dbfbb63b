package io.chaski.benchmarks.files;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A connection for each file, and nothing but what its promise takes: the sender reads the file once for its hash, then
 * sends size, hash and content; the receiver hashes what it writes, forces it to the disk, gives it its name and answers
 * with a byte.
 */
final class SocketCarrier implements FileCarrier {

    /** As large as the receiving side of Chaski reads at most, and large enough not to be what is measured. */
    private static final int BUFFER_BYTES = 256 << 10;

    private static final int HASH_BYTES = 32;

    /** How the content gets from the file into the socket. */
    enum Sending {
        /** The kernel moves it. */
        TRANSFER_TO {
            @Override
            void send(FileChannel from, WritableByteChannel to) throws IOException {
                long size = from.size();
                for (long at = 0; at < size; ) {
                    at += from.transferTo(at, size - at, to);
                }
            }
        },
        /** Through a buffer of the heap, as most programs do. */
        COPIES {
            @Override
            void send(FileChannel from, WritableByteChannel to) throws IOException {
                ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
                while (from.read(buffer) >= 0) {
                    writeAll(to, buffer.flip());
                    buffer.clear();
                }
            }
        };

        abstract void send(FileChannel from, WritableByteChannel to) throws IOException;
    }

    private final Path target;
    private final Sending sending;
    private final Wire wire;

    /**
     * Two sides.
     *
     * @param target where files arrive
     * @param sending how they are sent
     * @param wire between them, closed with this
     */
    SocketCarrier(Path target, Sending sending, Wire wire) {
        this.target = target;
        this.sending = sending;
        this.wire = wire;
    }

    @Override
    public Path carry(Path file) throws Exception {
        FutureTask<Path> arrived = new FutureTask<>(() -> receive(target.resolve(file.getFileName())));
        ByteChannel connection = wire.connect();
        new Thread(arrived, "receiver").start();
        try {
            send(file, connection);
        } catch (IOException failed) {
            tellWhy(arrived, failed);
            throw failed;
        }
        return arrived.get();
    }

    private void send(Path file, ByteChannel to) throws IOException, NoSuchAlgorithmException {
        try (to;
                FileChannel content = FileChannel.open(file)) {
            ByteBuffer header = ByteBuffer.allocate(Long.BYTES + HASH_BYTES);
            writeAll(to, header.putLong(content.size()).put(hash(content)).flip());
            sending.send(content.position(0), to);
            readAll(to, ByteBuffer.allocate(1));
        }
    }

    /** A sender whose receiver has failed knows only that it has gone. The connection is closed, so the receiver ends. */
    private static void tellWhy(FutureTask<Path> arrived, IOException failed) throws InterruptedException {
        try {
            arrived.get();
        } catch (ExecutionException receiver) {
            failed.addSuppressed(receiver.getCause());
        }
    }

    private static byte[] hash(FileChannel content) throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        while (content.read(buffer) >= 0) {
            digest.update(buffer.flip());
            buffer.clear();
        }
        return digest.digest();
    }

    private Path receive(Path named) throws IOException, NoSuchAlgorithmException {
        Path temporary = named.resolveSibling(named.getFileName() + ".part");
        try (ByteChannel connection = wire.accept()) {
            ByteBuffer header = ByteBuffer.allocate(Long.BYTES + HASH_BYTES);
            readAll(connection, header);
            long size = header.flip().getLong();
            byte[] announced = new byte[HASH_BYTES];
            header.get(announced);
            byte[] actual;
            try (FileChannel out =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                actual = write(connection, size, out);
                out.force(true);
            }
            if (!MessageDigest.isEqual(announced, actual)) {
                throw new IOException("another hash than announced");
            }
            Files.move(temporary, named, StandardCopyOption.ATOMIC_MOVE);
            writeAll(connection, ByteBuffer.allocate(1));
        }
        return named;
    }

    private static byte[] write(ReadableByteChannel from, long size, FileChannel out)
            throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        for (long left = size; left > 0; left -= buffer.limit()) {
            buffer.clear().limit((int) Math.min(BUFFER_BYTES, left));
            if (from.read(buffer) < 0) {
                throw new EOFException(left + " bytes are missing");
            }
            digest.update(buffer.flip().duplicate());
            writeAll(out, buffer);
        }
        return digest.digest();
    }

    private static void readAll(ReadableByteChannel from, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (from.read(into) < 0) {
                throw new EOFException("the other side has gone");
            }
        }
    }

    private static void writeAll(WritableByteChannel to, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
