package io.chaski.core.acceptance;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A node in a process of its own, which publishes what it hears on {@code in} back on {@code out}. */
final class NodeProcess implements AutoCloseable {

    private final Process process;
    private final Address address;
    private final boolean isOutsideUnchanged;

    private NodeProcess(Process process, Address address, boolean isOutsideUnchanged) {
        this.process = process;
        this.address = address;
        this.isOutsideUnchanged = isOutsideUnchanged;
    }

    static NodeProcess start(String cluster, Address listen, Path data) throws IOException {
        return start(cluster, listen, data, Map.of());
    }

    /** With variables in its environment. */
    static NodeProcess start(String cluster, Address listen, Path data, Map<String, String> variables)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dchaski.node.relay=false",
                "-cp",
                System.getProperty("java.class.path"),
                NodeProcess.class.getName(),
                cluster,
                listen.toString(),
                data.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(variables);
        Process process = builder.start();
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        while (line != null && !line.startsWith("listening ")) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IOException("the process ended before it listened");
        }
        String[] words = line.split(" ", -1);
        return new NodeProcess(process, Address.parse(words[1]), Boolean.parseBoolean(words[2]));
    }

    /** Whether its environment and its properties of this library were the same before and after the node started. */
    boolean isOutsideUnchanged() {
        return isOutsideUnchanged;
    }

    Address address() {
        return address;
    }

    /** Lets it end by itself; returns its exit code, or -1 if it hangs. */
    int end() throws Exception {
        process.getOutputStream().close();
        return process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    /** SIGKILL: no goodbye, no flush. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Stops the process where it stands (SIGSTOP), as a hung machine would. */
    void stop() throws Exception {
        signal("STOP");
    }

    /** Lets it go on (SIGCONT). */
    void resume() throws Exception {
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new IllegalStateException("kill -" + name + " failed");
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** The child. Ends with its input. */
    public static void main(String[] arguments) throws IOException {
        Map<String, String> variables = Map.copyOf(System.getenv());
        Map<String, String> properties = propertiesOfOurs();
        Topic<String> in = Topic.text("in");
        Topic<String> out = Topic.text("out");
        try (ChaskiNode node = ChaskiNode.builder()
                        .name("child")
                        .cluster(arguments[0])
                        .listen(arguments[1])
                        .dataDirectory(Path.of(arguments[2]))
                        .start();
                BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            node.subscribe(out, message -> {});
            node.subscribe(in, message -> node.publish(out, "echo " + message.payload()));
            boolean isUnchanged = variables.equals(System.getenv()) && properties.equals(propertiesOfOurs());
            System.out.println("listening " + node.addresses().get(0) + " " + isUnchanged);
            while (input.readLine() != null) {
                // Only the end of the input matters.
            }
        }
    }

    /** The JDK writes properties of its own whenever it likes. */
    static Map<String, String> propertiesOfOurs() {
        return System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("chaski."))
                .collect(Collectors.toMap(name -> name, System::getProperty));
    }
}
