package io.chaski.benchmarks.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoalescingQueueTest {

    static final int CONNECTIONS = 8;
    static final int CHUNK = 64 << 10;
    static final byte[] TWO_FRAMES = {0, 0, 0, 1, 7, 0, 0, 0, 2, 8, 9};

    /** Woken so often, and not yet running. */
    final Queue<Runnable> wakes = new ArrayDeque<>();

    final EventLoop loop = new DefaultEventLoop() {
        @Override
        public void execute(Runnable task) {
            wakes.add(task);
        }
    };
    final CoalescingQueue queue = new CoalescingQueue(loop, CONNECTIONS);
    final List<EmbeddedChannel> channels = IntStream.range(0, CONNECTIONS)
            .mapToObj(index -> new EmbeddedChannel(queue.outlet(index)))
            .toList();

    @AfterEach
    void close() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    private void turn() {
        for (Runnable task = wakes.poll(); task != null; task = wakes.poll()) {
            task.run();
        }
    }

    private static byte[] sent(EmbeddedChannel channel) {
        ByteBuf chunk = channel.readOutbound();
        try {
            return ByteBufUtil.getBytes(chunk);
        } finally {
            chunk.release();
        }
    }

    @Test
    void messages_for_eight_connections_wake_the_loop_once_and_leave_in_one_chunk_of_each() {
        turn(); // they are connected
        queue.add(new byte[] {7});
        queue.add(new byte[] {8, 9});

        assertThat(wakes).hasSize(1);
        turn();
        assertThat(channels).allSatisfy(channel -> {
            assertThat(sent(channel)).isEqualTo(TWO_FRAMES);
            assertThat(channel.outboundMessages()).isEmpty();
        });
    }

    @Test
    void eight_connections_share_what_was_copied_once() {
        turn();
        queue.add(new byte[] {7});
        queue.add(new byte[CHUNK + 1]);
        turn();

        for (int buffer = 0; buffer < 2; buffer++) {
            List<ByteBuf> copies = channels.stream()
                    .<ByteBuf>map(EmbeddedChannel::readOutbound)
                    .toList();
            assertThat(copies)
                    .extracting(ByteBuf::memoryAddress)
                    .containsOnly(copies.get(0).memoryAddress());
            copies.forEach(ByteBuf::release);
            assertThat(copies).allSatisfy(copy -> assertThat(copy.refCnt()).isZero());
        }
    }

    @Test
    void a_connection_that_is_behind_does_not_hold_the_others_up_and_gets_everything() {
        turn();
        channels.get(0).unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        queue.add(new byte[] {7});
        queue.add(new byte[] {8, 9});
        turn();

        assertThat(channels).allSatisfy(channel -> assertThat(sent(channel)).isEqualTo(TWO_FRAMES));
    }

    @Test
    void nothing_is_taken_while_all_are_behind_until_one_is_not() {
        turn();
        channels.forEach(channel -> channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false));
        queue.add(new byte[] {7});
        queue.add(new byte[] {8, 9});
        turn();
        assertThat(channels)
                .allSatisfy(channel -> assertThat(channel.outboundMessages()).isEmpty());

        channels.get(3).unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        channels.get(3).runPendingTasks();
        turn();
        assertThat(channels).allSatisfy(channel -> assertThat(sent(channel)).isEqualTo(TWO_FRAMES));
    }
}
