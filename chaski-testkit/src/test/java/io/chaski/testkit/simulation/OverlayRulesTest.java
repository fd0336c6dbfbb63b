package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.find.DiscoverySettings;
import io.chaski.core.internal.protocol.member.HyParView;
import io.chaski.core.internal.protocol.member.MembershipSettings;
import io.chaski.core.internal.protocol.tree.Broadcast;
import io.chaski.core.internal.protocol.tree.TreeSettings;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

        @ParameterizedTest
        @CsvSource({
            "1, 0, 0, 0, sources",
            "0, 1, 0, 0, messages wanted",
            "0, 0, 1, 0, messages cached",
            "0, 0, 0, 1, bytes cached"
        })
        void keeps_each_table_within_its_bound(int sources, int wanted, int messages, int bytes, String table) {
            assertThatCode(() -> rules.treeTables(TreeSettings.DEFAULTS, full(0, 0, 0, 0)))
                    .doesNotThrowAnyException();
            assertAlarm(
                    " " + table + ", at most ",
                    () -> rules.treeTables(TreeSettings.DEFAULTS, full(sources, wanted, messages, bytes)));
        }

        private void treeOf(List<String> linked) {
            rules.tree(NEIGHBOURS, GUESTS, linked, List.of());
        }

        private static Broadcast.Stats full(int moreSources, int moreWanted, int moreMessages, int moreBytes) {
            TreeSettings settings = TreeSettings.DEFAULTS;
            return new Broadcast.Stats(
                    settings.sources().maxSources() + moreSources,
                    0,
                    0,
                    0,
                    0,
                    settings.repair().maxWanted() + moreWanted,
                    0,
                    settings.cache().messages() + moreMessages,
                    settings.cache().bytes() + moreBytes);
        }
    }

    @Nested
    class The_view {
        @ParameterizedTest
        @CsvSource({
            "0, links",
            "1, passive members",
            "2, booked members",
            "3, lost members",
            "4, requests",
            "5, probes",
            "6, JOINs"
        })
        void keeps_each_table_within_its_bound(int table, String name) {
            int[] full = {
                MembershipSettings.ACTIVE_MAX,
                MembershipSettings.PASSIVE_MAX,
                MembershipSettings.BOOK_MAX,
                MembershipSettings.LOST_MAX,
                MembershipSettings.REQUESTS_MAX,
                HyParView.MAX_PROBES,
                MembershipSettings.CONTACTS
            };
            assertThatCode(() -> viewOf(full)).doesNotThrowAnyException();
            full[table]++;
            assertAlarm(" " + name + ", at most " + (full[table] - 1), () -> viewOf(full));
        }

        @ParameterizedTest
        @CsvSource({"0, indexed members", "1, registrations", "2, look-ups"})
        void of_discovery_are_as_large_as_its_settings_say_at_most(int table, String name) {
            DiscoverySettings settings = DiscoverySettings.DEFAULTS;
            int[] full = {settings.indexMax(), settings.registrationsMax(), settings.seenMax(), 0};
            assertThatCode(() -> rules.discoveryTables(settings, full)).doesNotThrowAnyException();
            full[table]++;
            assertAlarm(" " + name + ", at most " + (full[table] - 1), () -> rules.discoveryTables(settings, full));
        }

        private void viewOf(int[] sizes) {
            rules.viewTables(MembershipSettings.DEFAULTS, sizes, sizes[4] + sizes[5] + sizes[6]);
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
