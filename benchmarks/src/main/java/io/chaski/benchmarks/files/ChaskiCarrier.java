package io.chaski.benchmarks.files;

import io.chaski.benchmarks.tls.Identities;
import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeBuilder;
import io.chaski.streamer.file.FileExchange;
import io.chaski.streamer.file.FilePolicy;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.NameClash;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Two nodes on loopback. */
final class ChaskiCarrier implements FileCarrier {

    private static final String TOPIC = "files";

    private final Path target;
    private final ChaskiNode receiver;
    private final ChaskiNode sender;
    private final FileExchange from;

    /**
     * Two nodes.
     *
     * @param target where files arrive
     * @param builders of nodes with one of the names of {@link Identities}
     */
    ChaskiCarrier(Path target, Function<String, NodeBuilder> builders) {
        this.target = target;
        this.receiver = builders.apply(Identities.SERVER).name("receiver").start();
        this.sender = builders.apply(Identities.CLIENT)
                .name("sender")
                .bootstrap(receiver.addresses().get(0).toString())
                .start();
        this.from = FileExchange.on(sender);
        FileExchange.on(receiver).acceptFiles(TOPIC, target, FilePolicy.acceptAll(NameClash.REFUSE));
    }

    @Override
    public Path carry(Path file) throws Exception {
        try (FilePush push = from.pushFile(TOPIC, file)) {
            push.completedBy(1).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        return target.resolve(file.getFileName());
    }

    @Override
    public void close() {
        sender.close();
        receiver.close();
    }
}
