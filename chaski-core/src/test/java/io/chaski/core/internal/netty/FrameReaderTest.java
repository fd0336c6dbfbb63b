package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.FrameEncoder;
import io.chaski.core.internal.wire.FrameSink;
import io.chaski.core.internal.wire.FrameType;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.core.internal.wire.TopicSummary;
import io.chaski.core.internal.wire.UnfinishedMessages;
import io.chaski.core.internal.wire.WireLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** What a frame that never ends costs, to the byte: without a pool an allocator counts what is in use. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FrameReaderTest {

    /** What a read of a busy connection brings at first. */
    private static final int PIECE_BYTES = 16 << 10;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final FrameReader reader =
            new FrameReader(allocator, WireLimits.DEFAULT_MAX_FRAME, new UnfinishedMessages(Long.MAX_VALUE), () -> {});

    @AfterEach
    void nothing_is_left() {
        reader.close();
        assertThat(usedBytes()).isZero();
    }

    @Test
    void of_a_stranger_it_is_at_most_the_largest_frame_of_strangers() {
        long most = readAllButTheEnd(FrameType.HELLO, WireLimits.MAX_FRAME_BEFORE_EDGE);

        assertThat(most).isLessThanOrEqualTo(2L * WireLimits.MAX_FRAME_BEFORE_EDGE);
    }

    @Test
    void on_an_edge_it_is_the_largest_frame_and_not_a_power_of_two_beyond_it() {
        shakeHands();

        long most = readAllButTheEnd(FrameType.PING, WireLimits.DEFAULT_MAX_FRAME);

        assertThat(most).isEqualTo(WireLimits.LENGTH_BYTES + WireLimits.DEFAULT_MAX_FRAME);
    }

    @Test
    void of_which_half_has_come_it_is_moved_no_more() {
        shakeHands();
        int frame = WireLimits.LENGTH_BYTES + 2 * PIECE_BYTES;
        byte[] bytes = new byte[frame];
        Unpooled.wrappedBuffer(bytes).setInt(0, 2 * PIECE_BYTES).setByte(WireLimits.LENGTH_BYTES, FrameType.PING);

        reader.read(allocator.directBuffer().writeBytes(bytes, 0, frame / 2), new Nobody());

        assertThat(usedBytes()).isEqualTo(frame);
    }

    @Test
    void of_which_little_has_come_it_takes_little() {
        shakeHands();
        byte[] bytes = new byte[1_000];
        Unpooled.wrappedBuffer(bytes)
                .setInt(0, WireLimits.DEFAULT_MAX_FRAME)
                .setByte(WireLimits.LENGTH_BYTES, FrameType.PING);

        reader.read(allocator.directBuffer().writeBytes(bytes, 0, 3), new Nobody());
        assertThat(usedBytes()).isLessThanOrEqualTo(256);
        reader.read(allocator.directBuffer().writeBytes(bytes, 3, 997), new Nobody());
        assertThat(usedBytes()).isEqualTo(2_000);
    }

    @Test
    void is_given_back_when_whoever_takes_its_frames_closes_it_and_fails() {
        ByteBuf handshake = handshake();
        reader.read(handshake.readRetainedSlice(10), new Nobody());
        assertThat(usedBytes()).isPositive();

        FrameSink failing = new Nobody() {
            @Override
            public void onFrame(Frame frame) {
                reader.close();
                throw new IllegalStateException("as the test says");
            }
        };
        assertThatThrownBy(() -> reader.read(handshake, failing)).hasMessage("as the test says");
        assertThat(usedBytes()).isZero();
    }

    private void shakeHands() {
        reader.read(handshake(), new Nobody());
    }

    private ByteBuf handshake() {
        Descriptor peer = new Descriptor(new NodeId(1, 2), 1, List.of(), false, false, false, TopicSummary.NONE, 0);
        FrameEncoder encoder = new FrameEncoder();
        ByteBuf handshake = allocator.directBuffer();
        encoder.encode(new Hello(1, 1, "test", "peer", peer, 42, WireLimits.DEFAULT_MAX_FRAME, 0, 1_000), handshake);
        encoder.encode(new HelloAck(1, 0, 1, 2), handshake);
        return handshake;
    }

    /** Returns the most that was in use after any piece. */
    private long readAllButTheEnd(int type, int lengthBytes) {
        byte[] frame = new byte[WireLimits.LENGTH_BYTES + lengthBytes - 1];
        Unpooled.wrappedBuffer(frame).setInt(0, lengthBytes).setByte(WireLimits.LENGTH_BYTES, type);
        long most = 0;
        for (int from = 0; from < frame.length; from += PIECE_BYTES) {
            int bytes = Math.min(PIECE_BYTES, frame.length - from);
            reader.read(allocator.directBuffer(bytes).writeBytes(frame, from, bytes), new Nobody());
            most = Math.max(most, usedBytes());
        }
        assertThat(reader.isWithinFrame()).isTrue();
        return most;
    }

    private long usedBytes() {
        return allocator.metric().usedDirectMemory();
    }

    /** Hears nothing but the handshake. */
    private static class Nobody implements FrameSink {
        @Override
        public void onFrame(Frame frame) {
            assertThat(frame).isInstanceOfAny(Hello.class, HelloAck.class);
        }

        @Override
        public void onSkipped(int type) {
            throw new AssertionError("skipped " + type);
        }

        @Override
        public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
            throw new AssertionError("a message");
        }
    }
}
