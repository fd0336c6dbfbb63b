package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Timers;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The alarm rings for an overlay that is not what it must be. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OverlayRulesTest {

    private static final NodeId SELF = new NodeId(1, 1);
    private static final NodeId PEER = new NodeId(2, 2);
    private static final NodeId ANOTHER = new NodeId(3, 3);

    private final OverlayRules rules = new OverlayRules("alice", "news");

    @Nested
    class A_neighbour {
        @Test
        void is_another_node_each_time() {
            assertThatCode(() -> rules.neighbours(SELF, List.of(PEER, ANOTHER))).doesNotThrowAnyException();
            assertAlarm("has a neighbour twice", () -> rules.neighbours(SELF, List.of(PEER, ANOTHER, PEER)));
            assertAlarm("is its own neighbour", () -> rules.neighbours(SELF, List.of(PEER, SELF)));
        }

        @Test
        void has_an_edge() {
            assertThatCode(() -> rules.hasAnEdge(PEER, true)).doesNotThrowAnyException();
            assertAlarm("without an edge", () -> rules.hasAnEdge(PEER, false));
        }
    }

    @Nested
    class The_tree {
        private static final List<String> NEIGHBOURS = List.of("bob", "carol");
        private static final List<String> GUESTS = List.of("dave");

        @Test
        void has_the_links_of_the_membership_and_its_guests() {
            assertThatCode(() -> rules.tree(NEIGHBOURS, GUESTS, List.of("dave", "carol", "bob"), List.of("dave")))
                    .doesNotThrowAnyException();
        }

        @Test
        void lacks_none_and_has_none_beside_them_or_twice() {
            assertAlarm("other links in the tree", () -> treeOf(List.of("bob", "carol")));
            assertAlarm("other links in the tree", () -> treeOf(List.of("bob", "carol", "dave", "eve")));
            assertAlarm("other links in the tree", () -> treeOf(List.of("bob", "carol", "eve")));
            assertAlarm("other links in the tree", () -> treeOf(List.of("bob", "carol", "dave", "bob")));
        }

        @Test
        void is_eager_only_to_linked_peers() {
            List<String> linked = List.of("bob", "carol", "dave");

            assertAlarm("is eager to somebody", () -> rules.tree(NEIGHBOURS, GUESTS, linked, List.of("bob", "eve")));
        }

        private void treeOf(List<String> linked) {
            rules.tree(NEIGHBOURS, GUESTS, linked, List.of());
        }
    }

    @Nested
    class A_table {
        @Test
        void is_full_at_the_most() {
            assertThatCode(() -> rules.table("guests", 32, 32)).doesNotThrowAnyException();
            assertAlarm(" has 33 guests, at most 32", () -> rules.table("guests", 33, 32));
        }
    }

    @Nested
    class What_is_under_way {
        private static final long NOW = -7;

        private final Timers timers = new Timers();
        private final Timers.Timer deadline = timers.timer(() -> {});

        @Test
        void has_a_deadline() {
            deadline.armAt(NOW + 10);
            assertThatCode(this::check).doesNotThrowAnyException();

            deadline.cancel();
            assertAlarm("without a deadline", this::check);
        }

        @Test
        void ends_after_the_longest_wait_there_is() {
            deadline.armAt(NOW + 11);

            assertAlarm("11 ns before a deadline, at most 10", this::check);
        }

        private void check() {
            Timers.Timer sooner = timers.timer(() -> {});
            sooner.armAt(NOW);
            rules.deadlines(List.of(sooner, deadline), NOW, 10);
        }
    }

    private static void assertAlarm(String alarm, ThrowingCallable mistake) {
        assertThatThrownBy(mistake)
                .isInstanceOf(InvariantViolation.class)
                .hasMessageStartingWith("alice, topic news: ")
                .hasMessageContaining(alarm);
    }
}
