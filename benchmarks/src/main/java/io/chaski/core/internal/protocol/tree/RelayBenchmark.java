package io.chaski.core.internal.protocol.tree;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.core.internal.wire.TreeFrame.TopicCredit;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One message from one neighbour to the other as the protocol sees it: recognised as new, copied out of the read buffer and kept for
 * repair, counted as credit, passed on. Nothing is read from a socket or written to one. Not thread-safe.
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
    private Lent body = new Lent(Unpooled.EMPTY_BUFFER);
    private long seq;

    /** Links both neighbours. */
    @Setup
    public void setUp() {
        body = new Lent(Unpooled.directBuffer(bytes, bytes).writeZero(bytes));
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

    /** A view of a read buffer, as the decoder lends it: whoever keeps the bytes copies them. */
    private record Lent(ByteBuf buffer) implements PayloadView {

        @Override
        public int size() {
            return buffer.readableBytes();
        }

        @Override
        public void copyTo(int count, byte[] target, int targetOffset) {
            buffer.getBytes(0, target, targetOffset, Objects.checkIndex(count, size() + 1));
        }
    }

    /** Reads something else into the buffer, as happens after the call. */
    void overwrite() {
        body.buffer().setByte(0, 1);
    }

    /** The last message that the application has been given. */
    @Nullable
    ArrayPayload lastDelivered() {
        return context.lastDelivered();
    }

    /** The last message that the other neighbour was sent. */
    @Nullable
    ArrayPayload lastSent() {
        return to.lastSent();
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
