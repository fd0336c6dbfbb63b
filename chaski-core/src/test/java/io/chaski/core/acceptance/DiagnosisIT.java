package io.chaski.core.acceptance;

import static io.chaski.core.acceptance.TestNodes.addressOf;
import static io.chaski.core.acceptance.TestNodes.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.ChaskiNode;
import io.chaski.core.Diagnosis.Finding;
import io.chaski.core.Diagnosis.Kind;
import io.chaski.core.Topic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A diagnosis over sockets")
class DiagnosisIT {

    private static final Topic<String> NEWS = Topic.text("news");

    private final TestNodes nodes = new TestNodes();
    private final TestNodes others = new TestNodes();

    @AfterEach
    void closeAll() {
        nodes.close();
        others.close();
    }

    private static void findsOut(ChaskiNode node, Kind kind, Address address) {
        node.subscribe(NEWS, message -> {});
        soon(() -> assertThat(node.diagnose(NEWS).findings())
                .as(() -> node.diagnose(NEWS).toString())
                .extracting(Finding::kind, finding -> finding.address().orElse(null))
                .containsExactly(Tuple.tuple(kind, address)));
    }

    @Test
    @DisplayName(
            "names the bootstrap address that refuses, the one of another cluster, and the one that has no address")
    void bootstrap() throws IOException {
        Address nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = Address.tcp("127.0.0.1", socket.getLocalPort());
        }
        ChaskiNode foreigner = others.add(others.builder("foreigner").start());
        foreigner.subscribe(NEWS, message -> {});
        Address nowhere = Address.tcp("nowhere.invalid", 8511);

        findsOut(nodes.automatic("alice", nobody), Kind.BOOTSTRAP_REFUSED, nobody);
        findsOut(nodes.automatic("bob", addressOf(foreigner)), Kind.OTHER_CLUSTER, addressOf(foreigner));
        findsOut(nodes.automatic("carol", nowhere), Kind.BOOTSTRAP_UNRESOLVED, nowhere);
        assertThat(foreigner.edges()).isEqualTo(List.of());
    }
}
