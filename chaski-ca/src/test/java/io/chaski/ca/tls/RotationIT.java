package io.chaski.ca.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Edge;
import io.chaski.core.NodeEvent;
import io.chaski.core.OverflowPolicy;
import io.chaski.core.SubscribeOptions;
import io.chaski.core.Topic;
import io.chaski.core.security.Credentials;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** New keys under load: no message that must not be missed is lost, none comes twice, and order stays. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RotationIT {

    private static final Topic<String> TEXT = Topic.text("t");

    /** Messages under way: enough that there are some on both connections when one takes over from the other. */
    private static final int WINDOW = 16;

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
        List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
        Semaphore window = new Semaphore(WINDOW);
        mill.subscribe(
                TEXT,
                message -> {
                    heard.add(Integer.parseInt(message.payload().strip()));
                    window.release();
                },
                SubscribeOptions.builder().overflow(OverflowPolicy.BLOCK).build());
        press.subscribe(TEXT, message -> {});
        TlsNodes.connect(press, mill);
        TlsNodes.await("paired", () -> press.isPaired(TEXT));
        AtomicBoolean isOver = new AtomicBoolean();
        List<Integer> sent = new ArrayList<>();
        Thread publisher = new Thread(() -> publish(press, window, isOver, sent));
        publisher.start();

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
        isOver.set(true);
        publisher.join(TlsNodes.LIMIT.toMillis());
        assertThat(publisher.isAlive()).isFalse();
        TlsNodes.await("all messages", () -> heard.size() >= sent.size());

        assertThat(heard).isEqualTo(sent);
        assertThat(nodes.events(mill, NodeEvent.EdgeDown.class)).isEmpty();
        assertThat(nodes.events(press, NodeEvent.EdgeDown.class)).isEmpty();
        assertThat(nodes.events(mill, NodeEvent.GapDetected.class)).isEmpty();
        System.out.printf("%d messages across %d rotations%n", sent.size(), rotations);
    }

    private static void publish(ChaskiNode from, Semaphore window, AtomicBoolean isOver, List<Integer> sent) {
        String padding = " ".repeat(1000);
        int number = 0;
        while (!isOver.get()) {
            try {
                if (!window.tryAcquire(TlsNodes.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    return; // the missing message shows in the comparison
                }
            } catch (InterruptedException e) {
                return;
            }
            from.publish(TEXT, number + padding);
            sent.add(number++);
        }
    }
}
