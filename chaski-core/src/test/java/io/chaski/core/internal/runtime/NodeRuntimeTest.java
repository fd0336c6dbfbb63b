package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.core.Address;
import io.chaski.core.Environment;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.LocalNode;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class NodeRuntimeTest {

    private static final Address ANY_PORT = Address.tcp("127.0.0.1", 0);

    private final List<NodeRuntime> started = new CopyOnWriteArrayList<>();

    @AfterEach
    void closeAll() {
        started.forEach(NodeRuntime::close);
        // A thread that has ended its work needs a moment to be gone.
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(threadsOf("runtime-test"))
                        .as("threads that are left")
                        .isEmpty());
    }

    @Nested
    class Starting {

        @Test
        void fifty_nodes_that_start_at_once_all_get_ports_of_their_own() throws Exception {
            CountDownLatch go = new CountDownLatch(1);
            List<CompletableFuture<NodeRuntime>> starting = IntStream.range(0, 50)
                    .mapToObj(i -> onNewThread(() -> {
                        go.await();
                        return start(ANY_PORT);
                    }))
                    .toList();
            go.countDown();

            Set<Integer> ports = new HashSet<>();
            for (CompletableFuture<NodeRuntime> start : starting) {
                NodeRuntime runtime = start.get(30, TimeUnit.SECONDS);
                assertThat(runtime.hasUdp()).isTrue();
                ports.add(runtime.addresses().get(0).port());
            }
            assertThat(ports).hasSize(50).doesNotContain(0);
        }

        @Test
        void several_addresses_of_several_kinds_are_taken() throws IOException {
            NodeRuntime runtime = start(ANY_PORT, Address.tcp("::1", 0), Address.inproc("several"));

            assertThat(runtime.addresses()).extracting(Address::host).containsExactly("127.0.0.1", "::1", "several");
        }

        @Test
        void a_node_may_listen_nowhere() throws IOException {
            assertThat(start().addresses()).isEmpty();
        }

        @Test
        void preferred_ports_are_taken_in_their_order_and_then_any_port() throws IOException {
            List<Integer> preferred = freePorts(2);

            List<Integer> taken = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                taken.add(start(settings(preferred, true, ANY_PORT))
                        .addresses()
                        .get(0)
                        .port());
            }

            assertThat(taken.subList(0, 2)).isEqualTo(preferred);
            assertThat(taken.get(2)).isNotIn(preferred).isNotZero();
        }

        @Test
        void a_preferred_port_whose_udp_twin_is_taken_is_passed_over() throws IOException {
            int port = freePorts(1).get(0);
            try (DatagramSocket other = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
                NodeRuntime runtime = start(settings(List.of(other.getLocalPort()), true, ANY_PORT));

                assertThat(runtime.addresses().get(0).port()).isNotEqualTo(port);
                assertThat(runtime.hasUdp()).isTrue();
            }
        }

        @Test
        void a_port_that_was_asked_for_is_taken_without_udp_when_its_twin_is_taken() throws IOException {
            int port = freePorts(1).get(0);
            try (DatagramSocket other = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
                NodeRuntime runtime = start(Address.tcp("127.0.0.1", other.getLocalPort()));

                assertThat(runtime.addresses()).containsExactly(Address.tcp("127.0.0.1", port));
                assertThat(runtime.hasUdp()).isFalse();
            }
        }

        @Test
        void udp_can_be_left_out() throws IOException {
            assertThat(start(settings(List.of(), false, ANY_PORT)).hasUdp()).isFalse();
        }

        @Test
        void a_taken_address_fails_the_start_and_leaves_nothing_behind() throws IOException {
            Address taken = start(ANY_PORT).addresses().get(0);
            Address free = Address.inproc("freed");

            assertThatThrownBy(() -> start(free, taken))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(taken.toString());

            assertThat(start(free).addresses()).containsExactly(free);
        }

        @Test
        void a_protocol_that_cannot_be_made_leaves_nothing_behind() throws IOException {
            Address free = Address.inproc("freed");

            assertThatThrownBy(() -> NodeRuntime.start(
                            environment(), settings(List.of(), true, free), new Silence(), (bound, outbox, random) -> {
                                throw new IllegalArgumentException("no such setting");
                            }))
                    .hasMessage("no such setting");

            assertThat(start(free).addresses()).containsExactly(free);
        }
    }

    @Nested
    class Commands {

        @Test
        void run_on_the_loop_in_the_order_of_the_caller() throws Exception {
            NodeRuntime runtime = start(ANY_PORT);
            List<Integer> ran = new CopyOnWriteArrayList<>();
            CompletableFuture<Boolean> wasInLoop = new CompletableFuture<>();
            for (int i = 0; i < 1_000; i++) {
                int number = i;
                runtime.execute((protocol, nowNanos) -> ran.add(number));
            }
            runtime.execute((protocol, nowNanos) -> wasInLoop.complete(runtime.inLoop()));

            assertThat(wasInLoop.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(runtime.inLoop()).isFalse();
            assertThat(ran).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
        }

        @Test
        void never_wait_even_for_a_loop_that_is_stuck() throws Exception {
            NodeRuntime runtime = start(ANY_PORT);
            CountDownLatch stuck = new CountDownLatch(1);
            AtomicInteger ran = new AtomicInteger();
            runtime.execute((protocol, nowNanos) -> {
                try {
                    stuck.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            });
            int many = 3 * Inbox.SLOTS;
            for (int i = 0; i < many; i++) {
                assertThat(runtime.execute((protocol, nowNanos) -> ran.incrementAndGet()))
                        .isTrue();
            }
            assertThat(ran).as("commands that ran while the loop was stuck").hasValue(0);
            stuck.countDown();
            CompletableFuture<Integer> last = new CompletableFuture<>();
            runtime.execute((protocol, nowNanos) -> last.complete(ran.get()));
            assertThat(last.get(20, TimeUnit.SECONDS)).isEqualTo(many);
        }

        @Test
        void that_publish_and_fail_are_told() throws Exception {
            NodeRuntime runtime = start(ANY_PORT);
            CompletableFuture<PublishOutcome> told = new CompletableFuture<>();
            int noSuchHopLimit = 0; // an assertion of the protocol
            runtime.publish("t", 0, noSuchHopLimit, false, ArrayPayload.owning(new byte[1]), told::complete, 0);
            assertThat(told.get(20, TimeUnit.SECONDS)).isEqualTo(PublishOutcome.FAILED);
        }

        @Test
        void that_fail_do_not_end_the_node() throws Exception {
            NodeRuntime runtime = start(ANY_PORT);
            CompletableFuture<Void> next = new CompletableFuture<>();

            runtime.execute((protocol, nowNanos) -> {
                throw new IllegalStateException("a bug");
            });
            runtime.execute((protocol, nowNanos) -> next.complete(null));

            next.get(20, TimeUnit.SECONDS);
        }
    }

    @Nested
    class Closing {
        @Test
        void lets_go_of_the_protocol_although_somebody_keeps_what_is_closed() throws Exception {
            NodeRuntime runtime = start(ANY_PORT);
            CompletableFuture<WeakReference<NodeProtocol>> told = new CompletableFuture<>();
            runtime.execute((protocol, nowNanos) -> told.complete(new WeakReference<>(protocol)));
            WeakReference<NodeProtocol> known = told.get(20, TimeUnit.SECONDS);

            runtime.close();

            await().atMost(Duration.ofSeconds(20)).until(() -> {
                System.gc();
                return known.refersTo(null);
            });
            assertThat(runtime.isClosing()).isTrue();
        }

        @ParameterizedTest
        @ValueSource(strings = {"127.0.0.1", "::1"})
        void frees_the_port_at_once(String host) throws IOException {
            Address address = Address.tcp(host, 0);
            for (int i = 0; i < 20; i++) {
                NodeRuntime runtime = start(address);
                address = runtime.addresses().get(0);
                assertThat(runtime.hasUdp()).isTrue();
                runtime.close();
            }
        }

        @Test
        void can_be_asked_for_by_many_threads() throws Exception {
            NodeRuntime runtime = start(ANY_PORT);
            List<CompletableFuture<Boolean>> closing = IntStream.range(0, 8)
                    .mapToObj(i -> onNewThread(() -> {
                        runtime.close();
                        return threadsOf("runtime-test").isEmpty();
                    }))
                    .toList();

            for (CompletableFuture<Boolean> close : closing) {
                assertThat(close.get(20, TimeUnit.SECONDS)).isTrue();
            }
            runtime.close();
        }

        @Test
        void can_be_asked_for_on_the_loop() throws IOException {
            NodeRuntime runtime = start(ANY_PORT);

            runtime.execute((protocol, nowNanos) -> runtime.close());

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> threadsOf("runtime-test").isEmpty());
        }

        @Test
        void goes_on_when_the_caller_is_interrupted_who_keeps_the_interrupt() throws Exception {
            NodeRuntime runtime = start(ANY_PORT);
            CompletableFuture<Boolean> wasInterrupted = onNewThread(() -> {
                Thread.currentThread().interrupt();
                runtime.close();
                return Thread.currentThread().isInterrupted();
            });

            assertThat(wasInterrupted.get(20, TimeUnit.SECONDS)).isTrue();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> threadsOf("runtime-test").isEmpty());
        }

        @Test
        void runs_the_commands_that_were_queued_and_refuses_later_ones() throws Exception {
            NodeRuntime runtime = start(ANY_PORT);
            CountDownLatch ran = new CountDownLatch(100);
            for (int i = 0; i < 100; i++) {
                runtime.execute((protocol, nowNanos) -> ran.countDown());
            }

            runtime.close();

            assertThat(ran.getCount()).isZero();
            assertThat(runtime.execute((protocol, nowNanos) -> {})).isFalse();
            assertThat(runtime.publish("topic", 0, 1, false, ArrayPayload.owning(new byte[1]), null, 0))
                    .isFalse();
        }
    }

    private NodeRuntime start(Address... listen) throws IOException {
        return start(settings(List.of(), true, listen));
    }

    private NodeRuntime start(RuntimeSettings settings) throws IOException {
        NodeRuntime runtime = NodeRuntime.start(
                environment(),
                settings,
                new Silence(),
                (bound, outbox, random) -> new NodeProtocol(
                        new LocalNode(NodeId.random(random), 1, "test", "runtime-test", bound, List.of(), false, false),
                        ProtocolSettings.DEFAULTS,
                        random,
                        outbox));
        started.add(runtime);
        return runtime;
    }

    private static RuntimeSettings settings(List<Integer> preferredPorts, boolean udp, Address... listen) {
        return new RuntimeSettings("runtime-test", List.of(listen), preferredPorts, udp, TransportLimits.DEFAULTS);
    }

    private static RuntimeEnvironment environment() {
        return RuntimeEnvironment.of(Environment.system());
    }

    private static List<String> threadsOf(String nodeName) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("chaski-" + nodeName))
                .toList();
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private static <T> CompletableFuture<T> onNewThread(java.util.concurrent.Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        result.complete(task.call());
                    } catch (Throwable failure) {
                        result.completeExceptionally(failure);
                    }
                })
                .start();
        return result;
    }

    /** An application that does not care. */
    private static final class Silence implements Application {
        @Override
        public void deliver(Source source, long seq, int hop, boolean isProved, ArrayPayload body) {}

        @Override
        public void gap(Source source, long from, long to) {}

        @Override
        public void datagramReceived(NodeId from, ArrayPayload payload) {}

        @Override
        public void emit(NodeEvent event) {}
    }
}
