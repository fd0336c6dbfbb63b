package io.chaski.streamer.internal.file;

import static io.chaski.streamer.file.TestFiles.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.streamer.file.FileOptions;
import io.chaski.streamer.file.FilePolicy;
import io.chaski.streamer.file.FilePush;
import io.chaski.streamer.file.NameClash;
import io.chaski.streamer.file.Peer;
import io.chaski.testkit.ChaskiTest;
import io.chaski.testkit.Node;
import io.chaski.testkit.TimeMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@ChaskiTest(
        nodes = {"receiver", "busy", "other"},
        time = TimeMode.LOOPBACK)
class ManyFilesIT {

    private static final String TOPIC = "firmware";
    private static final int SIZE = 100_000;
    private static final byte OF_BUSY = 1;
    private static final byte OF_OTHER = 2;

    @TempDir
    Path temp;

    /** Holds up what the busy node sends, and counts the files that have begun to arrive from it. */
    private static final class HoldingDisk extends Disk {
        private final CountDownLatch isHeld = new CountDownLatch(1);
        private final Set<FileChannel> begun = ConcurrentHashMap.newKeySet();

        @Override
        void write(FileChannel channel, ByteBuffer content, long position) throws IOException {
            if (content.remaining() > 1_000 && content.get(content.position()) == OF_BUSY) {
                begun.add(channel);
                try {
                    assertThat(isHeld.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            super.write(channel, content, position);
        }
    }

    private Path file(String name, byte content) throws IOException {
        byte[] bytes = new byte[SIZE];
        Arrays.fill(bytes, content);
        return Files.write(Files.createDirectories(temp.resolve("source")).resolve(name), bytes);
    }

    @Test
    void a_node_that_sends_many_gets_its_share_and_others_theirs_and_all_arrive(
            @Node("receiver") ChaskiNode receiverNode,
            @Node("busy") ChaskiNode busyNode,
            @Node("other") ChaskiNode otherNode)
            throws Exception {
        HoldingDisk disk = new HoldingDisk();
        Peer receiver = new Peer(temp.resolve("in"));
        FileOptions twoPerPeer =
                FileOptions.builder().keepFree(0, 0).transfersPerPeer(2).build();
        new Exchange(receiverNode, twoPerPeer, disk)
                .acceptFiles(TOPIC, receiver.directory, FilePolicy.acceptAll(NameClash.REFUSE), receiver.events::add);
        Peer busy = new Peer(busyNode, temp.resolve("busy"));
        Peer other = new Peer(otherNode, temp.resolve("other"));
        List<FilePush> pushes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            pushes.add(busy.files.pushFile(TOPIC, file("busy-" + i, OF_BUSY)));
        }
        soon(() -> assertThat(disk.begun).hasSize(2));

        other.files.pushFile(TOPIC, file("other.bin", OF_OTHER)).completedBy(1).get(60, TimeUnit.SECONDS);

        assertThat(disk.begun).hasSize(2);
        assertThat(receiver.completed()).extracting(file -> file.offer().name()).containsExactly("other.bin");
        disk.isHeld.countDown();
        for (FilePush push : pushes) {
            push.completedBy(1).get(60, TimeUnit.SECONDS);
        }
        assertThat(receiver.names())
                .containsExactly("busy-0", "busy-1", "busy-2", "busy-3", "busy-4", "busy-5", "other.bin");
    }
}
