package io.chaski.core.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import io.chaski.core.CloseReason;
import io.chaski.core.internal.wire.DiscoveryFrame.Find;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.InternName;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.StreamFrame.Open;
import io.chaski.core.internal.wire.StreamFrame.Reset;
import io.chaski.core.internal.wire.TreeFrame.Digest;
import io.chaski.core.internal.wire.TreeFrame.Prune;
import io.chaski.core.internal.wire.TreeFrame.Range;
import io.chaski.core.internal.wire.TreeFrame.Seen;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FrameEncoderTest {

    private final FrameEncoder encoder = new FrameEncoder();
    private final ByteBuf out = Unpooled.buffer();

    @Test
    void a_frame_is_appended_and_its_size_returned() {
        out.writeByte(0x55);
        assertThat(encoder.encode(new Prune(7), out)).isEqualTo(6);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo("55" + "00000002" + "3307");
    }

    /** What our own decoder would refuse. */
    static Stream<Frame> unsendable() {
        return Stream.of(
                new Prune(-1),
                new Ping(1, 1, -1),
                new Ping(1, 1, WireLimits.MAX_FRAME_CAP),
                new InternTopic(1, "\ud800"),
                new InternTopic(1, "x".repeat(WireLimits.MAX_TOPIC_BYTES + 1)),
                new InternName(1, ""),
                new Find(Samples.MILL, 1, Samples.MILL_7, 256, false, 1),
                new Find(Samples.MILL, 1, Samples.MILL_7, 1, false, 9),
                new Digest(1, false, List.of(new Seen(1, 1, 9, List.of(new Range(2, 3, 3))))),
                new Open(1, 1, Map.of("", "value"), 0, false, null),
                new Open(1, 1, Map.of("key", "x".repeat(4_094)), 0, false, null),
                new StreamFrame.Credit(1, 0));
    }

    @ParameterizedTest
    @MethodSource("unsendable")
    void a_frame_out_of_bounds_is_refused_and_leaves_no_bytes(Frame frame) {
        out.writeByte(0x55);
        assertThatIllegalArgumentException().isThrownBy(() -> encoder.encode(frame, out));
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo("55");
    }

    @Test
    void sentences_for_people_are_cut_between_characters() {
        String euros = "\u20ac".repeat(100);
        assertThat(roundTrip(new Goodbye(CloseReason.INTERNAL, 0, euros)))
                .isEqualTo(new Goodbye(CloseReason.INTERNAL, 0, "\u20ac".repeat(85)));
        assertThat(roundTrip(new Reset(1, 2, "half \ud83d a pair"))).isEqualTo(new Reset(1, 2, "half ? a pair"));
    }

    @Test
    void every_frame_without_a_payload_fits_the_smallest_bound_of_a_frame() {
        LargestFrames.all()
                .forEach((name, frame) -> assertThat(encoder.encode(frame, Unpooled.buffer()))
                        .as(name)
                        .isLessThan(WireLimits.MIN_MAX_FRAME));
    }

    @Test
    void the_largest_frames_can_be_read() {
        LargestFrames.all().values().stream()
                .filter(frame -> !(frame instanceof Goodbye) && !(frame instanceof Reset))
                .forEach(frame -> assertThat(roundTrip(frame)).isEqualTo(frame));
    }

    @Nested
    class Messages {

        @Test
        void a_body_from_the_read_buffer_is_passed_on_as_it_is() {
            new Samples.Data(3, 5, 1, 128, 0, "body").encode(encoder, out);
            ByteBuf relayed = Unpooled.directBuffer();
            try {
                decodeEstablished(out, new ForwardingSink(new Recorder()) {
                    @Override
                    public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
                        encoder.encodeData(900, seq, hop + 1, hopLimit, flags, ArrayPayload.keep(body), relayed);
                    }
                });
                assertThat(ByteBufUtil.hexDump(relayed))
                        .isEqualTo("0000000b" + "30028000" + "8407" + "05" + "626f6479");
            } finally {
                relayed.release();
            }
        }

        @Test
        void a_header_alone_announces_the_body_that_follows() {
            encoder.encodeDataHeader(1, 1, 1, 1, 0, 3, out);
            out.writeBytes(new byte[] {'a', 'b', 'c'});
            Recorder recorder = new Recorder();
            decodeEstablished(out, recorder);
            assertThat(recorder.seen()).containsExactly(new Samples.Data(1, 1, 1, 1, 0, "abc"));
        }

        @Test
        void a_header_is_never_larger_than_it_says() {
            encoder.encodeDataHeader(Integer.MAX_VALUE, Long.MAX_VALUE, 255, 255, 255, 0, out);
            assertThat(out.readableBytes()).isEqualTo(WireLimits.MAX_DATA_HEADER_BYTES);
        }

        @Test
        void fields_out_of_range_are_refused() {
            ArrayPayload body = Samples.payload("");
            assertThatIllegalArgumentException().isThrownBy(() -> encoder.encodeData(-1, 1, 1, 1, 0, body, out));
            assertThatIllegalArgumentException().isThrownBy(() -> encoder.encodeData(1, 0, 1, 1, 0, body, out));
            assertThatIllegalArgumentException().isThrownBy(() -> encoder.encodeData(1, 1, 256, 1, 0, body, out));
            assertThatIllegalArgumentException().isThrownBy(() -> encoder.encodeData(1, 1, 1, -1, 0, body, out));
            assertThatIllegalArgumentException().isThrownBy(() -> encoder.encodeData(1, 1, 1, 1, 256, body, out));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> encoder.encodeDataHeader(1, 1, 1, 1, 0, WireLimits.MAX_FRAME_CAP, out));
            assertThat(out.readableBytes()).isZero();
        }

        @Test
        void reading_and_writing_messages_allocates_nothing() {
            int messages = 10_000;
            ArrayPayload kept = Samples.payload("a body of some bytes");
            FrameDecoder decoder = new FrameDecoder(WireLimits.DEFAULT_MAX_FRAME);
            encoder.encode(Samples.hello(1), out);
            encoder.encode(new HelloAck(1, 0, 0, 0), out);
            decoder.decode(out, new Recorder());
            for (int i = 0; i < messages; i++) {
                encoder.encodeData(1, 1L << 40 | i, 1, 128, 0, kept, out);
            }
            ByteBuf relayed = Unpooled.buffer(out.readableBytes() + 1_024);
            FrameSink relay = new ForwardingSink(new Recorder()) {
                @Override
                public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
                    encoder.encodeData(source, seq, hop + 1, hopLimit, flags, kept, relayed);
                }
            };
            int start = out.readerIndex();
            decoder.decode(out, relay); // loads the classes
            relayed.clear();
            out.readerIndex(start);

            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            decoder.decode(out, relay);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;

            assertThat(relayed.readableBytes()).isEqualTo(out.readerIndex() - start);
            assertThat(allocated).as("bytes for %d messages", messages).isLessThan(messages / 10);
        }
    }

    private Frame roundTrip(Frame frame) {
        ByteBuf bytes = Unpooled.buffer();
        encoder.encode(frame, bytes);
        WireReader fields = new WireReader().over(bytes, WireLimits.LENGTH_BYTES, bytes.readableBytes());
        return FrameFields.readKnown(fields.u8(), fields);
    }

    private void decodeEstablished(ByteBuf in, FrameSink sink) {
        ByteBuf handshake = Unpooled.buffer();
        encoder.encode(Samples.hello(1), handshake);
        encoder.encode(new HelloAck(1, 0, 0, 0), handshake);
        FrameDecoder decoder = new FrameDecoder(WireLimits.DEFAULT_MAX_FRAME);
        decoder.decode(handshake, new Recorder());
        decoder.decode(in, sink);
    }
}
