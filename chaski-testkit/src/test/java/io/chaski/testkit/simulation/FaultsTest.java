package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.internal.wire.ArrayPayload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a mesh of twenty nodes does when paths, machines and processes misbehave. The invariants are checked all the time. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FaultsTest {

    private static final int NODES = 20;
    private static final int MESSAGES = 50;

    @Nested
    class When_all_paths {
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5})
        void lose_every_tenth_frame_all_messages_arrive_in_order_without_a_gap(long seed) {
            Mesh mesh = meshWith(seed, link -> link.drop(0.1));
            publish(mesh, MESSAGES);
            mesh.network.advance(ofSeconds(30));
            assertEverybodyHasEverything(mesh);
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3})
        void repeat_every_tenth_frame_all_messages_arrive_once(long seed) {
            Mesh mesh = meshWith(seed, link -> link.duplicate(0.1));
            publish(mesh, MESSAGES);
            mesh.network.advance(ofSeconds(10));
            assertEverybodyHasEverything(mesh);
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3})
        void delay_every_tenth_frame_by_half_a_second_all_messages_arrive_in_order(long seed) {
            Mesh mesh = meshWith(seed, link -> link.spikes(0.1, ofMillis(500)));
            publish(mesh, MESSAGES);
            mesh.network.advance(ofSeconds(10));
            assertEverybodyHasEverything(mesh);
        }

        private Mesh meshWith(long seed, Consumer<SimulatedLink> fault) {
            Mesh mesh = Mesh.settled(NODES, seed);
            for (SimulatedNode from : mesh.members) {
                for (SimulatedNode to : mesh.members) {
                    if (from != to) {
                        fault.accept(mesh.network.link(from, to));
                    }
                }
            }
            return mesh;
        }
    }

    @Nested
    class When_one_path {
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3})
        void is_blocked_one_way_nobody_misses_anything(long seed) {
            Mesh mesh = Mesh.settled(NODES, seed);
            SimulatedNode node = mesh.anyUp();
            mesh.network.link(node, node.neighbours(Mesh.TOPIC).get(0)).block();
            publish(mesh, MESSAGES);
            mesh.network.advance(ofSeconds(30));
            assertEverybodyHasEverything(mesh);
        }

        @Test
        void carries_nothing_any_more_both_ends_drop_the_edge() {
            Mesh mesh = Mesh.settled(NODES, 4);
            SimulatedNode node = mesh.anyUp();
            SimulatedNode other = node.neighbours(Mesh.TOPIC).get(0);
            mesh.network.killSilently(node, other);
            mesh.network.advance(ofSeconds(12));
            assertThat(node.events()).contains(new NodeEvent.EdgeDown(other.id(), CloseReason.SILENT));
            assertThat(other.events()).contains(new NodeEvent.EdgeDown(node.id(), CloseReason.SILENT));
            mesh.network.advance(ofSeconds(10));
            assertThat(mesh.isOneComponent()).isTrue();
        }

        @ParameterizedTest
        @ValueSource(longs = {5, 6, 7})
        void is_half_open_both_ends_agree_again_and_nothing_is_lost(long seed) {
            Mesh mesh = Mesh.settled(NODES, seed);
            SimulatedNode node = mesh.anyUp();
            SimulatedNode other = node.neighbours(Mesh.TOPIC).get(0);
            mesh.network.halfOpen(node, other);
            publish(mesh, MESSAGES);
            mesh.network.advance(ofSeconds(10));
            assertThat(mesh.network.hasEdge(node, other)).isEqualTo(mesh.network.hasEdge(other, node));
            assertEverybodyHasEverything(mesh);
        }

        @Test
        void is_narrow_others_are_not_held_up() {
            Mesh mesh = Mesh.settled(NODES, 6);
            SimulatedNode sender = mesh.anyUp();
            SimulatedNode slow = sender.neighbours(Mesh.TOPIC).get(0);
            for (SimulatedNode node : mesh.members) {
                if (node != slow) {
                    mesh.network.link(node, slow).bandwidth(16 << 10);
                }
            }
            for (int i = 0; i < 200; i++) {
                sender.publish(Mesh.TOPIC, ArrayPayload.owning(new byte[8 << 10]));
                mesh.network.advance(ofMillis(10));
            }
            mesh.network.advance(ofSeconds(2));
            for (SimulatedNode node : mesh.members) {
                if (node != slow && node != sender) {
                    assertThat(node.deliveries()).as("deliveries of %s", node).hasSize(200);
                    assertThat(node.gaps()).isEmpty();
                }
            }
        }
    }

    @Nested
    class When_one_process {
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3})
        void stands_still_for_ten_seconds_it_catches_up_and_nobody_else_notices(long seed) {
            Mesh mesh = Mesh.settled(NODES, seed);
            SimulatedNode paused = mesh.anyUp();
            paused.pause(ofSeconds(10));
            publish(mesh, MESSAGES);
            mesh.network.advance(ofSeconds(30));
            assertEverybodyHasEverything(mesh);
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3})
        void finds_its_clock_an_hour_ahead_nothing_is_lost(long seed) {
            Mesh mesh = Mesh.settled(NODES, seed);
            publish(mesh, 5);
            mesh.anyUp().jumpClock(Duration.ofHours(1));
            publish(mesh, 5);
            mesh.network.advance(ofSeconds(10));
            assertEverybodyHasEverything(mesh);
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3})
        void loses_power_the_others_go_on(long seed) {
            Mesh mesh = Mesh.settled(NODES, seed);
            mesh.anyUp().crashSilently();
            publish(mesh, MESSAGES);
            mesh.network.advance(ofSeconds(30));
            assertEverybodyHasEverything(mesh);
            assertThat(mesh.isOneComponent()).isTrue();
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3})
        void restarts_again_and_again_with_the_same_id_the_others_lose_nothing(long seed) {
            Mesh mesh = Mesh.settled(NODES, seed);
            SimulatedNode restless = mesh.members.get(7);
            for (int i = 0; i < 10; i++) {
                restless.crash();
                mesh.network.advance(ofMillis(500 * (i % 4)));
                restless.restart();
                restless.subscribe(Mesh.TOPIC);
                mesh.network.advance(ofSeconds(3));
                SimulatedNode sender = restless;
                while (sender == restless) {
                    sender = mesh.anyUp();
                }
                published.add(new Published(
                        sender, sender.publish(Mesh.TOPIC, "message").seq()));
            }
            mesh.network.advance(ofSeconds(30));
            for (Published message : published) {
                for (SimulatedNode node : mesh.members) {
                    if (node != restless && node != message.sender) {
                        assertThat(Mesh.hasDelivered(node, message.sender, message.seq))
                                .as("%s has %s", node, message)
                                .isTrue();
                    }
                }
            }
            assertThat(mesh.isOneComponent()).isTrue();
        }
    }

    private record Published(SimulatedNode sender, long seq) {}

    private final List<Published> published = new ArrayList<>();

    private void publish(Mesh mesh, int messages) {
        for (int i = 0; i < messages; i++) {
            SimulatedNode sender = mesh.anyUp();
            while (sender.isPaused()) {
                sender = mesh.anyUp();
            }
            published.add(new Published(
                    sender, sender.publish(Mesh.TOPIC, "message " + i).seq()));
            mesh.network.advance(ofMillis(100));
        }
    }

    private void assertEverybodyHasEverything(Mesh mesh) {
        for (SimulatedNode node : mesh.up()) {
            for (Published message : published) {
                if (node != message.sender) {
                    assertThat(Mesh.hasDelivered(node, message.sender, message.seq))
                            .as("%s has %s", node, message)
                            .isTrue();
                }
            }
            assertThat(node.gaps()).as("gaps of %s", node).isEmpty();
        }
    }
}
