package io.chaski.core.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.netty.NoLeaks;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Datagram.EdgeMessage;
import io.chaski.core.internal.wire.Datagram.FindReply;
import io.chaski.core.internal.wire.Datagram.FindRequest;
import io.chaski.core.internal.wire.Datagram.StatusReply;
import io.chaski.core.internal.wire.Datagram.StatusRequest;
import io.chaski.core.internal.wire.DatagramCodec;
import io.chaski.core.internal.wire.DatagramSink;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.FrameType;
import io.chaski.core.internal.wire.TopicSummary;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 75 to 79 and 83: packets from nobody knows whom. */
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DatagramRowsTest {

    private static final long TOPIC = TopicSummary.hashOf("siege/registered");

    private static final Descriptor STRANGER = new Descriptor(
            new NodeId(0xbad, 78),
            1,
            List.of(Address.tcp("127.0.0.1", 9)),
            false,
            false,
            false,
            TopicSummary.of(List.of(TOPIC)),
            0);

    @RegisterExtension
    static final Siege siege = new Siege(builder -> builder.root().listen("127.0.0.1:0"));

    private final DatagramCodec codec = new DatagramCodec();
    private DatagramSocket socket;
    private int lastReplyBytes;

    @BeforeEach
    void open() throws IOException {
        socket = open(InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() {
        socket.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_201, 65_507})
    void rows_75_and_76_a_packet_of_a_wrong_size_is_dropped_and_counted(int bytes) throws IOException {
        long before = siege.counter("datagram.rejected.size");
        send(new byte[bytes]);
        siege.awaitCounter("datagram.rejected.size", before + 1);
        assertOnlyAnswerIsTo(1);
    }

    @Test
    void row_77_a_question_that_could_be_answered_with_more_gets_no_answer() throws IOException {
        long before = siege.counter("datagram.rejected.unpadded");
        byte[] question = encoded(new StatusRequest(7, Siege.CLUSTER));
        send(Arrays.copyOf(question, 40));
        send(Arrays.copyOf(question, 1_199));
        siege.awaitCounter("datagram.rejected.unpadded", before + 2);
        assertOnlyAnswerIsTo(2);
    }

    @Test
    void row_77_no_answer_is_larger_than_its_question() throws IOException {
        for (Datagram question : List.of(
                new StatusRequest(1, Siege.CLUSTER),
                new FindRequest(new NodeId(1, 1), Siege.CLUSTER, TopicSummary.hashOf(Siege.TALK.name())))) {
            byte[] asked = encoded(question);
            send(asked);
            receive();
            assertThat(lastReplyBytes).as("answer to %s", question).isBetween(1, asked.length);
        }
    }

    /** There are no cookies, because there is nothing that a packet could change (docs/adr/0009). */
    @Test
    void row_78_no_packet_registers_anybody() throws IOException {
        long before = siege.counter("datagram.rejected.type");
        byte[] packet = encoded(new FindRequest(new NodeId(1, 1), Siege.CLUSTER, TOPIC));
        packet[2] = (byte) FrameType.REGISTER;
        send(packet);
        siege.awaitCounter("datagram.rejected.type", before + 1);

        send(encoded(new FindReply(new NodeId(2, 2), TOPIC, List.of(STRANGER))));
        send(encoded(new FindRequest(new NodeId(3, 3), Siege.CLUSTER, TOPIC)));
        assertThat(receive()).isEqualTo(new FindReply(new NodeId(3, 3), TOPIC, List.of()));
    }

    @Test
    void row_79_answers_to_questions_that_were_never_asked_are_ignored_and_counted() throws IOException {
        long before = siege.counter("datagram.unasked");
        send(encoded(new StatusReply(9, new NodeId(3, 3), 1, "x", false, true, 0, 0, List.of())));
        send(encoded(new FindReply(new NodeId(4, 4), TOPIC, List.of())));
        siege.awaitCounter("datagram.unasked", before + 2);
        assertOnlyAnswerIsTo(2);
    }

    @Test
    void row_79_a_message_with_a_token_that_was_never_given_is_dropped_and_counted() throws IOException {
        long before = siege.counter("datagram.unknown-token");
        send(encoded(new EdgeMessage(5, 6, ArrayPayload.owning(new byte[100]))));
        siege.awaitCounter("datagram.unknown-token", before + 1);
    }

    @Test
    void row_83_garbage_at_full_speed_disturbs_no_edge() throws IOException {
        long before = siege.counter("datagram.rejected.magic");
        byte[] garbage = new byte[1_200];
        Random random = new Random(83);
        siege.strikeWhileTheHonestTalk("packets of garbage", 100_000, () -> {
            random.nextBytes(garbage);
            garbage[0] = 'G';
            send(garbage);
        });
        siege.awaitCounter("datagram.rejected.magic", before + 1);
        awaitThatItAnswersAgain();
    }

    @Test
    void row_83_questions_at_full_speed_are_answered_within_a_budget() throws IOException {
        byte[] question = encoded(new StatusRequest(1, Siege.CLUSTER));
        long before = siege.counter("datagram.over-limit");
        siege.strikeWhileTheHonestTalk("questions", 10_000, () -> send(question));
        // A victim that is slow today may have read less than its budget of them.
        Siege.eventually().untilAsserted(() -> {
            for (int i = 0; i < 1_000; i++) {
                send(question);
            }
            assertThat(siege.counter("datagram.over-limit")).isGreaterThan(before);
        });
        awaitThatItAnswersAgain();
    }

    /** What is left of a flood in the victim's socket, and its budget, would swallow the only question of the next test. */
    private void awaitThatItAnswersAgain() throws IOException {
        long token = 83_000_000;
        socket.setSoTimeout(100);
        Siege.eventually()
                .ignoreExceptionsInstanceOf(SocketTimeoutException.class)
                .until(() -> {
                    send(encoded(new StatusRequest(token, Siege.CLUSTER)));
                    return receive() instanceof StatusReply reply && reply.token() == token;
                });
    }

    /** Packets between two sockets on one machine keep their order, so nothing else was answered before. */
    private void assertOnlyAnswerIsTo(long token) throws IOException {
        send(encoded(new StatusRequest(token, Siege.CLUSTER)));
        assertThat(receive())
                .isInstanceOfSatisfying(
                        StatusReply.class, reply -> assertThat(reply.token()).isEqualTo(token));
    }

    private static DatagramSocket open(InetAddress address) throws SocketException {
        DatagramSocket socket = new DatagramSocket(0, address);
        socket.setSoTimeout((int) Siege.PATIENCE.toMillis());
        return socket;
    }

    private byte[] encoded(Datagram datagram) {
        ByteBuf bytes = Unpooled.buffer();
        codec.encode(datagram, bytes);
        return ByteBufUtil.getBytes(bytes);
    }

    private void send(byte[] packet) throws IOException {
        send(socket, packet);
    }

    private static void send(DatagramSocket from, byte[] packet) throws IOException {
        InetAddress to = InetAddress.getByName(siege.address().host());
        from.send(new DatagramPacket(packet, packet.length, to, siege.address().port()));
    }

    private Datagram receive() throws IOException {
        return receive(socket);
    }

    private Datagram receive(DatagramSocket at) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2_000], 2_000);
        at.receive(packet);
        lastReplyBytes = packet.getLength();
        List<Datagram> decoded = new ArrayList<>();
        codec.decode(Unpooled.wrappedBuffer(packet.getData(), 0, packet.getLength()), new DatagramSink() {
            @Override
            public void onDatagram(Datagram datagram) {
                decoded.add(datagram);
            }

            @Override
            public void onRejected(Rejection why) {
                throw new AssertionError("the victim sent a packet that breaks " + why);
            }
        });
        return decoded.get(0);
    }
}
