package io.chaski.testkit.simulation;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.OverlayInspection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** A table that nobody tells any more has a bound that nobody looks at. The names are those of docs/simulation.md. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TablesToldTest {

    private static final List<String> NODE = List.of(
            "edges",
            "tokens of connections",
            "connections",
            "topics of one peer",
            "topics named on one connection",
            "sources named on one connection",
            "protocols named on one connection",
            "topics denied on one connection",
            "sources denied on one connection",
            "handshakes",
            "hosts with handshakes",
            "visitors",
            "hosts with visitors",
            "incarnations seen",
            "attempts to reach somebody",
            "outcomes of dials",
            "addresses that lead to the node itself",
            "hints where to dial",
            "indexed members",
            "registrations",
            "look-ups",
            "searches",
            "look-ups over UDP",
            "bootstraps asked over UDP",
            "probes of addresses",
            "hosts heard over UDP");

    private static final List<String> MEMBERSHIP = List.of(
            "links",
            "passive members",
            "booked members",
            "lost members",
            "requests",
            "JOINs",
            "probes",
            "draining links",
            "members that have returned",
            "members of another component");

    private static final List<String> OF_TOPICS_ONLY = List.of("guests", "clients");

    private static final List<String> TREE = List.of(
            "sources",
            "tombstones",
            "messages wanted",
            "bytes held back",
            "messages cached",
            "bytes cached",
            "intervals of one source",
            "messages of one source held back",
            "messages wanted on one word",
            "requests unanswered by one neighbour");

    @Test
    void a_node_that_subscribes_tells_all_of_its_tables() {
        SimulatedNetwork network = SimulatedNetwork.seeded(1);
        SimulatedNode node =
                network.node("alice", SimulatedNodeOptions.builder().build());
        node.subscribe("news");
        network.advance(ofSeconds(1));

        List<String> ofNode = new ArrayList<>();
        node.protocol().tellTables((table, size, most) -> ofNode.add(table));
        Map<String, List<String>> ofOverlays = new LinkedHashMap<>();
        for (OverlayInspection overlay : node.protocol().overlays()) {
            List<String> told = new ArrayList<>();
            overlay.tables().accept((table, size, most) -> told.add(table));
            ofOverlays.put(overlay.topic(), told);
        }

        assertThat(ofNode).containsExactlyInAnyOrderElementsOf(NODE);
        assertThat(ofOverlays).containsOnlyKeys("@", "news");
        assertThat(ofOverlays.get("@")).containsExactlyInAnyOrderElementsOf(MEMBERSHIP);
        assertThat(ofOverlays.get("news"))
                .containsExactlyInAnyOrderElementsOf(Stream.of(OF_TOPICS_ONLY, MEMBERSHIP, TREE)
                        .flatMap(List::stream)
                        .toList());
    }
}
