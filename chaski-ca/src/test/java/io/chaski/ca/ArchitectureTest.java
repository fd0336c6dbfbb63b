package io.chaski.ca;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Where Bouncy Castle is at home, and what keeps the authority a function of its inputs. Names each line that breaks it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ArchitectureTest {

    private static final Path SOURCES = Path.of("src", "main", "java", "io", "chaski", "ca");

    @Test
    void Bouncy_Castle_is_at_home_in_one_package() throws IOException {
        assertThat(lines(SOURCES, "import org\\.bouncycastle\\..*"))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("internal/bouncycastle/"));
    }

    @Test
    void Netty_is_at_home_in_one_package() throws IOException {
        assertThat(lines(SOURCES, "import io\\.netty\\..*"))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("internal/net/"));
    }

    /** Verbs go through the public API, so that another program can offer them; the doctor looks below it. */
    @Test
    void verbs_know_the_public_API_alone() throws IOException {
        assertThat(lines(SOURCES.resolve("internal").resolve("cli"), "import io\\.chaski\\.ca\\.internal\\..*"))
                .allMatch(line -> line.startsWith("internal/cli/Doctor.java"));
    }

    @Test
    void nobody_changes_the_providers_of_the_program() throws IOException {
        assertThat(lines(SOURCES, ".*Security\\.(add|insert|remove)Provider.*")).isEmpty();
    }

    @Test
    void what_decides_has_no_clock_no_chance_of_its_own_and_no_threads() throws IOException {
        for (String part : List.of("authority", "node", "token", "wire", "journal", "bouncycastle")) {
            assertThat(lines(
                            SOURCES.resolve("internal").resolve(part),
                            ".*(Instant\\.now|System\\.(nanoTime|currentTimeMillis)|new (Secure)?Random\\("
                                    + "|\\b(synchronized|volatile|Thread|CompletableFuture)\\b).*"))
                    .isEmpty();
        }
    }

    @Test
    void packages_are_null_marked() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<Path> packages = files.filter(Files::isDirectory)
                    .filter(ArchitectureTest::hasSources)
                    .toList();
            assertThat(packages).hasSizeGreaterThan(5);
            for (Path each : packages) {
                assertThat(each.resolve("package-info.java")).content().contains("@NullMarked");
            }
        }
    }

    private static boolean hasSources(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.anyMatch(file -> file.toString().endsWith(".java"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Lines without comments that match, with their file. */
    private static List<String> lines(Path directory, String regex) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                Files.readAllLines(file).stream()
                        .map(line -> line.replaceAll("^\\s*(/\\*|\\*|//).*", ""))
                        .filter(line -> line.matches(regex))
                        .forEach(line -> found.add(SOURCES.relativize(file) + ": " + line.strip()));
            }
        }
        return found;
    }
}
