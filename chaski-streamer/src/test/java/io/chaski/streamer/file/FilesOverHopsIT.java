package io.chaski.streamer.file;

import static io.chaski.streamer.file.TestFiles.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.testkit.ChaskiNetwork;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Layout;
import io.chaski.testkit.TimeMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of which each has edges to its neighbours only. */
@ChaskiTest(
        nodes = {"a", "b", "c", "d", "e"},
        topology = Layout.LINE,
        time = TimeMode.LOOPBACK)
class FilesOverHopsIT {

    @TempDir
    Path temp;

    @Test
    void a_file_reaches_the_end_of_a_line_of_receivers(ChaskiNetwork net) throws Exception {
        List<Peer> receivers = new ArrayList<>();
        for (String name : List.of("b", "c", "d", "e")) {
            receivers.add(new Peer(net.node(name), temp.resolve(name)).accepting("firmware", NameClash.REFUSE));
        }
        Peer publisher = new Peer(net.node("a"), temp.resolve("a"));
        Path file = file(temp, "f.bin", 2_000_000, 1);

        publisher.files.pushFile("firmware", file).completedBy(4).get(60, TimeUnit.SECONDS);

        for (Peer receiver : receivers) {
            assertThat(receiver.directory.resolve("f.bin")).hasSameBinaryContentAs(file);
        }
    }
}
