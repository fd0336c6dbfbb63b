package io.chaski.core.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chaski.core.CloseReason;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.TreeFrame.Prune;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Row numbers are those of the hardening list, see docs/hostile-input.md. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FrameDecoderTest {

    private static final HelloAck ACK = new HelloAck(1, 0, 1, 2);

    private final FrameEncoder encoder = new FrameEncoder();
    private final FrameDecoder decoder = new FrameDecoder(WireLimits.DEFAULT_MAX_FRAME);
    private final Recorder recorder = new Recorder();

    @Nested
    class Before_the_edge_is_up {

        @Test
        void a_handshake_is_read() {
            decode(frames(Samples.hello(1), ACK));
            assertThat(recorder.seen()).containsExactly(Samples.hello(1), ACK);
        }

        @Test
        void goodbye_is_read_instead_of_a_handshake() {
            Goodbye full = new Goodbye(CloseReason.FULL, 0, "no room");
            decode(frames(full));
            assertThat(recorder.seen()).containsExactly(full);
        }

        @Test
        void row_28_any_other_first_frame_is_refused_unread() {
            assertViolation(CloseReason.HELLO_EXPECTED, Hex.frame("33 ffffffffffffffffffffff"));
        }

        @Test
        void row_28_an_acknowledgement_before_hello_is_refused() {
            assertViolation(CloseReason.HELLO_EXPECTED, frames(ACK));
        }

        @Test
        void row_28_an_unknown_type_is_refused_even_if_it_could_be_skipped() {
            assertViolation(CloseReason.HELLO_EXPECTED, Hex.frame("ff 00"));
        }

        @Test
        void row_28_a_second_hello_is_refused() {
            assertViolation(CloseReason.HELLO_REPEATED, frames(Samples.hello(1), Samples.hello(1)));
            assertThat(recorder.seen()).containsExactly(Samples.hello(1));
        }

        @Test
        void row_39_a_frame_above_4_KiB_is_refused_before_its_body_arrives() {
            assertViolation(CloseReason.FRAME_SIZE, Hex.buffer("00001001"));
        }

        @Test
        void rows_32_and_33_hello_of_a_later_version_is_read_with_its_known_fields() {
            ByteBuf later = frames(Samples.hello(2)).writeBytes(Hex.bytes("0102030405"));
            later.setInt(0, later.getInt(0) + 5);
            decode(later);
            assertThat(recorder.seen()).containsExactly(Samples.hello(2));
        }

        @Test
        void row_46_hello_of_this_version_has_nothing_behind_its_last_field() {
            ByteBuf longer = frames(Samples.hello(1)).writeByte(0);
            longer.setInt(0, longer.getInt(0) + 1);
            assertViolation(CloseReason.MALFORMED, longer);
        }

        @Test
        void the_largest_hello_fits() {
            assertThat(encoder.encode(LargestFrames.hello(), Unpooled.buffer()) - WireLimits.LENGTH_BYTES)
                    .isBetween(WireLimits.MAX_FRAME_BEFORE_EDGE * 3 / 4, WireLimits.MAX_FRAME_BEFORE_EDGE);
        }
    }

    @Nested
    class When_the_edge_is_up {

        @BeforeEach
        void shakeHands() {
            decode(frames(Samples.hello(1), ACK));
            recorder.seen().clear();
        }

        @ParameterizedTest
        @ValueSource(strings = {"00000000", "00100001", "7fffffff", "ffffffff"})
        void rows_35_to_39_a_bad_length_is_refused_before_its_body_arrives(String length) {
            assertViolation(CloseReason.FRAME_SIZE, Hex.buffer(length));
        }

        @Test
        void row_36_a_frame_without_its_fields_is_malformed() {
            assertViolation(CloseReason.MALFORMED, Hex.frame("33"));
        }

        @Test
        void the_largest_frame_that_is_allowed_is_read() {
            Ping largest = new Ping(1, 2, WireLimits.DEFAULT_MAX_FRAME - 17);
            decode(frames(largest));
            assertThat(recorder.seen()).containsExactly(largest);
        }

        @Test
        void row_34_an_unknown_type_closes() {
            assertViolation(CloseReason.UNSUPPORTED, Hex.frame("0f 00"));
            assertViolation(CloseReason.UNSUPPORTED, Hex.frame("7f"), established());
        }

        @Test
        void row_34_an_unknown_type_that_may_be_skipped_is_skipped_and_reported() {
            decode(Unpooled.wrappedBuffer(Hex.frame("80 ffffff"), Hex.frame("33 07"), Hex.frame("ff")));
            assertThat(recorder.seen())
                    .containsExactly(new Recorder.Skipped(0x80), new Prune(7), new Recorder.Skipped(0xff));
        }

        @Test
        void row_28_a_second_handshake_is_refused() {
            assertViolation(CloseReason.HELLO_REPEATED, frames(Samples.hello(1)));
            assertViolation(CloseReason.HELLO_REPEATED, frames(ACK), established());
        }

        @Test
        void frames_in_front_of_a_broken_one_are_delivered_and_nothing_after_it() {
            assertViolation(
                    CloseReason.MALFORMED,
                    Unpooled.wrappedBuffer(frames(new Prune(1)), Hex.frame("33 80"), frames(new Prune(2))));
            assertThat(recorder.seen()).containsExactly(new Prune(1));
        }

        @Test
        void after_a_violation_everything_is_discarded() {
            assertViolation(CloseReason.UNSUPPORTED, Hex.frame("7f"));
            ByteBuf more = frames(new Prune(1));
            decode(more);
            assertThat(recorder.seen()).isEmpty();
            assertThat(more.readableBytes()).isZero();
        }

        @Test
        void a_sink_that_closes_hears_no_more() {
            List<Frame> heard = new ArrayList<>();
            ByteBuf in = frames(new Prune(1), new Prune(2));
            decoder.decode(in, new ForwardingSink(recorder) {
                @Override
                public void onFrame(Frame frame) {
                    heard.add(frame);
                    decoder.close();
                }
            });
            assertThat(heard).containsExactly(new Prune(1));
            assertThat(in.readableBytes()).isZero();
        }

        @Test
        void the_reader_index_stands_behind_a_frame_before_the_sink_hears_of_it() {
            ByteBuf in = frames(new Prune(1), new Prune(200));
            List<Integer> indexes = new ArrayList<>();
            decoder.decode(in, new ForwardingSink(recorder) {
                @Override
                public void onFrame(Frame frame) {
                    indexes.add(in.readerIndex());
                }
            });
            assertThat(indexes).containsExactly(6, 13);
        }

        @Test
        void an_exception_of_the_sink_passes_and_ends_the_conversation() {
            ByteBuf in = frames(new Prune(1), new Prune(2));
            IllegalStateException bug = new IllegalStateException("bug of the sink");
            Throwable thrown = catchThrowableOfType(
                    IllegalStateException.class,
                    () -> decoder.decode(in, new ForwardingSink(recorder) {
                        @Override
                        public void onFrame(Frame frame) {
                            throw bug;
                        }
                    }));
            assertThat(thrown).isSameAs(bug);
            decode(in);
            assertThat(recorder.seen()).isEmpty();
        }

        @Test
        void an_illegal_argument_of_the_sink_is_not_taken_for_one_of_the_peer() {
            IllegalArgumentException bug = new IllegalArgumentException("bug of the sink");
            Throwable thrown = catchThrowableOfType(
                    IllegalArgumentException.class,
                    () -> decoder.decode(frames(new Prune(1)), new ForwardingSink(recorder) {
                        @Override
                        public void onFrame(Frame frame) {
                            throw bug;
                        }
                    }));
            assertThat(thrown).isSameAs(bug);
        }

        @Test
        void a_payload_cannot_be_used_after_its_call() {
            List<PayloadView> kept = new ArrayList<>();
            ByteBuf in = Unpooled.buffer();
            new Samples.Data(1, 1, 1, 1, 0, "body").encode(encoder, in);
            decoder.decode(in, new ForwardingSink(recorder) {
                @Override
                public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
                    kept.add(body);
                }
            });
            assertThatIllegalStateException().isThrownBy(() -> kept.get(0).toByteArray());
        }
    }

    @Test
    void a_payload_is_compared_where_it_is() {
        List<Boolean> same = new ArrayList<>();
        ByteBuf in = Unpooled.buffer();
        new Samples.Data(1, 1, 1, 1, 0, "body").encode(encoder, in);
        established().decode(in, new ForwardingSink(recorder) {
            @Override
            public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
                for (String kept : List.of("body", "bods", "bod", "bodyl")) {
                    same.add(body.hasBytesOf(Samples.payload(kept)));
                }
            }
        });
        assertThat(same).containsExactly(true, false, false, false);
    }

    @Test
    void a_limit_below_128_KiB_or_above_16_MiB_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new FrameDecoder((128 << 10) - 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new FrameDecoder((16 << 20) + 1));
    }

    private FrameDecoder established() {
        FrameDecoder other = new FrameDecoder(WireLimits.DEFAULT_MAX_FRAME);
        other.decode(frames(Samples.hello(1), ACK), new Recorder());
        return other;
    }

    private void decode(ByteBuf in) {
        decoder.decode(in, recorder);
    }

    private void assertViolation(CloseReason reason, ByteBuf in) {
        assertViolation(reason, in, decoder);
    }

    private void assertViolation(CloseReason reason, ByteBuf in, FrameDecoder by) {
        ProtocolException thrown = catchThrowableOfType(ProtocolException.class, () -> by.decode(in, recorder));
        assertThat(thrown).isNotNull();
        assertThat(thrown.reason()).isEqualTo(reason);
        assertThat(thrown.getStackTrace()).isEmpty();
    }

    private ByteBuf frames(Frame... frames) {
        ByteBuf out = Unpooled.buffer();
        for (Frame frame : frames) {
            encoder.encode(frame, out);
        }
        return out;
    }
}
