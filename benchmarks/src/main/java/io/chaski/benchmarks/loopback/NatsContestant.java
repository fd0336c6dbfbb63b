package io.chaski.benchmarks.loopback;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Core NATS with the defaults of its client and its server. Messages go over the server, a third process: the receiving side starts
 * it, so that its processor time is counted there. What a subscriber cannot take is dropped, and the window keeps
 * that from happening, as it does for all.
 */
final class NatsContestant implements Contestant {

    private static final String PROGRAM = "nats-server";
    static final String SUBJECT = "benchmark";
    static final Duration LIMIT = Duration.ofSeconds(20);

    /** What the server says before its port. */
    private static final String LISTENING = "Listening for client connections on ";

    private @Nullable Process server;
    private @Nullable String port;

    /** Where the server is, if it is on the path of programs. */
    static Optional<Path> program() {
        String path = System.getenv("PATH");
        return path == null
                ? Optional.empty()
                : Arrays.stream(path.split(java.io.File.pathSeparator, -1))
                        .map(folder -> Path.of(folder, PROGRAM))
                        .filter(Files::isExecutable)
                        .findFirst();
    }

    /** All receivers of a process share a server. */
    private String port() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        if (port != null) {
            return port;
        }
        Process started = new ProcessBuilder(
                        program()
                                .orElseThrow(() -> new IOException(PROGRAM + " is not on the PATH"))
                                .toString(),
                        "--addr",
                        "127.0.0.1",
                        "--port",
                        "-1")
                .redirectErrorStream(true)
                .start();
        server = started;
        CompletableFuture<String> announced = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(started, announced), PROGRAM);
        reader.setDaemon(true);
        reader.start();
        String present = announced.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        port = present;
        return present;
    }

    /** Reads until the server ends, or it would block when the pipe is full. */
    private static void read(Process server, CompletableFuture<String> port) {
        try (BufferedReader lines = server.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int at = line.indexOf(LISTENING);
                if (at >= 0) {
                    port.complete(line.substring(line.lastIndexOf(':') + 1));
                }
            }
            port.completeExceptionally(new IOException(PROGRAM + " has ended"));
        } catch (IOException e) {
            port.completeExceptionally(e);
        }
    }

    static Connection connect(String port) throws IOException, InterruptedException {
        return Nats.connect(Options.builder()
                .server("nats://127.0.0.1:" + port)
                .connectionTimeout(LIMIT)
                .build());
    }

    @Override
    public Listening receiver(Tally tally) throws Exception {
        return listen((connection, message) -> tally.onMessage(message.getData()));
    }

    @Override
    public Listening echo() throws Exception {
        return answering(request -> request);
    }

    /**
     * Listens and answers.
     *
     * @param answer to a request
     */
    Listening answering(UnaryOperator<byte[]> answer) throws Exception {
        return listen(
                (connection, message) -> connection.publish(message.getReplyTo(), answer.apply(message.getData())));
    }

    /** What a subscriber does. */
    private interface Handler {

        void onMessage(Connection connection, Message message);
    }

    private Listening listen(Handler handler) throws Exception {
        String present = port();
        Connection connection = connect(present);
        Dispatcher dispatcher = connection.createDispatcher(message -> handler.onMessage(connection, message));
        dispatcher.subscribe(SUBJECT);
        connection.flush(LIMIT);
        return new Listening() {
            @Override
            public String address() {
                return present;
            }

            @Override
            public long dropped() {
                return dispatcher.getDroppedCount();
            }

            @Override
            public void close() throws InterruptedException {
                connection.close();
            }
        };
    }

    @Override
    public OneWay oneWay(List<String> addresses) throws IOException, InterruptedException {
        Connection connection = connect(addresses.get(0)); // the server's, for all of them
        return new OneWay() {
            @Override
            public void send(byte[] message) {
                connection.publish(SUBJECT, message.clone()); // it keeps the array
            }

            @Override
            public void close() throws InterruptedException {
                connection.close();
            }
        };
    }

    @Override
    public RoundTrip roundTrip(String address) throws IOException, InterruptedException {
        Connection connection = connect(address);
        return new RoundTrip() {
            @Override
            public byte[] call(byte[] request) throws InterruptedException {
                return NatsContestant.call(connection, request);
            }

            @Override
            public void close() throws InterruptedException {
                connection.close();
            }
        };
    }

    /**
     * Asks, and blocks until the answer is there.
     *
     * @throws IllegalStateException if there is none for 20 s
     */
    static byte[] call(Connection connection, byte[] request) throws InterruptedException {
        Message answer = connection.request(SUBJECT, request, LIMIT);
        if (answer == null) {
            throw new IllegalStateException("no answer for " + LIMIT.toSeconds() + " s");
        }
        return answer.getData();
    }

    @Override
    public void close() {
        if (server != null) {
            server.destroy();
        }
    }
}
