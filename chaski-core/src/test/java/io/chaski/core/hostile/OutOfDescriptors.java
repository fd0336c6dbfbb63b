package io.chaski.core.hostile;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeEvent;
import io.chaski.core.Topic;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that takes all file descriptors it may have while a node of it listens, and gives them back. */
final class OutOfDescriptors {

    static final String SUCCESS = "accepting went on";

    private static final long PATIENCE_SECONDS = 20;

    private OutOfDescriptors() {}

    public static void main(String[] args) throws Exception {
        loadClassesOf(ChaskiNode.class);
        loadClassesOf(OutOfDescriptors.class);
        CapturedLog log = new CapturedLog();
        log.start();
        CountDownLatch heard = new CountDownLatch(2);
        Topic<String> topic = Topic.text("siege/talk");
        try (ChaskiNode node = ChaskiNode.builder().name("full").start();
                ChaskiNode peer = ChaskiNode.builder()
                        .name("peer")
                        .bootstrap(node.addresses().get(0))
                        .start()) {
            var hearing = node.subscribe(topic, message -> heard.countDown());
            peer.subscribe(topic, message -> {});
            hearing.awaitPaired(Duration.ofSeconds(PATIENCE_SECONDS));

            List<Closeable> taken = takeAll();
            taken.remove(taken.size() - 1).close();
            Socket last = new Socket(
                    InetAddress.getLoopbackAddress(),
                    node.addresses().get(0).port()); // nothing is left to accept it with
            while (log.warnings().stream().noneMatch(line -> line.contains("accepting on"))) {
                Thread.onSpinWait();
            }
            peer.publish(topic, "while nothing is left");
            CountDownLatch fresh = new CountDownLatch(1);
            for (Closeable each : taken) {
                each.close();
            }
            try (ChaskiNode late = ChaskiNode.builder()
                    .name("late")
                    .bootstrap(node.addresses().get(0))
                    .onEvent(event -> {
                        if (event instanceof NodeEvent.EdgeUp) {
                            fresh.countDown();
                        }
                    })
                    .start()) {
                require(fresh.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "a new connection is accepted");
            }
            peer.publish(topic, "when there is enough again");
            require(heard.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "both messages have arrived");
            long complaints = log.warnings().stream()
                    .filter(line -> line.contains("accepting on"))
                    .count();
            require(complaints <= 10, "the loop did not spin: " + complaints + " complaints");
            require(log.errors().isEmpty(), "no error was logged: " + log.errors());
            last.close();
        }
        System.out.println(SUCCESS);
        System.exit(0);
    }

    /** A class that is not in a jar takes a descriptor when it is loaded, and later there is none. */
    private static void loadClassesOf(Class<?> one) throws Exception {
        Path root =
                Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(file -> file.toString().endsWith(".class")).toList();
        }
        for (Path file : files) {
            String name = root.relativize(file).toString().replace('/', '.').replaceFirst("\\.class$", "");
            if (name.startsWith("io.chaski.core.") && !name.endsWith("-info") && !name.endsWith("Test")) {
                Class.forName(name, false, one.getClassLoader());
            }
        }
    }

    private static List<Closeable> takeAll() {
        List<Closeable> taken = new ArrayList<>();
        while (true) {
            try {
                taken.add(new FileInputStream("/dev/null"));
            } catch (IOException noneLeft) {
                return taken;
            }
        }
    }

    private static void require(boolean fact, String what) {
        if (!fact) {
            throw new AssertionError("not true: " + what);
        }
    }
}
