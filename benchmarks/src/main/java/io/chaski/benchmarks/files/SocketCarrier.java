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
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A connection for each file, and nothing but what its promise takes: the sender sends size, content and, because it hashes
 * while it sends, the hash behind them; the receiver hashes what it writes, compares, forces it to the disk, gives it its name
 * and answers with a byte. A thread for each side.
 */
final class SocketCarrier implements FileCarrier {

    /** As large as the receiving side of Chaski reads at most, and large enough not to be what is measured. */
    private static final int BUFFER_BYTES = 256 << 10;

    private static final int HASH_BYTES = 32;

    /** How the content gets from the file into the socket. */
    enum Sending {
        /** The kernel moves it; what is hashed is read beside that. */
        TRANSFER_TO {
            @Override
            void send(FileChannel from, WritableByteChannel to, MessageDigest digest) throws IOException {
                ByteBuffer piece = ByteBuffer.allocate(BUFFER_BYTES);
                for (long at = 0; from.read(piece) >= 0; ) {
                    for (long end = at + piece.flip().limit(); at < end; ) {
                        at += from.transferTo(at, end - at, to);
                    }
                    digest.update(piece); // while the receiver has something to do
                    piece.clear();
                }
            }
        },
        /** Through a buffer of the heap, as most programs do. */
        COPIES {
            @Override
            void send(FileChannel from, WritableByteChannel to, MessageDigest digest) throws IOException {
                ByteBuffer piece = ByteBuffer.allocate(BUFFER_BYTES);
                while (from.read(piece) >= 0) {
                    writeAll(to, piece.flip());
                    digest.update(piece.rewind());
                    piece.clear();
                }
            }
        };

        abstract void send(FileChannel from, WritableByteChannel to, MessageDigest digest) throws IOException;
    }

    private final Path target;
    private final Sending sending;
    private final SocketPair sockets;
    private final Duration limit;

    /** Of both sides, so that who waits in one can be woken. */
    private final Set<ByteChannel> connections = ConcurrentHashMap.newKeySet();

    /** Nobody waits for a side that has been given up. */
    private final ExecutorService sides = Executors.newFixedThreadPool(2, task -> {
        Thread side = new Thread(task, "side");
        side.setDaemon(true);
        return side;
    });

    /**
     * Two sides.
     *
     * @param target where files arrive
     * @param sending how they are sent
     * @param sockets between them, closed with this
     * @param limit for each file, after which its connection and the sockets are closed
     */
    SocketCarrier(Path target, Sending sending, SocketPair sockets, Duration limit) {
        this.target = target;
        this.sending = sending;
        this.sockets = sockets;
        this.limit = limit;
    }

    @Override
    public Path carry(Path file) throws Exception {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        ByteChannel connection = sockets.connect(); // at once: whoever listens has a queue
        connections.add(connection);
        Future<Path> arrived = sides.submit(() -> receive(target.resolve(file.getFileName())));
        Future<@Nullable Void> sent = sides.submit(() -> {
            send(file, connection);
            return null;
        });
        try {
            get(sent, deadlineNanos);
            return get(arrived, deadlineNanos);
        } catch (ExecutionException failed) {
            tellWhy(arrived, deadlineNanos, failed);
            throw failed;
        } catch (TimeoutException late) {
            close();
            throw late;
        }
    }

    private static <T extends @Nullable Object> T get(Future<T> side, long deadlineNanos)
            throws InterruptedException, ExecutionException, TimeoutException {
        return side.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** A sender whose receiver has failed knows only that it has gone. The connection is closed, so the receiver ends. */
    private static void tellWhy(Future<Path> arrived, long deadlineNanos, ExecutionException failed)
            throws InterruptedException {
        try {
            get(arrived, deadlineNanos);
        } catch (ExecutionException | TimeoutException receiver) {
            failed.addSuppressed(receiver instanceof ExecutionException ? receiver.getCause() : receiver);
        }
    }

    private void send(Path file, ByteChannel to) throws IOException, NoSuchAlgorithmException {
        try (to;
                FileChannel content = FileChannel.open(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            writeAll(to, ByteBuffer.allocate(Long.BYTES).putLong(content.size()).flip());
            sending.send(content, to, digest);
            writeAll(to, ByteBuffer.wrap(digest.digest()));
            readAll(to, ByteBuffer.allocate(1));
        } finally {
            connections.remove(to);
        }
    }

    private Path receive(Path named) throws IOException, NoSuchAlgorithmException {
        ByteChannel connection = sockets.accept();
        connections.add(connection);
        try (connection) {
            receive(named, connection);
        } finally {
            connections.remove(connection);
        }
        return named;
    }

    private static void receive(Path named, ByteChannel connection) throws IOException, NoSuchAlgorithmException {
        Path temporary = named.resolveSibling(named.getFileName() + ".part");
        ByteBuffer size = ByteBuffer.allocate(Long.BYTES);
        readAll(connection, size);
        byte[] actual;
        try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            actual = write(connection, size.getLong(0), out);
            out.force(true);
        }
        byte[] told = new byte[HASH_BYTES];
        readAll(connection, ByteBuffer.wrap(told));
        if (!MessageDigest.isEqual(told, actual)) {
            throw new IOException("another hash than was told");
        }
        Files.move(temporary, named, StandardCopyOption.ATOMIC_MOVE);
        writeAll(connection, ByteBuffer.allocate(1));
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
        sides.shutdownNow();
        sockets.close();
        for (ByteChannel connection : connections) {
            connection.close();
        }
    }
}
