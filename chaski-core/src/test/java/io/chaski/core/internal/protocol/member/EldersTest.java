package io.chaski.core.internal.protocol.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.wire.MembershipFrame.Disconnect;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** How a node that has links enough asks for one to an elder. That it makes overlays one is in {@link OverlayTest}. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EldersTest extends AmongPuppets {

    private MeshNode elder;

    @BeforeEach
    void linkToFiveWhoAreYounger() {
        for (int i = 0; i < 5; i++) {
            MeshNode younger = mesh.restarted(mesh.node()).startPuppet(node);
            mesh.run(Duration.ofMillis(500));
            younger.linkAs(TOPIC, node, 77);
        }
        elder = mesh.node();
        while (elder.self().compareTo(node.self()) > 0) {
            elder = mesh.node();
        }
        elder.startPuppet(node);
        mesh.run(Duration.ofSeconds(1));
        assertThat(neighbours()).hasSize(5);
        elder.announce(TOPIC);
    }

    private List<Neighbor> asked() {
        return heard(elder).stream()
                .filter(Neighbor.class::isInstance)
                .map(Neighbor.class::cast)
                .toList();
    }

    @Nested
    class An_elder_that_never_accepts {

        @Test
        void is_asked_twice_a_minute_in_the_end() {
            mesh.run(Duration.ofMinutes(10));
            assertThat(asked()).hasSizeBetween(20, 40);
            mesh.run(Duration.ofMinutes(10));
            assertThat(asked()).hasSizeBetween(15, 25);
        }

        @Test
        void is_asked_at_once_when_the_network_has_changed() {
            mesh.run(Duration.ofMinutes(10));
            asked();
            view.onNetworkChanged();
            node.watch();
            mesh.run(Duration.ofSeconds(3));
            assertThat(asked()).isNotEmpty();
        }
    }

    @Nested
    class An_elder_that_accepts_after_a_long_time {

        @Test
        void is_asked_at_once_when_its_link_is_lost() {
            mesh.run(Duration.ofMinutes(10));
            asked();
            elder.linkAs(TOPIC, node, 7);
            mesh.run(Duration.ofSeconds(1));
            assertThat(neighbours()).contains(elder.self());
            elder.say(node, new Disconnect(alias, 7, true, List.of()));
            mesh.run(Duration.ofSeconds(3));
            assertThat(asked()).isNotEmpty();
        }
    }
}
