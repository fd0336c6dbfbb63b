package io.chaski.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What an attacker sends must never choose a class: no code that ships, and no example, serialises anything by Java. */
class SerialisationTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    /** Java RMI is among those that calls are compared with, and its arguments are serialised. Never published. */
    private static final String CONTESTANTS = "benchmarks";

    private static final Pattern BY_JAVA = Pattern.compile("\\b(Object(In|Out)putStream|ObjectInput|ObjectOutput"
            + "|ObjectInputFilter|Externalizable|Serializable|SerializedLambda|readObject|readUnshared|readResolve"
            + "|writeObject|writeUnshared|writeReplace|XML(De|En)coder)\\b");

    private static List<Path> modules() throws IOException {
        try (Stream<Path> folders = Files.list(ROOT)) {
            return folders.filter(folder -> Files.isDirectory(sources(folder)))
                    .filter(folder -> !folder.endsWith(CONTESTANTS))
                    .sorted()
                    .toList();
        }
    }

    private static Path sources(Path module) {
        return module.resolve(Path.of("src", "main", "java"));
    }

    /** In these sources a comment is a line of its own, or the end of one. */
    private static boolean isBroken(String line) {
        return BY_JAVA.matcher(line.replaceAll("^\\s*(/\\*|\\*|//).*|\\s//\\s.*", ""))
                .find();
    }

    @Test
    void no_module_has_anything_to_do_with_it() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path module : modules()) {
            try (Stream<Path> files = Files.walk(sources(module))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    Files.readAllLines(file).stream()
                            .filter(SerialisationTest::isBroken)
                            .forEach(line -> broken.add(ROOT.relativize(file) + ": " + line.strip()));
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void all_modules_are_looked_at() throws IOException {
        assertThat(modules().stream().map(module -> module.getFileName().toString()))
                .contains("chaski-ca", "chaski-core", "chaski-remote", "chaski-streamer", "chaski-testkit", "examples");
    }

    @Test
    void the_alarm_sees_code_and_no_comments() {
        assertThat(isBroken("import java.io.ObjectInputStream;")).isTrue();
        assertThat(isBroken("Object read = new java.io.ObjectInputStream(in).readObject();"))
                .isTrue();
        assertThat(isBroken("record Command(String name) implements Serializable {}"))
                .isTrue();
        assertThat(isBroken("    /** an ObjectInputStream */")).isFalse();
        assertThat(isBroken("     * an ObjectInputStream")).isFalse();
        assertThat(isBroken("call(); // an ObjectInputStream")).isFalse();
        assertThat(isBroken("private static final long serialVersionUID = 1L;")).isFalse();
    }
}
