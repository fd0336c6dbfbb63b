package io.chaski.core.internal.protocol.tree;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import java.util.Objects;
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
 * What credit adds to a message, at the node that grants it and at the one that needs it: alone, because it is less than what two
 * runs of {@link RelayBenchmark} differ by. A subscription waits for its consumer, and one neighbour is as far as the other. Not
 * thread-safe.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CreditBenchmark {

    private static final int HOP_LIMIT = 128;
    private static final TreeSettings SETTINGS = TreeSettings.DEFAULTS;
    private static final TopicCredit FOR_EVER =
            new TopicCredit(QuietPeer.ALIAS, true, false, false, false, false, Grants.MAX_COST, 0);

    /** Size of each body. */
    @Param({"64", "1024"})
    public int bytes;

    private final QuietContext context = new QuietContext();
    private final TopicRef topic = context.names().retainTopic("benchmark");
    private final Source source = context.names().retainSource(topic, new NodeId(0, 7), 1, Source.MESSAGES);
    private final QuietPeer sender = new QuietPeer(new NodeId(0, 2));
    private final QuietPeer receiver = new QuietPeer(new NodeId(0, 3));
    private final Neighbours neighbours = new Neighbours(context, topic, SETTINGS, () -> {}, link -> {});
    private final FlowControl flow =
            new FlowControl(context, topic, SETTINGS, neighbours, () -> 0, () -> {}, link -> {});
    private final OriginLog log =
            new OriginLog(source, 1, false, 0, 0, new Delivery(context, SETTINGS, Delivery.TAKES_ALL));
    private final Link from = neighbours.add(sender);
    private final Link to = neighbours.add(receiver);
    private ArrayPayload body = ArrayPayload.owning(new byte[0]);
    private long seq;

    /** Links both neighbours, one of which grants so much that nobody ever waits. */
    @Setup
    public void setUp() {
        body = ArrayPayload.owning(new byte[bytes]);
        context.waitForConsumer();
        flow.onLinkUp(from);
        flow.onLinkUp(to);
        flow.onCredit(to, FOR_EVER);
    }

    /** Counts a message that has come, and grants as often as that falls due; returns whether the message has to be taken. */
    @Benchmark
    public boolean received() {
        return flow.grants().onReceived(from, bytes, false);
    }

    /** Grants once, because the neighbour asks; returns how often it was told. */
    @Benchmark
    public long grant() {
        flow.grants().grant(from, true);
        return sender.told();
    }

    /** Looks whether there is credit for a message, hands it over and counts it; returns how many have been. */
    @Benchmark
    public long offer() {
        if (to.out.waits()) {
            flow.owing().offer(to, log, ++seq, 1, HOP_LIMIT, 0, body, true);
        }
        return receiver.sent();
    }

    /** How often the neighbour that messages come from was told about credit. */
    long told() {
        return sender.told();
    }

    /** What the other one was sent, as credit counts it. */
    long sentCost() {
        return to.out.sent;
    }

    /** What may still come by the last word that was told. */
    long creditLeft() {
        TopicCredit told = Objects.requireNonNull(sender.lastTold(), "told with the link");
        return told.granted() - from.in.received;
    }
}
