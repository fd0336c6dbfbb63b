package io.chaski.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** Whoever looks for an example finds a section about it, and a command that starts it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ExamplesReadmeTest {

    private static final Path SOURCES = Path.of("src", "main", "java", "io", "chaski", "examples");
    private static final Pattern SECTION = Pattern.compile("(?m)^## (\\S+)$");
    private static final Pattern PROGRAM = Pattern.compile("(?:-Ddemo\\.program=|`)(\\w+)\\.([A-Z]\\w+)");

    /** What the examples share. */
    private static final Set<String> NO_EXAMPLES = Set.of("process", "terminal");

    private static String readme() throws IOException {
        return Files.readString(Path.of("README.md"));
    }

    private static Set<String> folders() throws IOException {
        try (Stream<Path> folders = Files.list(SOURCES)) {
            Set<String> names = new TreeSet<>();
            folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .filter(name -> !NO_EXAMPLES.contains(name))
                    .forEach(names::add);
            return names;
        }
    }

    @Test
    void each_example_has_a_section() throws IOException {
        assertThat(SECTION.matcher(readme())
                        .results()
                        .map(section -> section.group(1).replace("-", "")))
                .containsExactlyInAnyOrderElementsOf(folders());
    }

    @Test
    void each_example_has_a_command_and_each_command_an_example() throws IOException {
        List<MatchResult> programs = PROGRAM.matcher(readme()).results().toList();
        assertThat(programs)
                .allSatisfy(
                        program -> assertThat(SOURCES.resolve(program.group(1)).resolve(program.group(2) + ".java"))
                                .content()
                                .contains("public static void main("));
        assertThat(programs.stream().map(program -> program.group(1))).containsAll(folders());
    }
}
