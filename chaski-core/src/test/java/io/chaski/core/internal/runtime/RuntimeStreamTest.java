package io.chaski.core.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.CloseReason;
import io.chaski.core.Dispatch;
import io.chaski.core.NodeClosedException;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.stream.StreamPair;
import io.chaski.core.internal.protocol.stream.StreamPair.Recorder;
import io.chaski.core.internal.protocol.stream.StreamSettings;
import io.chaski.core.internal.protocol.stream.Streams;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.stream.Stream;
import io.chaski.core.stream.StreamCode;
import io.chaski.core.stream.StreamException;
import io.chaski.core.stream.StreamListener;
import io.chaski.core.stream.StreamOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RuntimeStreamTest {

    private static final StreamSettings SMALL = new StreamSettings(1_000, 100, 2_000, 4, 1_000);
    private static final NodeId BOB = new NodeId(0, 2);

    private final StreamPair pair = new StreamPair(SMALL);
    private final FakeNodeLoop loop = new FakeNodeLoop();
    private final ManualExecutor executor = new ManualExecutor();
    private final Callbacks callbacks = Callbacks.on(executor, loop::nanoTime);
    private final List<Recorder> served = pair.bob.serve("test");
    private final Heard heard = new Heard();

    /** Writes down what the application hears. */
    private static final class Heard implements StreamListener {
        final List<String> events = new ArrayList<>();
        Runnable onMessage = () -> {};

        @Override
        public void onMessage(Stream stream, byte[] message) {
            events.add("message of " + message.length);
            onMessage.run();
        }

        @Override
        public void onEnd(Stream stream) {
            events.add("end");
        }

        @Override
        public void onWritable(Stream stream) {
            events.add("writable");
        }

        @Override
        public void onClosed(Stream stream) {
            events.add("closed");
        }

        @Override
        public void onFailed(Stream stream, StreamException cause) {
            events.add(cause.code().name());
        }
    }

    private RuntimeStream open() {
        return open(StreamOptions.DEFAULTS);
    }

    private RuntimeStream open(StreamOptions options) {
        long deadlineNanos = options.deadline().map(Duration::toNanos).orElse(Long.MAX_VALUE);
        RuntimeStream stream =
                new RuntimeStream(loop, callbacks, options, SMALL, BOB, "test", options.headers(), deadlineNanos);
        stream.listen(heard);
        pair.alice.streams.open(
                BOB,
                new Streams.Opening("test", Map.of(), deadlineNanos, null, false, () -> true, stream::attach, stream));
        settle();
        return stream;
    }

    /** Lets everything happen that is under way: commands, frames, callbacks. */
    private void settle() {
        for (int turn = 0; turn < 20; turn++) {
            loop.advance(Duration.ZERO);
            loop.inLoop((node, nowNanos) -> pair.deliverAll());
            executor.runAll();
        }
    }

    private Recorder bob() {
        return served.get(0);
    }

    @Nested
    class What_is_sent {

        @Test
        void arrives_in_order_and_takes_one_command_for_any_number_of_messages() {
            RuntimeStream stream = open();
            for (int i = 1; i <= 5; i++) {
                assertThat(stream.offer(new byte[i])).isTrue();
            }
            stream.end();
            assertThat(loop.waiting()).isEqualTo(1);
            settle();

            assertThat(bob().events)
                    .containsExactly(
                            "message of 1", "message of 2", "message of 3", "message of 4", "message of 5", "end");
        }

        @Test
        void is_refused_at_the_door_when_too_large_and_takes_no_room() {
            RuntimeStream stream = open();

            assertThatThrownBy(() -> stream.offer(new byte[2_001]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2001");
            assertThat(stream.offer(new byte[2_000])).isTrue();
        }

        @Test
        void ends_the_stream_and_throws_nothing_when_the_loop_is_stuck() {
            RuntimeStream stream = open();
            loop.stick();

            stream.offer(new byte[7]);
            settle();

            assertThat(heard.events).hasSize(1);
            assertThat(stream.closed()).isCompletedExceptionally();
            stream.reset(StreamCode.CANCELLED, "whoever cleans up is not disturbed either");
        }

        @Test
        void as_the_last_message_has_room_whatever_waits() {
            RuntimeStream stream = open();
            while (stream.offer(new byte[500])) {
                // until there is no room
            }
            stream.end(new byte[7]);
            assertThatThrownBy(() -> stream.end(new byte[1])).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> stream.offer(new byte[1])).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> stream.end(new byte[2_001])).isInstanceOf(IllegalArgumentException.class);
            stream.end();
            settle();
            bob().stream().consumed(2);
            settle();

            assertThat(bob().events).containsExactly("message of 500", "message of 500", "message of 7", "end");
        }

        @Test
        void after_the_stream_has_failed_is_refused_even_if_it_is_the_last() {
            RuntimeStream stream = open();
            bob().stream().reset(StreamCode.APPLICATION, "enough");
            settle();

            assertThatThrownBy(() -> stream.end(new byte[1])).isInstanceOf(StreamException.class);
        }

        @Test
        void leaves_the_other_direction_open_after_the_end() {
            RuntimeStream stream = open();
            stream.end();
            settle();
            bob().stream().send(ArrayPayload.owning(new byte[7]));
            settle();

            assertThat(bob().events).containsExactly("end");
            assertThat(heard.events).containsExactly("message of 7");
            assertThatThrownBy(() -> stream.offer(new byte[1])).isInstanceOf(IllegalStateException.class);

            bob().stream().end();
            settle();
            assertThat(heard.events).containsExactly("message of 7", "end", "closed");
            assertThat(stream.closed()).isCompleted();
        }

        @Test
        void waits_when_the_window_is_used_up_and_the_listener_hears_of_room() {
            RuntimeStream stream = open();
            pair.alice.writable = false;
            for (int i = 0; i < 10; i++) {
                assertThat(stream.offer(new byte[100])).isTrue();
            }
            assertThat(stream.offer(new byte[100])).isFalse();
            settle();
            assertThat(heard.events).isEmpty();

            pair.alice.writable = true;
            pair.alice.streams.onWritable(pair.alice);
            settle();
            assertThat(heard.events).containsExactly("writable");
            assertThat(bob().messages).hasSize(10);
        }

        @Test
        void is_bounded_even_when_it_is_empty() {
            RuntimeStream stream = open();
            int taken = 0;
            while (stream.offer(new byte[0])) {
                taken++;
            }

            assertThat(taken).isEqualTo(16); // the last one overdraws 1,000 bytes at 64 each
        }
    }

    @Nested
    class A_sender_that_waits {

        private RuntimeStream full() {
            RuntimeStream stream = open();
            pair.alice.writable = false;
            while (stream.offer(new byte[100])) {
                // until there is no room
            }
            return stream;
        }

        @Test
        void goes_on_when_the_loop_has_sent() throws InterruptedException {
            RuntimeStream stream = full();
            loop.schedule(
                    (node, nowNanos) -> {
                        pair.alice.writable = true;
                        pair.alice.streams.onWritable(pair.alice);
                    },
                    1);
            stream.send(new byte[3]);
            settle();
            bob().stream().consumed(10);
            settle();

            assertThat(bob().events).endsWith("message of 3");
        }

        @Test
        void ends_by_an_interrupt_and_has_sent_nothing() {
            RuntimeStream stream = full();
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> stream.send(new byte[3])).isInstanceOf(InterruptedException.class);
            pair.alice.writable = true;
            pair.alice.streams.onWritable(pair.alice);
            settle();
            assertThat(bob().events).hasSize(10).containsOnly("message of 100");
        }

        @Test
        void fails_with_the_stream() {
            RuntimeStream stream = full();
            loop.schedule((node, nowNanos) -> pair.alice.streams.onPeerDown(pair.alice, CloseReason.RESET), 1);

            assertThatThrownBy(() -> stream.send(new byte[3]))
                    .isInstanceOfSatisfying(
                            StreamException.class,
                            cause -> assertThat(cause.code()).isEqualTo(StreamCode.EDGE_CLOSED));
        }

        @Test
        void is_told_not_to_wait_on_the_loop() {
            RuntimeStream stream = full();

            loop.inLoop((node, nowNanos) -> assertThatThrownBy(() -> stream.send(new byte[3]))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("offer"));
        }

        @Test
        void does_not_keep_the_loop_from_sending_while_the_inbox_is_full() {
            RuntimeStream[] opened = new RuntimeStream[1];
            CompletableFuture<Void> wentThrough = new CompletableFuture<>();
            FakeNodeLoop crowded = new FakeNodeLoop() {
                @Override
                public boolean execute(Task task) {
                    // Another thread, as the loop would: it needs what the sender must not hold while it waits here.
                    Thread sending = new Thread(() -> {
                        opened[0].onSent(64);
                        wentThrough.complete(null);
                    });
                    sending.start();
                    wentThrough.orTimeout(10, TimeUnit.SECONDS).join();
                    return super.execute(task);
                }
            };
            opened[0] = new RuntimeStream(
                    crowded, callbacks, StreamOptions.DEFAULTS, SMALL, BOB, "test", Map.of(), Long.MAX_VALUE);

            assertThat(opened[0].offer(new byte[1])).isTrue();
            assertThat(wentThrough).isCompleted();
        }
    }

    @Nested
    class Ends_early {

        @Test
        void by_our_reset() {
            RuntimeStream stream = open();
            stream.reset(StreamCode.APPLICATION, "enough");
            stream.cancel();
            settle();

            assertThat(heard.events).containsExactly("APPLICATION");
            assertThat(bob().events).containsExactly("APPLICATION");
            assertThat(stream.closed()).isCompletedExceptionally();
            assertThatThrownBy(() -> stream.offer(new byte[1])).isInstanceOf(StreamException.class);
        }

        @Test
        void by_the_peers_cancel() {
            RuntimeStream stream = open();
            bob().stream().reset(StreamCode.CANCELLED, "cancelled");
            settle();

            assertThat(heard.events).containsExactly("CANCELLED");
            assertThat(stream.closed()).isCompletedExceptionally();
        }

        @Test
        void by_the_deadline() {
            RuntimeStream stream =
                    open(StreamOptions.builder().deadline(Duration.ofMillis(50)).build());
            assertThat(stream.remaining()).contains(Duration.ofMillis(50));
            pair.advance(Duration.ofMillis(50));
            settle();

            assertThat(heard.events).containsExactly("DEADLINE_EXCEEDED");
        }

        @Test
        void by_any_failure_of_the_listener_even_an_error() {
            open();
            heard.onMessage = () -> {
                throw new AssertionError("the application's");
            };
            bob().stream().send(ArrayPayload.owning(new byte[1]));
            settle();

            assertThat(bob().events).containsExactly("INTERNAL");
            assertThat(heard.events).containsExactly("message of 1", "INTERNAL");
        }

        @Test
        void by_an_executor_that_refuses_and_no_other_stream_is_touched() {
            RuntimeStream first = open();
            RuntimeStream second = open();
            executor.isRefusing = true;
            bob().stream().send(ArrayPayload.owning(new byte[1]));
            settle();
            executor.isRefusing = false;
            served.get(1).stream().send(ArrayPayload.owning(new byte[2]));
            settle();

            assertThat(bob().events).containsExactly("LIMIT");
            assertThat(first.closed()).isCompletedExceptionally();
            assertThat(second.closed()).isNotDone();
            assertThat(heard.events).containsExactly("message of 2");
        }

        @Test
        void with_a_reason_that_is_checked_at_the_call() {
            RuntimeStream stream = open();

            assertThatThrownBy(() -> stream.reset(StreamCode.APPLICATION, "x".repeat(1_025)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1025");
        }
    }

    @Nested
    class Credit {

        private void bobSends(int messages, int bytes) {
            for (int i = 0; i < messages; i++) {
                bob().stream().send(ArrayPayload.owning(new byte[bytes]));
            }
            settle();
        }

        @Test
        void comes_back_by_itself_when_the_listener_has_returned() {
            open();
            bobSends(50, 100);

            assertThat(heard.events).hasSize(50);
        }

        @Test
        void comes_back_without_a_command_if_the_listener_is_on_the_loop() {
            open(StreamOptions.builder().dispatch(Dispatch.INLINE).build());
            loop.inLoop((node, nowNanos) -> {
                for (int i = 0; i < 50; i++) {
                    bob().stream().send(ArrayPayload.owning(new byte[100]));
                    pair.deliverAll();
                }
            });

            assertThat(heard.events).hasSize(50);
            assertThat(loop.waiting()).isZero();
        }

        @Test
        void is_not_given_to_who_sends_no_more() {
            open();
            loop.inLoop((node, nowNanos) -> {
                bob().stream().sendLast(ArrayPayload.owning(new byte[100]));
                pair.deliverAll();
            });
            executor.runAll();

            assertThat(heard.events).containsExactly("message of 100", "end");
            assertThat(loop.waiting()).isZero();
        }

        @Test
        void given_by_hand_waits_for_the_application() {
            RuntimeStream stream =
                    open(StreamOptions.builder().manualCredit(true).build());
            bobSends(50, 100);
            assertThat(heard.events).hasSize(10);

            stream.consumed(250);
            stream.consumed(250);
            settle();
            assertThat(heard.events).hasSize(15);
        }

        @Test
        void given_by_hand_covers_empty_messages_one_by_one() {
            RuntimeStream stream =
                    open(StreamOptions.builder().manualCredit(true).build());
            bobSends(50, 0);
            assertThat(heard.events).hasSize(15);

            for (int i = 0; i < 8; i++) {
                stream.consumed(0);
            }
            settle();
            assertThat(heard.events).hasSize(23);
        }

        @Test
        void given_by_hand_is_checked_at_the_call() {
            RuntimeStream stream =
                    open(StreamOptions.builder().manualCredit(true).build());
            bobSends(1, 100);

            assertThatThrownBy(() -> stream.consumed(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> stream.consumed(101)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> open().consumed(1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void its_future_completes_among_the_callbacks_and_not_on_the_loop() {
        CompletableFuture<Void> closed = open().closed();
        loop.inLoop((node, nowNanos) -> pair.alice.streams.onPeerDown(pair.alice, CloseReason.RESET));
        assertThat(closed).isNotDone();

        executor.runAll();
        assertThat(closed).isCompletedExceptionally();
    }

    @Test
    void its_end_wakes_no_thread_if_nobody_has_asked_for_it() {
        RuntimeStream stream =
                open(StreamOptions.builder().dispatch(Dispatch.INLINE).build());
        executor.runAll();
        loop.inLoop((node, nowNanos) -> pair.alice.streams.onPeerDown(pair.alice, CloseReason.RESET));

        assertThat(executor.waiting()).isZero();
        assertThat(stream.closed()).isCompletedExceptionally();
    }

    @Test
    void its_close_wakes_no_thread_for_a_listener_that_does_nothing_then() {
        RuntimeStream quiet = open();
        quiet.listen((same, message) -> heard.events.add("quiet"));
        RuntimeStream curious = open();
        served.forEach(each -> each.stream().end());
        settle();
        int before = executor.submissions;

        quiet.end();
        settle();
        assertThat(quiet.closed()).isCompleted();
        assertThat(executor.submissions).isEqualTo(before);
        curious.end();
        settle();
        assertThat(heard.events).containsExactly("end", "closed");
    }

    @Test
    void an_answer_completes_among_the_callbacks_and_the_first_outcome_counts() {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        StreamAnswer answer = new StreamAnswer(result, callbacks, unused -> {});
        RuntimeStream stream = open();
        answer.onMessage(stream, new byte[] {1});
        answer.onEnd(stream);
        assertThat(result).isNotDone();

        executor.runAll();
        assertThat(result.getNow(new byte[0])).containsExactly(1);
    }

    @Test
    void a_request_that_nobody_has_seen_is_sent_once_more_and_not_twice() {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        List<StreamAnswer> sent = new ArrayList<>();
        StreamAnswer answer = new StreamAnswer(result, callbacks, sent::add);
        StreamException unseen = new StreamException(StreamCode.PEER_UNREACHABLE, "as the test says");
        RuntimeStream stream = open();
        answer.onFailed(stream, unseen);
        executor.runAll();
        assertThat(sent).containsExactly(answer);
        assertThat(result).isNotDone();

        answer.onFailed(stream, unseen);
        executor.runAll();
        assertThat(sent).containsExactly(answer);
        assertThat(result).isCompletedExceptionally();
    }

    @Test
    void a_request_that_was_answered_is_not_sent_once_more_whatever_comes() {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        List<StreamAnswer> sent = new ArrayList<>();
        StreamAnswer answer = new StreamAnswer(result, callbacks, sent::add);
        RuntimeStream stream = open();
        answer.onMessage(stream, new byte[] {1});
        answer.onFailed(stream, new StreamException(StreamCode.PEER_UNREACHABLE, "as the test says"));
        executor.runAll();
        assertThat(sent).isEmpty();
        assertThat(result).isCompletedWithValueMatching(bytes -> bytes[0] == 1);
    }

    @Test
    void a_request_that_cannot_be_sent_once_more_fails_with_both_reasons() {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        StreamException unseen = new StreamException(StreamCode.PEER_UNREACHABLE, "as the test says");
        RuntimeException refused = new NodeClosedException("alice");
        StreamAnswer answer = new StreamAnswer(result, callbacks, unused -> {
            throw refused;
        });
        answer.onFailed(open(), unseen);
        executor.runAll();
        assertThat(result).isCompletedExceptionally();
        assertThat(unseen).hasSuppressedException(refused);
    }
}
