package io.chaski.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The table of docs/remote.md has every row of the hardening list about calls, and the tests it names exist. */
class HostileTableTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+)(?:-(\\d+))? \\|.*\\|(.*)\\|$");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`");

    private String document;

    @BeforeEach
    void read() throws IOException {
        document = Files.readString(Path.of("..", "docs", "remote.md"));
    }

    @Test
    void every_row_has_tests() {
        Set<Integer> listed = new TreeSet<>();
        for (MatchResult row : ROW.matcher(document).results().toList()) {
            int first = Integer.parseInt(row.group(1));
            int last = row.group(2) == null ? first : Integer.parseInt(row.group(2));
            assertThat(row.group(3)).as("row %d", first).containsPattern(TEST);
            IntStream.rangeClosed(first, last).forEach(listed::add);
        }
        assertThat(listed).containsExactly(58, 59, 60, 61, 86, 87, 88, 89, 90, 91);
    }

    @Test
    void every_test_that_is_named_exists() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".java")).toList()) {
                sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        }
        List<String> missing = new ArrayList<>();
        for (MatchResult named : TEST.matcher(document).results().toList()) {
            if (!sources.getOrDefault(named.group(1), "").contains("    void " + named.group(2) + "(")) {
                missing.add(named.group());
            }
        }
        assertThat(missing).as("tests that are named and do not exist").isEmpty();
    }
}
