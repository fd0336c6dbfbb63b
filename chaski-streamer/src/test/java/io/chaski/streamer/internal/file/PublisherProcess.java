package io.chaski.streamer.internal.file;

import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeBuilder;
import io.chaski.streamer.file.FileExchange;
import io.chaski.streamer.file.FilePush;
import java.nio.file.Path;

/**
 * A publisher in a process of its own. It says ADDRESS and where it can be reached, pushes a file, and when a receiver has it,
 * says SENT and the bytes that it has sent.
 */
final class PublisherProcess {

    static final String ADDRESS = "ADDRESS ";
    static final String SENT = "SENT ";

    private PublisherProcess() {}

    /**
     * Runs it.
     *
     * @param arguments cluster, topic, file, and perhaps an address to begin with
     */
    public static void main(String[] arguments) throws Exception {
        NodeBuilder builder = ChaskiNode.builder().name("publisher").cluster(arguments[0]);
        if (arguments.length > 3) {
            builder.bootstrap(arguments[3]);
        }
        ChaskiNode node = builder.start();
        System.out.println(ADDRESS + node.addresses().get(0));
        FilePush push = FileExchange.on(node).pushFile(arguments[1], Path.of(arguments[2]));
        var unused = push.completedBy(1).thenRun(() -> System.out.println(SENT + push.sentBytes()));
        while (System.in.read() >= 0) {
            // Ends with whoever has started it.
        }
        node.close();
    }
}
