package io.chaski.core.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** The table of docs/hostile-input.md is complete, and the tests it names exist. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HostileInputTest {

    /** Rows that concern framing, HELLO, topics, UDP, hop counts and limits. */
    private static final Set<Integer> ROWS = Stream.of(
                    IntStream.of(1, 2, 6, 28),
                    IntStream.rangeClosed(30, 53),
                    IntStream.rangeClosed(56, 60),
                    IntStream.rangeClosed(63, 85),
                    IntStream.rangeClosed(104, 106),
                    IntStream.of(111, 112))
            .flatMap(IntStream::boxed)
            .collect(Collectors.toCollection(TreeSet::new));

    private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+)(?:-(\\d+))? \\|(.*)\\|$");
    private static final Pattern TEST = Pattern.compile("`(\\w+Test(?:\\.[A-Z]\\w*)?)\\.(\\w+)`");

    private static final Pattern NUMBERS = Pattern.compile("rows?_(\\d+)(_to_|_and_)?(\\d+)?_");

    private String table;

    @BeforeEach
    void read() throws Exception {
        table = Files.readString(Path.of("..", "docs", "hostile-input.md"));
    }

    @Test
    void every_row_has_tests() {
        Set<Integer> listed = new TreeSet<>();
        for (MatchResult row : ROW.matcher(table).results().toList()) {
            int first = Integer.parseInt(row.group(1));
            int last = row.group(2) == null ? first : Integer.parseInt(row.group(2));
            assertThat(TEST.matcher(row.group(3)).find())
                    .as("tests of row %d", first)
                    .isTrue();
            IntStream.rangeClosed(first, last).forEach(listed::add);
        }
        assertThat(listed).containsAll(ROWS);
    }

    @Test
    void every_test_that_is_named_exists() throws Exception {
        Map<String, Class<?>> classes = testClasses();
        List<String> missing = new ArrayList<>();
        for (MatchResult named : TEST.matcher(table).results().toList()) {
            Class<?> in = classes.get(named.group(1));
            boolean exists = in != null
                    && Arrays.stream(in.getDeclaredMethods())
                            .anyMatch(method -> method.getName().equals(named.group(2))
                                    && AnnotationSupport.isAnnotated(method, Testable.class));
            if (!exists) {
                missing.add(named.group());
            }
        }
        assertThat(missing).as("tests that are named and do not exist").isEmpty();
    }

    @Test
    void every_test_of_a_row_is_named() throws Exception {
        List<String> unnamed = new ArrayList<>();
        testClasses().forEach((name, type) -> {
            if (name.endsWith("RowsTest")) {
                Arrays.stream(type.getDeclaredMethods())
                        .filter(method -> AnnotationSupport.isAnnotated(method, Testable.class))
                        .map(method -> name + '.' + method.getName())
                        .filter(test -> test.contains(".row") && !table.contains('`' + test + '`'))
                        .forEach(unnamed::add);
            }
        });
        assertThat(unnamed).as("tests of rows that the table does not name").isEmpty();
    }

    @Test
    void every_row_has_a_test_with_its_number() {
        Set<Integer> numbered = new TreeSet<>();
        for (MatchResult named : TEST.matcher(table).results().toList()) {
            Matcher numbers = NUMBERS.matcher(named.group(2));
            if (numbers.find()) {
                int first = Integer.parseInt(numbers.group(1));
                int last = numbers.group(3) == null ? first : Integer.parseInt(numbers.group(3));
                IntStream.rangeClosed(first, last).forEach(numbered::add);
            }
        }
        assertThat(numbered).containsAll(ROWS);
    }

    /** By the name that the table gives them: without the package, nested ones behind a dot. */
    private static Map<String, Class<?>> testClasses() throws Exception {
        Path root = Path.of(HostileInputTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(file -> file.toString().matches(".*Test(\\$[A-Z]\\w*)?\\.class"))
                    .toList();
        }
        Map<String, Class<?>> classes = new HashMap<>();
        for (Path file : files) {
            String binaryName =
                    root.relativize(file).toString().replaceAll("[/\\\\]", ".").replaceFirst("\\.class$", "");
            String shortName = binaryName.substring(binaryName.lastIndexOf('.') + 1);
            classes.put(
                    shortName.replace('$', '.'),
                    Class.forName(binaryName, false, HostileInputTest.class.getClassLoader()));
        }
        return classes;
    }
}
