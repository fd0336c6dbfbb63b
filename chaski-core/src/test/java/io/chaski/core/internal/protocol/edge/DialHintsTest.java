package io.chaski.core.internal.protocol.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.Peers;
import io.chaski.core.internal.protocol.ToldTable;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DialHintsTest {

    private static final NodeId NODE = new NodeId(0, 7);

    private final DialHints hints = new DialHints();

    private void peerFrom(String address) {
        hints.onPeerUp((Peer) Proxy.newProxyInstance(
                Peer.class.getClassLoader(),
                new Class<?>[] {Peer.class},
                (proxy, method, arguments) -> Address.parse(address)));
    }

    private void hear(String... addresses) {
        hints.add(NODE, 1, Stream.of(addresses).map(Address::parse).toList());
    }

    private List<String> dialable() {
        Peers.Known known = hints.find(NODE);
        return known == null
                ? List.of()
                : known.descriptor().addresses().stream().map(Address::toString).toList();
    }

    @Test
    void a_node_of_which_nothing_was_heard_is_not_known() {
        peerFrom("10.0.0.1:1");
        assertThat(hints.find(NODE)).isNull();
    }

    @Test
    void a_hint_is_hearsay_and_lets_nobody_dial_this_machine() {
        peerFrom("10.0.0.1:1");
        hear("10.0.0.2:2", "127.0.0.1:3", "localhost:4", "unix:/tmp/x", "inproc:x");
        assertThat(dialable()).containsExactly("10.0.0.2:2");
        assertThat(hints.find(NODE)).extracting(Peers.Known::trust).isEqualTo(Peers.Trust.HINT);
    }

    @Test
    void while_all_peers_are_of_this_machine_its_addresses_count() {
        peerFrom("127.0.0.1:1");
        hear("127.0.0.1:3", "unix:/tmp/x", "inproc:x");
        assertThat(dialable()).containsExactly("127.0.0.1:3");
    }

    @Test
    void once_there_was_a_peer_from_elsewhere_they_never_count_again() {
        peerFrom("127.0.0.1:1");
        peerFrom("10.0.0.1:1");
        peerFrom("127.0.0.1:2");
        hear("127.0.0.1:3");
        assertThat(dialable()).isEmpty();
    }

    @Test
    void without_any_peer_nobody_can_have_said_anything() {
        hear("10.0.0.2:2");
        assertThat(dialable()).isEmpty();
    }

    @Test
    void the_latest_hint_counts_and_the_oldest_makes_room() {
        peerFrom("10.0.0.1:1");
        hear("10.0.0.2:2");
        hear("10.0.0.2:3");
        assertThat(dialable()).containsExactly("10.0.0.2:3");
        for (int i = 0; i < DialHints.MAX_HINTS; i++) {
            hints.add(new NodeId(1, i), 1, List.of(Address.tcp("10.0.0.9", 1)));
        }
        assertThat(hints.find(NODE)).isNull();
        assertThat(hints.find(new NodeId(1, 0))).isNotNull();
        assertThat(ToldTable.all(hints::tellTables)).isEqualTo(Map.of("hints where to dial", new ToldTable(256, 256)));
    }
}
