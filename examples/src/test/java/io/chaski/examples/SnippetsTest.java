package io.chaski.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Java in the documents and in Javadoc is Java that compiles: each block names the region of an example, or of a test,
 * that it repeats, {@code <!-- snippet: path/to/File.java#region -->}.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SnippetsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BLOCK =
            Pattern.compile("(?:<!-- snippet: (\\S+)#(\\S+) -->\\s*)?```java\\R(.*?)```", Pattern.DOTALL);

    private static final Pattern JAVADOC =
            Pattern.compile("(?:<!-- snippet: (\\S+)#(\\S+) -->\\s*)?<pre>\\{@code\\R(.*?)\\R}</pre>", Pattern.DOTALL);

    private static final List<String> PUBLISHED =
            List.of("chaski-ca", "chaski-core", "chaski-remote", "chaski-streamer", "chaski-testkit");

    private record Block(Path document, String file, String region, String code) {}

    @TestFactory
    Stream<DynamicTest> repeats_its_source() throws IOException {
        return blocks().stream()
                .map(block -> DynamicTest.dynamicTest(
                        ROOT.relativize(block.document()) + ": " + block.file() + "#" + block.region(),
                        () -> assertThat(block.code().strip()).isEqualTo(region(block.file(), block.region()))));
    }

    @Test
    void the_readme_has_snippets() throws IOException {
        assertThat(blocks()).anyMatch(block -> block.document().endsWith("README.md"));
    }

    @Test
    void the_javadoc_has_snippets() throws IOException {
        assertThat(blocks()).anyMatch(block -> block.document().endsWith("ChaskiNode.java"));
    }

    private static List<Block> blocks() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(path -> path.toString().endsWith(".md")).sorted().forEach(documents::add);
        }
        List<Block> blocks = new ArrayList<>();
        for (Path document : documents) {
            blocks.addAll(blocks(document, BLOCK.matcher(Files.readString(document))));
        }
        for (Path source : publishedSources()) {
            String text = Files.readString(source).replaceAll("(?m)^ *\\* ?", "");
            blocks.addAll(blocks(source, JAVADOC.matcher(text)));
        }
        return blocks;
    }

    private static List<Path> publishedSources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : PUBLISHED) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                files.filter(path -> path.toString().endsWith(".java")).sorted().forEach(sources::add);
            }
        }
        return sources;
    }

    private static List<Block> blocks(Path document, Matcher matcher) {
        List<Block> blocks = new ArrayList<>();
        while (matcher.find()) {
            assertThat(matcher.group(1))
                    .as("the Java block in " + document + " names no source:\n" + matcher.group(3))
                    .isNotNull();
            blocks.add(new Block(document, matcher.group(1), matcher.group(2), matcher.group(3)));
        }
        return blocks;
    }

    private static String region(String file, String region) throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve(file));
        int begin = indexOf(lines, "// #region " + region, 0) + 1;
        int end = indexOf(lines, "// #endregion", begin);
        return String.join("\n", lines.subList(begin, end)).stripIndent().strip();
    }

    private static int indexOf(List<String> lines, String marker, int from) {
        for (int i = from; i < lines.size(); i++) {
            if (lines.get(i).strip().equals(marker)) {
                return i;
            }
        }
        throw new AssertionError("no line '" + marker + "'");
    }
}
