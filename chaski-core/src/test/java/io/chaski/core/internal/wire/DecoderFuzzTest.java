package io.chaski.core.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.internal.wire.EdgeFrame.Refusal;
import io.chaski.core.internal.wire.EdgeFrame.Refuse;
import io.chaski.core.internal.wire.TreeFrame.Prune;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Inputs that are nearly right either decode to what stands in them or raise {@link ProtocolException}, with memory
 * in proportion to the input. A finding prints its bytes: they become a line of the corpus.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DecoderFuzzTest {

    private static final long SEED = 20_260_101;

    /** About two seconds for all targets together. */
    private static final int ITERATIONS = 60_000;

    @ParameterizedTest
    @EnumSource
    void nearly_right_inputs_decode_or_are_refused(FuzzTarget target) throws IOException {
        fuzz(target, target::run, SEED, ITERATIONS);
    }

    /** {@code -Dchaski.fuzz.iterations} per target, {@code -Dchaski.fuzz.seed} to go elsewhere. */
    @Tag("deep")
    @ParameterizedTest
    @EnumSource
    void many_more_inputs_decode_or_are_refused(FuzzTarget target) throws IOException {
        fuzz(
                target,
                target::run,
                Long.getLong("chaski.fuzz.seed", SEED + 1),
                Long.getLong("chaski.fuzz.iterations", 10_000_000L));
    }

    @ParameterizedTest
    @EnumSource
    void the_corpus_has_the_outcomes_it_had(FuzzTarget target) throws IOException {
        Map<String, String> expected = corpus(target);
        Map<String, String> actual = new LinkedHashMap<>();
        expected.keySet().forEach(hex -> actual.put(hex, target.run(ByteBufUtil.decodeHexDump(hex))));
        assertThat(actual).hasSizeGreaterThan(10).isEqualTo(expected);
    }

    /** Each of these decoders has one mistake; the fuzzer must find it. */
    @Nested
    class The_alarm_rings_for_a_decoder {

        @Test
        void that_takes_an_ordinal_on_trust() {
            assertAlarm("ArrayIndexOutOfBounds", (in, frame, sink) -> {
                if (in.getByte(frame + 4) != FrameType.REFUSE || in.getInt(frame) != 4 || in.getByte(frame + 6) < 0) {
                    return false;
                }
                Refusal[] codes = {Refusal.BAD_TOPIC, Refusal.LIMIT, Refusal.DENIED};
                Refusal code = codes[in.getByte(frame + 7)];
                in.skipBytes(8);
                sink.onFrame(new Refuse(in.getUnsignedByte(frame + 5), in.getByte(frame + 6), code));
                return true;
            });
        }

        @Test
        void that_allocates_what_a_list_announces() {
            assertAlarm("bytes allocated", (in, frame, sink) -> {
                if (in.getByte(frame + 4) == FrameType.TOPICS && in.getInt(frame) >= 4) {
                    int announced = in.getUnsignedShort(frame + 5);
                    assertThat(new long[announced]).hasSize(announced);
                }
                return false;
            });
        }

        @Test
        void that_ignores_bytes_behind_the_last_field() {
            assertAlarm("the bytes of Prune", (in, frame, sink) -> {
                if (in.getByte(frame + 4) != FrameType.PRUNE || in.getInt(frame) < 2 || in.getByte(frame + 5) < 0) {
                    return false;
                }
                in.skipBytes(4 + in.getInt(frame));
                sink.onFrame(new Prune(in.getByte(frame + 5)));
                return true;
            });
        }

        @Test
        void that_keeps_the_buffer() {
            assertAlarm("references to the input", (in, frame, sink) -> {
                if (in.getByte(frame + 4) == FrameType.END) {
                    in.retain();
                }
                return false;
            });
        }

        private void assertAlarm(String alarm, Mistake mistake) {
            Consumer<byte[]> broken = input -> {
                ByteBuf in = Unpooled.copiedBuffer(input);
                FuzzTarget.decodeFrames(in, () -> new BrokenDecoder(mistake)::decode);
                assertThat(in.refCnt()).as("references to the input").isEqualTo(1);
            };
            assertThatThrownBy(() -> fuzz(FuzzTarget.FRAMES, broken, SEED, ITERATIONS))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("input ")
                    .cause()
                    .asString()
                    .contains(alarm);
        }
    }

    /** Handles a whole frame wrongly, or leaves it to the decoder that is right. */
    @FunctionalInterface
    private interface Mistake {
        boolean handles(ByteBuf in, int frame, FrameSink sink);
    }

    private static final class BrokenDecoder {

        private final Mistake mistake;
        private final FuzzTarget.Decoding right = FuzzTarget.establishedDecoder();

        BrokenDecoder(Mistake mistake) {
            this.mistake = mistake;
        }

        void decode(ByteBuf in, FrameSink sink) {
            int frame = in.readerIndex();
            boolean whole =
                    in.readableBytes() > 8 && in.getInt(frame) > 0 && in.getInt(frame) <= in.readableBytes() - 4;
            if (!whole || !mistake.handles(in, frame, sink)) {
                right.decode(in, sink);
            } else {
                decode(in, sink);
            }
        }
    }

    private static void fuzz(FuzzTarget target, Consumer<byte[]> run, long seed, long iterations) throws IOException {
        List<byte[]> seeds = new ArrayList<>(target.vectors().values());
        corpus(target).keySet().forEach(hex -> seeds.add(ByteBufUtil.decodeHexDump(hex)));
        Mutator mutator = new Mutator(seed, seeds, target.isFramed());
        for (long i = 0; i < iterations; i++) {
            byte[] input = mutator.next();
            try {
                run.accept(input);
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        target + ", seed " + seed + ", iteration " + i + ", input " + ByteBufUtil.hexDump(input), e);
            }
        }
    }

    /** Outcome by input; a line is hexadecimal digits, a colon and the outcome. */
    private static Map<String, String> corpus(FuzzTarget target) throws IOException {
        String resource = "/wire/corpus/" + target.name().toLowerCase(Locale.ROOT) + ".txt";
        Map<String, String> corpus = new LinkedHashMap<>();
        try (InputStream in = DecoderFuzzTest.class.getResourceAsStream(resource)) {
            new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line ->
                            corpus.put(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 2)));
        }
        return corpus;
    }
}
