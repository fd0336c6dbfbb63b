package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandedTallyTest {

    static final int BYTES = 16;

    @Test
    void another_thread_counts_and_checks_what_the_loop_has_read(@TempDir Path directory) throws Exception {
        SharedCounter arrived = SharedCounter.open(directory.resolve("counter"), 0);
        Tally tally = new Tally(BYTES, arrived);
        try (HandedTally handed = HandedTally.to(tally)) {
            EmbeddedChannel channel = new EmbeddedChannel(handed.handler());
            channel.writeInbound(Unpooled.wrappedBuffer(frame(0), frame(1)));
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 1, 9})); // not as long as they all are
            channel.writeInbound(Unpooled.wrappedBuffer(frame(2)));
            new Window(List.of(arrived), BYTES).awaitArrived(3);
            channel.finishAndReleaseAll();
        }
        assertThat(tally.report()).isEqualTo(new Tally.Report(3, 0, 1));
    }

    private static byte[] frame(long number) {
        byte[] message = new byte[BYTES];
        Numbered.write(message, number);
        byte[] frame = new byte[Integer.BYTES + BYTES];
        frame[Integer.BYTES - 1] = BYTES;
        System.arraycopy(message, 0, frame, Integer.BYTES, BYTES);
        return frame;
    }
}
