package io.chaski.core.hostile;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeEvent;
import io.chaski.core.Topic;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
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

    private static final String COMPLAINT = "accepting on";
    private static final long PATIENCE_SECONDS = 20;
    private static final int MOST_TRIES = 50;
    private static final long TRY_MILLIS = 300;

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
            List<Socket> knocking = knockUntilRefused(node.addresses().get(0).port(), taken, log);
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
                    .filter(line -> line.contains(COMPLAINT))
                    .count();
            require(complaints <= 10, "the loop did not spin: " + complaints + " complaints");
            require(log.errors().isEmpty(), "no error was logged: " + log.errors());
            for (Socket each : knocking) {
                each.close();
            }
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

    /**
     * Connects with the only descriptor that is put back, until the node complains that it has none left to accept with.
     * Other threads of the process open and close files as well: the one that was put back may be gone before this thread
     * has it, and the node may find one after all. Then what has come free since is taken too, for the next try.
     */
    private static List<Socket> knockUntilRefused(int port, List<Closeable> taken, CapturedLog log) throws IOException {
        List<Socket> knocking = new ArrayList<>();
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            taken.remove(taken.size() - 1).close();
            try {
                knocking.add(new Socket(InetAddress.getLoopbackAddress(), port));
            } catch (SocketException anotherThreadWasFaster) {
                taken.addAll(takeAll());
                continue;
            }
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TRY_MILLIS);
            while (System.nanoTime() < until) {
                if (log.warnings().stream().anyMatch(line -> line.contains(COMPLAINT))) {
                    return knocking;
                }
                Thread.onSpinWait();
            }
            taken.addAll(takeAll());
        }
        throw new AssertionError("the node accepted all of " + knocking.size() + " connections: " + log.warnings());
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
