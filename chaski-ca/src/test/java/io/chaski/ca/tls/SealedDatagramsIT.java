package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.NodeId;
import io.chaski.core.internal.runtime.AesGcm;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Datagram.EdgeMessage;
import io.chaski.core.internal.wire.Datagram.SealedMessage;
import io.chaski.core.internal.wire.Datagram.StatusRequest;
import io.chaski.core.internal.wire.DatagramCodec;
import io.chaski.core.internal.wire.EdgeFrame.DatagramKey;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.security.policy.AccessDeniedException;
import io.chaski.core.security.policy.Policy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Datagrams beside connections with TLS, over sockets: rows 75 to 82. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SealedDatagramsIT {

    private static final Policy DATAGRAMS = Policy.parse("{\"version\":1,\"domain\":\"plant-7.example\",\"roles\":{"
            + "\"all\":{\"match\":[\"chaski://plant-7.example/**\"],\"rpc.call\":[\"chaski.datagram\"]}}}");

    private final TlsNodes nodes = new TlsNodes();
    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private final DatagramCodec codec = new DatagramCodec();
    private ChaskiNode mill;
    private DatagramSocket socket;

    @BeforeEach
    void open() throws IOException {
        mill = start("mill");
        mill.onDatagram((from, payload) -> heard.add(from + " " + new String(payload, StandardCharsets.UTF_8)));
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() {
        socket.close();
        nodes.close();
    }

    private ChaskiNode start(String name) {
        return nodes.start(nodes.builder(name, nodes.ca(name)).policy(DATAGRAMS));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void send(Datagram datagram) throws IOException {
        ByteBuf packet = Unpooled.buffer();
        codec.encode(datagram, packet);
        byte[] bytes = ByteBufUtil.getBytes(packet);
        Address to = TlsNodes.addressOf(mill);
        socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getByName(to.host()), to.port()));
    }

    private void awaitCounter(String name, long count) {
        TlsNodes.await(name, () -> TlsNodes.counter(mill, name) == count);
    }

    @Test
    void messages_arrive_in_both_directions() throws Exception {
        ChaskiNode press = start("press");
        Queue<NodeId> answered = new ConcurrentLinkedQueue<>();
        press.onDatagram((from, payload) -> answered.add(from));
        Edge there = TlsNodes.connect(press, mill);
        Edge back = mill.edge(press.id()).orElseThrow();

        // Those before the key of the other end has come are lost.
        TlsNodes.await("a message at the mill", () -> {
            there.sendDatagram(bytes("hello"));
            return !heard.isEmpty();
        });
        TlsNodes.await("one at the press", () -> {
            back.sendDatagram(new byte[Edge.MAX_DATAGRAM_BYTES]);
            return !answered.isEmpty();
        });

        assertThat(heard).contains(press.id() + " hello");
        assertThat(answered).contains(mill.id());
    }

    @Test
    void rows_75_to_79_nobody_without_a_key_is_answered_or_heard() throws Exception {
        NodeId id = TlsNodes.uri("press").nodeId();
        try (Stranger.Call call = new Stranger(nodes.credentials("press")).call(TlsNodes.addressOf(mill))) {
            HelloAck ack = call.greet(nodes.cluster, id, 1).acknowledge().first(HelloAck.class);
            send(new StatusRequest(1, nodes.cluster));
            send(new EdgeMessage(
                    ack.datagramToken(), ack.datagramTokenLow(), ArrayPayload.owning(bytes("in clear text"))));
            awaitCounter("datagram.in-clear", 2);
            send(new SealedMessage(7, 1, ArrayPayload.owning(new byte[100])));
            awaitCounter("datagram.unknown-key", 1);
        }
        assertThat(heard).isEmpty();
        socket.setSoTimeout(100); // an answer would have left before its question was counted
        assertThatThrownBy(() -> socket.receive(new DatagramPacket(new byte[2_000], 2_000)))
                .isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void rows_80_to_82_a_packet_counts_once_and_as_it_was_sent() throws Exception {
        NodeId id = TlsNodes.uri("press").nodeId();
        try (Stranger.Call call = new Stranger(nodes.credentials("press")).call(TlsNodes.addressOf(mill))) {
            DatagramKey key = call.greet(nodes.cluster, id, 1).acknowledge().first(DatagramKey.class);
            AesGcm cipher = new AesGcm(key.secret());
            SealedMessage first = cipher.seal(key.id(), 1, ArrayPayload.owning(bytes("first")));
            byte[] flipped = first.box().toByteArray();
            flipped[0] ^= 1;
            send(new SealedMessage(key.id(), 1, ArrayPayload.owning(flipped)));
            awaitCounter("datagram.forged", 1);
            send(first);
            TlsNodes.await("the first message", () -> !heard.isEmpty());
            send(first);
            awaitCounter("datagram.replayed", 1);
            send(cipher.seal(key.id(), 2_000, ArrayPayload.owning(bytes("second"))));
            TlsNodes.await("the second message", () -> heard.size() == 2);
            send(cipher.seal(key.id(), 2, ArrayPayload.owning(bytes("old"))));
            awaitCounter("datagram.too-old", 1);
            send(cipher.seal(key.id(), -1, ArrayPayload.owning(bytes("beyond"))));
            awaitCounter("datagram.beyond-limit", 1);

            assertThat(heard).containsExactly(id + " first", id + " second");
        }
        TlsNodes.await("the end of the edge", () -> !mill.isConnectedTo(id));
    }

    @Test
    void who_may_not_send_them_is_told() throws Exception {
        ChaskiNode saw = nodes.start("saw");
        Edge edge = TlsNodes.connect(saw, mill);

        assertThatThrownBy(() -> edge.sendDatagram(bytes("hello")))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("chaski.datagram");
    }
}
