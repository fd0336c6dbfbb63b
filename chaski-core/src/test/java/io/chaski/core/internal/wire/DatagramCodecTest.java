package io.chaski.core.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.chaski.core.Address;
import io.chaski.core.internal.wire.Datagram.EdgeMessage;
import io.chaski.core.internal.wire.Datagram.FindReply;
import io.chaski.core.internal.wire.Datagram.SealedMessage;
import io.chaski.core.internal.wire.Datagram.StatusReply;
import io.chaski.core.internal.wire.Datagram.StatusRequest;
import io.chaski.core.internal.wire.Datagram.TopicStatus;
import io.chaski.core.internal.wire.DatagramSink.Rejection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Row numbers are those of the hardening list, see docs/hostile-input.md. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DatagramCodecTest {

    private final DatagramCodec codec = new DatagramCodec();

    @Nested
    class Sending {

        @Test
        void questions_are_padded_and_answers_are_not() {
            Map<String, Integer> sizes = new TreeMap<>();
            Samples.datagrams()
                    .forEach(
                            (name, datagram) -> sizes.put(name, encode(datagram).readableBytes()));
            assertThat(sizes)
                    .isEqualTo(Map.of(
                            "UDP.STATUS_REQUEST", 1_200,
                            "UDP.STATUS_REPLY", 65,
                            "UDP.FIND_REQUEST", 1_200,
                            "UDP.FIND_REPLY", 144,
                            "UDP.EDGE_MESSAGE", 23,
                            "UDP.SEALED_MESSAGE", 39));
        }

        @Test
        void the_largest_status_fits() {
            StatusReply largest = new StatusReply(
                    -1,
                    Samples.MILL,
                    Long.MAX_VALUE,
                    "x".repeat(WireLimits.MAX_LABEL_BYTES),
                    true,
                    true,
                    Integer.MAX_VALUE,
                    Integer.MAX_VALUE,
                    Collections.nCopies(32, new TopicStatus(-1, Integer.MAX_VALUE)));
            assertThat(decode(encode(largest))).isEqualTo(largest);
        }

        @Test
        void a_list_of_members_is_cut_to_what_fits() {
            Descriptor large = descriptor("x".repeat(200));
            FindReply reply = new FindReply(Samples.PRESS, 1, Collections.nCopies(7, large));
            assertThat(decode(encode(reply))).isEqualTo(new FindReply(Samples.PRESS, 1, Collections.nCopies(5, large)));
        }

        @Test
        void a_list_of_small_members_is_cut_to_eight() {
            Descriptor small = descriptor("a");
            FindReply reply = new FindReply(Samples.PRESS, 1, Collections.nCopies(9, small));
            assertThat(decode(encode(reply))).isEqualTo(new FindReply(Samples.PRESS, 1, Collections.nCopies(8, small)));
        }

        @Test
        void a_message_has_at_most_1_152_bytes() {
            EdgeMessage largest = new EdgeMessage(1, 2, ArrayPayload.owning(new byte[1_152]));
            assertThat(decode(encode(largest))).isEqualTo(largest);
            ByteBuf out = Unpooled.buffer();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> codec.encode(new EdgeMessage(1, 2, ArrayPayload.owning(new byte[1_153])), out));
            assertThat(out.readableBytes()).isZero();
        }

        @Test
        void a_sealed_message_has_at_most_as_many_and_its_tag() {
            SealedMessage largest = new SealedMessage(-1, -1, ArrayPayload.owning(new byte[1_168]));
            assertThat(encode(largest).readableBytes()).isEqualTo(1_187);
            assertThat(decode(encode(largest))).isEqualTo(largest);
            SealedMessage larger = new SealedMessage(-1, -1, ArrayPayload.owning(new byte[1_169]));
            assertThatIllegalArgumentException().isThrownBy(() -> encode(larger));
            assertThat(decode(encode(largest).writeByte(0))).isEqualTo(Rejection.MALFORMED);
        }

        @Test
        void the_header_that_is_authenticated_is_the_one_that_travels() {
            ByteBuffer header = ByteBuffer.allocate(SealedMessage.HEADER_BYTES);
            SealedMessage.writeHeader(Samples.KEY, 3, header);
            ByteBuf sent = encode(new SealedMessage(Samples.KEY, 3, Samples.sealedTick()));
            assertThat(sent.slice(0, SealedMessage.HEADER_BYTES)).isEqualTo(Unpooled.wrappedBuffer(header.flip()));
        }

        private Descriptor descriptor(String host) {
            return new Descriptor(
                    Samples.MILL, 1, List.of(Address.inproc(host)), false, false, false, TopicSummary.NONE, 0);
        }
    }

    @Nested
    class Receiving {

        @Test
        void rows_75_and_76_no_bytes_and_too_many_bytes() {
            assertThat(decode(Unpooled.EMPTY_BUFFER)).isEqualTo(Rejection.SIZE);
            assertThat(decode(encode(new StatusRequest(1, "lab")).writeByte(0))).isEqualTo(Rejection.SIZE);
            assertThat(decode(Unpooled.wrappedBuffer(new byte[65_507]))).isEqualTo(Rejection.SIZE);
        }

        @ParameterizedTest
        @CsvSource({
            "c501, SIZE",
            "474554202f, MAGIC",
            "c40105 0000000000000001 0000000000000002, MAGIC",
            "c50205 0000000000000001 0000000000000002, VERSION",
            "c50100, TYPE",
            "c50107 00, TYPE",
            "c50101 0000000000000001 036c6162, UNPADDED",
            "c50104 000102030405060708090a0b0c0d0e0f 0000000000000001 ffffffff0f, MALFORMED",
            "c50104 000102030405060708090a0b0c0d0e0f 0000000000000001 00 00, MALFORMED",
            "c50105 0000000000000001, MALFORMED",
            "c50106 0000000000000001, MALFORMED",
            "c50106 0000000000000001 0000000000000002 000102030405060708090a0b0c0d0e, MALFORMED"
        })
        void a_packet_that_is_none_of_ours_is_a_counted_reason(String packet, Rejection why) {
            assertThat(decode(Hex.buffer(packet))).isEqualTo(why);
        }

        @Test
        void what_a_record_refuses_is_a_counted_reason() {
            Descriptor odd = new Descriptor(
                    Samples.MILL, 1, List.of(Address.inproc("a")), false, false, false, TopicSummary.NONE, 0);
            ByteBuf packet = encode(new FindReply(Samples.PRESS, 1, List.of(odd)));
            packet.setByte(packet.readableBytes() - 2, 0x07); // the host becomes a control character
            assertThat(decode(packet)).isEqualTo(Rejection.MALFORMED);
        }

        @Test
        void row_76_every_datagram_cut_anywhere_is_a_counted_reason() {
            Samples.datagrams().forEach((name, datagram) -> {
                ByteBuf whole = encode(datagram);
                for (int size = 0; size < whole.readableBytes(); size++) {
                    Object decoded = decode(whole.slice(0, size));
                    boolean isWhole = datagram instanceof EdgeMessage && size >= 19
                            || datagram instanceof SealedMessage && size >= 35;
                    if (isWhole) {
                        assertThat(decoded).isInstanceOf(datagram.getClass()); // its payload is what is left
                    } else {
                        assertThat(decoded).as("%s cut at %d", name, size).isInstanceOf(Rejection.class);
                    }
                }
            });
        }

        @Test
        void a_packet_stays_as_it_is() {
            ByteBuf packet = encode(new StatusRequest(1, "lab"));
            decode(packet);
            assertThat(packet.readableBytes()).isEqualTo(1_200);
        }
    }

    private ByteBuf encode(Datagram datagram) {
        ByteBuf out = Unpooled.buffer();
        codec.encode(datagram, out);
        return out;
    }

    /** The datagram or the reason, whichever comes; exactly one must. */
    private Object decode(ByteBuf packet) {
        List<Object> heard = new ArrayList<>();
        codec.decode(packet, new DatagramSink() {
            @Override
            public void onDatagram(Datagram datagram) {
                heard.add(datagram);
            }

            @Override
            public void onRejected(Rejection why) {
                heard.add(why);
            }
        });
        assertThat(heard).hasSize(1);
        return heard.get(0);
    }
}
