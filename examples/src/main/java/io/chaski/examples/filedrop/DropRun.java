package io.chaski.examples.filedrop;

import io.chaski.core.ChaskiNode;
import io.chaski.examples.process.Child;
import io.chaski.streamer.file.FileExchange;
import io.chaski.streamer.file.FilePush;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The launcher: publisher of the tree, and the one who kills. */
final class DropRun {

    private static final int LARGE_BYTES = 20_000_000;
    private static final String VICTIM = "receiver-3";

    /** Enough for a machine that has much else to do. */
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final Map<String, Child> receivers = new LinkedHashMap<>();

    /** Whether all trees are the same at the end. */
    boolean run() throws Exception {
        Path work = Files.createTempDirectory("file-drop");
        try (ChaskiNode node =
                ChaskiNode.builder().name("publisher").cluster(FileDrop.CLUSTER).start()) {
            return run(node, work);
        } finally {
            receivers.values().forEach(Child::close);
            delete(work);
        }
    }

    private boolean run(ChaskiNode node, Path work) throws Exception {
        Path tree = Files.createDirectory(work.resolve("tree"));
        long bytes = Trees.make(tree, LARGE_BYTES);
        String expected = Trees.hash(tree);
        String address = node.addresses().get(0).toString();
        for (String name : List.of("receiver-1", "receiver-2", VICTIM)) {
            start(name, address, work, bytes / 2);
        }
        for (Child receiver : receivers.values()) {
            receiver.await("READY", LIMIT);
        }
        FileExchange files = FileExchange.on(node);
        List<FilePush> pushes = files.pushDirectory(FileDrop.TOPIC, tree, Map.of("demo", "file-drop"));
        System.out.printf("pushing %d files of %d bytes in all%n", pushes.size(), bytes);

        Child victim = Objects.requireNonNull(receivers.remove(VICTIM), "the victim was started");
        victim.await("HALFWAY", LIMIT);
        victim.kill();
        System.out.println("killed " + VICTIM + " (pid " + victim.pid() + ") with SIGKILL");
        start(VICTIM, address, work, Long.MAX_VALUE);
        System.out.println("started " + VICTIM + " again");

        boolean isSame = true;
        for (Map.Entry<String, Child> receiver : receivers.entrySet()) {
            receiver.getValue().await("ALL", LIMIT);
            receiver.getValue().tell("TREE");
            String hash = receiver.getValue().await("TREE", LIMIT);
            System.out.println(receiver.getKey() + " has tree " + hash);
            isSame &= hash.equals(expected);
        }
        long sent = pushes.stream().mapToLong(FilePush::sentBytes).sum();
        System.out.printf("the publisher itself has sent %.1f times the tree%n", (double) sent / bytes);
        System.out.println(isSame ? "all trees are the same" : "NOT all trees are the same: " + expected);
        return isSame;
    }

    private void start(String name, String address, Path work, long halfBytes) throws Exception {
        Child child = Child.start(
                FileDrop.class,
                name,
                FileDrop.RECEIVER,
                name,
                address,
                work.resolve(name).toString(),
                Long.toString(halfBytes),
                Integer.toString(Trees.FILES));
        receivers.put(name, child);
    }

    private static void delete(Path work) throws IOException {
        try (Stream<Path> all = Files.walk(work)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
