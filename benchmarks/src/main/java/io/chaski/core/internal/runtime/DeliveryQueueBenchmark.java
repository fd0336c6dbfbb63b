package io.chaski.core.internal.runtime;

import io.chaski.core.NodeId;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.internal.protocol.Names;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.wire.ArrayPayload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Between the event loop and a callback, without the wake-up: what each message of a batch costs. Not thread-safe. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DeliveryQueueBenchmark {

    /** A batch, as callbacks take them. */
    public static final int MESSAGES = DeliveryQueue.BATCH_MESSAGES;

    private static final int BYTES = 1 << 10;

    /** What happens to what does not fit; the queue that blocks measures its room too. */
    @Param({"DROP_OLDEST", "BLOCK"})
    public OverflowPolicy policy;

    private DeliveryQueue queue = queue(OverflowPolicy.DROP_OLDEST);
    private final List<Incoming> arrived = new ArrayList<>();
    private final Incoming message;

    /** An empty queue. */
    public DeliveryQueueBenchmark() {
        Names names = new Names();
        Source source = names.retainSource(names.retainTopic("benchmark"), new NodeId(1, 1), 1, Source.MESSAGES);
        policy = OverflowPolicy.DROP_OLDEST;
        message = new Incoming.Delivery(source, 1, 1, false, ArrayPayload.owning(new byte[BYTES]));
    }

    private static DeliveryQueue queue(OverflowPolicy policy) {
        return new DeliveryQueue(SubscribeOptions.DEFAULT_CAPACITY, SubscribeOptions.DEFAULT_CAPACITY_BYTES, policy);
    }

    /** Takes the policy over. */
    @Setup
    public void setUp() {
        queue = queue(policy);
    }

    /** Fills a batch and takes it; returns how many messages were taken. */
    @Benchmark
    @OperationsPerInvocation(DeliveryQueue.BATCH_MESSAGES)
    public int offerAndTake() {
        for (int i = 0; i < MESSAGES; i++) {
            arrived.add(message);
        }
        queue.offer(arrived);
        arrived.clear();
        DeliveryQueue.Batch batch = queue.take();
        return batch == null ? 0 : batch.items().size();
    }
}
