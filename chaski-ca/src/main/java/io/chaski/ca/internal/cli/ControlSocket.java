package io.chaski.ca.internal.cli;

import io.chaski.ca.AuthorityException;
import io.chaski.ca.AuthorityException.Problem;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How verbs reach an authority that another process serves: a socket in its directory, which only its owner can open. A
 * request is the words of a verb, an answer its exit code and what it has printed. No password is asked for: whoever can
 * open the socket owns the process that has the keys.
 */
final class ControlSocket implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);

    private static final String NAME = "control.sock";
    private static final int MAX_WORDS = 64;

    /** A list of 100,000 certificates has some 20 MiB. */
    private static final int MAX_PRINTED_BYTES = 64 << 20;

    /** For who connects and says nothing. */
    private static final long REQUEST_SECONDS = 5;

    private static final long PAUSE_MILLIS = 100;

    private final Path path;
    private final ServerSocketChannel channel;
    private final Handler handler;
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "chaski-ca-control-deadline");
        thread.setDaemon(true);
        return thread;
    });

    /** Runs the words of a verb. */
    @FunctionalInterface
    interface Handler {
        ExitCode run(List<String> words, Terminal terminal);
    }

    private ControlSocket(Path path, ServerSocketChannel channel, Handler handler) {
        this.path = path;
        this.channel = channel;
        this.handler = handler;
    }

    /**
     * Listens in the directory of an authority that this process has open.
     *
     * @return nothing if the operating system has no such sockets, or the path is too long for one
     */
    static Optional<ControlSocket> listen(Path directory, Handler handler) {
        Path path = directory.resolve(NAME);
        try {
            Files.deleteIfExists(path); // left by a crash: who calls has the lock
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(UnixDomainSocketAddress.of(path));
            ControlSocket socket = new ControlSocket(path, channel, handler);
            Thread thread = new Thread(socket::accept, "chaski-ca-control");
            thread.setDaemon(true);
            thread.start();
            return Optional.of(socket);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.warn("No other command can be given while the authority is served: {}", e.toString());
            return Optional.empty();
        }
    }

    /** One after the other: each is short, and the authority does one thing at a time anyway. */
    private void accept() {
        try {
            while (channel.isOpen()) {
                try (SocketChannel connection = channel.accept()) {
                    answer(connection);
                } catch (ClosedChannelException e) {
                    LOG.debug("A control connection, or the socket, was closed", e);
                } catch (IOException e) {
                    LOG.warn("A command from the control socket failed: {}", e.toString());
                    pause();
                } catch (RuntimeException e) { // the next one may be to revoke
                    LOG.error("A command from the control socket failed", e);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("The control socket ends with its thread");
        } finally {
            deadlines.shutdownNow();
        }
    }

    /** If no file may be opened, the next attempt fails too. */
    private static void pause() throws InterruptedException {
        Thread.sleep(PAUSE_MILLIS);
    }

    private void answer(SocketChannel connection) throws IOException {
        ScheduledFuture<?> deadline = closeLater(connection);
        DataInputStream in = new DataInputStream(Channels.newInputStream(connection));
        int high = in.read();
        if (high < 0) {
            deadline.cancel(false);
            return; // somebody has looked whether this is here
        }
        int count = high << Byte.SIZE | in.readUnsignedByte();
        if (count > MAX_WORDS) {
            throw new IOException(count + " words");
        }
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add(in.readUTF());
        }
        deadline.cancel(false);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                new PrintStream(told, true, StandardCharsets.UTF_8),
                Optional.empty(),
                new CountDownLatch(0));
        ExitCode code = handler.run(words, terminal);
        ScheduledFuture<?> writing = closeLater(connection);
        DataOutputStream out = new DataOutputStream(Channels.newOutputStream(connection));
        out.writeByte(code.number());
        for (ByteArrayOutputStream each : List.of(printed, told)) {
            out.writeInt(each.size());
            each.writeTo(out);
        }
        out.flush();
        writing.cancel(false);
    }

    private ScheduledFuture<?> closeLater(SocketChannel connection) {
        return deadlines.schedule(() -> close(connection), REQUEST_SECONDS, TimeUnit.SECONDS);
    }

    private static void close(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.debug("A control connection could not be closed", e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(path);
    }

    /** The side of the verbs. */
    static final class Client {
        private final Path path;

        Client(Path directory) {
            this.path = directory.resolve(NAME);
        }

        /** Whether somebody listens. */
        boolean isThere() {
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
            try (SocketChannel probe = connect()) {
                return probe.isConnected();
            } catch (IOException nobody) {
                LOG.debug("{} is left from a crash", path, nobody);
                return false;
            }
        }

        private SocketChannel connect() throws IOException {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            boolean isConnected = false;
            try {
                isConnected = channel.connect(UnixDomainSocketAddress.of(path));
                return channel;
            } finally {
                if (!isConnected) {
                    channel.close();
                }
            }
        }

        /** Lets the serving process do it, and prints what it prints. */
        ExitCode run(List<String> words, Terminal terminal) throws IOException {
            try (SocketChannel channel = connect()) {
                ByteArrayOutputStream request = new ByteArrayOutputStream();
                DataOutputStream fields = new DataOutputStream(request);
                fields.writeShort(words.size());
                for (String word : words) {
                    fields.writeUTF(word);
                }
                Channels.newOutputStream(channel).write(request.toByteArray());
                DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
                int code = in.readUnsignedByte();
                print(in, terminal.out());
                print(in, terminal.err());
                return exitCode(code);
            }
        }

        private static void print(DataInputStream in, PrintStream stream) throws IOException {
            int length = in.readInt();
            if (length < 0 || length > MAX_PRINTED_BYTES) {
                throw new IOException("an answer of " + length + " bytes");
            }
            stream.write(in.readNBytes(length));
            stream.flush();
        }

        private static ExitCode exitCode(int number) {
            for (ExitCode each : ExitCode.values()) {
                if (each.number() == number) {
                    return each;
                }
            }
            throw new AuthorityException(Problem.FAILED, "the serving process has another version", null);
        }
    }
}
