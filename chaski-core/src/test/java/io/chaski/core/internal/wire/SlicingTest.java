package io.chaski.core.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** How the network cuts a stream never shows. Row numbers are those of docs/hostile-input.md. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SlicingTest {

    private static final long SEED = 42;

    private final byte[] stream = conversation();
    private final List<Object> whole = deliver(stream, () -> stream.length).seen();

    @Test
    void the_conversation_holds_every_vector() {
        long ofParts = Samples.frames().keySet().stream()
                .filter(SlicingTest::isOfParts)
                .count();
        assertThat(whole).hasSize(Samples.frames().size() + Samples.data().size() - (int) ofParts - 1 + 1);
    }

    @Nested
    class Row_42 {

        @Test
        void one_byte_per_read_gives_the_same_frames() {
            assertThat(deliver(stream, () -> 1).seen()).isEqualTo(whole);
        }

        @Test
        void two_reads_cut_anywhere_give_the_same_frames() {
            for (int cut = 1; cut < stream.length; cut++) {
                int first = cut;
                int[] reads = {0};
                Recorder recorder = deliver(stream, () -> reads[0]++ == 0 ? first : stream.length);
                assertThat(recorder.seen()).as("cut at %d", cut).isEqualTo(whole);
            }
        }

        @Test
        void random_reads_give_the_same_frames() {
            SplittableRandom random = new SplittableRandom(SEED);
            for (int run = 0; run < 500; run++) {
                int largest = 1 + random.nextInt(200);
                Recorder recorder = deliver(stream, () -> 1 + random.nextInt(largest));
                assertThat(recorder.seen()).as("run %d of seed %d", run, SEED).isEqualTo(whole);
            }
        }

        @Test
        void a_thousand_frames_in_one_read_are_a_thousand_frames() {
            FrameEncoder encoder = new FrameEncoder();
            ByteBuf in = Unpooled.buffer();
            List<Object> expected = new ArrayList<>();
            for (int i = 1; i <= 1_000; i++) {
                Samples.Data data = new Samples.Data(i, i, 1, 128, 0, "body " + i);
                data.encode(encoder, in);
                expected.add(data);
            }
            FrameDecoder decoder = new FrameDecoder(WireLimits.DEFAULT_MAX_FRAME);
            decoder.decode(handshake(), new Recorder());
            Recorder recorder = new Recorder();
            decoder.decode(in, recorder);
            assertThat(recorder.seen()).isEqualTo(expected);
        }
    }

    @Test
    void rows_40_and_41_a_stream_that_ends_anywhere_delivers_its_whole_frames_only() {
        for (int end = 0; end <= stream.length; end++) {
            byte[] prefix = Arrays.copyOf(stream, end);
            List<Object> expected = whole.subList(0, framesWithin(end));
            assertThat(deliver(prefix, () -> 64).seen()).as("end at %d", end).isEqualTo(expected);
        }
    }

    /** As a connection does: what is left of one read stands in front of the next. */
    private static Recorder deliver(byte[] bytes, IntSupplier readSize) {
        FrameDecoder decoder = new FrameDecoder(WireLimits.DEFAULT_MAX_FRAME);
        Recorder recorder = new Recorder();
        ByteBuf in = Unpooled.buffer();
        int sent = 0;
        while (sent < bytes.length) {
            int size = Math.min(readSize.getAsInt(), bytes.length - sent);
            in.writeBytes(bytes, sent, size);
            sent += size;
            decoder.decode(in, recorder);
            in.discardReadBytes();
        }
        return recorder;
    }

    private int framesWithin(int end) {
        ByteBuf bytes = Unpooled.wrappedBuffer(stream);
        int frames = 0;
        while (bytes.readableBytes() >= WireLimits.LENGTH_BYTES) {
            bytes.skipBytes(WireLimits.LENGTH_BYTES + bytes.getInt(bytes.readerIndex()));
            if (bytes.readerIndex() > end) {
                break;
            }
            frames++;
        }
        return frames;
    }

    /** Handshake, all other vectors of frames, and one that is skipped. */
    private static byte[] conversation() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(bytesOf(handshake()));
        Vectors.read(ProtocolVersion.CURRENT).forEach((name, vector) -> {
            if (!name.startsWith("HELLO")
                    && !name.startsWith("UDP.")
                    && !name.startsWith("BODY.")
                    && !isOfParts(name)) {
                bytes.writeBytes(vector);
            }
        });
        bytes.writeBytes(bytesOf(Hex.frame("90 010203")));
        return bytes.toByteArray();
    }

    /** A message in parts is too long to be cut everywhere; one that is cut is the business of {@link MessagePartsTest}. */
    private static boolean isOfParts(String name) {
        return name.startsWith("DATA_BEGIN") || name.startsWith("DATA_PART");
    }

    private static ByteBuf handshake() {
        Map<String, byte[]> vectors = Vectors.read(ProtocolVersion.CURRENT);
        return Unpooled.wrappedBuffer(vectors.get("HELLO"), vectors.get("HELLO_ACK"));
    }

    private static byte[] bytesOf(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }
}
