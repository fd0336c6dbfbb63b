package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.core.Address;
import io.chaski.core.internal.wire.FrameEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 35 to 42 and 104 of the table of bad input, over a real socket. */
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BrokenPeersTest {

    private static final byte[] GREETING = bytes(encoder -> buffer -> {
        encoder.encode(Station.HELLO, buffer);
        encoder.encode(Station.HELLO_ACK, buffer);
    });

    private static final byte[] MESSAGE =
            bytes(encoder -> buffer -> encoder.encodeData(1, 1, 1, 128, 0, Bodies.payload(300), buffer));

    private static final Recorder.Data DELIVERED = new Recorder.Data(1, 1, 1, 128, 0, Bodies.print(Bodies.ofSize(300)));

    private Station server;
    private Address address;

    @BeforeEach
    void listen() throws IOException {
        server = new Station("server");
        address = server.listen(Address.tcp("127.0.0.1", 0));
    }

    @AfterEach
    void close() throws InterruptedException {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"00000000", "7fffffff", "ffffffff", "00100001"})
    void a_length_that_is_not_allowed_is_refused_before_the_body_comes(String length) throws IOException {
        try (Socket peer = dial()) {
            write(peer, GREETING, ByteBufUtil.decodeHexDump(length));

            awaitHeard(Station.HELLO, Station.HELLO_ACK, "undecodable: FRAME_SIZE");
        }
    }

    @Test
    void a_stranger_may_not_send_large_frames() throws IOException {
        try (Socket peer = dial()) {
            write(peer, ByteBufUtil.decodeHexDump("00001001"));

            awaitHeard("undecodable: FRAME_SIZE");
        }
    }

    @Test
    void nothing_is_heard_after_a_violation() throws IOException {
        try (Socket peer = dial()) {
            write(peer, GREETING, ByteBufUtil.decodeHexDump("00000000"), MESSAGE, MESSAGE);
            peer.shutdownOutput();

            awaitHeard(Station.HELLO, Station.HELLO_ACK, "undecodable: FRAME_SIZE", "closed: END_OF_STREAM");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5, 8, 9, 150, 309})
    void a_frame_that_is_cut_by_the_end_is_not_delivered(int cutAfter) throws IOException {
        try (Socket peer = dial()) {
            write(peer, GREETING, MESSAGE, java.util.Arrays.copyOf(MESSAGE, cutAfter));
            peer.shutdownOutput();

            awaitHeard(Station.HELLO, Station.HELLO_ACK, DELIVERED, "closed: END_OF_STREAM");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 9, 309})
    void a_frame_that_is_cut_by_a_reset_is_not_delivered(int cutAfter) throws IOException {
        Socket peer = dial();
        write(peer, GREETING, MESSAGE, java.util.Arrays.copyOf(MESSAGE, cutAfter));
        awaitHeard(Station.HELLO, Station.HELLO_ACK, DELIVERED);

        peer.setSoLinger(true, 0);
        peer.close();

        awaitHeard(Station.HELLO, Station.HELLO_ACK, DELIVERED, "closed: RESET");
    }

    @Test
    void bytes_that_come_one_by_one_give_the_same_frames() throws IOException {
        try (Socket peer = dial()) {
            peer.setTcpNoDelay(true);
            OutputStream out = peer.getOutputStream();
            for (byte[] part : List.of(GREETING, MESSAGE, MESSAGE)) {
                for (byte one : part) {
                    out.write(one);
                }
            }

            awaitHeard(Station.HELLO, Station.HELLO_ACK, DELIVERED, DELIVERED);
        }
    }

    @Test
    void a_thousand_frames_in_one_write_give_the_same_frames() throws IOException {
        try (Socket peer = dial()) {
            ByteBuf all = Unpooled.buffer();
            all.writeBytes(GREETING);
            for (int i = 0; i < 1_000; i++) {
                all.writeBytes(MESSAGE);
            }
            write(peer, ByteBufUtil.getBytes(all));

            Recorder far = server.accepted();
            await().atMost(Station.PATIENCE)
                    .untilAsserted(() -> assertThat(far.frames()).hasSize(1_002));
            assertThat(far.frames().subList(2, 1_002)).containsOnly(DELIVERED);
        }
    }

    @Test
    void other_connections_do_not_notice() throws Exception {
        try (Socket good = dial()) {
            write(good, GREETING);
            Recorder heardFromGood = server.accepted();
            for (int i = 0; i < 20; i++) {
                try (Socket bad = dial()) {
                    write(bad, ByteBufUtil.decodeHexDump("ffffffff"));
                }
            }

            write(good, MESSAGE);

            await().atMost(Station.PATIENCE)
                    .untilAsserted(() -> assertThat(heardFromGood.heard())
                            .containsExactly(Station.HELLO, Station.HELLO_ACK, DELIVERED));
        }
    }

    private Socket dial() throws IOException {
        return new Socket(address.host(), address.port());
    }

    private void awaitHeard(Object... expected) {
        Recorder far = server.accepted();
        await().atMost(Station.PATIENCE)
                .untilAsserted(() -> assertThat(far.heard()).containsExactly(expected));
    }

    private static void write(Socket peer, byte[]... parts) throws IOException {
        ByteBuf all = Unpooled.wrappedBuffer(parts);
        peer.getOutputStream().write(ByteBufUtil.getBytes(all));
    }

    private static byte[] bytes(java.util.function.Function<FrameEncoder, java.util.function.Consumer<ByteBuf>> write) {
        ByteBuf buffer = Unpooled.buffer();
        write.apply(new FrameEncoder()).accept(buffer);
        return ByteBufUtil.getBytes(buffer);
    }
}
