package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.internal.runtime.TransportLimits;
import io.chaski.core.internal.wire.EdgeFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TransportsTest {

    /** Ways between two nodes. */
    enum Way {
        TCP_V4,
        TCP_V6,
        UNIX,
        INPROC
    }

    @TempDir
    Path directory;

    private Station server;
    private Station client;

    @BeforeEach
    void open() throws IOException {
        server = new Station("server");
        client = new Station("client");
    }

    @AfterEach
    void close() throws InterruptedException {
        client.close();
        server.close();
    }

    private Address anyAddress(Way way) {
        return switch (way) {
            case TCP_V4 -> Address.tcp("127.0.0.1", 0);
            case TCP_V6 -> Address.tcp("::1", 0);
            case UNIX -> Address.unix(directory.resolve("socket").toString());
            case INPROC -> Address.inproc("transports-test");
        };
    }

    @ParameterizedTest
    @EnumSource
    void frames_and_messages_of_all_sizes_arrive_in_order_in_both_directions(Way way) throws IOException {
        Recorder near = client.connect(server.listen(anyAddress(way)));
        Recorder far = server.accepted();
        int[] sizes = {0, 1, 64, 16_384, 16_385, 65_536, 100_000, 1_000_000, 3, 16_384, 16_384, 16_384, 16_384};

        client.greet(near);
        server.greet(far);
        client.use(near, connection -> sendAll(connection, sizes));
        server.use(far, connection -> sendAll(connection, sizes));

        List<Object> frames = new ArrayList<>(List.of(Station.HELLO, Station.HELLO_ACK));
        List<Object> messages = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            messages.add(new Recorder.Data(i, i + 1, 2, 128, 0, Bodies.print(Bodies.ofSize(sizes[i]))));
            frames.add(new EdgeFrame.Ping(i, 1, sizes[i] / 2));
        }
        // Messages keep their order, and frames theirs; between the parts of a large message, others pass.
        await().atMost(Station.PATIENCE).untilAsserted(() -> {
            for (Recorder end : List.of(near, far)) {
                assertThat(end.frames())
                        .filteredOn(Recorder.Data.class::isInstance)
                        .isEqualTo(messages);
                assertThat(end.frames())
                        .filteredOn(frame -> !(frame instanceof Recorder.Data))
                        .isEqualTo(frames);
            }
        });
    }

    private static void sendAll(io.chaski.core.internal.runtime.Connection connection, int[] sizes) {
        for (int i = 0; i < sizes.length; i++) {
            connection.sendData(i, i + 1, 2, 128, 0, Bodies.payload(sizes[i]));
            connection.send(new EdgeFrame.Ping(i, 1, sizes[i] / 2));
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_was_sent_before_closing_arrives(Way way) throws IOException {
        Recorder near = client.connect(server.listen(anyAddress(way)));
        Recorder far = server.accepted();
        client.greet(near);

        client.onLoop(() -> {
            near.connection().sendData(1, 1, 1, 128, 0, Bodies.payload(900_000));
            near.connection().send(Station.GOODBYE);
            near.connection().close();
        });

        await().atMost(Station.PATIENCE)
                .untilAsserted(() -> assertThat(far.heard())
                        .containsExactly(
                                Station.HELLO,
                                Station.HELLO_ACK,
                                new Recorder.Data(1, 1, 1, 128, 0, Bodies.print(Bodies.ofSize(900_000))),
                                Station.GOODBYE,
                                "closed: END_OF_STREAM"));
        assertThat(near.heard()).as("who closes hears nothing more").isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_refused_connection_is_closed_without_a_word(Way way) throws IOException {
        Recorder near = client.dial(server.refuseAll(anyAddress(way)));

        await().atMost(Station.PATIENCE)
                .untilAsserted(() -> assertThat(near.heard())
                        .singleElement()
                        .isIn("closed: END_OF_STREAM", "closed: RESET", DialFailure.HANDSHAKE, DialFailure.REFUSED));
    }

    @ParameterizedTest
    @EnumSource
    void a_dial_to_nobody_is_refused(Way way) throws Exception {
        Address gone;
        try (Station shortLived = new Station("short-lived")) {
            gone = shortLived.listen(anyAddress(way));
        }

        Recorder near = client.dial(gone);

        await().atMost(Station.PATIENCE)
                .untilAsserted(() -> assertThat(near.heard()).containsExactly(DialFailure.REFUSED));
    }

    @ParameterizedTest
    @EnumSource
    void an_address_can_be_taken_again_right_after_closing(Way way) throws Exception {
        Address address;
        try (Station first = new Station("first");
                Station dialler = new Station("dialler")) {
            address = first.listen(anyAddress(way));
            dialler.connect(address);
        }

        assertThat(server.listen(address)).isEqualTo(address);
        client.connect(address);
    }

    @ParameterizedTest
    @EnumSource
    void an_address_that_is_taken_is_named(Way way) throws Exception {
        Address address = server.listen(anyAddress(way));

        assertThatThrownBy(() -> client.listen(address))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(address.toString());
    }

    @ParameterizedTest
    @EnumSource
    void a_peer_whose_loop_is_blocked_makes_the_connection_unwritable_and_is_given_up(Way way) throws Exception {
        TransportLimits strict = new TransportLimits(
                1 << 20, 64 << 10, 128 << 10, 8 << 20, Duration.ofSeconds(60).toNanos(), 1_000_000_000L);
        CompletableFuture<Void> unblock = new CompletableFuture<>();
        try (Station sender = new Station("sender", strict)) {
            Recorder near = sender.connect(server.listen(anyAddress(way)));
            server.accepted();
            sender.greet(near);
            server.block(unblock);

            await().atMost(Station.PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
                sender.use(near, connection -> connection.sendData(1, 1, 1, 128, 0, Bodies.payload(1 << 19)));
                return near.heard().contains("closed: SLOW_CONSUMER");
            });

            assertThat(near.heard()).endsWith("unwritable", "closed: SLOW_CONSUMER");
        } finally {
            unblock.complete(null);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_peer_that_takes_no_byte_before_the_write_deadline_is_given_up(Way way) throws Exception {
        TransportLimits strict = new TransportLimits(
                1 << 20, 64 << 10, 128 << 10, 64 << 20, Duration.ofMillis(200).toNanos(), 1_000_000_000L);
        CompletableFuture<Void> unblock = new CompletableFuture<>();
        try (Station sender = new Station("sender", strict)) {
            Recorder near = sender.connect(server.listen(anyAddress(way)));
            server.accepted();
            sender.greet(near);
            server.block(unblock);

            for (int i = 0; i < 24; i++) {
                sender.use(near, connection -> connection.sendData(1, 1, 1, 128, 0, Bodies.payload(1 << 19)));
            }

            await().atMost(Station.PATIENCE)
                    .untilAsserted(() -> assertThat(near.heard()).endsWith("unwritable", "closed: SLOW_CONSUMER"));
        } finally {
            unblock.complete(null);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_connection_is_writable_again_when_the_peer_reads_on(Way way) throws Exception {
        CompletableFuture<Void> unblock = new CompletableFuture<>();
        Recorder near = client.connect(server.listen(anyAddress(way)));
        Recorder far = server.accepted();
        client.greet(near);
        server.block(unblock);
        try {
            for (int i = 1; i <= 24; i++) {
                long seq = i;
                client.use(near, connection -> connection.sendData(1, seq, 1, 128, 0, Bodies.payload(1 << 19)));
            }
            assertThat(near.heard()).endsWith("unwritable");
        } finally {
            unblock.complete(null);
        }

        await().atMost(Station.PATIENCE).untilAsserted(() -> {
            assertThat(near.heard()).endsWith("unwritable", "writable");
            assertThat(far.heard()).hasSize(2 + 24);
        });
    }

    /** The build runs this class once for each; without a word of it, the machine decides. */
    @Test
    void the_sockets_are_those_that_the_build_asked_for() {
        String found = Sockets.best().name();
        assertThat(found)
                .isEqualTo(System.getProperty("chaski.test.sockets", found))
                .isIn("NIO", "epoll");
    }

    @Test
    void names_are_resolved() throws IOException {
        Address address = server.listen(Address.tcp("127.0.0.1", 0));

        client.connect(Address.tcp("localhost", address.port()));

        assertThat(server.accepted().connection().remote().host()).isEqualTo("127.0.0.1");
    }

    @Test
    void a_name_without_an_address_is_reported() {
        Recorder near = client.dial(Address.tcp("no..such..name", 8511));

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(near.heard()).containsExactly(DialFailure.UNRESOLVED));
    }

    @Test
    void a_zone_that_does_not_exist_is_reported() {
        Recorder near = client.dial(Address.parse("[fe80::1%nozone]:8511"));

        await().atMost(Station.PATIENCE)
                .untilAsserted(() -> assertThat(near.heard()).containsExactly(DialFailure.UNRESOLVED));
    }

    @Test
    void a_dial_that_was_given_up_is_not_heard_of() throws IOException {
        Address address = server.listen(Address.tcp("127.0.0.1", 0));
        Recorder near = new Recorder();

        client.onLoop(() -> client.transports().dial(address, near).cancel());
        client.connect(address);

        assertThat(near.isConnected()).isFalse();
        assertThat(near.heard()).isEmpty();
    }

    @Test
    void a_dual_stack_listener_is_reached_over_both_families() throws IOException {
        Address address = server.listen(Address.tcp("::", 0));

        assertThat(Stream.of("127.0.0.1", "::1")
                        .map(host -> client.connect(Address.tcp(host, address.port()))
                                .connection()
                                .remote()
                                .host()))
                .containsExactly("127.0.0.1", "::1");
    }

    @Test
    void a_socket_file_that_a_crash_has_left_is_replaced() throws Exception {
        Path file = directory.resolve("stale");
        try (var crashed = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            crashed.bind(java.net.UnixDomainSocketAddress.of(file));
        }
        assertThat(file).exists();

        client.connect(server.listen(Address.unix(file.toString())));
    }

    @Test
    void another_kind_of_file_is_not_replaced() throws Exception {
        Path file = Files.writeString(directory.resolve("precious"), "data");

        assertThatThrownBy(() -> server.listen(Address.unix(file.toString())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("precious");
        assertThat(file).hasContent("data");
    }

    @Test
    void a_socket_file_is_deleted_at_the_end() throws Exception {
        Path file = directory.resolve("socket");
        try (Station owner = new Station("owner")) {
            owner.listen(Address.unix(file.toString()));
            assertThat(file).exists();
        }

        assertThat(file).doesNotExist();
    }

    @Test
    void no_reason_is_lost_although_bytes_of_the_peer_are_still_coming() throws IOException {
        Recorder near = client.connect(server.listen(Address.tcp("127.0.0.1", 0)));
        Recorder far = server.accepted();
        client.greet(near);
        server.greet(far);
        for (int i = 1; i <= 20; i++) {
            long seq = i;
            client.use(near, connection -> connection.sendData(1, seq, 1, 128, 0, Bodies.payload(1 << 18)));
        }

        server.onLoop(() -> {
            far.connection().send(new EdgeFrame.Goodbye(CloseReason.FULL, 0, ""));
            far.connection().close();
        });

        await().atMost(Station.PATIENCE)
                .untilAsserted(() -> assertThat(near.heard())
                        .contains(new EdgeFrame.Goodbye(CloseReason.FULL, 0, ""), "closed: END_OF_STREAM"));
    }
}
