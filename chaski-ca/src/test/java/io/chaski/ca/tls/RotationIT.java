package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.NodeEvent;
import io.chaski.core.security.Credentials;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** New keys under load: no message that must not be missed is lost, none comes twice, and order stays. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RotationIT {

    private final TlsNodes nodes = new TlsNodes();

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void loses_nothing() throws Exception {
        rotate(3);
    }

    @Test
    @Tag("deep")
    void loses_nothing_a_hundred_times() throws Exception {
        rotate(100);
    }

    private void rotate(int rotations) throws Exception {
        ChaskiNode mill = nodes.start("mill");
        ChaskiNode press = nodes.start("press");
        TlsNodes.connect(press, mill);
        Traffic traffic = Traffic.between(press, mill);
        long startNanos = System.nanoTime();

        for (int i = 0; i < rotations; i++) {
            ChaskiNode renewing = i % 2 == 0 ? mill : press;
            ChaskiNode other = i % 2 == 0 ? press : mill;
            Credentials renewed = nodes.credentials(renewing.name());
            renewing.security().update(renewed);
            Edge edge = other.edge(renewing.id()).orElseThrow();
            TlsNodes.await(
                    "rotation " + i,
                    () -> edge.identity()
                            .map(seen ->
                                    seen.serial().equals(renewed.chain().get(0).getSerialNumber()))
                            .orElse(false));
        }
        int messages = traffic.end();

        assertThat(nodes.events(mill, NodeEvent.EdgeDown.class)).isEmpty();
        assertThat(nodes.events(press, NodeEvent.EdgeDown.class)).isEmpty();
        assertThat(nodes.events(mill, NodeEvent.GapDetected.class)).isEmpty();
        System.out.printf(
                "%d messages across %d rotations in %d ms%n",
                messages, rotations, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
    }
}
