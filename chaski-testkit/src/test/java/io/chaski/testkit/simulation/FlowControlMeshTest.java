package io.chaski.testkit.simulation;

import static io.chaski.testkit.simulation.FlowControlTest.accountedFor;
import static io.chaski.testkit.simulation.FlowControlTest.deliveredTo;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Members of an overlay, every third of which waits for a slow consumer, and three that publish as fast as these take. In
 * each run every message is delivered or reported missing to every subscriber, and nothing is missing to those that wait.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FlowControlMeshTest {

    private static final int BYTES = 960;
    private static final int COST = 1_024;

    private Mesh mesh = new Mesh(0);
    private List<SimulatedNode> publishers = List.of();
    private final List<SimulatedNode> waiting = new ArrayList<>();
    private int messages;

    private void start(int size, long seed, int count) {
        mesh = Mesh.settled(size, seed);
        begin(count);
    }

    private void begin(int count) {
        List<SimulatedNode> members = mesh.members;
        for (int i = 0; i < members.size(); i += 3) {
            SimulatedNode member = members.get(i);
            member.subscribeWaiting(Mesh.TOPIC, (32 + 16 * (i % 4)) * COST).take((300 + 100 * (i % 5)) * COST);
            waiting.add(member);
        }
        mesh.network.advance(ofSeconds(5));
        messages = count;
        publishers = List.of(members.get(1), members.get(3), members.get(5));
        publishers.forEach(publisher -> publisher.publishWaiting(Mesh.TOPIC, count, BYTES));
    }

    private void assertAccountedFor() {
        assertThat(mesh.network.runUntil(this::isAccountedFor, ofSeconds(1), ofMinutes(5)))
                .as("seed %d: published = delivered + reported missing", mesh.network.seed())
                .isTrue();
    }

    private void assertNothingMissed() {
        assertAccountedFor();
        waiting.forEach(member -> assertThat(member.gaps())
                .as("seed %d: gaps of %s", mesh.network.seed(), member)
                .isEmpty());
    }

    private boolean isAccountedFor() {
        for (SimulatedNode member : mesh.up()) {
            for (SimulatedNode publisher : publishers) {
                if (member != publisher && accountedFor(member, publisher) < messages) {
                    return false;
                }
            }
        }
        return true;
    }

    private void narrowAllPaths(long bytesPerSecond) {
        for (SimulatedNode from : mesh.members) {
            for (SimulatedNode to : mesh.members) {
                if (from != to) {
                    mesh.network.link(from, to).bandwidth(bytesPerSecond);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void ten_lose_nothing(long seed) {
        start(10, seed, 1_000);
        assertThat(publishers.get(0).isPublishingBlocked(Mesh.TOPIC)).isTrue();
        assertNothingMissed();
    }

    @Tag("deep")
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void ten_lose_none_of_many(long seed) {
        start(10, seed, 4_000);
        assertNothingMissed();
    }

    @Tag("deep")
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void a_hundred_lose_nothing(long seed) {
        start(100, seed, 150);
        assertNothingMissed();
    }

    @Test
    void ten_lose_nothing_on_narrow_paths() {
        tenOnNarrowPaths(1, 500);
    }

    @Tag("deep")
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void ten_lose_none_of_many_on_narrow_paths(long seed) {
        tenOnNarrowPaths(seed, 1_000);
    }

    private void tenOnNarrowPaths(long seed, int count) {
        mesh = Mesh.settled(10, seed);
        narrowAllPaths(250 * COST);
        begin(count);
        assertNothingMissed();
    }

    @Tag("deep")
    @Test
    void a_hundred_lose_nothing_on_narrow_paths() {
        mesh = Mesh.settled(100, 1);
        narrowAllPaths(250 * COST);
        begin(60);
        assertNothingMissed();
    }

    @Test
    void members_that_relay_may_crash() {
        crashTwo(1, 1_500);
    }

    @Tag("deep")
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void members_that_relay_many_messages_may_crash(long seed) {
        crashTwo(seed, 2_000);
    }

    private void crashTwo(long seed, int count) {
        start(10, seed, count);
        mesh.network.advance(ofSeconds(2));
        mesh.members.get(4).crash();
        mesh.network.advance(ofSeconds(2));
        mesh.members.get(8).crashSilently();
        assertNothingMissed();
    }

    @Test
    void a_partition_that_heals_before_anybody_is_given_up_costs_nothing() {
        partitionShortly(1, 1_500);
    }

    @Tag("deep")
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void a_partition_of_many_messages_that_heals_before_anybody_is_given_up_costs_nothing(long seed) {
        partitionShortly(seed, 2_000);
    }

    private void partitionShortly(long seed, int count) {
        start(10, seed, count);
        mesh.network.advance(ofSeconds(2));
        mesh.network.partition(mesh.members.subList(0, 5), mesh.members.subList(5, 10));
        mesh.network.advance(ofSeconds(5));
        mesh.network.heal();
        assertNothingMissed();
    }

    @Test
    void what_a_long_partition_costs_is_reported() {
        partitionForLong(1);
    }

    @Tag("deep")
    @ParameterizedTest
    @ValueSource(longs = {2, 3})
    void what_a_long_partition_costs_is_reported_whoever_is_cut_off(long seed) {
        partitionForLong(seed);
    }

    private void partitionForLong(long seed) {
        start(10, seed, 4_000);
        mesh.network.advance(ofSeconds(2));
        mesh.network.partition(mesh.members.subList(0, 5), mesh.members.subList(5, 10));
        mesh.network.advance(ofSeconds(50));
        mesh.network.heal();
        mesh.network.advance(ofSeconds(30));
        // Whoever was away hears only by the next message that there was something before it.
        publishers.forEach(publisher -> publisher.publishWaiting(Mesh.TOPIC, 1, BYTES));
        messages++;
        assertAccountedFor();
        assertThat(deliveredTo(mesh.members.get(0), publishers.get(0))).isEqualTo(messages);
    }
}
