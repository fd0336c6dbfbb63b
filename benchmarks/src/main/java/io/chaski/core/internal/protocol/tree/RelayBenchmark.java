package io.chaski.core.internal.protocol.tree;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One message from one neighbour to the other as the protocol sees it: recognised as new, kept for repair, counted as credit,
 * passed on. No bytes are read or written. Not thread-safe.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RelayBenchmark {

    private static final int HOP_LIMIT = 128;
    private static final TopicCredit TAKES_EVERYTHING =
            new TopicCredit(QuietPeer.ALIAS, false, false, false, false, false, 0, 0);

    /** Size of each body. */
    @Param({"64", "1024"})
    public int bytes;

    /** Whether a subscription here waits for its consumer, so that every neighbour is granted credit. */
    @Param({"false", "true"})
    public boolean credit;

    private final QuietContext context = new QuietContext();
    private final TopicRef topic = context.names().retainTopic("benchmark");
    private final Source source = context.names().retainSource(topic, new NodeId(0, 7), 1, Source.MESSAGES);
    private final QuietPeer from = new QuietPeer(new NodeId(0, 2));
    private final QuietPeer to = new QuietPeer(new NodeId(0, 3));
    private final Broadcast broadcast = new Broadcast(context, topic, true);
    private ArrayPayload body = ArrayPayload.owning(new byte[0]);
    private long seq;

    /** Links both neighbours. */
    @Setup
    public void setUp() {
        body = ArrayPayload.owning(new byte[bytes]);
        if (credit) {
            context.waitForConsumer();
        }
        broadcast.onNeighbourUp(from);
        broadcast.onNeighbourUp(to);
        broadcast.onRoom();
        broadcast.onFrame(to, TAKES_EVERYTHING);
    }

    /** The next message; returns how many have been passed on so far. */
    @Benchmark
    public long passOn() {
        broadcast.onData(from, source, ++seq, 1, HOP_LIMIT, 0, body);
        return to.sent();
    }

    /** How many messages the application has been given. */
    long delivered() {
        return context.delivered();
    }

    /** How often the neighbour they come from was told about credit. */
    long told() {
        return from.told();
    }
}
