package io.chaski.ca;

import static io.chaski.ca.ServedAuthority.MILL;
import static io.chaski.ca.ServedAuthority.PUMP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chaski.ca.tls.Traffic;
import io.chaski.ca.tls.WorldAt;
import io.chaski.core.ChaskiNode;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.IdentityAlarm;
import io.chaski.core.Topology;
import io.chaski.core.security.ChaskiUri;
import io.chaski.core.security.RenewalAlarm;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that run longer than their certificates live, at a time that stands still until it is moved. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RenewedNodesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(50);

    @TempDir
    Path folder;

    private final Queue<NodeEvent> events = new ConcurrentLinkedQueue<>();
    private ServedAuthority ca;

    @BeforeEach
    void serve() {
        ca = new ServedAuthority(folder.resolve("ca"));
    }

    @AfterEach
    void stop() {
        ca.close();
    }

    private Path home(ChaskiUri name) {
        return folder.resolve(name.name().get(0));
    }

    private ChaskiNode start(ChaskiUri name, String token) {
        return ChaskiNode.builder()
                .dataDirectory(home(name))
                .topology(Topology.MANUAL)
                .environment(new WorldAt(ca.clock(Duration.ZERO)))
                .onEvent(events::add)
                .enroll(token)
                .start();
    }

    private static BigInteger serial(ChaskiNode node) {
        return node.security().identity().orElseThrow().serial();
    }

    /** By what it has shown last. */
    private static BigInteger serial(ChaskiNode node, ChaskiNode seenBy) {
        return seenBy.edge(node.id()).orElseThrow().identity().orElseThrow().serial();
    }

    @Test
    void have_their_next_certificates_at_two_thirds_and_lose_neither_edges_nor_messages() throws Exception {
        try (ChaskiNode mill = start(MILL, ca.token(MILL));
                ChaskiNode pump = start(PUMP, ca.token(PUMP))) {
            pump.connect(mill.addresses().get(0)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            await().atMost(PATIENCE).until(() -> mill.isConnectedTo(pump.id()));
            BigInteger mills = serial(mill);
            BigInteger pumps = serial(pump);
            Traffic traffic = Traffic.between(pump, mill);

            ca.advance(Duration.ofHours(18)); // two thirds of a day and what chance adds, and not yet four fifths

            await("the next certificates at each other")
                    .atMost(PATIENCE)
                    .until(() -> !serial(mill, pump).equals(mills)
                            && !serial(pump, mill).equals(pumps));
            assertThat(traffic.end()).isPositive();
            assertThat(serial(mill, pump)).isEqualTo(serial(mill)).isEqualTo(storedSerial(MILL));
            assertThat(serial(pump, mill)).isEqualTo(serial(pump)).isEqualTo(storedSerial(PUMP));
            assertThat(events)
                    .noneMatch(event -> event instanceof NodeEvent.EdgeDown || event instanceof IdentityAlarm);
        }
    }

    private BigInteger storedSerial(ChaskiUri name) {
        return NodeCredentials.read(home(name).resolve("identity.pem"))
                .chain()
                .get(0)
                .getSerialNumber();
    }

    @Test
    void raise_each_alarm_once_when_none_comes() {
        String token = ca.token(MILL);
        NodeCredentials first = ca.node(home(MILL)).enrol(token);
        ca.stop();
        ca.time = first.notBefore().plus(Duration.ofHours(20));
        try (ChaskiNode mill = start(MILL, token)) {
            IdentityAlarm late = new IdentityAlarm(RenewalAlarm.LATE, first.notAfter());
            awaitAlarms(List.of(late));
            assertThat(mill.security().identity()).isPresent();

            ca.time = first.notAfter().plusSeconds(1);

            awaitAlarms(List.of(late, new IdentityAlarm(RenewalAlarm.ENDED, first.notAfter())));
        }
        ca.start();
    }

    private void awaitAlarms(List<IdentityAlarm> alarms) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(events)
                        .filteredOn(IdentityAlarm.class::isInstance)
                        .isEqualTo(alarms));
    }
}
