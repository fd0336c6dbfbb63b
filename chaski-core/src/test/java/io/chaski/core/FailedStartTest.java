package io.chaski.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.core.internal.netty.ForwardingEnvironment;
import io.chaski.core.internal.runtime.TransportLimits;
import io.chaski.core.internal.runtime.Transports;
import io.chaski.core.internal.wire.Datagram;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each step of a start fails in turn; whatever was opened before must be free again when the exception arrives. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FailedStartTest extends LoopbackNodes {

    enum Step {
        CALLBACK_EXECUTOR,
        TRANSPORTS,
        FIRST_ADDRESS,
        UDP_PORT,
        LAST_ADDRESS,
        RANDOM,
        PROTOCOL,
        ACCEPT,
        RECEIVE
    }

    @ParameterizedTest
    @EnumSource
    void leaves_nothing_open_and_says_why(Step step, @TempDir Path folder) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path socketFile = folder.resolve("s");
        NodeBuilder node = builder("ana-" + step)
                .listen("127.0.0.1:" + port, "unix:" + socketFile, "inproc:ana-" + step)
                .bootstrap("127.0.0.1:9")
                .topology(Topology.MANUAL)
                .dataDirectory(folder.resolve("data"));

        assertThatThrownBy(() -> node.environment(new FailingAt(step)).start())
                .isInstanceOf(StartFailedException.class)
                .rootCause()
                .isSameAs(FailingAt.FAILURE);

        try (ServerSocket tcp = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                DatagramSocket udp = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
            assertThat(tcp.getLocalPort()).isEqualTo(udp.getLocalPort());
        }
        assertThat(Files.exists(socketFile)).isFalse();
        // A thread that has ended its work needs a moment to be gone.
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("chaski-ana-" + step + "-")));
        // The data directory, the name in this process and the addresses can be taken.
        assertThat(start(node.environment(Environment.system())).addresses()).hasSize(3);
    }

    /** The real world, but for one step. */
    private static final class FailingAt extends ForwardingEnvironment {

        static final IllegalStateException FAILURE = new IllegalStateException("made to fail");

        private final Step failing;
        private int addresses;

        FailingAt(Step failing) {
            this.failing = failing;
        }

        private void reach(@Nullable Step step) {
            if (step == failing) {
                throw FAILURE;
            }
        }

        @Override
        public Host open(String nodeName, TransportLimits limits) throws IOException {
            reach(Step.TRANSPORTS);
            Host host = super.open(nodeName, limits);
            return new Host(host.loop(), new FailingTransports(host.transports()));
        }

        @Override
        public RandomGenerator newRandom() {
            if (addresses == 3) {
                reach(Step.RANDOM); // the one for the protocol, when all addresses are taken
            }
            return super.newRandom();
        }

        @Override
        public ExecutorService newCallbackExecutor(String nodeName) {
            reach(Step.CALLBACK_EXECUTOR);
            return super.newCallbackExecutor(nodeName);
        }

        private final class FailingTransports implements Transports {
            private final Transports transports;

            FailingTransports(Transports transports) {
                this.transports = transports;
            }

            @Override
            public Listener listen(Address address) throws IOException {
                addresses++;
                reach(addresses == 1 ? Step.FIRST_ADDRESS : addresses == 3 ? Step.LAST_ADDRESS : null);
                Listener listener = transports.listen(address);
                return new Listener() {
                    @Override
                    public Address address() {
                        return listener.address();
                    }

                    @Override
                    public void accept(Acceptor acceptor) {
                        reach(Step.ACCEPT);
                        listener.accept(acceptor);
                    }

                    @Override
                    public void close() {
                        listener.close();
                    }
                };
            }

            @Override
            public Datagrams datagrams(Address address) throws IOException {
                reach(Step.UDP_PORT);
                Datagrams port = transports.datagrams(address);
                return new Datagrams() {
                    @Override
                    public void receive(DatagramHandler handler) {
                        reach(Step.RECEIVE);
                        port.receive(handler);
                    }

                    @Override
                    public void send(Address to, Datagram datagram) {
                        port.send(to, datagram);
                    }

                    @Override
                    public void close() {
                        port.close();
                    }
                };
            }

            @Override
            public Dial dial(Address address, Dialler dialler) {
                reach(Step.PROTOCOL); // the first thing it does is to dial the bootstrap address
                return transports.dial(address, dialler);
            }

            @Override
            public void close(Runnable done) {
                transports.close(done);
            }
        }
    }
}
