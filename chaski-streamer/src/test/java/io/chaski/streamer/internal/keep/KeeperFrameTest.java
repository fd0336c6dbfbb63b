package io.chaski.streamer.internal.keep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.HybridTimestamp;
import io.chaski.core.NodeId;
import io.chaski.core.internal.module.FieldReader.MalformedFieldsException;
import io.chaski.core.internal.module.FieldWriter;
import io.chaski.streamer.internal.durable.HistoryPosition;
import io.chaski.streamer.internal.durable.Sequences;
import io.chaski.streamer.internal.durable.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class KeeperFrameTest {

    private static final Source SOURCE = new Source(new NodeId(1, 2), 3);
    private static final Sequences SOME = Sequences.of(1, 4).plus(6, 6);

    static Stream<KeeperFrame> frames() {
        HistoryPosition place = new HistoryPosition(new HybridTimestamp(5, 6), SOURCE, 7);
        return Stream.of(
                new KeeperFrame.Have(Map.of(), true),
                new KeeperFrame.Have(Map.of(SOURCE, SOME), false),
                new KeeperFrame.Messages(List.of()),
                new KeeperFrame.Gone(SOURCE, new Sequences.Interval(1, 9)),
                new KeeperFrame.Done(),
                new KeeperFrame.Kept(new UUID(8, 9), 3, SOME),
                new KeeperFrame.Kept(new UUID(8, 9), 0, Sequences.NONE),
                new KeeperFrame.Refused(3, 7, Refusal.DISK_FULL),
                new KeeperFrame.Ask(new HistoryPlace(place, 0), 10),
                new KeeperFrame.Ask(new HistoryPlace(HistoryPosition.START, 1), 1_024));
    }

    @ParameterizedTest
    @MethodSource("frames")
    void are_read_as_they_were_written(KeeperFrame frame) throws Exception {
        assertThat(KeeperFrame.read(frame.encode())).isEqualTo(frame);
    }

    static Stream<Arguments> bytes() {
        HistoryPosition place = new HistoryPosition(new HybridTimestamp(5, 6), SOURCE, 7);
        String source = "0000000000000001 0000000000000002 0000000000000003 ";
        String some = "0002 0000000000000001 0000000000000004 0000000000000006 0000000000000006";
        KeeperFrame.Item item = new KeeperFrame.Item(SOURCE, 7, new byte[] {(byte) 0xab, (byte) 0xcd});
        return Stream.of(
                Arguments.of(new KeeperFrame.Have(Map.of(SOURCE, SOME), true), "01 01 0001 " + source + some),
                Arguments.of(
                        new KeeperFrame.Messages(List.of(item)),
                        "02 0001 " + source + "0000000000000007 00000002 abcd"),
                Arguments.of(
                        new KeeperFrame.Gone(SOURCE, new Sequences.Interval(1, 9)),
                        "03 " + source + "0000000000000001 0000000000000009"),
                Arguments.of(new KeeperFrame.Done(), "04"),
                Arguments.of(
                        new KeeperFrame.Kept(new UUID(8, 9), 3, SOME),
                        "05 0000000000000008 0000000000000009 0000000000000003 " + some),
                Arguments.of(new KeeperFrame.Refused(3, 7, Refusal.BUSY), "06 0000000000000003 0000000000000007 06"),
                Arguments.of(
                        new KeeperFrame.Ask(new HistoryPlace(place, 0), 10),
                        "07 000a 0000 0000000000050006 " + source + "0000000000000007"));
    }

    @ParameterizedTest
    @MethodSource("bytes")
    void are_these_bytes(KeeperFrame frame, String hex) {
        assertThat(HexFormat.of().formatHex(frame.encode())).isEqualTo(hex.replace(" ", ""));
    }

    @Test
    void are_listed_in_the_specification_with_roles_and_refusals() throws Exception {
        String specification = Files.readString(Path.of("..", "docs", "protocol.md"));
        String section = specification.substring(
                specification.indexOf("\n## 15. Durable topics"), specification.indexOf("\n## 16. "));
        List<String> expected = new ArrayList<>();
        for (Class<?> each : KeeperFrame.class.getPermittedSubclasses()) {
            expected.add(each.getDeclaredField("TYPE").get(null) + " "
                    + each.getSimpleName().toUpperCase(Locale.ROOT));
        }
        for (Refusal each : Refusal.values()) {
            expected.add(each.number() + " " + each);
        }

        assertThat(Pattern.compile("\n\\| (\\d [A-Z_]+) \\|").matcher(section).results())
                .extracting(row -> row.group(1))
                .containsExactlyInAnyOrderElementsOf(expected);
        for (Role role : Role.values()) {
            assertThat(section).contains("`" + role.text() + "` ");
        }
    }

    @Test
    void carry_messages_up_to_the_size_that_a_stream_takes() throws Exception {
        byte[] body = new byte[KeeperFrame.MAX_BODY_BYTES];
        new Random(1).nextBytes(body);

        byte[] encoded = new KeeperFrame.Messages(List.of(new KeeperFrame.Item(SOURCE, 7, body))).encode();

        assertThat(encoded).hasSizeLessThanOrEqualTo(1 << 20);
        KeeperFrame.Item read =
                ((KeeperFrame.Messages) KeeperFrame.read(encoded)).items().get(0);
        assertThat(read.source()).isEqualTo(SOURCE);
        assertThat(read.sequence()).isEqualTo(7);
        assertThat(read.body()).isEqualTo(body);
    }

    @Test
    void with_the_most_that_a_reader_may_say_fit_a_stream() throws Exception {
        Sequences many = Sequences.NONE;
        for (int i = 0; i < 2 * KeeperFrame.MAX_INTERVALS; i++) {
            many = many.plus(3L * i + 1, 3L * i + 1);
        }
        Map<Source, Sequences> all = new LinkedHashMap<>();
        for (int i = 0; i <= KeeperFrame.MAX_SOURCES; i++) {
            all.put(new Source(new NodeId(i, 0), 1), many);
        }

        List<KeeperFrame.Have> frames = Feed.haves(all);

        assertThat(frames).extracting(KeeperFrame.Have::isLast).containsExactly(false, false, true);
        for (KeeperFrame.Have frame : frames) {
            assertThat(frame.encode()).hasSizeLessThanOrEqualTo(1 << 20);
            assertThat(KeeperFrame.read(frame.encode())).isEqualTo(frame);
        }
        assertThat(frames.get(0).sequences()).hasSize(KeeperFrame.MAX_SOURCES);
    }

    private static FieldWriter frame(int type) {
        return new FieldWriter().u8(type);
    }

    private static FieldWriter source(FieldWriter out) {
        return out.i64(1).i64(2).i64(3);
    }

    static Stream<Arguments> hostile() {
        return Stream.of(
                Arguments.of("nothing", new byte[0], "too soon"),
                Arguments.of("an unknown type", new byte[] {99}, "unknown type"),
                Arguments.of("bytes behind it", new byte[] {4, 0}, "1 bytes behind"),
                Arguments.of("more sources than fit", frame(1).u8(1).u16(1_025).toBytes(), "1025 sources"),
                Arguments.of(
                        "a source twice",
                        source(source(frame(1).u8(1).u16(2)).u16(0)).u16(0).toBytes(),
                        "twice"),
                Arguments.of(
                        "more intervals than fit",
                        source(frame(1).u8(1).u16(1)).u16(33).toBytes(),
                        "33 intervals"),
                Arguments.of(
                        "an interval backwards",
                        source(frame(1).u8(1).u16(1)).u16(1).i64(5).i64(4).toBytes(),
                        "from 5 to 4"),
                Arguments.of(
                        "an interval from 0", source(frame(3)).i64(0).i64(4).toBytes(), "from 0 to 4"),
                Arguments.of(
                        "an interval without an end",
                        source(frame(3)).i64(1).i64(Long.MAX_VALUE).toBytes(),
                        "from 1 to"),
                Arguments.of(
                        "a gap beyond all numbers",
                        source(frame(3)).i64(1).i64(Long.MAX_VALUE / 2 + 1).toBytes(),
                        "a gap up to 4611686018427387904"),
                Arguments.of(
                        "intervals that go back",
                        source(frame(1).u8(1).u16(1))
                                .u16(2)
                                .i64(5)
                                .i64(6)
                                .i64(1)
                                .i64(2)
                                .toBytes(),
                        "from 1 to 2"),
                Arguments.of(
                        "intervals that touch",
                        source(frame(1).u8(1).u16(1))
                                .u16(2)
                                .i64(5)
                                .i64(6)
                                .i64(7)
                                .i64(8)
                                .toBytes(),
                        "from 7 to 8"),
                Arguments.of(
                        "a negative epoch",
                        frame(3).i64(1).i64(2).i64(-1).i64(1).i64(1).toBytes(),
                        "epoch of -1"),
                Arguments.of(
                        "a message with number 0",
                        source(frame(2).u16(1)).i64(0).i32(1).u8(0).toBytes(),
                        "number 0"),
                Arguments.of(
                        "a body that is not there",
                        source(frame(2).u16(1)).i64(1).i32(1_000_000).toBytes(),
                        "too soon"),
                Arguments.of(
                        "a body that is too long",
                        source(frame(2).u16(1)).i64(1).i32(1 << 20).toBytes(),
                        "1048576 bytes"),
                Arguments.of(
                        "a body of negative length",
                        source(frame(2).u16(1)).i64(1).i32(-1).toBytes(),
                        "-1 bytes"),
                Arguments.of("more messages than fit", frame(2).u16(1_025).toBytes(), "1025 messages"),
                Arguments.of("an unknown refusal", frame(6).i64(1).i64(1).u8(77).toBytes(), "unknown refusal"),
                Arguments.of(
                        "a page of nothing",
                        source(frame(7).u16(0).u16(0).i64(0)).i64(0).toBytes(),
                        "limit of 0"),
                Arguments.of(
                        "a page without end",
                        source(frame(7).u16(2_000).u16(0).i64(0)).i64(0).toBytes(),
                        "limit of 2000"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void that_nobody_honest_sends_are_refused(String what, byte[] bytes, String reason) {
        assertThatThrownBy(() -> KeeperFrame.read(bytes))
                .isInstanceOf(MalformedFieldsException.class)
                .hasMessageContaining(reason);
    }

    /** Whatever comes is a frame or is refused, and never another exception. */
    @Test
    void that_are_changed_anywhere_are_frames_or_refused() {
        Random random = new Random(7);
        List<byte[]> seeds = frames().map(KeeperFrame::encode).toList();
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                KeeperFrame.read(bytes);
            } catch (MalformedFieldsException expected) {
                refused++;
            }
        }
        assertThat(refused).isBetween(1_000, 19_999);
    }
}
