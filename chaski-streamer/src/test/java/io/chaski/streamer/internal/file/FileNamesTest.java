package io.chaski.streamer.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.streamer.file.FileExchange;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "report 2026_v1-final.tar.gz",
                "naïve.txt",
                "日本語",
                "д/е/ж.bin",
                "console.log",
                "com",
                "COM10"
            })
    void good_names(String name) {
        assertThat(FileNames.isGoodPath(name)).isTrue();
        assertThat(FileExchange.isGoodName(name)).as("as applications ask").isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "..",
                ".",
                "../x",
                "a/../b",
                "/etc/passwd",
                "a//b",
                "a/",
                "C:\\x",
                "\\\\srv\\s",
                "a:b",
                "a\0b",
                "a\nb",
                "a\r",
                "x.",
                "x ",
                ".hidden",
                "a/.b",
                "CON",
                "con",
                "Nul.txt",
                "COM1",
                "lpt9.log",
                "AUX .txt",
                "COM\u00b9",
                "lpt\u00b3.log",
                "a*b",
                "a?b",
                "a<b",
                "a|b",
                "a\"b",
                "\u202Etxt.exe",
                "a\u200Bb",
                "\uD83D\uDE00",
                "~"
            })
    void rows_92_to_96_bad_names(String name) {
        assertThat(FileNames.isGoodPath(name)).isFalse();
        assertThat(FileExchange.isGoodName(name)).as("as applications ask").isFalse();
    }

    @Test
    void row_96_a_segment_has_at_most_255_bytes() {
        assertThat(FileNames.isGoodPath("a".repeat(255))).isTrue();
        assertThat(FileNames.isGoodPath("a".repeat(256))).isFalse();
        assertThat(FileNames.isGoodPath("é".repeat(128)))
                .as("256 bytes in 128 characters")
                .isFalse();
    }

    @Test
    void a_path_has_at_most_16_segments() {
        assertThat(FileNames.isGoodPath("a/".repeat(15) + "a")).isTrue();
        assertThat(FileNames.isGoodPath("a/".repeat(16) + "a")).isFalse();
    }

    @Test
    void row_96_of_twins_only_the_composed_one_is_good_and_it_is_the_one_that_is_offered() {
        assertThat(FileNames.isGoodPath("caf\u00e9")).isTrue();
        assertThat(FileNames.isGoodPath("cafe\u0301")).isFalse();
        assertThat(FileNames.offered(Path.of("d", "cafe\u0301"))).isEqualTo("d/caf\u00e9");
    }

    @Test
    void bad_names_are_shown_without_what_makes_them_bad() {
        assertThat(FileNames.printable("../\u001b[31mx\n")).isEqualTo("../??31mx?");
        assertThat(FileNames.printable("x".repeat(5_000))).hasSize(255);
    }

    @Test
    void a_number_goes_before_the_extension_and_the_name_stays_short_enough() {
        assertThat(FileNames.numbered("a.tar.gz", 2)).isEqualTo("a.tar-2.gz");
        assertThat(FileNames.numbered("plain", 11)).isEqualTo("plain-11");
        String longest = FileNames.numbered("é".repeat(125) + ".text", 2);
        assertThat(FileNames.isGoodSegment(longest)).isTrue();
        assertThat(longest).endsWith("é-2.text");
    }
}
