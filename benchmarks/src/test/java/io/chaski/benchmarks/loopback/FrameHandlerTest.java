package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FrameHandlerTest {

    static final String[] FRAMES = {"one", "", "a longer one", "x"};

    /** What was in the frames, and in how large a buffer each was found. */
    final List<String> found = new ArrayList<>();

    final List<Integer> buffers = new ArrayList<>();
    final EmbeddedChannel channel = new EmbeddedChannel(new FrameHandler() {
        @Override
        void onFrame(ChannelHandlerContext context, ByteBuf data, int at, int length) {
            found.add(data.toString(at, length, StandardCharsets.US_ASCII));
            buffers.add(data.writerIndex());
        }
    });

    static byte[] bytes() {
        ByteBuf all = Unpooled.buffer();
        for (String frame : FRAMES) {
            all.writeInt(frame.length());
            ByteBufUtil.writeAscii(all, frame);
        }
        return ByteBufUtil.getBytes(all);
    }

    static int[] sizes() {
        return IntStream.rangeClosed(1, bytes().length).toArray();
    }

    private List<ByteBuf> read(byte[] bytes, int size) {
        List<ByteBuf> reads = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += size) {
            ByteBuf read = Unpooled.directBuffer().writeBytes(bytes, from, Math.min(size, bytes.length - from));
            reads.add(read);
            channel.writeInbound(read);
        }
        return reads;
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void frames_are_found_however_the_reads_cut_them_and_the_reads_are_released(int size) {
        List<ByteBuf> reads = read(bytes(), size);

        assertThat(found).containsExactly(FRAMES);
        assertThat(reads).allSatisfy(read -> assertThat(read.refCnt()).isZero());
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void only_the_frame_that_is_cut_is_copied() {
        byte[] bytes = bytes();
        int cut = Integer.BYTES + 1; // within the first frame

        read(Arrays.copyOf(bytes, cut), bytes.length);
        read(Arrays.copyOfRange(bytes, cut, bytes.length), bytes.length);

        assertThat(found).containsExactly(FRAMES);
        assertThat(buffers).startsWith(Integer.BYTES + FRAMES[0].length(), bytes.length - cut);
    }

    @Test
    void what_has_begun_is_released_when_the_connection_ends() {
        read(new byte[] {0, 0, 0, 9, 1}, 5);

        assertThat(channel.finish()).isFalse(); // a leak fails the build
        assertThat(found).isEmpty();
    }
}
