package io.chaski.benchmarks.loopback;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A number in memory that two processes share: the receiver tells the sender how far it is. An acknowledgement over a
 * socket would cost each contestant system calls that the table would count as its own; this costs none. Thread-safe.
 */
final class SharedCounter {

    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final int LINE_BYTES = 128;

    private final ByteBuffer memory;

    private SharedCounter(ByteBuffer memory) {
        this.memory = memory;
    }

    /**
     * Maps the counter, which begins at 0.
     *
     * @param file the same for both processes
     * @param index counts the counters of the file from 0; each has a cache line of its own
     */
    static SharedCounter open(Path file, int index) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new SharedCounter(
                    channel.map(FileChannel.MapMode.READ_WRITE, (long) index * LINE_BYTES, Long.BYTES));
        }
    }

    /** Whoever reads this value also sees what the writer, if it is in the same process, did before. */
    void set(long value) {
        LONG.setRelease(memory, 0, value);
    }

    long get() {
        return (long) LONG.getAcquire(memory, 0);
    }
}
