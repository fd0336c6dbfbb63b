package io.chaski.core.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.CloseReason;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** The specification says what the code does. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SpecificationTest {

    private static final Pattern TYPE_ROW = Pattern.compile("\\| 0x([0-9a-f]{2}) \\| (\\w+) \\| (\\w+) \\|");
    private static final Pattern REASON = Pattern.compile("\\| (\\d{1,2}) \\| ([A-Z_]+) (?=\\|)");
    private static final Pattern DATAGRAM_ROW = Pattern.compile("\\n\\| (\\d) ([A-Z_]+) \\|");

    private final String specification = Files.readString(Path.of("..", "docs", "protocol.md"));

    SpecificationTest() throws IOException {}

    @Test
    void it_lists_every_frame_type_with_its_largest_size() throws Exception {
        FrameEncoder encoder = new FrameEncoder();
        Map<String, String> expected = new LinkedHashMap<>();
        for (Field field : FrameType.class.getFields()) {
            Frame largest = LargestFrames.all().get(field.getName());
            if (!field.getName().equals("SKIPPABLE")) {
                String size = largest == null
                        ? "any"
                        : String.valueOf(encoder.encode(largest, Unpooled.buffer()) - WireLimits.LENGTH_BYTES);
                expected.put(field.getName(), String.format("%02x %s", field.getInt(null), size));
            }
        }
        Map<String, String> listed = rows(TYPE_ROW, 2, row -> row.group(1) + " " + row.group(3));
        assertThat(listed).isEqualTo(expected);
    }

    @Test
    void it_lists_every_close_reason() {
        Map<String, String> expected = new LinkedHashMap<>();
        for (CloseReason reason : CloseReason.values()) {
            expected.put(reason.name(), String.valueOf(reason.code()));
        }
        assertThat(rows(REASON, 2, row -> row.group(1))).isEqualTo(expected);
    }

    @Test
    void it_lists_every_datagram() {
        Map<String, String> expected = new LinkedHashMap<>();
        Vectors.read(ProtocolVersion.CURRENT).forEach((name, bytes) -> {
            if (name.startsWith("UDP.")) {
                expected.put(name.substring("UDP.".length()), String.valueOf(bytes[2]));
            }
        });
        int begin = specification.indexOf("Datagrams\n");
        int end = specification.indexOf("\n## ", begin);
        assertThat(rows(DATAGRAM_ROW, specification.substring(begin, end), 2, row -> row.group(1)))
                .isEqualTo(expected);
    }

    private Map<String, String> rows(Pattern pattern, int name, Function<MatchResult, String> value) {
        return rows(pattern, specification, name, value);
    }

    private static Map<String, String> rows(
            Pattern pattern, String text, int name, Function<MatchResult, String> value) {
        return pattern.matcher(text).results().collect(Collectors.toMap(row -> row.group(name), value));
    }
}
