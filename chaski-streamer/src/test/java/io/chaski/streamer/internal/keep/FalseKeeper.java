package io.chaski.streamer.internal.keep;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Topic;
import io.chaski.core.internal.module.ModuleNode;
import io.chaski.core.internal.module.ReservedName;
import io.chaski.core.stream.Stream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A node that announces itself as the keeper of a topic, and says the same on each line, whatever it hears. */
final class FalseKeeper {

    private static final Topic<byte[]> KEEPERS = Topic.of(new ReservedName("$keepers"), byte[].class);
    private static final Duration REPEAT = Duration.ofSeconds(5);

    private final ChaskiNode node;
    private final byte[] word;

    /** The lines that others have opened to it. */
    final List<Stream> lines = new ArrayList<>();

    private FalseKeeper(ChaskiNode node, byte[] word) {
        this.node = node;
        this.word = word;
    }

    /**
     * Pretends from now on.
     *
     * @param says on each line; nothing for one that is silent
     */
    static FalseKeeper of(String topic, ChaskiNode node, List<KeeperFrame> says) {
        KeeperRecords records = new KeeperRecords(node.id(), node.addresses(), new Random(1), 0);
        records.keep(topic, 0);
        FalseKeeper keeper = new FalseKeeper(node, records.onTick(false, 0).orElseThrow());
        node.subscribe(KEEPERS, message -> {});
        node.streams().serve(DurableNode.PROTOCOL, stream -> {
            keeper.lines.add(stream);
            says.forEach(frame -> stream.offer(frame.encode()));
            return (from, message) -> {};
        });
        ModuleNode.of(node).after(Duration.ofSeconds(3), keeper::announce);
        return keeper;
    }

    private void announce() {
        var unused = node.publishAsync(KEEPERS, word);
        ModuleNode.of(node).after(REPEAT, this::announce);
    }
}
