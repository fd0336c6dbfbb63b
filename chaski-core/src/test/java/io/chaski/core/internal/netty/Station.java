package io.chaski.core.internal.netty;

import static org.awaitility.Awaitility.await;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.runtime.Connection;
import io.chaski.core.internal.runtime.RuntimeEnvironment;
import io.chaski.core.internal.runtime.TransportLimits;
import io.chaski.core.internal.runtime.Transports;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.TopicSummary;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A loop with transports and no protocol, for tests of what is below the protocol. */
final class Station implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String name;
    private final RuntimeEnvironment.Host host;
    private final List<Recorder> accepted = new CopyOnWriteArrayList<>();

    Station(String name, TransportLimits limits) throws IOException {
        this.name = name;
        host = SystemEnvironment.INSTANCE.open(name, limits);
    }

    Station(String name) throws IOException {
        this(name, TransportLimits.DEFAULTS);
    }

    Address listen(Address address) throws IOException {
        Transports.Listener listener = host.transports().listen(address);
        listener.accept(connection -> {
            Recorder recorder = new Recorder();
            recorder.connected(connection);
            accepted.add(recorder);
            return recorder;
        });
        return listener.address();
    }

    Address refuseAll(Address address) throws IOException {
        Transports.Listener listener = host.transports().listen(address);
        listener.accept(connection -> null);
        return listener.address();
    }

    Recorder dial(Address address) {
        Recorder recorder = new Recorder();
        onLoop(() -> host.transports().dial(address, recorder));
        return recorder;
    }

    Recorder connect(Address address) {
        Recorder recorder = dial(address);
        await().atMost(PATIENCE).until(recorder::isConnected);
        return recorder;
    }

    /** The only connection that was accepted. */
    Recorder accepted() {
        await().atMost(PATIENCE).until(() -> accepted.size() == 1);
        return accepted.get(0);
    }

    Transports transports() {
        return host.transports();
    }

    void onLoop(Runnable task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        boolean isQueued = host.loop().execute(() -> {
            try {
                task.run();
                done.complete(null);
            } catch (Throwable failure) {
                done.completeExceptionally(failure);
            }
        });
        if (!isQueued) {
            throw new IllegalStateException("station " + name + " is closed");
        }
        done.orTimeout(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                .join();
    }

    /** Lets the loop do nothing until the future is complete. */
    void block(CompletableFuture<Void> until) {
        CompletableFuture<Void> isBlocked = new CompletableFuture<>();
        host.loop().execute(() -> {
            isBlocked.complete(null);
            until.join();
        });
        isBlocked.join();
    }

    /** Does something with a connection of this station, then flushes it. */
    void use(Recorder recorder, Consumer<Connection> action) {
        onLoop(() -> {
            action.accept(recorder.connection());
            recorder.connection().flush();
        });
    }

    /** Says what must be said before anything else may be. */
    void greet(Recorder recorder) {
        use(recorder, connection -> {
            connection.send(HELLO);
            connection.send(HELLO_ACK);
        });
    }

    void close(Recorder recorder) {
        onLoop(() -> recorder.connection().close());
    }

    @Override
    public void close() throws InterruptedException {
        host.loop().execute(() -> host.transports().close(host.loop()::shutdown));
        if (!host.loop().awaitShutdown(PATIENCE.toNanos())) {
            throw new IllegalStateException("station " + name + " did not end");
        }
    }

    static final EdgeFrame.Hello HELLO = new EdgeFrame.Hello(
            1,
            1,
            "test",
            "station",
            new Descriptor(
                    new NodeId(1, 2),
                    3,
                    List.of(Address.tcp("127.0.0.1", 8511)),
                    false,
                    false,
                    true,
                    TopicSummary.NONE,
                    0),
            4,
            1 << 20,
            0,
            5);

    static final EdgeFrame.HelloAck HELLO_ACK = new EdgeFrame.HelloAck(1, 0, 6, 7);

    static final EdgeFrame.Goodbye GOODBYE = new EdgeFrame.Goodbye(CloseReason.LEAVING, 0, "");
}
