package io.chaski.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The arrows of the architecture and the rules that keep the protocol a pure function of its inputs. Reads the sources
 * and names each line that breaks one.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ArchitectureTest {

    static final Path SOURCES = Path.of("src", "main", "java");
    static final String API = "io.chaski.core";
    static final String INTERNAL = "io.chaski.core.internal";
    static final String WIRE = INTERNAL + ".wire";
    static final String PROTOCOL = INTERNAL + ".protocol";
    static final String RUNTIME = INTERNAL + ".runtime";
    static final String NETTY = INTERNAL + ".netty";
    static final int LONGEST_FILE = 450;

    private static final Pattern IMPORT = Pattern.compile("import (?:static )?([\\w.]+?)(?:\\.\\*)?;");
    private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");

    /** A line of a source file, comments emptied. */
    record Line(Path file, String packageName, int number, String text) {
        @Override
        public String toString() {
            return file + ":" + number + ": " + text.strip();
        }
    }

    private static final List<Line> ALL = new ArrayList<>();

    @BeforeAll
    static void read() throws IOException {
        ALL.clear();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java"))
                    .sorted()
                    .toList()) {
                ALL.addAll(linesOf(file));
            }
        }
    }

    static List<Line> lines(String packageName) {
        return ALL.stream()
                .filter(line -> isIn(line.packageName(), packageName))
                .toList();
    }

    private static List<Line> linesOf(Path file) throws IOException {
        List<String> texts = code(Files.readAllLines(file));
        String packageName = texts.stream()
                .map(PACKAGE::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .findFirst()
                .orElse("");
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            lines.add(new Line(SOURCES.relativize(file), packageName, i + 1, texts.get(i)));
        }
        return lines;
    }

    /** Comments and text literals mean nothing to the rules. */
    static List<String> code(List<String> texts) {
        List<String> code = new ArrayList<>();
        boolean inComment = false;
        for (String text : texts) {
            String line = text.replaceAll("\"(?:\\\\.|[^\"\\\\])*\"", "\"\"");
            if (inComment) {
                int end = line.indexOf("*/");
                line = end < 0 ? "" : line.substring(end + 2);
                inComment = end < 0;
            }
            line = line.replaceAll("/\\*.*?\\*/", "");
            int start = line.indexOf("/*");
            if (start >= 0) {
                line = line.substring(0, start);
                inComment = true;
            }
            int comment = line.indexOf("//");
            code.add(comment < 0 ? line : line.substring(0, comment));
        }
        return code;
    }

    static boolean isIn(String name, String packageName) {
        return name.equals(packageName) || name.startsWith(packageName + ".");
    }

    /** Lines of a package whose import is not wanted. */
    static List<Line> imports(String packageName, Predicate<String> unwanted) {
        List<Line> broken = new ArrayList<>();
        for (Line line : lines(packageName)) {
            Matcher matcher = IMPORT.matcher(line.text());
            if (matcher.matches() && unwanted.test(matcher.group(1))) {
                broken.add(line);
            }
        }
        return broken;
    }

    /** Lines of a package that contain a pattern. */
    static List<Line> uses(String packageName, String regex) {
        Pattern pattern = Pattern.compile(regex);
        return lines(packageName).stream()
                .filter(line -> pattern.matcher(line.text()).find())
                .toList();
    }

    @Nested
    class Arrows {
        @Test
        void the_sources_are_found() {
            assertThat(lines(PROTOCOL)).isNotEmpty();
            assertThat(lines(WIRE)).isNotEmpty();
        }

        @Test
        void the_wire_knows_only_the_API() {
            assertThat(imports(WIRE, name -> isIn(name, INTERNAL) && !isIn(name, WIRE)))
                    .isEmpty();
        }

        @Test
        void the_protocol_knows_only_the_wire_and_the_API() {
            assertThat(imports(PROTOCOL, name -> isIn(name, RUNTIME) || isIn(name, NETTY)))
                    .isEmpty();
        }

        @Test
        void Netty_is_at_home_in_one_package_and_its_buffers_on_the_wire() {
            List<Line> broken = imports(API, name -> isIn(name, "io.netty"));
            broken.removeIf(line -> isIn(line.packageName(), NETTY)
                    || isIn(line.packageName(), WIRE) && line.text().startsWith("import io.netty.buffer.")
                    || isIn(line.packageName(), RUNTIME) && line.text().startsWith("import io.netty.buffer."));

            assertThat(broken).isEmpty();
        }

        @Test
        void Jackson_is_at_home_in_the_codecs() {
            List<Line> broken = imports(API, name -> isIn(name, "com.fasterxml"));
            broken.removeIf(line -> isIn(line.packageName(), API + ".codec"));

            assertThat(broken).isEmpty();
        }

        @Test
        void nobody_but_the_runtime_knows_Netty_transports() {
            List<Line> broken = imports(API, name -> isIn(name, NETTY));
            // Whoever starts a node chooses the environment it runs in.
            broken.removeIf(line -> isIn(line.packageName(), NETTY)
                    || isIn(line.packageName(), RUNTIME)
                    || line.packageName().equals(API));

            assertThat(broken).isEmpty();
        }
    }

    @Nested
    class The_protocol_and_the_wire {
        static final List<String> PURE = List.of(PROTOCOL, WIRE);

        List<Line> inBoth(String regex) {
            List<Line> broken = new ArrayList<>();
            for (String packageName : PURE) {
                broken.addAll(uses(packageName, regex));
            }
            return broken;
        }

        @Test
        void have_no_threads_and_no_locks() {
            assertThat(inBoth("\\b(synchronized|volatile|Thread|Executor\\w*|CompletableFuture|VarHandle)\\b"))
                    .isEmpty();
            assertThat(inBoth("import java\\.util\\.concurrent\\.(?!TimeUnit;)"))
                    .isEmpty();
        }

        @Test
        void have_no_clock() {
            assertThat(inBoth("System\\.(nanoTime|currentTimeMillis)|Instant\\.now|\\bClock\\b|LocalDateTime"))
                    .isEmpty();
        }

        @Test
        void have_no_chance_of_their_own() {
            assertThat(inBoth("Math\\.random|new Random\\(|SecureRandom|ThreadLocalRandom|UUID\\.randomUUID"))
                    .isEmpty();
        }

        @Test
        void do_no_input_or_output() {
            assertThat(inBoth("import java\\.(net|io(?!\\.Serial;)|nio\\.channels|nio\\.file)\\."))
                    .isEmpty();
            assertThat(inBoth("System\\.(out|err)|org\\.slf4j")).isEmpty();
        }

        @Test
        void have_no_collections_whose_order_changes_from_run_to_run() {
            assertThat(inBoth(
                            "\\b(Set|Map)\\.(of|copyOf|ofEntries)\\((?!\\))|\\bHashSet\\b|Collectors\\.to(Set|Map)\\("))
                    .isEmpty();
        }

        @Test
        void say_so_where_a_map_without_order_is_never_iterated() throws IOException {
            for (Line line : inBoth("new (HashMap|IdentityHashMap)<")) {
                String whole = Files.readString(SOURCES.resolve(line.file()));
                assertThat(whole.replaceAll("\\s+\\*?\\s*", " "))
                        .as("%s needs a word that it is never iterated", line)
                        .containsPattern("(?i)(never|not) iterated");
            }
        }
    }

    @Nested
    class All_sources {
        @Test
        void promise_nothing_for_later() throws IOException {
            try (Stream<Path> files = Files.walk(SOURCES)) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    assertThat(Files.readAllLines(file))
                            .as("%s", file)
                            .noneMatch(line -> line.matches(".*\\b(TODO|FIXME|XXX)\\b.*"));
                }
            }
        }

        @Test
        void are_short_enough_to_read() {
            Map<Path, Long> codeByFile = new TreeMap<>();
            for (Line line : lines(API)) {
                codeByFile.merge(line.file(), line.text().isBlank() ? 0L : 1L, Long::sum);
            }
            codeByFile.values().removeIf(count -> count <= LONGEST_FILE);

            assertThat(codeByFile).as("lines of code, comments not counted").isEmpty();
        }

        @Test
        void have_no_classes_named_after_nothing() {
            assertThat(uses(API, "(class|interface|record|enum) \\w*(Impl|Utils|Util|Helper|Manager)\\b"))
                    .isEmpty();
        }

        @Test
        void are_null_marked() throws IOException {
            try (Stream<Path> files = Files.walk(SOURCES)) {
                List<Path> packages = files.filter(path -> path.toString().endsWith(".java"))
                        .filter(path -> !path.endsWith("module-info.java"))
                        .map(Path::getParent)
                        .distinct()
                        .toList();
                for (Path each : packages) {
                    assertThat(each.resolve("package-info.java")).content().contains("@NullMarked");
                }
            }
        }
    }

    @Nested
    class The_alarm_itself {
        @Test
        void ignores_comments_and_text() {
            assertThat(code(List.of("a /* Thread */ b", "/* Thread", "Thread */ c // Thread", "x(\"Thread\");")))
                    .containsExactly("a  b", "", " c ", "x(\"\");");
        }

        @Test
        void sees_what_it_looks_for() {
            assertThat(uses(NETTY, "io\\.netty")).isNotEmpty();
            assertThat(imports(WIRE, name -> isIn(name, "io.netty.buffer"))).isNotEmpty();
        }
    }
}
