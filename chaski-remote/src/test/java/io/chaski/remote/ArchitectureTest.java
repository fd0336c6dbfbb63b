package io.chaski.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** The arrows between the packages, and what no source may contain. Reads the sources and names each line that breaks a rule. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ArchitectureTest {

    /** Each knows the API and those that stand before it, so that there is no circle. */
    private static final List<String> FROM_BELOW =
            List.of("model", "directory", "context", "wire", "flow", "serve", "call", "many", "schedule");

    private static final Path SOURCES = Path.of("src", "main", "java", "io", "chaski", "remote");
    private static final int LONGEST_FILE = 400;
    private static final Pattern INSIDE =
            Pattern.compile("import (?:static )?io\\.chaski\\.remote\\.internal\\.(\\w+).*");

    /** Lines of code by file, comments emptied. */
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
                                .map(ArchitectureTest::withoutComment)
                                .toList());
            }
        }
    }

    /** In these sources a comment is a line of its own, or the end of one. */
    private static String withoutComment(String line) {
        return line.replaceAll("^\\s*(/\\*|\\*|//).*|\\s//\\s.*", "");
    }

    private static String packageOf(Path file) {
        return file.startsWith("internal") ? file.getName(1).toString() : "";
    }

    private static List<String> lines(String regex) {
        Pattern pattern = Pattern.compile(regex);
        List<String> found = new ArrayList<>();
        CODE.forEach((file, lines) -> lines.stream()
                .filter(line -> pattern.matcher(line).find())
                .forEach(line -> found.add(file + ": " + line.strip())));
        return found;
    }

    @Test
    void packages_know_those_below_them_only() {
        List<String> broken = new ArrayList<>();
        CODE.forEach((file, lines) -> lines.forEach(line -> {
            Matcher matcher = INSIDE.matcher(line);
            if (matcher.matches() && !packageOf(file).isEmpty()) {
                int from = FROM_BELOW.indexOf(packageOf(file));
                int to = FROM_BELOW.indexOf(matcher.group(1));
                if (to < 0 || to > from) {
                    broken.add(file + ": " + line);
                }
            }
        }));
        assertThat(broken).isEmpty();
    }

    @Test
    void every_package_has_its_place() {
        assertThat(CODE.keySet().stream()
                        .map(ArchitectureTest::packageOf)
                        .filter(name -> !name.isEmpty())
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(FROM_BELOW);
    }

    @Test
    void the_network_and_the_encoding_are_those_of_the_core() {
        assertThat(lines("\\bio\\.netty\\b|\\bcom\\.fasterxml\\b")).isEmpty();
        assertThat(lines("\\bio\\.chaski\\.core\\.internal\\.(?!module\\.)")).isEmpty();
        assertThat(lines("\\bio\\.chaski\\.core\\.internal\\.module\\.")).isNotEmpty();
    }

    @Test
    void no_class_is_found_by_a_name() {
        assertThat(lines("\\bClass\\.forName\\b|\\.loadClass\\(|\\bServiceLoader\\b"))
                .isEmpty();
    }

    @Test
    void files_are_short_enough_to_read() {
        Map<Path, Long> tooLong = new TreeMap<>();
        CODE.forEach((file, lines) -> {
            long count = lines.stream().filter(line -> !line.isBlank()).count();
            if (count > LONGEST_FILE) {
                tooLong.put(file, count);
            }
        });
        assertThat(tooLong).as("lines of code, comments not counted").isEmpty();
    }

    @Test
    void no_class_is_named_after_nothing_and_nothing_is_promised() throws IOException {
        assertThat(lines("(class|interface|record|enum) \\w*(Impl|Utils?|Helper|Manager)\\b"))
                .isEmpty();
        for (Path file : CODE.keySet()) {
            assertThat(SOURCES.resolve(file)).content().doesNotContainPattern("\\b(TODO|FIXME|XXX)\\b");
        }
    }

    @Test
    void packages_are_null_marked() {
        List<Path> packages = CODE.keySet().stream()
                .map(file -> SOURCES.resolve(file).getParent())
                .distinct()
                .toList();
        assertThat(packages)
                .hasSize(FROM_BELOW.size() + 1)
                .allSatisfy(each ->
                        assertThat(each.resolve("package-info.java")).content().contains("@NullMarked"));
    }

    @Test
    void the_alarm_sees_code_and_no_comments() {
        assertThat(withoutComment("    /** no Class.forName */")).isBlank();
        assertThat(withoutComment("     * no Class.forName")).isBlank();
        assertThat(withoutComment("call(); // no Class.forName")).isEqualTo("call();");
        assertThat(withoutComment("Class.forName(name)")).isEqualTo("Class.forName(name)");
        assertThat(lines("\\bclass ChaskiRemote\\b")).hasSize(1);
    }
}
