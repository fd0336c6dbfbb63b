package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** What no source may contain. Reads the sources and names each line that breaks a rule. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ArchitectureTest {

    private static final Path SOURCES = Path.of("src", "main", "java", "io", "chaski", "streamer");
    private static final int LONGEST_FILE = 400;

    /** Lines of code by file, comments left out. */
    private static final Map<Path, List<String>> CODE = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        CODE.clear();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                CODE.put(
                        SOURCES.relativize(file),
                        Files.readAllLines(file).stream()
                                .filter(line -> !line.isBlank() && !line.matches("\\s*(/\\*|\\*|//).*"))
                                .toList());
            }
        }
    }

    @Test
    void files_are_short_enough_to_read() {
        CODE.forEach((file, lines) -> assertThat(lines.size())
                .as("lines of code of %s, comments not counted", file)
                .isLessThanOrEqualTo(LONGEST_FILE));
    }

    @Test
    void packages_are_null_marked() {
        List<Path> packages = CODE.keySet().stream()
                .map(file -> SOURCES.resolve(file).getParent())
                .distinct()
                .toList();
        assertThat(packages)
                .hasSizeGreaterThan(4)
                .allSatisfy(each ->
                        assertThat(each.resolve("package-info.java")).content().contains("@NullMarked"));
    }
}
