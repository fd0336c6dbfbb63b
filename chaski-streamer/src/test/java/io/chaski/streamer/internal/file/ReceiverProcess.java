package io.chaski.streamer.internal.file;

import io.chaski.core.ChaskiNode;
import io.chaski.streamer.file.FileEvent;
import io.chaski.streamer.file.FileOptions;
import io.chaski.streamer.file.FilePolicy;
import io.chaski.streamer.file.NameClash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A receiver in a process of its own, to be killed. It says HALF when it has written so many bytes, and writes no more then,
 * so that it is killed in the middle however slow the machine is; or DONE with the bytes it has fetched.
 */
final class ReceiverProcess {

    static final String HALF = "HALF";
    static final String DONE = "DONE ";

    private ReceiverProcess() {}

    /**
     * Runs it.
     *
     * @param arguments cluster, address to begin with, topic, directory, bytes to stop at
     */
    public static void main(String[] arguments) throws Exception {
        long stopAt = Long.parseLong(arguments[4]);
        CountDownLatch never = new CountDownLatch(1);
        AtomicLong written = new AtomicLong();
        Disk stopping = new Disk() {
            @Override
            void write(FileChannel channel, ByteBuffer content, long position) throws IOException {
                if (written.addAndGet(content.remaining()) > stopAt) {
                    System.out.println(HALF);
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
                super.write(channel, content, position);
            }
        };
        ChaskiNode node = ChaskiNode.builder()
                .name("receiver")
                .cluster(arguments[0])
                .bootstrap(arguments[1])
                .start();
        FileOptions options = FileOptions.builder().keepFree(0, 0).build();
        new Exchange(node, options, stopping)
                .acceptFiles(arguments[2], Path.of(arguments[3]), FilePolicy.acceptAll(NameClash.REFUSE), event -> {
                    if (event instanceof FileEvent.Completed completed) {
                        System.out.println(DONE + completed.file().fetchedBytes());
                    }
                });
        while (System.in.read() >= 0) {
            // Ends with whoever has started it.
        }
        node.close();
    }
}
