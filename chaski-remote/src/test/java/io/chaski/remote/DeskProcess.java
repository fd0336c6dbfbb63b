package io.chaski.remote;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Topology;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A provider in a process of its own, whose methods never return. */
final class DeskProcess implements AutoCloseable {

    /** What it serves; whoever serves it here in the test does return. */
    interface Desk {
        @Idempotent
        String look() throws InterruptedException;

        String work() throws InterruptedException;
    }

    private final Process process;
    private final BufferedReader output;
    private final Address address;

    private DeskProcess(Process process, BufferedReader output, Address address) {
        this.process = process;
        this.output = output;
        this.address = address;
    }

    static DeskProcess start(String cluster) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DeskProcess.class.getName(),
                        cluster))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        return new DeskProcess(process, output, Address.parse(await(output, "listening ")));
    }

    private static String await(BufferedReader output, String word) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(word)) {
                return line.substring(word.length());
            }
        }
        throw new IOException("the process has ended and did not say " + word);
    }

    Address address() {
        return address;
    }

    /** Waits until it executes one more call. */
    void awaitCall() throws IOException {
        await(output, "called");
    }

    /** No goodbye, no flush: the connection ends. */
    void kill() {
        process.destroyForcibly(); // SIGKILL
    }

    /** Nothing ends, and nothing comes any more. */
    void stop() throws Exception {
        Process stopping = new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start();
        if (!stopping.waitFor(Remotes.LIMIT.toSeconds(), TimeUnit.SECONDS) || stopping.exitValue() != 0) {
            throw new IllegalStateException("the process cannot be stopped");
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly(); // also one that is stopped
    }

    /** Runs until it is killed, or whoever started it is gone. */
    public static void main(String[] arguments) throws Exception {
        try (ChaskiNode node = ChaskiNode.builder()
                        .name("desk")
                        .cluster(arguments[0])
                        .topology(Topology.MANUAL)
                        .start();
                BufferedReader starter = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            ChaskiRemote.on(node).serve("desk", Desk.class, new Desk() {
                @Override
                public String look() throws InterruptedException {
                    return work();
                }

                @Override
                public String work() throws InterruptedException {
                    System.out.println("called");
                    new CountDownLatch(1).await();
                    return "never";
                }
            });
            System.out.println("listening " + node.addresses().get(0));
            while (starter.readLine() != null) {
                System.out.println("alive");
            }
        }
    }
}
