package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.ca.internal.bouncycastle.TestAuthority;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.Topic;
import io.chaski.core.security.TrustMode;
import io.chaski.core.security.policy.Policy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** What somebody learns who keeps all bytes between two nodes. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RecordedTalkIT {

    private static final String MILL = "mill-behind-the-river";
    private static final String PRESS = "press-beside-the-gate";
    private static final Topic<String> RECIPE = Topic.text("recipes/of-the-founder");
    private static final String SAID = "eleven herbs and no sugar";
    private static final String ANSWERED = "and a pinch of salt";
    private static final String SENT = "stir until it is cold";

    private static final Policy ALL = Policy.parse("{\"version\":1,\"domain\":\"plant-7.example\",\"roles\":{"
            + "\"all\":{\"match\":[\"chaski://plant-7.example/**\"],\"publish\":[\"**\"],\"subscribe\":[\"**\"],"
            + "\"discover\":[\"**\"],\"rpc.call\":[\"chaski.datagram\"]}}}");

    private final TlsNodes nodes = new TlsNodes();

    @AfterEach
    void close() {
        nodes.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Messages in both directions, and datagrams in one, all on the wire. */
    private static void talk(ChaskiNode mill, ChaskiNode press, RecordedWire wire) throws Exception {
        Queue<String> atMill = new ConcurrentLinkedQueue<>();
        Queue<String> atPress = new ConcurrentLinkedQueue<>();
        mill.onDatagram((from, payload) -> atMill.add(new String(payload, StandardCharsets.UTF_8)));
        mill.subscribe(RECIPE, message -> atMill.add(message.payload()));
        press.subscribe(RECIPE, message -> atPress.add(message.payload()));
        Edge edge = press.connect(wire.address()).get(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS);
        TlsNodes.await("paired", () -> press.isPaired(RECIPE) && mill.isPaired(RECIPE));

        press.publish(RECIPE, SAID);
        mill.publish(RECIPE, ANSWERED);

        TlsNodes.await("both messages", () -> atMill.contains(SAID) && atPress.contains(ANSWERED));
        TlsNodes.await("a datagram", () -> {
            edge.sendDatagram(bytes(SENT)); // those before the key of the other end has come are lost
            return atMill.contains(SENT);
        });
        assertThat(wire.packetBytes()).isPositive();
    }

    private List<String> secrets() {
        return List.of(SAID, ANSWERED, SENT, RECIPE.name(), MILL, PRESS, nodes.cluster);
    }

    /** A14. */
    @Test
    void of_nodes_with_identities_is_neither_what_they_say_nor_about_what_nor_who_they_are() throws Exception {
        ChaskiNode mill = nodes.start(nodes.builder(MILL, nodes.ca(MILL)).policy(ALL));
        ChaskiNode press = nodes.start(nodes.builder(PRESS, nodes.ca(PRESS)).policy(ALL));
        try (RecordedWire wire = new RecordedWire(TlsNodes.addressOf(mill))) {
            talk(mill, press, wire);

            assertThat(secrets()).noneMatch(wire::showsInConnections).noneMatch(wire::showsInPackets);
            assertThat(wire.showsInConnections(TestAuthority.DOMAIN.name())).isFalse();
        }
    }

    /** Or the test above would look in the wrong place. */
    @Test
    void of_nodes_without_is_everything() throws Exception {
        ChaskiNode mill = nodes.start(nodes.builder(MILL, TrustMode.INSECURE));
        ChaskiNode press = nodes.start(nodes.builder(PRESS, TrustMode.INSECURE));
        try (RecordedWire wire = new RecordedWire(TlsNodes.addressOf(mill))) {
            talk(mill, press, wire);

            assertThat(List.of(SAID, ANSWERED, RECIPE.name(), MILL, PRESS, nodes.cluster))
                    .allMatch(wire::showsInConnections);
            assertThat(wire.showsInPackets(SENT)).isTrue();
        }
    }
}
