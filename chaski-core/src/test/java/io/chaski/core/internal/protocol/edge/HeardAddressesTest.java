package io.chaski.core.internal.protocol.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Wires;
import io.chaski.core.internal.protocol.Wires.Node;
import io.chaski.core.internal.protocol.Wires.Stranger;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.DiscoveryFrame.Find;
import io.chaski.core.internal.wire.DiscoveryFrame.Found;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import io.chaski.core.internal.wire.EdgeFrame.HelloAck;
import io.chaski.core.internal.wire.EdgeFrame.InternTopic;
import io.chaski.core.internal.wire.MembershipFrame.Neighbor;
import io.chaski.core.internal.wire.MembershipFrame.NeighborNack;
import io.chaski.core.internal.wire.MembershipFrame.Shuffle;
import io.chaski.core.internal.wire.TopicSummary;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HeardAddressesTest {

    static final String TOPIC = "t";
    static final int ALIAS = 1;
    static final Address FAR = Address.tcp("10.9.9.9", 50_000);
    static final Address NEAR = Address.tcp("127.0.0.1", 50_000);
    static final Address WITHIN = Address.inproc("mallory");
    static final NodeId STRANGER = new NodeId(0xbad, 1);

    static Descriptor descriptor(NodeId id, String... addresses) {
        List<Address> parsed = List.of(addresses).stream().map(Address::parse).toList();
        TopicSummary topics = TopicSummary.of(List.of(TopicSummary.hashOf(TOPIC)));
        return new Descriptor(id, 1, parsed, true, false, false, topics, 0);
    }

    @Nested
    class From_another_machine {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "10.0.0.1:8511",
                    "192.0.2.7:1",
                    "[2001:db8::1]:8511",
                    "[::2]:1",
                    "[fd00::1]:1",
                    "[::ffff:10.0.0.1]:1",
                    "mill-7.example:8511"
                })
        void ordinary_addresses_are_kept(String address) {
            Descriptor heard = descriptor(STRANGER, address);
            assertThat(HeardAddresses.clear(heard, FAR)).isSameAs(heard);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "127.0.0.1:8511",
                    "127.9.9.9:1",
                    "localhost:8511",
                    "a.LocalHost:8511",
                    "[::1]:8511",
                    "[0000:0000:0000:0000:0000:0000:0000:0001]:8511",
                    "[::ffff:127.0.0.1]:8511",
                    "[::ffff:7f00:1]:8511",
                    "[::]:8511",
                    "0.0.0.0:8511",
                    "0.1.2.3:8511",
                    "169.254.169.254:80",
                    "[::ffff:169.254.169.254]:80",
                    "224.0.0.1:8511",
                    "239.1.1.1:8511",
                    "255.255.255.255:8511",
                    "[ff02::1]:8511",
                    "[fe80::1]:8511",
                    "[FEBF::1]:8511",
                    "[2001:db8::1%eth0]:8511",
                    "10.0.0.1:0",
                    "unix:/run/chaski.sock",
                    "inproc:a"
                })
        void row_84_what_only_this_machine_can_reach_is_not(String address) {
            assertThat(HeardAddresses.clear(descriptor(STRANGER, address), FAR).addresses())
                    .isEmpty();
        }

        /** No configuration can say so, but a frame can. */
        @Test
        void row_84_a_name_with_a_zone_is_not() {
            Descriptor heard = descriptor(STRANGER).withAddresses(List.of(Address.tcp("10.0.0.1%eth0", 1)));
            assertThat(HeardAddresses.clear(heard, FAR).addresses()).isEmpty();
        }

        @Test
        void the_others_are_kept_when_some_are_not() {
            Descriptor heard = descriptor(STRANGER, "127.0.0.1:8511", "10.0.0.1:8511", "unix:/a");
            assertThat(HeardAddresses.clear(heard, FAR)).isEqualTo(descriptor(STRANGER, "10.0.0.1:8511"));
        }
    }

    @Nested
    class From_this_machine {
        @ParameterizedTest
        @ValueSource(strings = {"127.0.0.1:8511", "localhost:8511", "[::1]:8511", "10.0.0.1:8511"})
        void loopback_is_kept_too(String address) {
            Descriptor heard = descriptor(STRANGER, address);
            assertThat(HeardAddresses.clear(heard, NEAR)).isSameAs(heard);
            assertThat(HeardAddresses.clear(heard, Address.unix("/run/a"))).isSameAs(heard);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "unix:/run/chaski.sock",
                    "inproc:a",
                    "127.0.0.1:0",
                    "169.254.169.254:80",
                    "[fe80::1%eth0]:8511"
                })
        void row_84_what_anything_may_listen_at_is_not(String address) {
            assertThat(HeardAddresses.clear(descriptor(STRANGER, address), NEAR).addresses())
                    .isEmpty();
        }
    }

    /** A zone is an interface of the machine that wrote it; only a dial shows that it leads somewhere from here, too. */
    @Test
    void an_address_with_a_zone_is_kept_in_the_greeting_of_whoever_was_dialled_there_and_nowhere_else() {
        Address dialled = Address.parse("[fe80::1%eth0]:8511");
        Wires wires = new Wires();
        Node node = wires.node("node", options -> options.address(Address.parse("[fe80::2%eth0]:8511")));
        Node other = wires.node("other", options -> options.address(dialled));
        node.connect(dialled);
        wires.settle();

        assertThat(node.addressesOf(other)).containsExactly(dialled);
        assertThat(other.addressesOf(node)).isEmpty();
        assertThat(HeardAddresses.clear(descriptor(STRANGER, dialled.toString()), dialled)
                        .addresses())
                .as("on the word of a neighbour in the same zone")
                .isEmpty();
    }

    @Nested
    class From_this_process {
        @Test
        void its_own_endpoints_are_kept_and_no_UNIX_socket() {
            assertThat(HeardAddresses.clear(descriptor(STRANGER, "inproc:a", "unix:/a"), WITHIN))
                    .isEqualTo(descriptor(STRANGER, "inproc:a"));
        }
    }

    /** Whatever kind of frame the address comes in. */
    @Nested
    class A_node {
        final Wires wires = new Wires();
        final Node node = wires.node("node", Wires.Options::automatic);
        final Descriptor hint = descriptor(
                new NodeId(7, 7), "127.0.0.1:1", "unix:/run/private.sock", "inproc:private", "[::ffff:7f00:1]:1");

        Stranger peer(Address from, String... addresses) {
            Stranger stranger = wires.stranger(node, from);
            stranger.send(new Hello(1, 1, "test", "stranger", descriptor(STRANGER, addresses), 99, 1 << 20, 0, 1_000));
            stranger.send(new HelloAck(1, 0, 7, 8));
            stranger.send(new InternTopic(ALIAS, TOPIC));
            wires.settle();
            assertThat(stranger.isClosed()).isFalse();
            return stranger;
        }

        @Test
        void does_not_dial_what_gossip_says() {
            node.protocol().subscribe(TOPIC, wires.nowNanos());
            Stranger stranger = peer(FAR, "10.9.9.9:8511");
            stranger.send(new Shuffle(ALIAS, descriptor(STRANGER), List.of(hint), 0));
            wires.advance(Duration.ofSeconds(5));

            assertThat(node.dialled()).doesNotContainAnyElementsOf(hint.addresses());
        }

        @Test
        void dials_loopback_and_nothing_else_on_the_word_of_this_machine() {
            node.protocol().subscribe(TOPIC, wires.nowNanos());
            Stranger stranger = peer(NEAR, "10.9.9.9:8511");
            stranger.send(new Shuffle(ALIAS, descriptor(STRANGER), List.of(hint), 0));
            wires.advance(Duration.ofSeconds(7));

            assertThat(node.dialled())
                    .contains(hint.addresses().get(0))
                    .doesNotContain(hint.addresses().get(1), hint.addresses().get(2));
        }

        @Test
        void does_not_dial_where_a_publisher_is_sent() {
            Stranger stranger = peer(FAR, "10.9.9.9:8511");
            node.publish(TOPIC, "hello");
            wires.settle();
            Neighbor asked = node.sent(Neighbor.class).get(0);
            stranger.send(new NeighborNack(ALIAS, asked.generation(), true, List.of(hint)));
            wires.advance(Duration.ofSeconds(5));

            assertThat(node.dialled()).doesNotContainAnyElementsOf(hint.addresses());
        }

        @Test
        void does_not_dial_where_a_look_up_leads() {
            node.protocol().subscribe(TOPIC, wires.nowNanos());
            Stranger stranger = peer(FAR, "10.9.9.9:8511");
            wires.advance(Duration.ofSeconds(5));
            for (Find asked : node.sent(Find.class)) {
                stranger.send(new Found(asked.request(), asked.topicHash(), List.of(hint)));
            }
            wires.advance(Duration.ofSeconds(5));

            assertThat(node.dialled()).doesNotContainAnyElementsOf(hint.addresses());
        }

        @Test
        void does_not_dial_what_a_lost_peer_has_said_of_itself() {
            node.protocol().subscribe(TOPIC, wires.nowNanos());
            Stranger stranger = peer(FAR, "127.0.0.1:1", "unix:/run/private.sock");
            stranger.close();
            wires.advance(Duration.ofSeconds(30));

            assertThat(node.dialled()).doesNotContainAnyElementsOf(hint.addresses());
        }
    }
}
