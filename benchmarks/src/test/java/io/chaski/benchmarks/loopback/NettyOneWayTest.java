package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All in one process. */
class NettyOneWayTest {

    static final int RECEIVERS = 8;
    static final int BYTES = 64;
    static final int MESSAGES = 1_000;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void every_message_arrives_at_all_eight_in_order(boolean isHanded) throws Exception {
        NettyContestant contestant = new NettyContestant(NettyWire.NIO, isHanded);
        List<SharedCounter> arrived = new ArrayList<>();
        List<Tally> tallies = new ArrayList<>();
        List<Contestant.Listening> receivers = new ArrayList<>();
        try {
            for (int i = 0; i < RECEIVERS; i++) {
                arrived.add(SharedCounter.open(directory.resolve("counter"), i));
                tallies.add(new Tally(BYTES, arrived.get(i)));
                receivers.add(contestant.receiver(tallies.get(i)));
            }
            List<String> addresses =
                    receivers.stream().map(Contestant.Listening::address).toList();
            try (Contestant.OneWay sender = contestant.oneWay(addresses)) {
                byte[] message = new byte[BYTES];
                for (int i = 0; i < MESSAGES; i++) {
                    Numbered.write(message, i);
                    sender.send(message);
                }
                new Window(arrived, BYTES).awaitArrived(MESSAGES);
            }
        } finally {
            for (Contestant.Listening receiver : receivers) {
                receiver.close();
            }
        }
        assertThat(tallies).extracting(Tally::report).containsOnly(new Tally.Report(MESSAGES, 0, 0));
    }
}
