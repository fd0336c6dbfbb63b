package io.chaski.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.ProtocolSettings;
import io.chaski.core.internal.protocol.TableSize;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.find.DiscoverySettings;
import io.chaski.core.internal.protocol.member.HyParView;
import io.chaski.core.internal.protocol.member.MembershipSettings;
import io.chaski.core.internal.protocol.tree.Broadcast;
import io.chaski.core.internal.protocol.tree.TreeSettings;
import io.chaski.core.internal.protocol.tree.TreeTables;
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
            "0, sources",
            "1, messages wanted",
            "2, bytes held back",
            "3, messages cached",
            "4, bytes cached",
            "5, tombstones",
            "6, intervals of one source",
            "7, messages of one source held back",
            "8, messages wanted on one word",
            "9, requests unanswered by one neighbour"
        })
        void keeps_each_table_within_its_bound(int table, String name) {
            int[] more = new int[10];
            assertThatCode(() -> treeWith(more)).doesNotThrowAnyException();
            more[table] = 1;
            assertAlarm(" " + name + ", at most ", () -> treeWith(more));
        }

        @Test
        void has_as_many_guests_as_it_has_room_for() {
            assertThatCode(() -> rules.tables(List.of(new TableSize("guests", 32, 32))))
                    .doesNotThrowAnyException();
            assertAlarm(
                    " has 33 guests, at most 32",
                    () -> rules.tables(List.of(new TableSize("clients", 0, 32), new TableSize("guests", 33, 32))));
        }

        private void treeOf(List<String> linked) {
            rules.tree(NEIGHBOURS, GUESTS, linked, List.of());
        }

        /** All tables are full, and some have more. */
        private void treeWith(int[] more) {
            TreeSettings settings = TreeSettings.DEFAULTS;
            Broadcast.Stats stats = new Broadcast.Stats(
                    settings.sources().maxSources() + more[0],
                    0,
                    0,
                    0,
                    0,
                    settings.repair().maxWanted() + more[1],
                    settings.heldBytesOfTopic() + more[2],
                    settings.cache().messages() + more[3],
                    settings.cache().bytes() + more[4]);
            TreeTables tables = new TreeTables(
                    settings.sources().maxTombstones() + more[5],
                    settings.order().maxIntervals() + more[6],
                    settings.order().maxHeld() + more[7],
                    settings.repair().maxWantedPerNeighbour() + more[8],
                    settings.repair().maxOutstanding() + more[9]);
            rules.treeTables(settings, stats, tables);
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
            "6, draining links",
            "7, members that have returned",
            "8, members of another component",
            "9, JOINs"
        })
        void keeps_each_table_within_its_bound(int table, String name) {
            int[] full = {
                MembershipSettings.ACTIVE_MAX,
                MembershipSettings.PASSIVE_MAX,
                MembershipSettings.BOOK_MAX,
                MembershipSettings.LOST_MAX,
                MembershipSettings.REQUESTS_MAX,
                HyParView.MAX_PROBES,
                (int) OverlayRules.mostDraining(MembershipSettings.DEFAULTS),
                HyParView.MAX_RETURNED,
                HyParView.MAX_RETURNED,
                MembershipSettings.CONTACTS
            };
            assertThatCode(() -> viewOf(full)).doesNotThrowAnyException();
            full[table]++;
            assertAlarm(" " + name + ", at most " + (full[table] - 1), () -> viewOf(full));
        }

        @ParameterizedTest
        @CsvSource({"0, indexed members", "1, registrations", "2, look-ups", "3, searches"})
        void of_discovery_are_as_large_as_its_settings_say_at_most(int table, String name) {
            int overlays = 2;
            DiscoverySettings settings = DiscoverySettings.DEFAULTS;
            int[] full = {settings.indexMax(), settings.registrationsMax(), settings.seenMax(), overlays};
            assertThatCode(() -> rules.discoveryTables(ProtocolSettings.DEFAULTS, full, overlays))
                    .doesNotThrowAnyException();
            full[table]++;
            assertAlarm(
                    " " + name + ", at most " + (full[table] - 1),
                    () -> rules.discoveryTables(ProtocolSettings.DEFAULTS, full, overlays));
        }

        @Test
        void of_a_network_by_hand_looks_for_whatever_its_application_likes() {
            ProtocolSettings byHand =
                    SimulatedNodeOptions.builder().manualTopology().build().settings();
            assertThatCode(() -> rules.discoveryTables(byHand, new int[] {0, 0, 0, 99}, 1))
                    .doesNotThrowAnyException();
        }

        private void viewOf(int[] sizes) {
            rules.viewTables(MembershipSettings.DEFAULTS, sizes, sizes[4] + sizes[5] + sizes[9]);
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
