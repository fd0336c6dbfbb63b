package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All three in one process. */
class NettyRelayTest {

    static final int BYTES = 64;
    static final int MESSAGES = 1_000;

    @TempDir
    Path directory;

    @Test
    void passes_every_message_on_in_order() throws Exception {
        SharedCounter arrived = SharedCounter.open(directory.resolve("counter"), 0);
        Tally tally = new Tally(BYTES, arrived);
        NettyContestant contestant = new NettyContestant(NettyWire.NIO);
        try (Contestant.Listening receiver = contestant.receiver(tally);
                Contestant.Listening relay = contestant.relay(receiver.address());
                Contestant.OneWay sender = contestant.oneWay(List.of(relay.address()))) {
            byte[] message = new byte[BYTES];
            for (int i = 0; i < MESSAGES; i++) {
                Numbered.write(message, i);
                sender.send(message);
            }
            new Window(List.of(arrived), BYTES).awaitArrived(MESSAGES);
        }
        assertThat(tally.report()).isEqualTo(new Tally.Report(MESSAGES, 0, 0));
    }
}
