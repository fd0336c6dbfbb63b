package io.chaski.core.internal.wire;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Around a payload of bytes what publishers tell subscribers, and out of it again, on the threads of the two. Not thread-safe. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EnvelopeBenchmark {

    private static final long TIME = 1_764_000_000_000L << 16;

    /** Size of each payload. */
    @Param({"64", "1024"})
    public int bytes;

    private final Label label = Label.of("sender");
    private final Label another = Label.of("sensor");
    private byte[] payload = new byte[0];
    private ArrayPayload body = ArrayPayload.owning(payload);

    /** Makes a message. */
    @Setup
    public void setUp() {
        payload = new byte[bytes];
        body = wrap();
    }

    /** As publishing does; returns envelope and payload. */
    @Benchmark
    public ArrayPayload wrap() {
        return new MessageBody(MessageBody.BYTES, TIME, label, null, Map.of(), ArrayPayload.owning(payload)).encode();
    }

    /** As a subscription does that has not heard of the publisher; returns the payload that is the subscriber's own. */
    @Benchmark
    public byte[] unwrapOfAnother() {
        return MessageBody.decode(body, another).payload().toByteArray();
    }

    /** As a subscription does that has; returns the payload that is the subscriber's own. */
    @Benchmark
    public byte[] unwrap() {
        return MessageBody.decode(body, label).payload().toByteArray();
    }
}
