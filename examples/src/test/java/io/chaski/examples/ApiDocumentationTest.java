package io.chaski.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Everything that applications see has a comment. The compiler of the build checks what comments say; it cannot demand
 * that there is one without demanding tags that repeat the first sentence (ADR 1).
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ApiDocumentationTest {

    private static final Pattern EXPORT = Pattern.compile("^ *exports ([\\w.]+);", Pattern.MULTILINE);

    @TempDir
    Path classes;

    @ParameterizedTest
    @ValueSource(strings = {"chaski-core", "chaski-streamer", "chaski-remote", "chaski-ca", "chaski-testkit"})
    void every_exported_type_and_member_has_a_comment(String module) throws IOException {
        List<Path> sources = exportedSources(Path.of("..", module, "src", "main", "java"));

        assertThat(sources).as("sources of exported packages").isNotEmpty();
        assertThat(withoutComment(sources)).isEmpty();
    }

    @Test
    void a_missing_comment_is_found() throws IOException {
        Path source = classes.resolve("Sample.java");
        Files.writeString(source, """
                /** A sample. */
                public interface Sample {
                    /** With a comment, and without tags. */
                    int commented(int argument);

                    int bare();

                    /** A record. */
                    record Bare(int component) {
                        public int twice() {
                            return 2 * component;
                        }

                        private int thrice() {
                            return 3 * component;
                        }
                    }

                    enum Kind {
                        /** One. */
                        ONE,
                        TWO
                    }
                }
                """);

        assertThat(withoutComment(List.of(source)))
                .containsExactly("Sample.java:6", "Sample.java:10", "Sample.java:19", "Sample.java:22");
    }

    private static List<Path> exportedSources(Path root) throws IOException {
        List<Path> sources = new ArrayList<>();
        Matcher exports = EXPORT.matcher(Files.readString(root.resolve("module-info.java")));
        while (exports.find()) {
            try (Stream<Path> files = Files.list(root.resolve(exports.group(1).replace('.', '/')))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources;
    }

    /** Where the compiler finds no comment, as file and line. */
    private List<String> withoutComment(List<Path> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> options = List.of(
                "-proc:none",
                "-Xdoclint:missing/protected",
                "-XDshould-stop.ifNoError=FLOW", // nobody runs it
                "-Xmaxwarns",
                "1000000",
                "-d",
                classes.toString(),
                "-sourcepath",
                classes.toString(),
                "-classpath",
                System.getProperty("java.class.path") + File.pathSeparator + classes);
        try (StandardJavaFileManager files = compiler.getStandardFileManager(found, Locale.ROOT, null)) {
            boolean isCompiled = compiler.getTask(
                            null, files, found, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(isCompiled).as("compiled: %s", found.getDiagnostics()).isTrue();
        }
        return found.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getMessage(Locale.ROOT).contains("no comment"))
                .map(ApiDocumentationTest::place)
                .toList();
    }

    private static String place(Diagnostic<? extends JavaFileObject> diagnostic) {
        return Path.of(diagnostic.getSource().getName()).getFileName() + ":" + diagnostic.getLineNumber();
    }
}
