package io.chaski.testkit.simulation;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.PartFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** A large message on a narrow path holds nobody else up by more than a part of it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LargeMessageTest {

    private static final int BYTES_PER_SECOND = 128 << 10;
    private static final int LARGE = 1_000 << 10;

    /** How long a part takes. */
    private static final Duration PART = ofMillis(1_000L * PartFrame.PART_BYTES / BYTES_PER_SECOND);

    /** The path there and back, frames that are sent besides, and the step in which the test looks. */
    private static final Duration MARGIN = ofMillis(300);

    private final SimulatedNetwork network = SimulatedNetwork.seeded(1);
    private final SimulatedNode alice = manual("alice");
    private final SimulatedNode bob = manual("bob");

    private SimulatedNode manual(String name) {
        return network.node(
                name, SimulatedNodeOptions.builder().manualTopology().build());
    }

    @BeforeEach
    void connect() {
        for (String topic : List.of("large", "small")) {
            alice.subscribe(topic);
            bob.subscribe(topic);
        }
        network.connect(alice, bob);
        network.advance(ofSeconds(5));
        network.link(alice, bob).bandwidth(BYTES_PER_SECOND);
    }

    private void publish(String topic, int bytes) {
        alice.publish(topic, ArrayPayload.owning(new byte[bytes]));
    }

    private long delivered(String topic) {
        return bob.deliveries().stream()
                .filter(delivery -> delivery.topic().equals(topic))
                .count();
    }

    @Test
    void messages_of_other_topics_pass_between_its_parts() {
        publish("large", LARGE);
        network.advance(ofMillis(100));
        for (int i = 1; i <= 5; i++) {
            int sent = i;
            alice.publish("small", "hello");
            assertThat(network.runUntil(() -> delivered("small") == sent, ofMillis(10), PART.plus(MARGIN)))
                    .isTrue();
        }
        assertThat(delivered("large")).isZero();
        assertThat(network.runUntil(() -> delivered("large") == 1, ofMillis(100), ofMinutes(1)))
                .isTrue();
    }

    @Test
    void arrives_in_twice_its_time_however_much_is_published_on_other_topics() {
        publish("large", LARGE);
        Duration twice = ofMillis(2_000L * LARGE / BYTES_PER_SECOND).plus(PART).plus(MARGIN);
        boolean hasCome = false;
        for (Duration passed = Duration.ZERO; passed.compareTo(twice) < 0; passed = passed.plus(ofMillis(30))) {
            publish("small", 8 << 10); // twice what the path takes
            hasCome = hasCome || network.runUntil(() -> delivered("large") == 1, ofMillis(30), ofMillis(30));
        }
        assertThat(hasCome).isTrue();
        assertThat(delivered("small")).isPositive();
    }

    @Test
    void messages_of_its_own_topic_follow_behind_it() {
        for (int i = 0; i < 2; i++) {
            publish("large", LARGE / 5);
            publish("large", 10);
        }
        alice.publish("small", "hello");
        assertThat(network.runUntil(() -> delivered("small") == 1, ofMillis(10), PART.plus(MARGIN)))
                .isTrue();
        assertThat(delivered("large")).isZero();
        assertThat(network.runUntil(() -> delivered("large") == 4, ofMillis(100), ofMinutes(1)))
                .isTrue();
        assertThat(bob.gaps()).isEmpty();
    }

    @Test
    void pings_pass_between_the_parts_on_a_path_that_is_never_idle() {
        int published = 0;
        List<Duration> roundTrips = new ArrayList<>();
        while (delivered("large") < 6) {
            if (published - delivered("large") < 2) {
                publish("large", LARGE);
                published++;
            }
            int answered = roundTrips.size();
            assertThat(answered).isLessThan(1_000);
            alice.command(protocol -> protocol.ping(
                    bob.id(), 0, onAnswer(roundTrips), alice.machine().nanoTime()));
            assertThat(network.runUntil(() -> roundTrips.size() > answered, ofMillis(10), ofSeconds(10)))
                    .isTrue();
        }
        assertThat(roundTrips)
                .hasSizeGreaterThan(60)
                .allSatisfy(roundTrip -> assertThat(roundTrip).isLessThan(PART.plus(MARGIN)));
    }

    private static NodeProtocol.Ponged onAnswer(List<Duration> roundTrips) {
        return new NodeProtocol.Ponged() {
            @Override
            public void onPong(long rttNanos) {
                roundTrips.add(Duration.ofNanos(rttNanos));
            }

            @Override
            public void onFailed(NodeProtocol.PingFailure why) {
                throw new AssertionError("no answer to a ping: " + why);
            }
        };
    }
}
