package io.chaski.core.internal.protocol.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent.EdgeDown;
import io.chaski.core.NodeEvent.EdgeUp;
import io.chaski.core.internal.protocol.ToldTable;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.protocol.Wires.Stranger;
import io.chaski.core.internal.protocol.stream.StreamEvents;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.EdgeFrame.Goodbye;
import io.chaski.core.internal.wire.EdgeFrame.InternName;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.StreamFrame;
import io.chaski.core.stream.StreamCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DuplicateEdgesTest {

    final Wires wires = new Wires();
    final Node alice = wires.node("alice", Wires.Options::automatic);
    final Node bob = wires.node("bob", Wires.Options::automatic);

    @Nested
    class Both_sides_dial_at_once {
        Wires.Reached fromAlice;
        Wires.Reached fromBob;

        @BeforeEach
        void dialBoth() {
            alice.protocol().subscribe("t", wires.nowNanos());
            bob.protocol().subscribe("t", wires.nowNanos());
            fromAlice = alice.connect(bob.address());
            fromBob = bob.connect(alice.address());
        }

        @Test
        void one_connection_is_left_and_each_side_saw_one_edge() {
            wires.settle();

            assertThat(alice.events(EdgeUp.class)).containsExactly(new EdgeUp(bob.id(), "bob"));
            assertThat(bob.events(EdgeUp.class)).containsExactly(new EdgeUp(alice.id(), "alice"));
            assertThat(alice.events(EdgeDown.class)).isEmpty();
            assertThat(bob.events(EdgeDown.class)).isEmpty();
            assertThat(alice.openConnections()).isEqualTo(1);
            assertThat(bob.openConnections()).isEqualTo(1);
        }

        @Test
        void the_connection_of_the_lower_id_is_the_one_that_is_left() {
            wires.settle();

            assertThat(alice.outbound()).containsExactly(true);
            assertThat(bob.outbound()).containsExactly(false);
        }

        @Test
        void both_applications_reach_the_peer() {
            wires.settle();

            assertThat(fromAlice.outcomes()).containsExactly("reached " + bob.id());
            assertThat(fromBob.outcomes()).containsExactly("reached " + alice.id());
        }

        @Test
        void each_side_says_goodbye_once() {
            wires.settle();

            assertThat(alice.sent(Goodbye.class)).containsExactly(new Goodbye(CloseReason.DUPLICATE, 0, ""));
            assertThat(bob.sent(Goodbye.class)).containsExactly(new Goodbye(CloseReason.DUPLICATE, 0, ""));
        }

        @Test
        void messages_sent_meanwhile_arrive_once_and_in_order() {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                wires.advance(Duration.ofMillis(1));
                alice.publish("t", "m" + i);
                texts.add("m" + i);
            }
            wires.advance(Duration.ofSeconds(3));

            assertThat(bob.delivered()).extracting(Wires.Delivered::text).containsExactlyElementsOf(texts);
        }
    }

    @Nested
    class A_peer_that_has_lost_the_connection_dials_again {
        @BeforeEach
        void connectAndLoseItOnOneSide() {
            alice.connect(bob.address());
            wires.advance(Duration.ofSeconds(5));
            bob.forgetConnections();
        }

        @Test
        void the_new_connection_replaces_the_dead_one() {
            bob.connect(alice.address());
            wires.settle();
            alice.protocol().subscribe("t", wires.nowNanos());
            bob.protocol().subscribe("t", wires.nowNanos());
            wires.settle();
            alice.publish("t", "hello");
            wires.settle();

            assertThat(bob.delivered()).extracting(Wires.Delivered::text).containsExactly("hello");
            assertThat(alice.peers()).containsExactly(bob.id());
        }
    }

    @Nested
    class The_same_side_dials_a_second_address_of_the_peer {
        @Test
        void the_edge_goes_on_over_one_connection() {
            alice.connect(bob.address());
            wires.advance(Duration.ofSeconds(5));
            var second = io.chaski.core.Address.tcp("10.7.7.7", 8511);
            wires.alias(second, bob);
            var reached = alice.connect(second);
            wires.settle();

            assertThat(reached.outcomes()).containsExactly("reached " + bob.id());
            assertThat(alice.openConnections()).isEqualTo(1);
            assertThat(bob.openConnections()).isEqualTo(1);
            assertThat(alice.events()).containsExactly(new EdgeUp(bob.id(), "bob"));
        }
    }

    @Nested
    class A_stream_is_open_when_another_connection_takes_over {
        final Stranger first = wires.stranger(alice, HandshakeTest.ELSEWHERE);
        Stranger second;
        final List<StreamCode> resets = new ArrayList<>();

        record ResetsOnly(List<StreamCode> resets) implements StreamEvents {
            @Override
            public void onMessage(ArrayPayload message) {}

            @Override
            public void onEnd() {}

            @Override
            public void onSent(int bytes) {}

            @Override
            public void onClosed() {}

            @Override
            public void onReset(StreamCode code, String reason) {
                resets.add(code);
            }
        }

        @BeforeEach
        void openAndTakeOver() {
            // Alice has the lower id, so she decides.
            become(first, 5);
            wires.advance(Duration.ofSeconds(3));
            alice.protocol().streams().serve(protocol -> stream -> new ResetsOnly(resets));
            first.send(new InternName(1, "echo"));
            first.send(new StreamFrame.Open(4, 1, Map.of(), 0, false, null));
            wires.settle();
            first.takeAll();
            second = wires.stranger(alice, HandshakeTest.ELSEWHERE);
            become(second, 5);
        }

        void become(Stranger stranger, long epoch) {
            stranger.send(HandshakeTest.hello(HandshakeTest.STRANGER, epoch));
            stranger.send(HandshakeTest.ACK);
            wires.settle();
            stranger.takeAll();
        }

        @Test
        void its_connection_stays_until_it_has_ended() {
            assertThat(first.isClosed()).isFalse();
            assertThat(first.takeReceived()).isEmpty();
            int most = EdgeSettings.DEFAULT_MAX_EDGES + EdgeSettings.DEFAULT_MAX_VISITORS;
            assertThat(alice.tables())
                    .containsEntry("edges", new ToldTable(1, most))
                    .containsEntry("tokens of connections", new ToldTable(2, 4L * most))
                    .containsEntry("connections", new ToldTable(2, 4L * most + 256 + 2 * 512));

            first.send(new StreamFrame.Reset(4, 1, ""));
            wires.settle();
            assertThat(first.takeReceived()).containsExactly(new Goodbye(CloseReason.DUPLICATE, 0, ""));

            first.send(new Goodbye(CloseReason.DUPLICATE, 0, ""));
            wires.settle();
            assertThat(first.isClosed()).isTrue();
            assertThat(alice.peers()).containsExactly(HandshakeTest.STRANGER);
        }

        @Test
        void it_is_reset_when_it_does_not_end_in_ten_seconds() {
            for (int i = 0; i < 11; i++) {
                first.send(new Ping(i, 0, 0));
                second.send(new Ping(i, 0, 0));
                wires.advance(Duration.ofSeconds(1));
            }

            assertThat(first.takeReceived()).last().isEqualTo(new Goodbye(CloseReason.DUPLICATE, 0, ""));
            assertThat(first.isClosed()).isTrue();
            assertThat(resets).containsExactly(StreamCode.EDGE_CLOSED);
            assertThat(alice.peers()).containsExactly(HandshakeTest.STRANGER);
        }
    }
}
