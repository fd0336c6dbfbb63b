package io.chaski.streamer;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.OverflowPolicy;
import io.chaski.streamer.internal.file.JavaProcess;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process without enough memory for what is published, which would end at its first OutOfMemoryError. */
@DisplayName("X-15: the heap beside a stream that nobody reads")
class SleepingHeapIT {

    private static final int HEAP_MEBIBYTES = 128;

    /**
     * Half a gibibyte, in two nodes, each of which may keep some 40 MiB: 16 on the way to its loop, a queue of 16, and a quarter
     * of the heap.
     */
    private static final int MESSAGES = 8 << 10;

    @DisplayName("is enough, whatever the policy")
    @ParameterizedTest(name = "{0}")
    @EnumSource(OverflowPolicy.class)
    void isBounded(OverflowPolicy policy) throws IOException, InterruptedException {
        try (JavaProcess process =
                JavaProcess.start(SleepingProcess.class, HEAP_MEBIBYTES, policy.name(), Integer.toString(MESSAGES))) {
            long accepted = Long.parseLong(process.await("ACCEPTED "));
            if (policy == OverflowPolicy.BLOCK) {
                assertThat(accepted).as("what the queues on the way hold").isBetween(16L, MESSAGES / 4L);
            } else {
                assertThat(accepted).isEqualTo(MESSAGES);
            }
            String unaccounted = process.await("UNACCOUNTED ");
            if (policy == OverflowPolicy.FAIL) {
                // A publisher far ahead of its own loop has most of it dropped there, and the rest fits into the queue.
                assertThat(unaccounted).isIn("0", SleepingProcess.OVERFLOWED);
            } else {
                assertThat(unaccounted).isEqualTo("0");
            }
        }
    }
}
