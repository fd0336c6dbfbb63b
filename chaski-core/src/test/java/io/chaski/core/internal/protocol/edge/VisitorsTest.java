package io.chaski.core.internal.protocol.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent.EdgeDown;
import io.chaski.core.NodeEvent.HandshakeFailed;
import io.chaski.core.internal.protocol.ToldTable;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborAck;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class VisitorsTest {

    static final int MOST = 2;
    static final Duration VISIT = Duration.ofNanos(EdgeSettings.DEFAULT_VISIT_NANOS);
    static final EdgeSettings FEW_EDGES = EdgeSettings.builder().maxEdges(MOST).build();

    final Wires wires = new Wires();

    @Nested
    class A_full_node {
        final Node full = wires.node("full", options -> options.edge(FEW_EDGES));
        final List<Node> first = connect(MOST, "first");

        List<Node> connect(int count, String name) {
            List<Node> nodes = IntStream.range(0, count)
                    .mapToObj(i -> wires.node(name + i))
                    .toList();
            nodes.forEach(node -> node.connect(full.address()));
            wires.settle();
            return nodes;
        }

        @Test
        void lets_a_visitor_in_for_a_moment() {
            Node visitor = connect(1, "visitor").get(0);
            assertThat(full.peers()).hasSize(MOST + 1).contains(visitor.id());

            wires.advance(VISIT);
            assertThat(full.peers())
                    .containsExactlyElementsOf(first.stream().map(Node::id).toList());
            assertThat(visitor.events(EdgeDown.class)).containsExactly(new EdgeDown(full.id(), CloseReason.FULL));
        }

        @Test
        void keeps_a_visitor_if_there_is_room_in_the_end() {
            Node visitor = connect(1, "visitor").get(0);
            first.get(0).leave();
            wires.advance(VISIT.multipliedBy(2));

            assertThat(full.peers()).containsExactly(first.get(1).id(), visitor.id());
            assertThat(visitor.events(EdgeDown.class)).isEmpty();
        }

        @Test
        void takes_nobody_else_for_the_place_of_a_visitor_who_stays() {
            Node visitor = connect(1, "visitor").get(0);
            first.get(0).leave();
            wires.advance(VISIT);
            connect(1, "late");
            wires.advance(VISIT);

            assertThat(full.peers()).containsExactly(first.get(1).id(), visitor.id());
        }

        @Test
        void refuses_visitors_beyond_its_slots_until_one_is_free() {
            List<Node> visitors = connect(EdgeSettings.DEFAULT_MAX_VISITORS, "visitor");
            Node refused = connect(1, "refused").get(0);
            assertThat(full.peers()).hasSize(MOST + EdgeSettings.DEFAULT_MAX_VISITORS);
            assertThat(full.tables())
                    .containsEntry("edges", new ToldTable(10, 10))
                    .containsEntry("visitors", new ToldTable(8, 8))
                    .containsEntry("hosts with visitors", new ToldTable(8, 8))
                    .containsEntry("tokens of connections", new ToldTable(10, 4 * 10))
                    .containsEntry("connections", new ToldTable(10, 4 * 10 + 256 + 2 * 512));
            assertThat(refused.events(HandshakeFailed.class))
                    .extracting(HandshakeFailed::reason)
                    .containsExactly(CloseReason.FULL);

            visitors.get(0).leave();
            wires.settle();
            refused.connect(full.address());
            wires.settle();
            assertThat(full.peers()).contains(refused.id());
        }

        @Test
        void has_no_more_slots_for_those_who_come_at_once() {
            connect(2 * EdgeSettings.DEFAULT_MAX_VISITORS, "visitor");

            assertThat(full.peers()).hasSize(MOST + EdgeSettings.DEFAULT_MAX_VISITORS);
        }

        @Test
        void refuses_visitors_of_one_host_beyond_half_of_its_slots() {
            int most = EdgeSettings.DEFAULT_MAX_VISITORS_PER_HOST;
            for (int i = 0; i <= most; i++) {
                Address address = Address.tcp("10.7.7.7", 8_000 + i);
                wires.node("neighbour" + i, options -> options.address(address)).connect(full.address());
                wires.settle();
            }
            assertThat(full.peers()).hasSize(MOST + most);

            Node elsewhere = connect(1, "elsewhere").get(0);
            assertThat(full.peers()).hasSize(MOST + most + 1).contains(elsewhere.id());
            assertThat(full.tables())
                    .containsEntry("visitors", new ToldTable(most + 1, 8))
                    .containsEntry("hosts with visitors", new ToldTable(2, 8));
        }

        @Test
        void dials_nobody_beyond_its_limit() {
            Node other = wires.node("other");
            Wires.Reached reached = full.connect(other.address());
            wires.settle();

            assertThat(reached.outcomes()).containsExactly("unreachable");
            assertThat(full.peers()).hasSize(MOST);
        }

        @Test
        void is_visited_ever_more_rarely_by_those_who_want_to_stay() {
            Node visitor = connect(1, "visitor").get(0);
            wires.advance(Duration.ofMinutes(10));

            // A pause of up to half a minute, 15 s on average, and a visit of 3 s.
            assertThat(visitor.dialled()).hasSizeBetween(20, 50);
        }
    }

    @Nested
    class Members_of_a_topic_that_know_nobody_but_a_full_node {
        final Node root = wires.node("root", options -> options.automatic().edge(FEW_EDGES));
        final List<Node> members = IntStream.range(0, 30)
                .mapToObj(i ->
                        wires.node("member" + i, options -> options.automatic().bootstrap(root.address())))
                .toList();

        @BeforeEach
        void join() {
            root.closeUdp();
            for (Node member : members) {
                member.closeUdp();
                member.protocol().subscribe("t", wires.nowNanos());
            }
            wires.advance(Duration.ofMinutes(1));
        }

        @Test
        void find_each_other() {
            members.get(0).publish("t", "all");
            wires.advance(Duration.ofSeconds(5));

            assertThat(members.subList(1, members.size()))
                    .allSatisfy(member -> assertThat(member.delivered()).hasSize(1));
            assertThat(root.peers()).hasSizeLessThanOrEqualTo(MOST + EdgeSettings.DEFAULT_MAX_VISITORS);
        }

        @Test
        void come_back_only_to_see_whether_it_is_still_there() {
            long before = root.counter("edge.visitors");
            wires.advance(Duration.ofMinutes(2));

            // Each probes its bootstrap about every 30 s, in case that the mesh has come apart.
            assertThat(root.counter("edge.visitors") - before).isLessThan(5 * members.size());
        }

        @Test
        void get_no_links_for_a_moment() {
            assertThat(root.sent(Neighbor.class).size()
                            + root.sent(NeighborAck.class).size())
                    .isLessThan(10);
        }
    }
}
