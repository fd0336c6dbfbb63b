package io.chaski.examples.filedrop;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeBuilder;
import io.chaski.core.Topology;
import io.chaski.examples.process.Child;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileExchange;
import io.chaski.streamer.file.FilePolicy;
import io.chaski.streamer.file.NameClash;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Takes every file into its directory, and tells the launcher how far it is: HALFWAY and the bytes that are there and verified,
 * and ALL and the bytes that came over the network in this run.
 */
final class ReceiverProcess {

    private final long halfBytes;
    private final int files;
    private final Map<String, Long> verified = new HashMap<>();
    private final Set<String> completed = new HashSet<>();
    private long fetchedBytes;
    private boolean isHalfWay;

    private ReceiverProcess(long halfBytes, int files) {
        this.halfBytes = halfBytes;
        this.files = files;
    }

    static void run(String name, Topology topology, String bootstrap, String directory, long halfBytes, int count)
            throws Exception {
        ReceiverProcess receiver = new ReceiverProcess(halfBytes, count);
        Path target = Files.createDirectories(Path.of(directory));
        NodeBuilder builder = ChaskiNode.builder()
                .name(name)
                .cluster(FileDrop.CLUSTER)
                .topology(topology)
                .bootstrap(bootstrap);
        if (topology == Topology.MANUAL) {
            builder.listenNowhere(); // nobody comes by another way either
        }
        try (ChaskiNode node = builder.start();
                BufferedReader commands = Child.commands()) {
            FileExchange files = FileExchange.on(node); // ends with the node
            files.acceptFiles(FileDrop.TOPIC, target, FilePolicy.acceptAll(NameClash.REFUSE), receiver::onEvent);
            Child.answer("READY");
            while (commands.readLine() != null) {
                Child.answer("TREE " + Trees.hash(target));
            }
        }
    }

    private void onEvent(FileEvent event) {
        if (event instanceof FileEvent.Progress progress) {
            verified.put(progress.offer().name(), progress.verifiedBytes());
        } else if (event instanceof FileEvent.Completed done) {
            verified.put(done.offer().name(), done.offer().size());
            if (completed.add(done.offer().name())) {
                fetchedBytes += done.file().fetchedBytes();
                if (completed.size() == files) {
                    Child.answer("ALL " + fetchedBytes);
                }
            }
        } else if (event instanceof FileEvent.Failed failed) {
            System.out.println(failed.offer().name() + ": " + failed.problem() + " " + failed.detail());
        }
        long bytes = verified.values().stream().mapToLong(Long::longValue).sum();
        if (!isHalfWay && bytes >= halfBytes) {
            isHalfWay = true;
            Child.answer("HALFWAY " + bytes);
        }
    }
}
