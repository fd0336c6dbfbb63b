package io.chaski.core.internal.wire;

import io.chaski.core.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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

/** DATA frames into a chunk, as connections write them, and out of a read buffer. Not thread-safe. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FrameBenchmark {

    /** About a chunk of small ones. */
    public static final int FRAMES = 64;

    private static final int SOURCE = 3;
    private static final int HOP_LIMIT = 128;
    private static final int MOST_BYTES = 4 << 20;

    /** Size of each body. */
    @Param({"64", "1024"})
    public int bytes;

    private final FrameEncoder encoder = new FrameEncoder();
    private final FrameDecoder decoder = new FrameDecoder(MOST_BYTES);
    private final Counting counting = new Counting();
    private ByteBuf chunk = Unpooled.EMPTY_BUFFER;
    private ArrayPayload body = ArrayPayload.owning(new byte[0]);

    /** Shakes hands, as messages come after that only, and fills the chunk. */
    @Setup
    public void setUp() {
        ByteBuf handshake = Unpooled.buffer();
        Descriptor self = new Descriptor(new NodeId(0, 1), 1, List.of(), false, false, false, TopicSummary.NONE, 0);
        encoder.encode(new EdgeFrame.Hello(1, 1, "benchmark", "peer", self, 1, MOST_BYTES, 0, 0), handshake);
        encoder.encode(new EdgeFrame.HelloAck(1, 0, 0, 0), handshake);
        decoder.decode(handshake, counting);
        chunk = Unpooled.directBuffer(FRAMES * (bytes + 64));
        body = ArrayPayload.owning(new byte[bytes]);
        encode();
    }

    /** One frame after the other, over those of the last time. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public int encode() {
        chunk.clear();
        for (int i = 1; i <= FRAMES; i++) {
            encoder.encodeData(SOURCE, i, 1, HOP_LIMIT, 0, body, chunk);
        }
        return chunk.writerIndex();
    }

    /** All frames of the chunk; returns how many bodies have been seen so far. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public long decode() {
        chunk.readerIndex(0);
        decoder.decode(chunk, counting);
        return counting.seen;
    }

    private static final class Counting implements FrameSink {

        private long seen;

        @Override
        public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
            seen++;
        }

        @Override
        public void onFrame(Frame frame) {
            // Of the handshake.
        }

        @Override
        public void onSkipped(int type) {
            throw new IllegalStateException("no such frame was encoded: " + type);
        }
    }
}
