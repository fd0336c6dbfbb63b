package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.ChaskiNode;
import io.chaski.core.CloseReason;
import io.chaski.core.ConnectFailedException;
import io.chaski.core.Edge;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.security.CertificateRefusedException;
import io.chaski.core.security.Credentials;
import io.chaski.core.security.TrustMode;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** What changes while edges stand: certificates end, are revoked, are renewed. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ChangesIT {

    private final TlsNodes nodes = new TlsNodes();

    @AfterEach
    void close() {
        nodes.close();
    }

    private ChaskiNode start(String name, Credentials credentials) {
        return nodes.start(nodes.builder(name, TrustMode.ca(credentials, nodes.trust())));
    }

    private List<CloseReason> ends(ChaskiNode node, NodeId peer) {
        return nodes.events(node, NodeEvent.EdgeDown.class).stream()
                .filter(down -> down.peer().equals(peer))
                .map(NodeEvent.EdgeDown::reason)
                .toList();
    }

    private long millisToEnd(ChaskiNode node, long startNanos) {
        return nodes.millisFrom(
                startNanos, nodes.events(node, NodeEvent.EdgeDown.class).get(0));
    }

    @Test
    void row_24_an_edge_of_a_revoked_node_ends_and_others_stay() throws Exception {
        Credentials stolen = nodes.credentials("press");
        ChaskiNode mill = nodes.start("mill");
        ChaskiNode press = start("press", stolen);
        ChaskiNode saw = nodes.start("saw");
        TlsNodes.connect(press, mill);
        TlsNodes.connect(mill, saw);

        long startNanos = System.nanoTime();
        mill.security().update(nodes.revoking(stolen.chain().get(0).getSerialNumber()));

        TlsNodes.await("the end", () -> ends(mill, press.id()).equals(List.of(CloseReason.UNTRUSTED)));
        System.out.printf("an edge has ended %d ms after its peer was revoked%n", millisToEnd(mill, startNanos));
        TlsNodes.await("the end at the other end", () -> ends(press, mill.id()).contains(CloseReason.UNTRUSTED));
        assertUntrusted(press.connect(TlsNodes.addressOf(mill)));
        assertThat(mill.isConnectedTo(saw.id())).isTrue();
        assertThat(TlsNodes.counter(mill, "tls.live.REVOKED")).isEqualTo(1);
    }

    /** It has not yet decided about who refuses it, when the reason has come and the connection has ended. */
    @Test
    void row_24_a_revoked_node_learns_why_it_is_refused_however_slow_it_is() throws Exception {
        Credentials stolen = nodes.credentials("press");
        CountDownLatch isOver = new CountDownLatch(1);
        AtomicBoolean isSlow = new AtomicBoolean();
        ChaskiNode mill = nodes.start("mill");
        ChaskiNode saw = nodes.start("saw");
        ChaskiNode press = nodes.start(nodes.builder("press", TrustMode.ca(stolen, nodes.trust()))
                .environment(new WorldAt(() -> {
                    if (isSlow.get() && Thread.currentThread().getName().equals("chaski-press-tls")) {
                        awaitEnd(isOver);
                    }
                    return nodes.clock.instant();
                })));
        Edge fromPress = TlsNodes.connect(press, saw);
        Edge fromMill = TlsNodes.connect(mill, saw);
        mill.security().update(nodes.revoking(TlsNodes.serial(stolen)));
        isSlow.set(true);

        CompletableFuture<Edge> refused = press.connect(TlsNodes.addressOf(mill));
        TlsNodes.await("the refusal", () -> TlsNodes.counter(mill, "tls.REVOKED") == 1);
        for (Edge busy : List.of(fromMill, fromMill, fromPress, fromPress)) { // what was sent before has come by then
            busy.ping().get(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        isOver.countDown();

        assertUntrusted(refused);
    }

    private static void assertUntrusted(CompletableFuture<Edge> connecting) {
        assertThatThrownBy(() -> connecting.get(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        ExecutionException.class,
                        failure -> assertThat(((ConnectFailedException) failure.getCause()).refusal())
                                .contains(CloseReason.UNTRUSTED));
    }

    private static void awaitEnd(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void row_24_an_edge_ends_with_the_certificate_of_its_peer() throws Exception {
        ChaskiNode mill = nodes.start("mill");
        ChaskiNode press = start("press", nodes.credentials("press", Duration.ofHours(1)));
        TlsNodes.connect(press, mill);

        long startNanos = System.nanoTime();
        nodes.clock.jump(Duration.ofHours(2));

        TlsNodes.await("the end", () -> ends(mill, press.id()).equals(List.of(CloseReason.EXPIRED)));
        System.out.printf("an edge has ended %d ms after its certificate%n", millisToEnd(mill, startNanos));
        TlsNodes.await("the end at the other end", () -> ends(press, mill.id()).contains(CloseReason.EXPIRED));
    }

    @Test
    void a_renewed_certificate_takes_over_and_no_edge_ends() throws Exception {
        Credentials old = nodes.credentials("mill");
        ChaskiNode mill = start("mill", old);
        ChaskiNode press = nodes.start("press");
        Edge edge = TlsNodes.connect(press, mill);
        Credentials renewed = nodes.credentials("mill");
        BigInteger serial = renewed.chain().get(0).getSerialNumber();

        mill.security().update(renewed);

        TlsNodes.await(
                "the renewed certificate",
                () -> edge.identity()
                        .map(identity -> identity.serial().equals(serial))
                        .orElse(false));
        assertThat(edge.isUp()).isTrue();
        // Whoever revokes the old one now, ends nothing.
        press.security().update(nodes.revoking(old.chain().get(0).getSerialNumber()));
        edge.ping().get(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(ends(press, mill.id())).isEmpty();
        assertThat(ends(mill, press.id())).isEmpty();
        assertThat(mill.security().identity()).isEqualTo(edge.identity());
        assertThat(nodes.events(press, NodeEvent.TwoKeys.class)).isEmpty();
    }

    @Test
    void an_update_has_to_fit() {
        ChaskiNode mill = nodes.start("mill");
        ChaskiNode plain = nodes.start(nodes.builder("plain", TrustMode.INSECURE));
        Optional<?> identity = mill.security().identity();

        assertThatThrownBy(() -> mill.security().update(nodes.credentials("press")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("another node");
        assertThatThrownBy(() -> mill.security().update(nodes.credentials("mill", Duration.ofSeconds(-1))))
                .isInstanceOf(CertificateRefusedException.class);
        assertThatThrownBy(() -> plain.security().update(nodes.credentials("plain")))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> plain.security().update(nodes.trust())).isInstanceOf(IllegalStateException.class);
        assertThat(mill.security().identity()).isEqualTo(identity);
        assertThat(plain.security().identity()).isEmpty();
        assertThat(plain.security().mode()).isEqualTo(TrustMode.INSECURE);
    }
}
