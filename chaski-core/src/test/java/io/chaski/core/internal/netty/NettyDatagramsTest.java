package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.runtime.Transports;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.DatagramSink;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class NettyDatagramsTest {

    private static final Datagram QUESTION = new Datagram.StatusRequest(7, "test");

    private final List<Object> heard = new CopyOnWriteArrayList<>();
    private Station near;
    private Station far;

    @BeforeEach
    void open() throws IOException {
        near = new Station("near");
        far = new Station("far");
    }

    @AfterEach
    void close() throws InterruptedException {
        near.close();
        far.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void datagrams_arrive_with_the_address_of_the_sender(String host) throws IOException {
        Address from = portOf(near, host);
        Address to = portOf(far, host);
        Transports.Datagrams sender = near.transports().datagrams(from);
        far.transports().datagrams(to).receive(recorder());

        near.onLoop(() -> sender.send(to, QUESTION));

        await().atMost(Station.PATIENCE)
                .untilAsserted(() -> assertThat(heard).containsExactly(from + " sent 1200: " + QUESTION));
    }

    @ParameterizedTest
    @CsvSource({"0, SIZE", "2, SIZE", "1201, SIZE", "65507, SIZE", "100, MAGIC"})
    void packets_of_others_are_rejected_and_the_port_goes_on(int bytes, DatagramSink.Rejection why) throws IOException {
        Address to = portOf(far, "127.0.0.1");
        far.transports().datagrams(to).receive(recorder());
        Transports.Datagrams sender = near.transports().datagrams(portOf(near, "127.0.0.1"));

        try (DatagramSocket stranger = new DatagramSocket()) {
            stranger.send(new DatagramPacket(new byte[bytes], bytes, InetAddress.getByName(to.host()), to.port()));
        }
        await().atMost(Station.PATIENCE).untilAsserted(() -> assertThat(heard).containsExactly(why));
        near.onLoop(() -> sender.send(to, QUESTION));

        await().atMost(Station.PATIENCE).untilAsserted(() -> assertThat(heard).hasSize(2));
    }

    @Test
    void names_and_dead_ports_are_tried_in_vain() throws IOException {
        Transports.Datagrams sender = near.transports().datagrams(portOf(near, "127.0.0.1"));
        Address to = portOf(far, "127.0.0.1");
        far.transports().datagrams(to).receive(recorder());

        near.onLoop(() -> {
            sender.send(Address.tcp("localhost", to.port()), QUESTION);
            sender.send(Address.tcp("127.0.0.1", 1), QUESTION);
            sender.send(to, new Datagram.FindReply(new NodeId(1, 2), 3, List.of()));
        });

        await().atMost(Station.PATIENCE)
                .untilAsserted(
                        () -> assertThat(heard).singleElement().asString().contains("FindReply"));
    }

    /** A UDP port that is free because a TCP port of the same number was; the kernel keeps the two apart. */
    private static Address portOf(Station station, String host) throws IOException {
        return station.listen(Address.tcp(host, 0));
    }

    private Transports.DatagramHandler recorder() {
        return new Transports.DatagramHandler() {
            @Override
            public void onDatagram(Address from, Datagram datagram, int bytes) {
                heard.add(from + " sent " + bytes + ": " + datagram);
            }

            @Override
            public void onRejected(DatagramSink.Rejection why) {
                heard.add(why);
            }
        };
    }
}
