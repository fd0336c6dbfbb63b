package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeId;
import io.chaski.core.internal.runtime.LogLimiter;
import io.chaski.core.internal.runtime.ManualLoop;
import io.chaski.core.internal.runtime.TransportLimits;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.FrameEncoder;
import io.chaski.core.internal.wire.PartFrame;
import io.chaski.core.internal.wire.TopicSummary;
import io.chaski.core.internal.wire.UnfinishedMessages;
import io.chaski.core.internal.wire.WireLimits;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that all connections share, on a loop whose time stands still. */
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FrameConnectionTest {

    private static final TransportLimits LIMITS = new TransportLimits(
            1 << 20,
            100_000,
            200_000,
            1_000_000,
            Duration.ofSeconds(10).toNanos(),
            Duration.ofSeconds(1).toNanos());

    private final ManualLoop loop = new ManualLoop();
    private final FailingAllocator allocator = new FailingAllocator();
    private final UnfinishedMessages unfinished = new UnfinishedMessages(3 * PartFrame.PART_BYTES);
    private final LastBody lastBody = new LastBody(loop);
    private final FakeConnection connection = new FakeConnection(LIMITS);
    private final Recorder recorder = new Recorder();

    FrameConnectionTest() {
        connection.handler(recorder);
    }

    @AfterEach
    void end() {
        connection.drop();
        connection.taken.forEach(ByteBuf::release);
        loop.runTasks();
    }

    private void send(int bytes) {
        send(1, bytes);
    }

    private void send(int source, int bytes) {
        connection.sendData(source, 1, 1, 128, 0, Bodies.payload(bytes));
    }

    private static EdgeFrame hello() {
        Descriptor self = new Descriptor(new NodeId(1, 2), 1, List.of(), false, false, false, TopicSummary.NONE, 0);
        return new EdgeFrame.Hello(1, 1, "cluster", "name", self, 1, 1 << 20, 0, 0);
    }

    private static ByteBuf encoded(EdgeFrame frame) {
        ByteBuf bytes = Unpooled.buffer();
        new FrameEncoder().encode(frame, bytes);
        return bytes;
    }

    @Nested
    class Frames {

        @Test
        void of_one_turn_leave_in_one_buffer() {
            for (int i = 0; i < 100; i++) {
                send(64);
            }
            connection.send(new EdgeFrame.Ping(1, 2, 0));
            assertThat(connection.inFlight).isEmpty();

            connection.flush();

            assertThat(connection.inFlight).hasSize(1);
        }

        @Test
        void leave_in_full_chunks_while_the_peer_is_busy() {
            send(64);
            connection.flush();
            for (int i = 0; i < 10; i++) {
                send(10_000);
                connection.flush();
            }

            assertThat(connection.inFlight)
                    .as("the first one, and one that is full")
                    .hasSize(2);
            connection.take();
            connection.take();

            assertThat(connection.inFlight).as("the rest").hasSize(1);
        }

        @Test
        void with_a_large_body_have_a_buffer_of_their_own_in_order() {
            send(10);
            send(FrameCollector.LARGE_BODY_BYTES + 1);
            send(20);
            connection.flush();

            assertThat(connection.inFlight)
                    .extracting(ByteBuf::readableBytes)
                    .containsExactly(20, FrameCollector.LARGE_BODY_BYTES + 11, 30);
        }
    }

    /** What a publisher or a relay does for each message that is not small. */
    @Nested
    class A_body_that_goes_to_several_connections {
        private final FakeConnection other = new FakeConnection(LIMITS);

        @AfterEach
        void end() {
            other.drop();
            other.taken.forEach(ByteBuf::release);
        }

        private void sendToBoth(ArrayPayload body) {
            connection.sendData(1, 1, 1, 128, 0, body);
            other.sendData(5_000, 1, 1, 128, 0, body);
        }

        @ParameterizedTest
        @ValueSource(ints = {FrameCollector.LARGE_BODY_BYTES + 1, 60_000, 200_000})
        void arrives_at_each(int size) {
            sendToBoth(Bodies.payload(size));
            loop.runTasks();
            for (FakeConnection each : List.of(connection, other)) {
                each.flush();
                while (!each.inFlight.isEmpty()) {
                    each.take();
                }
                FakeConnection receiver = new FakeConnection(LIMITS);
                Recorder received = new Recorder();
                receiver.handler(received);
                receiver.receive(encoded(hello()));
                receiver.receive(encoded(Station.HELLO_ACK));
                each.taken.forEach(buffer -> receiver.receive(buffer.retainedDuplicate()));
                receiver.drop();
                assertThat(received.frames())
                        .last()
                        .isInstanceOfSatisfying(
                                Recorder.Data.class,
                                data -> assertThat(data.body()).isEqualTo(Bodies.print(Bodies.ofSize(size))));
            }
        }

        @Test
        void is_copied_once() {
            sendToBoth(Bodies.payload(60_000));
            connection.flush();
            other.flush();
            ByteBuf first = connection.inFlight.getLast();
            ByteBuf second = other.inFlight.getLast();
            assertThat(second.memoryAddress()).isEqualTo(first.memoryAddress() + first.readableBytes() - 60_000);
        }

        @Test
        void is_copied_once_if_it_leaves_in_parts() {
            sendToBoth(Bodies.payload(200_000));
            connection.flush();
            other.flush();
            assertThat(other.inFlight.getLast().memoryAddress())
                    .isEqualTo(connection.inFlight.getLast().memoryAddress());
        }

        @Test
        void is_forgotten_when_the_turn_ends() {
            ArrayPayload body = Bodies.payload(60_000);
            connection.sendData(1, 1, 1, 128, 0, body);
            connection.flush();
            loop.runTasks();
            connection.take();
            ByteBuf sent = connection.taken.remove(0);
            assertThat(sent.refCnt()).isEqualTo(1);
            sent.release();
        }

        @Test
        void is_nobodys_when_there_is_no_memory_for_what_goes_before_it() {
            ArrayPayload body = Bodies.payload(60_000);
            connection.sendData(1, 1, 1, 128, 0, body);
            allocator.isExhausted = true;
            other.sendData(1, 1, 1, 128, 0, body);
            loop.runTasks();
            assertThat(other.isDropped).isTrue();
        }
    }

    @Nested
    class A_large_message {

        private static final int PING_BYTES = 21;

        @Test
        void leaves_in_parts_and_what_is_sent_meanwhile_waits_for_one_of_them() {
            send(200_000);
            connection.flush();
            int part = (int) connection.inFlightBytes();
            assertThat(part).isBetween(PartFrame.PART_BYTES, PartFrame.PART_BYTES + 100);

            connection.send(new EdgeFrame.Ping(1, 2, 0));
            connection.flush();
            assertThat(connection.inFlightBytes()).isEqualTo(part);

            takeWhatIsInFlight();
            assertThat(connection.inFlight)
                    .as("the ping goes before the next part")
                    .extracting(ByteBuf::readableBytes)
                    .startsWith(PING_BYTES)
                    .endsWith(PartFrame.PART_BYTES);
        }

        @Test
        void moves_on_while_others_fill_the_connection() {
            connection.send(new EdgeFrame.InternSource(2, 7, new NodeId(0, 2), 1, 0));
            send(200_000);
            for (int turn = 0; turn < 4; turn++) {
                while (connection.isWritable()) {
                    send(2, 60_000);
                }
                connection.flush();
                takeWhatIsInFlight();
            }

            assertThat(connection.taken)
                    .as("four parts of it, and as much of the others")
                    .extracting(ByteBuf::readableBytes)
                    .filteredOn(size -> size == PartFrame.PART_BYTES || size == 200_000 % PartFrame.PART_BYTES)
                    .hasSize(4);
            assertThat(connection.taken.stream()
                            .mapToInt(ByteBuf::readableBytes)
                            .sum())
                    .isLessThan(2 * 200_000 + 60_000);
        }

        @Test
        void begins_behind_what_was_sent_before_it() {
            for (int i = 0; i < 3; i++) {
                send(60_000);
            }
            send(200_000);
            send(2, 50_000);
            connection.flush();
            while (!connection.inFlight.isEmpty()) {
                connection.take();
            }

            assertThat(connection.taken)
                    .extracting(ByteBuf::readableBytes)
                    .filteredOn(size -> size > 1_000)
                    .containsExactly(
                            60_010,
                            60_010,
                            60_010,
                            PartFrame.PART_BYTES,
                            PartFrame.PART_BYTES,
                            PartFrame.PART_BYTES,
                            200_000 % PartFrame.PART_BYTES,
                            50_010);
        }

        private void takeWhatIsInFlight() {
            for (int i = connection.inFlight.size(); i > 0; i--) {
                connection.take();
            }
        }

        @Test
        void of_the_largest_size_and_another_one_find_room() {
            FakeConnection wide = new FakeConnection(TransportLimits.DEFAULTS.withMaxFrame(WireLimits.MAX_FRAME_CAP));
            wide.handler(recorder);
            int body = WireLimits.MAX_FRAME_CAP - WireLimits.MAX_DATA_HEADER_BYTES;
            while (wide.isWritable()) {
                wide.sendData(1, 1, 1, 128, 0, Bodies.payload(body));
            }
            loop.runTasks();
            assertThat(recorder.heard()).doesNotContain("closed: SLOW_CONSUMER");
            wide.drop();
        }

        @Test
        void is_all_gone_before_the_connection_ends() {
            send(200_000);
            connection.close();
            assertThat(connection.inFlightBytes()).isGreaterThan(200_000);
        }
    }

    @Nested
    class A_slow_peer {

        @Test
        void is_seen_within_the_turn_that_fills_the_connection() {
            int sent = 0;
            while (connection.isWritable()) {
                send(50_000);
                sent++;
            }

            assertThat(sent).as("the last one goes above the mark").isEqualTo(4);
            assertThat(recorder.heard()).as("nothing calls back within a send").isEmpty();
        }

        @Test
        void that_takes_all_at_the_end_of_the_turn_is_reported_as_having_been_full() {
            while (connection.isWritable()) {
                send(50_000);
            }
            connection.flush();
            assertThat(recorder.heard()).containsExactly("unwritable");
            while (!connection.inFlight.isEmpty()) {
                connection.take();
            }

            assertThat(recorder.heard()).containsExactly("unwritable", "writable");
            assertThat(connection.isWritable()).isTrue();
        }

        @Test
        void makes_the_connection_unwritable_above_the_high_mark_until_it_is_below_the_low_one() {
            for (int i = 0; i < 5; i++) {
                send(60_000);
                connection.flush();
            }
            assertThat(recorder.heard()).containsExactly("unwritable");

            connection.take();
            connection.take();
            connection.take();
            assertThat(recorder.heard()).containsExactly("unwritable");
            connection.take();

            assertThat(recorder.heard()).containsExactly("unwritable", "writable");
        }

        @Test
        void is_given_up_in_a_later_step_when_too_much_is_pending() {
            for (int i = 0; i < 20; i++) {
                send(60_000);
            }
            assertThat(recorder.heard()).isEmpty();

            loop.runTasks();

            assertThat(recorder.heard()).containsExactly("closed: SLOW_CONSUMER");
        }

        @Test
        void is_given_up_when_it_takes_nothing_before_the_deadline() {
            send(10);
            connection.flush();

            loop.advance(Duration.ofMillis(9_999));
            assertThat(recorder.heard()).isEmpty();
            loop.advance(Duration.ofSeconds(1));

            assertThat(recorder.heard()).containsExactly("closed: SLOW_CONSUMER");
        }

        @Test
        void is_kept_as_long_as_it_takes_a_byte_now_and_then() {
            send(10);
            connection.flush();
            for (int i = 0; i < 20; i++) {
                loop.advance(Duration.ofSeconds(5));
                connection.progress++;
            }

            assertThat(recorder.heard()).isEmpty();
        }

        @Test
        void has_a_second_to_take_the_last_frames() {
            send(10);
            connection.close();
            assertThat(connection.isDropped).isFalse();

            loop.advance(Duration.ofSeconds(1));

            assertThat(connection.isDropped).isTrue();
            assertThat(recorder.heard()).isEmpty();
        }
    }

    @Nested
    class An_idle_connection {

        @Test
        void holds_no_buffer_once_all_has_left_and_all_has_come() {
            send(64);
            send(FrameCollector.LARGE_BODY_BYTES + 1);
            send(200_000);
            connection.send(new EdgeFrame.Ping(1, 2, 0));
            connection.flush();
            ByteBuf frame = encoded(hello());
            connection.receive(frame.readBytes(3));
            assertThat(allocator.held())
                    .as("what is in flight, and half a frame")
                    .isGreaterThan(1);

            connection.receive(frame.readBytes(frame.readableBytes()));
            frame.release();
            while (!connection.inFlight.isEmpty()) {
                connection.take();
                connection.taken.remove(0).release();
            }

            loop.runTasks(); // the turn ends

            assertThat(allocator.held()).isZero();
        }
    }

    @Nested
    class Bytes_that_end_within_a_frame {

        @Test
        void are_life_once_for_each_read() {
            ByteBuf hello = encoded(hello());
            connection.receive(hello.readBytes(3));
            connection.receive(hello.readBytes(10));
            assertThat(recorder.cutReads()).isEqualTo(2);

            connection.receive(hello.readBytes(hello.readableBytes()));
            hello.release();

            assertThat(recorder.cutReads()).isEqualTo(2);
            assertThat(recorder.heard()).containsExactly(hello());
        }

        @Test
        void are_all_that_is_reported() {
            connection.receive(encoded(hello()));

            assertThat(recorder.cutReads()).isZero();
        }
    }

    @Nested
    class Closing {

        @Test
        void waits_until_all_is_written() {
            send(10);
            send(20_000);
            send(10);
            connection.close();
            connection.take();
            connection.take();
            assertThat(connection.hasEndedOutput).isFalse();

            connection.take();

            assertThat(connection.hasEndedOutput).isTrue();
        }

        @Test
        void ends_at_once_when_nothing_is_pending() {
            connection.close();

            assertThat(connection.hasEndedOutput).isTrue();
        }

        @Test
        void is_final() {
            connection.close();
            send(10);
            connection.flush();
            connection.receive(Unpooled.directBuffer().writeInt(0));
            connection.gone(CloseReason.RESET);

            assertThat(connection.inFlight).isEmpty();
            assertThat(recorder.heard()).isEmpty();
        }
    }

    /** Row 112 of the table of bad input. */
    @Nested
    class When_there_is_no_memory_for_a_buffer {

        @Test
        void a_connection_that_sends_ends_in_a_later_step() {
            allocator.isExhausted = true;
            send(10);
            send(100_000);
            connection.send(new EdgeFrame.Ping(1, 2, 0));
            assertThat(recorder.heard()).isEmpty();

            loop.runTasks();

            assertThat(recorder.heard()).containsExactly("closed: INTERNAL");
        }

        @Test
        void a_connection_that_must_keep_half_a_frame_ends() {
            allocator.isExhausted = true;

            connection.receive(Unpooled.directBuffer().writeInt(100).writeByte(1));

            assertThat(recorder.heard()).containsExactly("closed: INTERNAL");
        }
    }

    private final class FakeConnection extends FrameConnection {
        private final ArrayDeque<ByteBuf> inFlight = new ArrayDeque<>();
        private final List<ByteBuf> taken = new ArrayList<>();
        private long progress;
        private boolean hasEndedOutput;
        private boolean isDropped;

        FakeConnection(TransportLimits limits) {
            super(
                    loop,
                    limits,
                    Address.inproc("fake"),
                    new LogLimiter("node", loop::nanoTime),
                    allocator,
                    new Shared(new FrameEncoder(), lastBody, unfinished),
                    over -> {});
        }

        void take() {
            taken.add(inFlight.remove());
            progress++;
            advance();
        }

        @Override
        public @Nullable Address local() {
            return null;
        }

        @Override
        long inFlightBytes() {
            return inFlight.stream().mapToInt(ByteBuf::readableBytes).sum();
        }

        @Override
        long progress() {
            return progress;
        }

        @Override
        void hand(ByteBuf buffer) {
            inFlight.add(buffer);
        }

        @Override
        void push() {}

        @Override
        void endOutput() {
            hasEndedOutput = true;
        }

        @Override
        void drop() {
            isDropped = true;
            inFlight.forEach(ByteBuf::release);
            inFlight.clear();
            end();
        }
    }

    /** Says when there is no memory, as Netty does, and remembers what it has given. */
    private static final class FailingAllocator extends AbstractByteBufAllocator {
        private final List<ByteBuf> made = new ArrayList<>();
        private boolean isExhausted;

        /** Direct buffers that somebody still has. */
        long held() {
            return made.stream().filter(buffer -> buffer.refCnt() > 0).count();
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            if (isExhausted) {
                throw new OutOfMemoryError("no direct memory in this test");
            }
            ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
            made.add(buffer);
            return buffer;
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }
}
