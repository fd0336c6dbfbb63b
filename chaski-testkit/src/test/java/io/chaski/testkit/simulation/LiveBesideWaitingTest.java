package io.chaski.testkit.simulation;

import static io.chaski.testkit.simulation.FlowControlTest.deliveredTo;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.PublishOutcome;
import io.chaski.core.internal.wire.ArrayPayload;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hundred live members of an overlay, one of which publishes, and one that waits for a slow consumer. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LiveBesideWaitingTest {

    private static final int MEMBERS = 101;
    private static final int BYTES = 3_008;
    private static final int COST = 3 << 10;
    /** Forty-eight of them are one and a half windows, so they are more than anybody is sent ahead. */
    private static final int LIVE_MESSAGES = 48;

    private static final int LIVE_COST = 32 << 10;
    private static final ArrayPayload LIVE_PAYLOAD = ArrayPayload.owning(new byte[LIVE_COST - 64]);

    /** Twice what a tree takes that has just been grown: a few hops, and some links that are asked for what is missing. */
    private static final Duration AT_ONCE = ofSeconds(3);

    private Mesh mesh = new Mesh(0);
    private SimulatedNode publisher = mesh.network.node("nobody yet");
    private SimulatedNode slow = publisher;
    private List<SimulatedNode> live = List.of();

    private void start(long seed, int queueBytes, long bytesPerSecond) {
        mesh = Mesh.settled(MEMBERS, seed);
        publisher = mesh.members.get(7);
        slow = mesh.members.get(50);
        live = mesh.members.stream()
                .filter(member -> member != publisher && member != slow)
                .toList();
        slow.subscribeWaiting(Mesh.TOPIC, queueBytes).take(bytesPerSecond);
        mesh.network.advance(ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(longs = 1)
    void what_is_published_live_reaches_live_members_at_once(long seed) {
        publishLive(seed);
    }

    @Tag("deep")
    @ParameterizedTest
    @ValueSource(longs = {2, 3, 4, 5, 6})
    void what_is_published_live_reaches_live_members_of_other_meshes_at_once(long seed) {
        publishLive(seed);
    }

    private void publishLive(long seed) {
        start(seed, 4 * LIVE_COST, LIVE_COST / 2);
        Map<Long, Duration> sent = new HashMap<>();
        for (int i = 0; i < LIVE_MESSAGES; i++) {
            PublishOutcome outcome = publisher.publishLive(Mesh.TOPIC, LIVE_PAYLOAD);
            assertThat(outcome.status()).isEqualTo(PublishOutcome.Status.ACCEPTED);
            sent.put(outcome.seq(), mesh.network.now());
            mesh.network.advance(ofMillis(50));
        }
        mesh.network.advance(AT_ONCE);
        assertThat(deliveredTo(slow, publisher)).as("at the slow one").isLessThan(LIVE_MESSAGES / 2);
        for (SimulatedNode member : live) {
            assertThat(member.deliveries())
                    .as("at %s", member)
                    .hasSize(LIVE_MESSAGES)
                    .allSatisfy(delivery -> assertThat(delivery.at())
                            .isLessThan(sent.get(delivery.seq()).plus(AT_ONCE)));
        }
    }

    @Tag("deep")
    @ParameterizedTest
    @ValueSource(longs = 1)
    void what_is_not_published_live_is_paced_and_nobody_misses_any(long seed) {
        publishPaced(seed);
    }

    @Tag("deep")
    @ParameterizedTest
    @ValueSource(longs = {2, 3, 4, 5, 6})
    void what_is_not_published_live_is_paced_in_other_meshes_and_nobody_misses_any(long seed) {
        publishPaced(seed);
    }

    private void publishPaced(long seed) {
        start(seed, 4 * COST, 50L * COST);
        int messages = 450; // more than a window
        publisher.publishWaiting(Mesh.TOPIC, messages, BYTES);
        mesh.network.advance(ofSeconds(1));
        assertThat(publisher.isPublishingBlocked(Mesh.TOPIC)).isTrue();
        assertThat(mesh.network.runUntil(() -> haveAll(messages), ofSeconds(1), ofMinutes(2)))
                .as("everybody has everything")
                .isTrue();
        assertThat(mesh.members).allSatisfy(member -> assertThat(member.gaps()).isEmpty());
    }

    private boolean haveAll(int messages) {
        return mesh.members.stream()
                .filter(member -> member != publisher)
                .allMatch(member -> deliveredTo(member, publisher) == messages);
    }
}
