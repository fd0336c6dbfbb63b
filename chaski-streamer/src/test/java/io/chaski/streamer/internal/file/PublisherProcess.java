package io.chaski.streamer.internal.file;

import io.chaski.core.ChaskiNode;
import io.chaski.streamer.file.FileExchange;
import java.nio.file.Path;

/** A publisher in a process of its own. It says ADDRESS and where it can be reached, and then pushes a file. */
final class PublisherProcess {

    static final String ADDRESS = "ADDRESS ";

    private PublisherProcess() {}

    /**
     * Runs it.
     *
     * @param arguments cluster, topic, file
     */
    public static void main(String[] arguments) throws Exception {
        ChaskiNode node =
                ChaskiNode.builder().name("publisher").cluster(arguments[0]).start();
        System.out.println(ADDRESS + node.addresses().get(0));
        FileExchange.on(node).pushFile(arguments[1], Path.of(arguments[2]));
        while (System.in.read() >= 0) {
            // Ends with whoever has started it.
        }
        node.close();
    }
}
