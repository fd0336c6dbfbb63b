package io.chaski.testkit.internal.virtual;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.core.internal.wire.StreamFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class VirtualNetworkTest {

    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;

    private final VirtualNetwork network = new VirtualNetwork(1, new Random(1), 10 * MS, 10 * MS);
    private final Machine alice = network.machine();
    private final Machine bob = network.machine();
    private final List<String> log = new ArrayList<>();
    private @Nullable VirtualSocket dialled;
    private @Nullable VirtualSocket accepted;

    @BeforeEach
    void bobListens() {
        bob.listen(this::accept, (from, datagram, bytes) -> say("bob: datagram " + token(datagram)));
    }

    @Nested
    class When_a_machine_dials {
        @Test
        void the_dialler_knows_after_one_round_trip_and_the_listener_after_one_and_a_half() {
            dial();
            advance(SECOND);
            assertThat(log).containsExactly("20 alice: connected", "30 bob: accepted");
        }

        @Test
        void it_is_refused_where_nobody_listens() {
            bob.refuse();
            dial();
            advance(SECOND);
            assertThat(log).containsExactly("20 alice: failed REFUSED");
        }

        @Test
        void an_address_of_nobody_is_unreachable() {
            alice.dial(Address.tcp("192.0.2.1", 1), new Ears("alice"));
            advance(SECOND);
            assertThat(log).containsExactly("10 alice: failed UNREACHABLE");
        }

        @Test
        void a_blocked_request_is_repeated_and_succeeds_after_the_block() {
            network.faultsOf(alice, bob).block(true);
            dial();
            advance(2 * SECOND);
            network.faultsOf(alice, bob).block(false);
            advance(2 * SECOND);
            assertThat(log).containsExactly("3040 alice: connected", "3050 bob: accepted");
        }

        @Test
        void it_gives_up_after_two_minutes_without_an_answer() {
            bob.vanish();
            dial();
            advance(300 * SECOND);
            assertThat(log).containsExactly("63070 alice: failed TIMEOUT");
        }

        @Test
        void a_dial_that_is_given_up_is_not_heard_of() {
            Dial dial = alice.dial(bob.address(), new Ears("alice"));
            dial.cancel();
            advance(SECOND);
            assertThat(log).isEmpty();
        }

        @Test
        void a_listener_may_close_without_a_word() {
            bob.listen(socket -> null, (from, datagram, bytes) -> {});
            dial();
            advance(SECOND);
            assertThat(log).containsExactly("20 alice: connected", "40 alice: closed END_OF_STREAM");
        }

        @Test
        void it_may_dial_itself() {
            alice.listen(this::selfAccept, (from, datagram, bytes) -> {});
            alice.dial(alice.address(), new Ears("alice"));
            advance(SECOND);
            assertThat(log).containsExactly("20 alice: connected", "30 alice: accepted");
        }

        private SocketHandler selfAccept(VirtualSocket socket) {
            say("alice: accepted");
            return new Ears("alice");
        }
    }

    @Nested
    class On_a_connection {
        @BeforeEach
        void connect() {
            dial();
            advance(100 * MS);
            log.clear();
        }

        @Test
        void frames_arrive_in_order_after_the_latency() {
            ping(dialled, 1);
            ping(dialled, 2);
            ping(accepted, 3);
            advance(SECOND);
            assertThat(log).containsExactly("110 bob: ping 1", "110 bob: ping 2", "110 alice: ping 3");
        }

        @Test
        void what_was_sent_before_closing_still_arrives() {
            ping(dialled, 1);
            dialled.close();
            ping(dialled, 2);
            advance(SECOND);
            assertThat(log).containsExactly("110 bob: ping 1", "110 bob: closed END_OF_STREAM");
        }

        @Test
        void a_reset_is_heard_at_the_other_end() {
            dialled.reset();
            advance(SECOND);
            assertThat(log).containsExactly("110 bob: closed RESET");
        }

        @Test
        void the_network_may_reset_both_ends() {
            network.reset(alice, bob);
            advance(SECOND);
            assertThat(log).containsExactly("100 alice: closed RESET", "110 bob: closed RESET");
        }

        @Test
        void a_crash_is_heard_at_the_other_end() {
            bob.crash();
            ping(dialled, 1);
            advance(SECOND);
            assertThat(log).containsExactly("110 alice: closed RESET");
        }

        @Test
        void a_silent_death_is_heard_only_when_something_is_sent_after_the_restart() {
            bob.vanish();
            ping(dialled, 1);
            advance(SECOND);
            assertThat(log).isEmpty();
            bobListens();
            ping(dialled, 2);
            advance(SECOND);
            assertThat(log).containsExactly("1120 alice: closed RESET");
        }

        @Test
        void a_half_open_end_finds_out_when_it_sends() {
            network.halfOpen(bob, alice);
            advance(SECOND);
            ping(dialled, 1);
            advance(SECOND);
            assertThat(log).containsExactly("100 bob: closed RESET", "1120 alice: closed RESET");
        }

        @Test
        void a_connection_that_died_silently_carries_nothing() {
            network.kill(alice, bob);
            ping(dialled, 1);
            ping(accepted, 2);
            advance(100 * SECOND);
            assertThat(log).isEmpty();
        }

        @Test
        void what_meets_a_block_waits_and_stays_in_order() {
            network.cut(List.of(alice), List.of(bob));
            ping(dialled, 1);
            advance(SECOND);
            ping(dialled, 2);
            network.heal();
            advance(SECOND);
            assertThat(log).containsExactly("1110 bob: ping 1", "1110 bob: ping 2");
        }

        @Test
        void a_block_may_be_one_way() {
            network.faultsOf(alice, bob).block(true);
            ping(dialled, 1);
            ping(accepted, 2);
            advance(SECOND);
            assertThat(log).containsExactly("110 alice: ping 2");
        }

        @Test
        void the_end_of_a_connection_meets_the_block_as_well() {
            network.cut(List.of(alice), List.of(bob));
            dialled.close();
            advance(SECOND);
            assertThat(log).isEmpty();
            network.heal();
            advance(SECOND);
            assertThat(log).containsExactly("1110 bob: closed END_OF_STREAM");
        }

        @Test
        void frames_are_lost_with_certainty_one_but_never_those_of_the_connection() {
            network.faultsOf(alice, bob).drop(1);
            ping(dialled, 1);
            dialled.send(new EdgeFrame.InternTopic(0, "t"));
            advance(SECOND);
            assertThat(log).containsExactly("110 bob: InternTopic");
        }

        @Test
        void a_lost_frame_is_remembered_for_its_pair_in_both_directions() {
            Machine carol = network.machine();
            assertThat(network.sinceLossNanos(alice, bob)).isEqualTo(Long.MAX_VALUE);
            network.faultsOf(alice, bob).drop(1);
            ping(dialled, 1);
            advance(SECOND);
            assertThat(network.sinceLossNanos(alice, bob)).isEqualTo(SECOND);
            assertThat(network.sinceLossNanos(bob, alice)).isEqualTo(SECOND);
            assertThat(network.sinceLossNanos(alice, carol)).isEqualTo(Long.MAX_VALUE);
        }

        @Test
        void what_a_dead_connection_swallows_is_lost_and_a_message_is_no_matter() {
            network.faultsOf(alice, bob).drop(1);
            data(dialled, 1, 9);
            advance(SECOND);
            assertThat(network.sinceLossNanos(alice, bob)).isEqualTo(Long.MAX_VALUE);
            network.clearFaults(alice, bob);
            network.kill(alice, bob);
            advance(SECOND);
            assertThat(network.sinceLossNanos(alice, bob)).isEqualTo(Long.MAX_VALUE);
            ping(accepted, 1);
            advance(SECOND);
            assertThat(network.sinceLossNanos(alice, bob)).isEqualTo(SECOND - 10 * MS);
        }

        @Test
        void all_frames_but_messages_are_counted_with_their_bytes() {
            ping(dialled, 1);
            data(dialled, 1, 64_000);
            long bytesOfPing = network.controlBytes();
            ping(accepted, 1);
            assertThat(network.controlFrames()).isEqualTo(2);
            assertThat(bytesOfPing).isBetween(17L, 25L);
            assertThat(network.controlBytes()).isEqualTo(2 * bytesOfPing);
        }

        @Test
        void what_streams_carry_is_not_counted() {
            dialled.send(new StreamFrame.End(1));
            assertThat(network.controlFrames()).isZero();
            assertThat(network.controlBytes()).isZero();
        }

        @Test
        void frames_may_arrive_twice() {
            network.faultsOf(alice, bob).duplicate(1);
            ping(dialled, 1);
            advance(SECOND);
            assertThat(log).containsExactly("110 bob: ping 1", "110 bob: ping 1");
        }

        @Test
        void a_spike_delays_what_follows_it() {
            network.faultsOf(alice, bob).spikes(1, 50 * MS);
            ping(dialled, 1);
            network.faultsOf(alice, bob).spikes(0, 0);
            ping(dialled, 2);
            advance(SECOND);
            assertThat(log).containsExactly("160 bob: ping 1", "160 bob: ping 2");
        }

        @Test
        void a_narrow_path_takes_time_and_tells_when_it_is_full() {
            network.faultsOf(alice, bob).bandwidth(1 << 20);
            for (int seq = 1; seq <= 20; seq++) {
                data(dialled, seq, 64_000);
            }
            advance(2 * SECOND);
            assertThat(log).contains("100 alice: writable false", "1076 alice: writable true");
            assertThat(log)
                    .filteredOn(line -> line.contains("data"))
                    .hasSize(20)
                    .endsWith("1330 bob: data 20");
        }

        @Test
        void a_narrow_path_takes_a_large_message_without_being_full_and_not_two_more() {
            network.faultsOf(alice, bob).bandwidth(1 << 20);
            data(dialled, 1, 1_000_000);
            advance(SECOND / 2);
            assertThat(log).isEmpty();
            data(dialled, 2, 1_000_000);
            data(dialled, 3, 1_000_000);
            advance(3 * SECOND);
            assertThat(log.get(0)).isEqualTo("600 alice: writable false");
            assertThat(log).filteredOn(line -> line.contains("data")).hasSize(3);
        }

        @Test
        void what_is_sent_meanwhile_passes_between_the_parts_of_a_large_message() {
            network.faultsOf(alice, bob).bandwidth(64 << 10);
            data(dialled, 1, 1 << 20);
            advance(SECOND / 2);
            ping(dialled, 7);
            advance(SECOND);
            assertThat(log).hasSize(1).allMatch(line -> line.endsWith("bob: ping 7"));
            advance(17 * SECOND);
            assertThat(log).last().asString().endsWith("bob: data 1");
        }

        @Test
        void a_narrow_path_tells_every_two_seconds_that_bytes_come() {
            network.faultsOf(alice, bob).bandwidth(400 << 10);
            data(dialled, 1, 1 << 20);
            advance(4 * SECOND);
            assertThat(log).contains("2190 bob: bytes", "2670 bob: data 1").doesNotContain("1110 bob: bytes");
        }

        @Test
        void a_path_that_takes_nothing_for_ten_seconds_fails() {
            network.cut(List.of(alice), List.of(bob));
            data(dialled, 1, 1 << 20);
            advance(20 * SECOND);
            assertThat(log).containsExactly("110 alice: writable false", "10110 alice: closed SLOW_CONSUMER");
        }

        @Test
        void sixteen_mebibytes_in_the_queue_are_too_many() {
            bob.sleep();
            data(dialled, 1, Lane.MAX_QUEUED_BYTES + 1);
            advance(SECOND);
            assertThat(log).containsExactly("110 alice: closed SLOW_CONSUMER");
        }

        @Test
        void a_process_that_stands_still_gets_everything_when_it_goes_on() {
            bob.sleep();
            ping(dialled, 1);
            advance(SECOND);
            assertThat(log).isEmpty();
            bob.wakeAfter(() -> say("bob: awake"));
            assertThat(log).containsExactly("1100 bob: awake", "1100 bob: ping 1");
        }

        @Test
        void a_busy_connection_says_so() {
            assertThat(dialled.isBusy()).isFalse();
            ping(dialled, 1);
            assertThat(dialled.isBusy()).isTrue();
            assertThat(accepted.isBusy()).isTrue();
            advance(SECOND);
            assertThat(dialled.isBusy()).isFalse();
        }
    }

    @Nested
    class Datagrams {
        @Test
        void arrive_after_the_latency() {
            datagram(1);
            advance(SECOND);
            assertThat(log).containsExactly("10 bob: datagram 1");
        }

        @Test
        void are_lost_in_a_block() {
            network.faultsOf(alice, bob).block(true);
            datagram(1);
            advance(SECOND);
            network.faultsOf(alice, bob).block(false);
            advance(SECOND);
            assertThat(log).isEmpty();
        }

        @Test
        void may_overtake_one_another() {
            network.faultsOf(alice, bob).reorder(100 * MS);
            for (int i = 0; i < 20; i++) {
                datagram(i);
            }
            advance(SECOND);
            List<String> sorted = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                sorted.add("bob: datagram " + i);
            }
            List<String> arrived = log.stream()
                    .map(line -> line.substring(line.indexOf(' ') + 1))
                    .toList();
            assertThat(arrived).containsExactlyInAnyOrderElementsOf(sorted).isNotEqualTo(sorted);
        }

        @Test
        void are_counted_with_their_bytes_like_frames_and_also_when_they_are_lost() {
            datagram(1);
            long bytes = network.controlBytes();
            assertThat(bytes).isPositive();
            network.faultsOf(alice, bob).drop(1);
            datagram(1);
            assertThat(network.controlFrames()).isEqualTo(2);
            assertThat(network.controlBytes()).isEqualTo(2 * bytes);
        }

        @Test
        void of_the_application_are_not_counted() {
            alice.send(bob.address(), new Datagram.EdgeMessage(1, 1, ArrayPayload.owning(new byte[100])));
            assertThat(network.controlFrames()).isZero();
        }

        private void datagram(long token) {
            alice.send(bob.address(), new Datagram.StatusRequest(token, "c"));
        }
    }

    @Nested
    class Clocks {
        @Test
        void do_not_agree_and_move_together() {
            long difference = alice.nanoTime() - bob.nanoTime();
            assertThat(difference).isNotZero();
            advance(SECOND);
            assertThat(alice.nanoTime() - bob.nanoTime()).isEqualTo(difference);
        }

        @Test
        void may_jump() {
            long before = alice.nanoTime();
            alice.jumpClock(SECOND);
            assertThat(alice.nanoTime()).isEqualTo(before + SECOND);
            assertThat(alice.networkTime(before + SECOND)).isZero();
        }
    }

    @Test
    void latencies_follow_from_the_seed_and_are_the_same_both_ways() {
        VirtualNetwork wide = new VirtualNetwork(3, new Random(1), 10 * MS, 100 * MS);
        VirtualNetwork again = new VirtualNetwork(3, new Random(2), 10 * MS, 100 * MS);
        List<Machine> machines = new ArrayList<>();
        List<Machine> others = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            machines.add(wide.machine());
            others.add(again.machine());
        }
        for (int i = 0; i < 50; i++) {
            for (int j = 0; j < 50; j++) {
                long nanos = wide.latencyNanos(machines.get(i), machines.get(j));
                assertThat(nanos)
                        .isBetween(10 * MS, 100 * MS)
                        .isEqualTo(wide.latencyNanos(machines.get(j), machines.get(i)))
                        .isEqualTo(again.latencyNanos(others.get(i), others.get(j)));
            }
        }
    }

    private SocketHandler accept(VirtualSocket socket) {
        say("bob: accepted");
        accepted = socket;
        return new Ears("bob");
    }

    private void dial() {
        alice.dial(bob.address(), new Ears("alice"));
    }

    private static void ping(@Nullable VirtualSocket socket, long token) {
        socket.send(new EdgeFrame.Ping(token, 0, 0));
    }

    private static void data(@Nullable VirtualSocket socket, long seq, long bytes) {
        socket.sendData(0, seq, 1, 9, 0, ArrayPayload.owning(new byte[(int) bytes]));
    }

    private void advance(long nanos) {
        long end = network.nowNanos() + nanos;
        while (network.queue().step(end)) {
            // One event at a time.
        }
    }

    private void say(String what) {
        log.add(network.nowNanos() / MS + " " + what);
    }

    private static long token(Datagram datagram) {
        return ((Datagram.StatusRequest) datagram).token();
    }

    /** Writes down what one end hears. */
    private final class Ears implements SocketHandler, Dial.Outcome {
        private final String name;

        Ears(String name) {
            this.name = name;
        }

        @Override
        public SocketHandler onConnected(VirtualSocket socket) {
            say(name + ": connected");
            dialled = socket;
            return this;
        }

        @Override
        public void onFailed(DialFailure failure) {
            say(name + ": failed " + failure);
        }

        @Override
        public void onFrame(Frame frame) {
            say(name + ": "
                    + (frame instanceof EdgeFrame.Ping ping
                            ? "ping " + ping.token()
                            : frame.getClass().getSimpleName()));
        }

        @Override
        public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
            say(name + ": data " + seq + (body.size() == 1 ? " first byte " + body.toByteArray()[0] : ""));
        }

        @Override
        public void onBytes() {
            say(name + ": bytes");
        }

        @Override
        public void onWritability(boolean writable) {
            say(name + ": writable " + writable);
        }

        @Override
        public void onClosed(CloseReason reason) {
            say(name + ": closed " + reason);
        }
    }
}
