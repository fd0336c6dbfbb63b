package io.chaski.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The projects of {@code src/it} have been built against the installed jars; here they run, without a JVM flag or warning. */
class OutsideConsumerIT {

    private static final Path JAVA = Path.of(System.getProperty("consumers.jdk"), "bin", "java");
    private static final Path PROJECTS = Path.of(System.getProperty("consumers.projects"));
    private static final Path REPOSITORY = Path.of(System.getProperty("consumers.repository"));

    @TempDir
    Path directory;

    @Test
    void two_nodes_exchange_a_message_on_the_class_path() throws Exception {
        Run run = run("-cp", jarsOf("class-path"), "com.example.outside.Hello");

        assertThat(run).isEqualTo(new Run(0, "received hello", List.of()));
    }

    @Test
    void two_nodes_exchange_a_message_on_the_module_path() throws Exception {
        Run run = run("-p", jarsOf("module-path"), "-m", "com.example.outside/com.example.outside.Hello");

        assertThat(run).isEqualTo(new Run(0, "received hello", List.of()));
    }

    @Test
    void a_file_and_an_entry_travel_on_the_class_path() throws Exception {
        Run run = run("-cp", jarsOf("streamer"), "com.example.outside.Exchange", directory.toString());

        assertThat(run).isEqualTo(new Run(0, "received hello and world", List.of()));
    }

    @Test
    void a_file_and_an_entry_travel_on_the_module_path() throws Exception {
        Run run = run(
                "-p",
                jarsOf("streamer"),
                "-m",
                "com.example.outside/com.example.outside.Exchange",
                directory.toString());

        assertThat(run).isEqualTo(new Run(0, "received hello and world", List.of()));
    }

    @Test
    void a_call_travels_on_the_class_path() throws Exception {
        Run run = run("-cp", jarsOf("remote"), "com.example.outside.Call");

        assertThat(run).isEqualTo(new Run(0, "received hello b x 3", List.of()));
    }

    @Test
    void a_call_travels_on_the_module_path() throws Exception {
        Run run = run("-p", jarsOf("remote"), "-m", "com.example.outside/com.example.outside.Call");

        assertThat(run).isEqualTo(new Run(0, "received hello b x 3", List.of()));
    }

    @Test
    void two_nodes_enrol_on_the_class_path() throws Exception {
        Run run = run("-cp", jarsOf("authority"), "com.example.outside.Members", directory.toString());

        assertThat(run).isEqualTo(new Run(0, "sees chaski://outside.example/node/a, served true", List.of()));
    }

    /** The service loader finds the authority's module although no module requires it for that. */
    @Test
    void two_nodes_enrol_on_the_module_path() throws Exception {
        Run run = run(
                "-p",
                jarsOf("authority"),
                "-m",
                "com.example.outside/com.example.outside.Members",
                directory.toString());

        assertThat(run).isEqualTo(new Run(0, "sees chaski://outside.example/node/a, served true", List.of()));
    }

    @Test
    void a_dependency_on_the_authority_brings_four_jars_more() throws Exception {
        List<String> beside = new ArrayList<>(needed(PROJECTS.resolve("authority/target/outside.jar")));
        beside.removeAll(needed(PROJECTS.resolve("class-path/target/outside.jar")));

        assertThat(beside)
                .extracting(path ->
                        Path.of(path).getParent().getParent().getFileName().toString())
                .containsExactlyInAnyOrder("chaski-ca", "bcpkix-jdk18on", "bcprov-jdk18on", "bcutil-jdk18on");
    }

    /** Whatever machine it is built on: no native library, no logging, no annotation processor. */
    @Test
    void a_dependency_on_core_brings_these_jars_and_no_others() throws Exception {
        List<String> artifacts = needed(PROJECTS.resolve("class-path/target/outside.jar")).stream()
                .map(path -> Path.of(path).getParent().getParent().getFileName().toString())
                .sorted()
                .toList();

        assertThat(artifacts)
                .containsExactly(
                        "chaski-core",
                        "jackson-annotations",
                        "jackson-core",
                        "jackson-databind",
                        "jackson-dataformat-cbor",
                        "jspecify",
                        "netty-buffer",
                        "netty-codec-base",
                        "netty-common",
                        "netty-handler",
                        "netty-resolver",
                        "netty-transport",
                        "netty-transport-native-unix-common",
                        "slf4j-api");
    }

    @Test
    void a_dependency_on_the_streamer_brings_one_jar_more() throws Exception {
        List<String> beside = new ArrayList<>(needed(PROJECTS.resolve("streamer/target/outside.jar")));
        beside.removeAll(needed(PROJECTS.resolve("class-path/target/outside.jar")));

        assertThat(beside)
                .extracting(path ->
                        Path.of(path).getParent().getParent().getFileName().toString())
                .containsExactlyInAnyOrder("chaski-streamer", "h2-mvstore");
    }

    @Test
    void a_dependency_on_calls_brings_one_jar_more() throws Exception {
        List<String> beside = new ArrayList<>(needed(PROJECTS.resolve("remote/target/outside.jar")));
        beside.removeAll(needed(PROJECTS.resolve("class-path/target/outside.jar")));

        assertThat(beside)
                .extracting(path ->
                        Path.of(path).getParent().getParent().getFileName().toString())
                .containsExactly("chaski-remote");
    }

    @Test
    void a_test_with_the_test_kit_has_run_on_the_class_path() throws Exception {
        Path report = PROJECTS.resolve("class-path/target/surefire-reports/com.example.outside.HelloTest.txt");

        assertThat(Files.readString(report)).contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0");
    }

    /** What a program has said; nobody has chosen a logging for it, and SLF4J says so. */
    private record Run(int exitCode, String output, List<String> complaints) {}

    private Run run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(JAVA.toString()));
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output");
        Path errors = directory.resolve("errors");
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();

        List<String> errorLines = Files.readAllLines(errors);
        errorLines.forEach(System.out::println);
        assertThat(ended).as("ended within 60 s").isTrue();
        return new Run(
                process.exitValue(),
                Files.readString(output).strip(),
                errorLines.stream()
                        .filter(line -> !line.startsWith("SLF4J(W): "))
                        .toList());
    }

    /** The program's jar and all that it needs, from the throw-away repository. */
    private static String jarsOf(String project) throws IOException {
        Path jar = PROJECTS.resolve(project).resolve("target").resolve("outside.jar");
        List<String> jars = new ArrayList<>(List.of(jar.toString()));
        needed(jar).forEach(path -> jars.add(REPOSITORY.resolve(path).toString()));
        return String.join(File.pathSeparator, jars);
    }

    private static List<String> needed(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            String paths = file.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            return List.of(paths.split(" ", -1));
        }
    }
}
