package io.chaski.core.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeId;
import io.chaski.core.internal.netty.NoLeaks;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.DiscoveryFrame.Find;
import io.chaski.core.internal.wire.DiscoveryFrame.Found;
import io.chaski.core.internal.wire.DiscoveryFrame.Register;
import io.chaski.core.internal.wire.MembershipFrame.Join;
import io.chaski.core.internal.wire.MembershipFrame.Shuffle;
import io.chaski.core.internal.wire.TopicSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rows 84 and 85: lies about where others are, and too many words. */
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DiscoveryRowsTest {

    /** Dials on hearsay at once; afterwards one a second. */
    private static final int BURST = 8;

    /** Rounds of a storm. */
    private static final int STORM = 3_000;

    /** Descriptors in one frame of a storm; a shuffle takes no more beside its origin. */
    private static final int BULKY = 7;

    /** As many as a descriptor may have, and as long. */
    private static final Address[] LONGEST = IntStream.range(0, Descriptor.MAX_ADDRESSES)
            .mapToObj(i -> Address.tcp("x".repeat(Address.MAX_HOST_LENGTH - 1) + i, 2))
            .toArray(Address[]::new);

    private static final WatchedDials dials = new WatchedDials();

    @RegisterExtension
    static final Siege siege = new Siege(builder -> builder.environment(dials));

    private final long startNanos = System.nanoTime();
    private long ids;

    @Test
    void row_84_addresses_that_are_no_business_of_ours_are_not_dialled() {
        List<Address> bad = List.of(
                Address.tcp("169.254.169.254", 80),
                Address.tcp("0.0.0.0", 80),
                Address.tcp("224.0.0.1", 80),
                Address.tcp("255.255.255.255", 80),
                Address.tcp("ff02::1", 80),
                Address.tcp("fe80::1", 80),
                Address.tcp("::", 80),
                Address.tcp("127.0.0.1", 0),
                Address.tcp("metadata.invalid", 80),
                Address.unix("/run/private.sock"),
                Address.inproc("private"),
                siege.address());
        int before = dials.dialled().size();
        try (HostilePeer peer = siege.attack().greet().joinTopic(Siege.TALK.name())) {
            bad.forEach(address -> tell(peer, address));
            Address good = Address.tcp("127.0.0.1", 1); // nobody is there, and it may be tried
            tell(peer, good);
            Siege.eventually().untilAsserted(() -> assertThat(dials.dialled()).contains(good));
            peer.awaitHandled();
        }
        List<Address> dialled = dials.dialled();
        assertThat(dialled.subList(before, dialled.size())).doesNotContainAnyElementsOf(bad);
    }

    @Test
    void row_84_more_hints_than_the_budget_are_not_dialled() {
        long heapBefore = Siege.liveHeapBytes();
        try (HostilePeer peer = siege.attack().greet().joinTopic(Siege.TALK.name())) {
            for (int port = 100; port < 400; port++) {
                tell(peer, Address.tcp("127.0.0.1", port));
            }
            peer.awaitHandled();
            Siege.eventually()
                    .untilAsserted(() ->
                            assertThat(hintsDialled()).as("dials on hearsay").isGreaterThanOrEqualTo(BURST / 2));
            Siege.assertHeapIsBounded("a flood of hints", heapBefore);
            long hints = hintsDialled();
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos) + 1;
            assertThat(hints).as("dials on hearsay").isLessThanOrEqualTo(BURST + seconds);
        }
    }

    private static long hintsDialled() {
        return dials.dialled().stream()
                .filter(address -> address.port() >= 100 && address.port() < 400)
                .count();
    }

    @Test
    void row_84_a_host_of_300_bytes_is_malformed() {
        try (HostilePeer peer = siege.attack().greet()) {
            String id = "0".repeat(31) + "1";
            peer.sendFrame("10 01" + id + "0000000000000001 00 0000 01 00 ac02" + "61".repeat(300) + "0050 00");
            assertThat(peer.awaitGoodbye()).isEqualTo(CloseReason.MALFORMED);
        }
    }

    @Test
    void row_84_ten_thousand_addresses_are_malformed() {
        try (HostilePeer peer = siege.attack().greet()) {
            String id = "0".repeat(31) + "1";
            peer.sendFrame("10 01" + id + "0000000000000001 00 0000 ff" + "02 01 61".repeat(10_000) + "00");
            assertThat(peer.awaitGoodbye()).isEqualTo(CloseReason.MALFORMED);
        }
    }

    @Test
    void row_85_a_storm_of_look_ups_is_heard_within_a_budget() {
        long heapBefore = Siege.liveHeapBytes();
        try (HostilePeer peer = siege.attack().greet()) {
            long hash = TopicSummary.hashOf("siege/nowhere");
            for (int i = 0; i < STORM; i++) {
                peer.send(new Find(new NodeId(85, i), hash, peer.self(), 6, true, 8));
                peer.send(new Found(new NodeId(86, i), hash, bulky(86, i)));
                peer.send(new Register(peer.self(), List.of(hash), 3_600));
            }
            peer.awaitHandled();
            Siege.assertHeapIsBounded("a storm of look-ups", heapBefore);
        }
        assertThat(siege.counter("misbehaved.discovery.rate")).isPositive();
        siege.awaitOnlyHonestEdges();
    }

    @Test
    void row_85_a_storm_of_gossip_is_heard_within_a_budget() {
        long heapBefore = Siege.liveHeapBytes();
        try (HostilePeer peer = siege.attack().greet().joinTopic(Siege.TALK.name())) {
            for (int i = 0; i < STORM; i++) {
                peer.send(new Join(HostilePeer.TOPIC_ALIAS, peer.self()));
                peer.send(new Shuffle(HostilePeer.TOPIC_ALIAS, peer.self(), bulky(88, i), 0));
            }
            peer.awaitHandled();
            Siege.assertHeapIsBounded("a storm of gossip", heapBefore);
        }
        assertThat(siege.counter("misbehaved.membership.rate")).isPositive();
    }

    @Test
    void row_85_a_made_up_incarnation_of_an_honest_node_takes_nobody_down() {
        NodeId alice = siege.victim().edge("alice").orElseThrow().peer();
        try (HostilePeer peer = siege.attack().greet().joinTopic(Siege.TALK.name())) {
            for (long epoch : List.of(Long.MAX_VALUE, 1L << 45)) {
                Descriptor forged = HostilePeer.descriptor(alice, epoch, Address.tcp("127.0.0.1", 3));
                peer.send(new Shuffle(HostilePeer.TOPIC_ALIAS, peer.self(), List.of(forged), 0));
                peer.send(new Find(new NodeId(87, epoch), TopicSummary.hashOf(Siege.TALK.name()), forged, 0, false, 8));
            }
            peer.awaitHandled();
        }
        assertThat(siege.victim().isConnectedTo(alice)).isTrue();
        assertThat(siege.events())
                .noneMatch(event ->
                        event instanceof NodeEvent.EdgeDown down && down.peer().equals(alice));
    }

    /** Members that nobody has heard of, as large as they may be: who kept a storm of them would need 27 MiB. */
    private static List<Descriptor> bulky(long kind, long number) {
        List<Descriptor> bulky = new ArrayList<>();
        for (int i = 0; i < BULKY; i++) {
            bulky.add(HostilePeer.descriptor(new NodeId(kind << 32 | i, number), 1, LONGEST));
        }
        return bulky;
    }

    /** Says that somebody who was never heard of is a member of the topic and can be found there. */
    private void tell(HostilePeer peer, Address address) {
        List<Descriptor> sample = new ArrayList<>();
        sample.add(HostilePeer.descriptor(new NodeId(startNanos, ++ids), 1, address));
        peer.send(new Shuffle(HostilePeer.TOPIC_ALIAS, peer.self(), sample, 0));
    }
}
