package io.chaski.examples.filedrop;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Topology;
import io.chaski.examples.process.Child;
import io.chaski.examples.process.WorkFolder;
import io.chaski.streamer.file.FileExchange;
import io.chaski.streamer.file.FilePush;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The launcher: publisher of the tree, and the one who kills. */
final class DropRun {

    private static final String VICTIM = "receiver-3";

    /** Enough for a machine that has much else to do. */
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final int largeBytes;
    private final Map<String, Child> receivers = new LinkedHashMap<>();

    /** Pushes a tree of some megabytes, nearly all of them in its large files. */
    DropRun(int megabytes) {
        this.largeBytes = megabytes * (1_000_000 / Trees.LARGE_FILES);
    }

    /** Whether all trees are the same at the end, and the victim was in the middle and has gone on from there. */
    boolean run() throws Exception {
        try (WorkFolder work = WorkFolder.make("file-drop")) {
            return run(work.path());
        }
    }

    private boolean run(Path work) throws Exception {
        try (ChaskiNode node =
                ChaskiNode.builder().name("publisher").cluster(FileDrop.CLUSTER).start()) {
            return run(node, work);
        } finally {
            receivers.values().forEach(Child::close);
        }
    }

    private boolean run(ChaskiNode node, Path work) throws Exception {
        Path tree = Files.createDirectory(work.resolve("tree"));
        long bytes = Trees.make(tree, largeBytes);
        String expected = Trees.hash(tree);
        Address publisher = node.addresses().get(0);
        start("receiver-1", Topology.AUTOMATIC, publisher.toString(), work, bytes);
        start("receiver-2", Topology.AUTOMATIC, publisher.toString(), work, bytes);
        List<FilePush> pushes;
        long verifiedBytes;
        try (LimitedWire wire = new LimitedWire(new InetSocketAddress(publisher.host(), publisher.port()), bytes / 2)) {
            // The wire is the only way to the victim, so that it cannot have all before it is killed.
            start(VICTIM, Topology.MANUAL, wire.address(), work, bytes / 3);
            for (Child receiver : receivers.values()) {
                receiver.await("READY", LIMIT);
            }
            FileExchange files = FileExchange.on(node);
            pushes = files.pushDirectory(FileDrop.TOPIC, tree, Map.of("demo", "file-drop"));
            System.out.printf("pushing %d files of %d bytes in all%n", pushes.size(), bytes);

            Child victim = Objects.requireNonNull(receivers.remove(VICTIM), "the victim was started");
            verifiedBytes = Long.parseLong(victim.await("HALFWAY", LIMIT));
            victim.kill();
            System.out.println("killed " + VICTIM + " (pid " + victim.pid() + ") with SIGKILL");
        }
        boolean isRight = isInTheMiddle(work.resolve(VICTIM));
        start(VICTIM, Topology.AUTOMATIC, publisher.toString(), work, bytes);
        System.out.println("started " + VICTIM + " again");

        for (Map.Entry<String, Child> receiver : receivers.entrySet()) {
            long fetchedBytes = Long.parseLong(receiver.getValue().await("ALL", LIMIT));
            receiver.getValue().tell("TREE");
            String hash = receiver.getValue().await("TREE", LIMIT);
            System.out.println(receiver.getKey() + " has tree " + hash);
            isRight &= hash.equals(expected);
            if (receiver.getKey().equals(VICTIM)) {
                isRight &= isResumed(bytes, verifiedBytes, fetchedBytes);
            }
        }
        long sent = pushes.stream().mapToLong(FilePush::sentBytes).sum();
        System.out.printf("the publisher itself has sent %.1f times the tree%n", (double) sent / bytes);
        System.out.println(isRight ? "all trees are the same" : "WRONG, expected tree " + expected);
        return isRight;
    }

    /** Whether a directory has a file that is not finished. */
    private static boolean isInTheMiddle(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            List<Path> files = all.filter(Files::isRegularFile).toList();
            long unfinished = files.stream()
                    .filter(file -> file.toString().endsWith(".part"))
                    .count();
            long finished = files.stream()
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .count();
            System.out.printf("it had %d of %d files, and %d in parts%n", finished, Trees.FILES, unfinished);
            return unfinished > 0 && finished < Trees.FILES;
        }
    }

    /**
     * Whether what was there was not sent again. A tenth is borne: a source that falls silent on a busy machine gives a part of
     * a chunk in vain.
     */
    private static boolean isResumed(long bytes, long verifiedBytes, long fetchedBytes) {
        System.out.printf("it had %d bytes and has fetched %d of %d after that%n", verifiedBytes, fetchedBytes, bytes);
        return bytes - fetchedBytes >= verifiedBytes / 10 * 9;
    }

    private void start(String name, Topology topology, String address, Path work, long halfBytes) throws Exception {
        Child child = Child.start(
                FileDrop.class,
                name,
                FileDrop.RECEIVER,
                name,
                topology.name(),
                address,
                work.resolve(name).toString(),
                Long.toString(halfBytes),
                Integer.toString(Trees.FILES));
        receivers.put(name, child);
    }
}
