package io.chaski.core.internal.runtime;

import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.wire.ArrayPayload;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From a publisher to the event loop, on one thread and without the wake-up: what each message costs. Not thread-safe. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class InboxBenchmark {

    /** As many as may wait. */
    public static final int MESSAGES = Inbox.MAX_PUBLISHES;

    private static final int BYTES = 64;

    /** How many wait before they are taken. */
    @Param({"64", "8192"})
    public int waiting = MESSAGES;

    private final ArrayPayload body = ArrayPayload.owning(new byte[BYTES]);
    private final Inbox inbox = new Inbox(() -> {});
    private final Counted counted = new Counted();

    private static final class Counted implements Inbox.Drainer {
        private long messages;

        @Override
        public void onTask(NodeLoop.Task task) {
            throw new IllegalStateException("nobody has a task");
        }

        @Override
        public void onPublish(
                String topic,
                int channel,
                int hopLimit,
                boolean live,
                ArrayPayload message,
                @Nullable Consumer<PublishOutcome> done) {
            messages++;
        }
    }

    /** Queues messages and takes them; returns how many were taken so far. */
    @Benchmark
    @OperationsPerInvocation(Inbox.MAX_PUBLISHES)
    public long offerAndDrain() {
        for (int sent = 0; sent < MESSAGES; sent += waiting) {
            for (int i = 0; i < waiting; i++) {
                inbox.offer("benchmark", 0, 1, false, body, null);
            }
            while (inbox.size() > 0) {
                inbox.drain(counted);
            }
        }
        return counted.messages;
    }
}
