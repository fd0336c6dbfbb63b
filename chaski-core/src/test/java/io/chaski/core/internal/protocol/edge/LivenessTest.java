package io.chaski.core.internal.protocol.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.EdgeDown;
import io.chaski.core.NodeEvent.EdgeUp;
import io.chaski.core.NodeId;
import io.chaski.core.NodeSnapshot;
import io.chaski.core.internal.protocol.NodeProtocol.PingFailure;
import io.chaski.core.internal.protocol.NodeProtocol.Ponged;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.protocol.Wires.Stranger;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.EdgeFrame.Pong;
import io.chaski.core.internal.wire.TopicSummary;
import io.chaski.core.internal.wire.WireLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LivenessTest {

    static final Duration ROUND_TRIP = Wires.LATENCY.multipliedBy(2);

    final Wires wires = new Wires();
    final Node alice = wires.node("alice");
    final Node bob = wires.node("bob");

    private static final int SMALL_FRAME = 128 << 10;

    private static Wires.Options smallFrames(Wires.Options options) {
        return options.edge(EdgeSettings.builder().maxFrame(SMALL_FRAME).build());
    }

    @BeforeEach
    void connect() {
        alice.connect(bob.address());
        wires.settle();
    }

    static final class Times implements Ponged {
        final List<String> outcomes = new ArrayList<>();

        @Override
        public void onPong(long rttNanos) {
            outcomes.add(Duration.ofNanos(rttNanos).toString());
        }

        @Override
        public void onFailed(PingFailure why) {
            outcomes.add(why.toString());
        }
    }

    NodeSnapshot.Latency latency() {
        return alice.protocol().snapshot(wires.nowNanos()).edges().get(0).latency();
    }

    @Nested
    class An_edge_in_use {
        @Test
        void is_measured_as_soon_as_it_is_up() {
            assertThat(latency())
                    .isEqualTo(
                            new NodeSnapshot.Latency(1, ROUND_TRIP, ROUND_TRIP.dividedBy(2), ROUND_TRIP, ROUND_TRIP));
        }

        @Test
        void stays_up_for_an_hour_of_silence() {
            wires.advance(Duration.ofHours(1));

            assertThat(alice.events()).containsExactly(new EdgeUp(bob.id(), "bob"));
            assertThat(bob.events()).containsExactly(new EdgeUp(alice.id(), "alice"));
        }

        @Test
        void costs_about_one_ping_in_two_seconds() {
            int before = alice.sent(Ping.class).size() + bob.sent(Ping.class).size();
            wires.advance(Duration.ofSeconds(100));

            int pings = alice.sent(Ping.class).size() + bob.sent(Ping.class).size() - before;
            assertThat(pings).isBetween(30, 90);
        }
    }

    @Nested
    class A_peer_that_falls_silent {
        @Test
        void is_given_up_after_the_lease_and_not_before() {
            wires.cut(alice, bob);
            wires.advance(Duration.ofSeconds(7));
            assertThat(alice.peers()).containsExactly(bob.id());

            wires.advance(Duration.ofMillis(1_300));
            assertThat(alice.events(EdgeDown.class)).containsExactly(new EdgeDown(bob.id(), CloseReason.SILENT));
            assertThat(bob.events(EdgeDown.class)).containsExactly(new EdgeDown(alice.id(), CloseReason.SILENT));
        }

        @Test
        void with_most_others_is_given_up_no_later_as_long_as_somebody_is_heard() {
            List<Node> victims = victims();
            wires.advance(Duration.ofMillis(8_300));

            assertThat(alice.events(EdgeDown.class))
                    .extracting(EdgeDown::peer)
                    .containsExactlyInAnyOrderElementsOf(
                            victims.stream().map(Node::id).toList());
        }

        /** It may be this node that hears nobody: the others get more time. */
        @Test
        void with_all_others_is_given_up_later() {
            victims();
            wires.cut(alice, bob);
            wires.advance(Duration.ofMillis(8_300));

            assertThat(alice.events(EdgeDown.class)).hasSizeBetween(4, 6);
        }

        private List<Node> victims() {
            List<Node> victims = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Node victim = wires.node("victim-" + i);
                alice.connect(victim.address());
                victims.add(victim);
            }
            wires.advance(Duration.ofSeconds(5));
            victims.forEach(victim -> wires.cut(alice, victim));
            return victims;
        }

        @Test
        void N29_is_alive_while_the_bytes_of_a_large_frame_come() {
            Stranger slow = wires.stranger(alice, Address.tcp("10.9.9.9", 50_000));
            slow.send(HandshakeTest.hello(HandshakeTest.STRANGER, 5));
            slow.send(HandshakeTest.ACK);
            wires.settle();
            for (int i = 0; i < 10; i++) {
                slow.sendBytes();
                wires.advance(Duration.ofSeconds(7));
            }
            assertThat(alice.peers()).containsExactly(bob.id(), HandshakeTest.STRANGER);

            wires.advance(Duration.ofSeconds(2));
            assertThat(alice.events(EdgeDown.class))
                    .containsExactly(new EdgeDown(HandshakeTest.STRANGER, CloseReason.SILENT));
        }

        @Test
        void fails_the_pings_that_are_under_way() {
            wires.cut(alice, bob);
            Times times = new Times();
            alice.protocol().ping(bob.id(), 0, times, wires.nowNanos());
            wires.advance(Duration.ofSeconds(9));

            assertThat(times.outcomes).containsExactly("CLOSED");
        }
    }

    @Nested
    class The_process_stands_still {
        @Test
        void nobody_is_given_up_for_the_silence_of_that_time() {
            alice.pause();
            wires.advance(Duration.ofSeconds(7));
            alice.resume();
            wires.advance(Duration.ofSeconds(20));

            assertThat(alice.events()).containsExactly(new EdgeUp(bob.id(), "bob"), new NodeEvent.NetworkChanged());
            assertThat(alice.peers()).containsExactly(bob.id());
        }

        @Test
        void a_loop_that_is_late_says_by_how_much() {
            standStill(Duration.ofSeconds(3));
            wires.advance(Duration.ofSeconds(20));

            assertThat(alice.events(NodeEvent.Lagged.class))
                    .singleElement()
                    .satisfies(late -> assertThat(late.lag())
                            .as("the timer that was to fire once a second was due within a second of the pause")
                            .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(3)));
            assertThat(alice.events(NodeEvent.NetworkChanged.class)).isEmpty();
        }

        @Test
        void a_loop_that_is_late_again_and_again_says_the_worst_once_in_ten_seconds() {
            standStill(Duration.ofSeconds(3));
            wires.advance(Duration.ofSeconds(1));
            standStill(Duration.ofSeconds(2));
            wires.advance(Duration.ofSeconds(1));
            standStill(Duration.ofSeconds(4));
            wires.advance(Duration.ofSeconds(1));
            assertThat(alice.events(NodeEvent.Lagged.class)).hasSize(1);

            wires.advance(Duration.ofSeconds(20));
            assertThat(alice.events(NodeEvent.Lagged.class))
                    .hasSize(2)
                    .last()
                    .satisfies(late -> assertThat(late.lag()).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4)));
        }

        @Test
        void a_loop_that_is_hardly_late_says_nothing() {
            standStill(Duration.ofMillis(400));
            wires.advance(Duration.ofSeconds(20));

            assertThat(alice.events(NodeEvent.Lagged.class)).isEmpty();
        }

        private void standStill(Duration pause) {
            alice.pause();
            wires.advance(pause);
            alice.resume();
        }

        @Test
        void after_a_network_change_a_dead_peer_is_still_found_dead() {
            wires.cut(alice, bob);
            alice.protocol().onNetworkChanged(wires.nowNanos());
            wires.advance(Duration.ofSeconds(17));

            assertThat(alice.events(EdgeDown.class)).containsExactly(new EdgeDown(bob.id(), CloseReason.SILENT));
        }
    }

    @Nested
    class Pings_of_the_application {
        @Test
        void W10_any_number_at_once_are_all_answered() {
            Times times = new Times();
            for (int i = 0; i < 20; i++) {
                alice.protocol().ping(bob.id(), 0, times, wires.nowNanos());
            }
            wires.settle();

            assertThat(times.outcomes).hasSize(20).containsOnly(ROUND_TRIP.toString());
        }

        @Test
        void many_more_are_paced_and_do_not_trip_the_peer() {
            Times times = new Times();
            for (int i = 0; i < 500; i++) {
                alice.protocol().ping(bob.id(), 0, times, wires.nowNanos());
            }
            wires.advance(Duration.ofSeconds(60));

            assertThat(times.outcomes).hasSize(500).containsOnly(ROUND_TRIP.toString());
            assertThat(alice.peers()).containsExactly(bob.id());
        }

        @Test
        void more_than_a_thousand_at_once_are_refused_at_home() {
            Times times = new Times();
            for (int i = 0; i < Edges.MAX_PINGS + 1; i++) {
                alice.protocol().ping(bob.id(), 0, times, wires.nowNanos());
            }

            assertThat(times.outcomes).containsExactly("TOO_MANY");
        }

        @Test
        void carry_as_many_bytes_as_asked_for_and_those_above_the_budget_wait() {
            Times times = new Times();
            for (int i = 0; i < 4; i++) {
                alice.protocol().ping(bob.id(), 512 << 10, times, wires.nowNanos());
            }
            wires.settle();
            assertThat(times.outcomes).hasSize(2);

            wires.advance(Duration.ofSeconds(1));
            assertThat(times.outcomes).hasSize(4);
            assertThat(alice.sent(Ping.class)).extracting(Ping::size).contains(512 << 10);
        }

        @Test
        void fail_without_an_edge() {
            Times times = new Times();
            alice.protocol().ping(new NodeId(9, 9), 0, times, wires.nowNanos());

            assertThat(times.outcomes).containsExactly("CLOSED");
        }

        @Test
        void fail_when_the_peer_lives_and_does_not_answer() {
            Stranger mute = wires.stranger(alice, Address.tcp("10.9.9.9", 50_000));
            NodeId id = new NodeId(7, 7);
            Descriptor descriptor = new Descriptor(id, 5, List.of(), false, false, false, TopicSummary.NONE, 0);
            mute.send(new Hello(1, 1, "test", "mute", descriptor, 99, WireLimits.DEFAULT_MAX_FRAME, 0, 1_000));
            mute.send(new HelloAck(1, 0, 7, 8));
            wires.settle();
            Times times = new Times();
            alice.protocol().ping(id, 0, times, wires.nowNanos());
            for (int second = 0; second < 11; second++) {
                mute.send(new EdgeFrame.Topics(List.of(), List.of()));
                wires.advance(Duration.ofSeconds(1));
            }

            assertThat(times.outcomes).containsExactly("NO_ANSWER");
        }

        @Test
        void of_the_size_of_the_largest_frame_are_answered() {
            Node one = wires.node("one", LivenessTest::smallFrames);
            Node other = wires.node("other", LivenessTest::smallFrames);
            one.connect(other.address());
            wires.settle();
            Times times = new Times();
            one.protocol().ping(other.id(), SMALL_FRAME - 17, times, wires.nowNanos());
            wires.settle();

            assertThat(times.outcomes).containsExactly(ROUND_TRIP.toString());
        }

        @Test
        void count_in_the_latency_until_it_is_reset() {
            alice.protocol().ping(bob.id(), 100_000, new Times(), wires.nowNanos());
            wires.settle();
            assertThat(latency().samples()).isEqualTo(2);

            alice.protocol().resetLatency(bob.id());
            assertThat(latency()).isEqualTo(NodeSnapshot.Latency.NONE);
        }
    }

    @Nested
    class A_hostile_peer {
        final Stranger stranger = wires.stranger(alice, HandshakeTest.ELSEWHERE);

        @BeforeEach
        void becomePeer() {
            stranger.send(HandshakeTest.hello(HandshakeTest.STRANGER, 5));
            stranger.send(HandshakeTest.ACK);
            wires.settle();
            stranger.takeAll();
        }

        @Test
        void that_floods_with_pings_is_closed_after_two_hundred() {
            for (int i = 0; i < 201; i++) {
                stranger.send(new Ping(i, 0, 0));
            }
            wires.settle();

            assertThat(stranger.takeReceived())
                    .hasSize(201)
                    .last()
                    .isEqualTo(new Goodbye(CloseReason.CONTROL_FLOOD, 0, "more than 200 in 10 s"));
            assertThat(alice.peers()).containsExactly(bob.id());
        }

        @Test
        void that_pings_at_the_permitted_rate_is_not() {
            for (int second = 0; second < 60; second++) {
                for (int i = 0; i < 19; i++) {
                    stranger.send(new Ping(i, 0, 0));
                }
                wires.advance(Duration.ofSeconds(1));
            }

            assertThat(alice.peers()).contains(HandshakeTest.STRANGER);
        }

        @Test
        void that_answers_what_nobody_asked_is_ignored_and_counted() {
            stranger.send(new Pong(12_345, 0, 0));
            wires.settle();

            assertThat(alice.counter("pong.unsolicited")).isEqualTo(1);
            assertThat(alice.peers()).contains(HandshakeTest.STRANGER);
        }

        @Test
        void that_wants_more_echo_than_its_budget_is_ignored() {
            for (int i = 0; i < 3; i++) {
                stranger.send(new Ping(i, 0, 1 << 20));
            }
            wires.settle();

            assertThat(stranger.takeReceived()).containsExactly(new Pong(0, 0, 1 << 20), new Pong(1, 0, 1 << 20));
            assertThat(alice.counter("ping.ignored")).isEqualTo(1);
        }

        @Test
        void that_only_ever_pings_is_alive() {
            for (int i = 0; i < 30; i++) {
                stranger.send(new Ping(i, 0, 0));
                wires.advance(Duration.ofSeconds(1));
            }

            assertThat(alice.peers()).contains(HandshakeTest.STRANGER);
        }
    }

    @Nested
    class Ends_that_disagree_about_their_topic_links {
        final Stranger stranger = wires.stranger(alice, HandshakeTest.ELSEWHERE);

        @BeforeEach
        void becomePeer() {
            stranger.send(HandshakeTest.hello(HandshakeTest.STRANGER, 5));
            stranger.send(HandshakeTest.ACK);
            wires.settle();
        }

        @Test
        void for_a_moment_are_left_alone() {
            stranger.send(new Ping(1, 77, 0));
            wires.advance(Duration.ofMillis(500));
            stranger.send(new Ping(2, 77, 0));
            wires.advance(Duration.ofMillis(500));

            assertThat(alice.counter("edge.asymmetries")).isZero();
        }

        @Test
        void for_two_pings_have_their_links_taken_down() {
            stranger.send(new Ping(1, 77, 0));
            wires.advance(Duration.ofMillis(1_500));
            stranger.send(new Ping(2, 77, 0));
            wires.advance(Duration.ofMillis(500));

            assertThat(alice.counter("edge.asymmetries")).isEqualTo(1);
        }

        @Test
        void in_changing_ways_are_left_alone() {
            for (int i = 0; i < 10; i++) {
                stranger.send(new Ping(i, i + 1, 0));
                wires.advance(Duration.ofMillis(1_500));
            }

            assertThat(alice.counter("edge.asymmetries")).isZero();
        }
    }

    @Test
    void a_remote_address_is_part_of_the_snapshot() {
        assertThat(alice.protocol().snapshot(wires.nowNanos()).edges().get(0).remote())
                .isEqualTo(Address.tcp("10.0.0.2", 8511));
    }
}
