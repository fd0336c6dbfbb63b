package io.chaski.core.internal.protocol.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.TopicSummary;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HearsayTest {

    private static final NodeId SELF = new NodeId(1, 1);
    private static final NodeId OTHER = new NodeId(2, 2);

    private static Descriptor descriptor(NodeId id, long epoch, int ageSeconds, Address... addresses) {
        return new Descriptor(id, epoch, List.of(addresses), false, false, false, TopicSummary.NONE, ageSeconds);
    }

    private static Descriptor believed(Descriptor descriptor, boolean local) {
        return Hearsay.believed(descriptor, SELF, local, 600);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1:8511",
                "192.0.2.7:1",
                "[2001:db8::1]:8511",
                "[::2]:1",
                "[fd00::1]:1",
                "mill-7.example:8511"
            })
    void ordinary_addresses_are_usable(String address) {
        Descriptor heard = descriptor(OTHER, 5, 0, Address.parse(address));
        assertThat(believed(heard, false)).isSameAs(heard);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:8511",
                "127.9.9.9:1",
                "localhost:8511",
                "a.localhost:8511",
                "[::1]:8511",
                "[0:0:0:0:0:0:0:1]:8511",
                "[0000:0000:0000:0000:0000:0000:0000:0001]:8511",
                "[::]:8511",
                "0.0.0.0:8511",
                "0.1.2.3:8511",
                "169.254.169.254:80",
                "224.0.0.1:8511",
                "239.1.1.1:8511",
                "255.255.255.255:8511",
                "[ff02::1]:8511",
                "[fe80::1]:8511",
                "[FEBF::1]:8511",
                "[::ffff:127.0.0.1]:8511",
                "10.0.0.1:0",
                "unix:/run/chaski.sock",
                "inproc:a"
            })
    void addresses_that_cannot_be_another_machine_are_not(String address) {
        assertThat(believed(descriptor(OTHER, 5, 0, Address.parse(address)), false))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:8511", "localhost:8511", "[::1]:8511", "unix:/run/chaski.sock", "inproc:a"})
    void local_addresses_are_usable_when_they_come_from_this_machine(String address) {
        Descriptor heard = descriptor(OTHER, 5, 0, Address.parse(address));
        assertThat(believed(heard, true)).isSameAs(heard);
    }

    @Test
    void port_0_is_nobody_even_on_this_machine() {
        assertThat(believed(descriptor(OTHER, 5, 0, Address.tcp("127.0.0.1", 0)), true))
                .isNull();
    }

    @Test
    void usable_addresses_are_kept_when_others_are_not() {
        Address usable = Address.tcp("10.0.0.1", 8511);
        assertThat(believed(descriptor(OTHER, 5, 0, Address.tcp("127.0.0.1", 8511), usable), false))
                .isEqualTo(descriptor(OTHER, 5, 0, usable));
    }

    @Test
    void nobody_tells_a_node_about_itself() {
        assertThat(believed(descriptor(SELF, 5, 0, Address.tcp("10.0.0.1", 1)), false))
                .isNull();
    }

    @Test
    void ages_and_epochs_that_cannot_be_true_are_not_believed() {
        Address address = Address.tcp("10.0.0.1", 1);
        assertThat(believed(descriptor(OTHER, -1, 0, address), false)).isNull();
        assertThat(believed(descriptor(OTHER, Hearsay.MAX_EPOCH + 1, 0, address), false))
                .isNull();
        assertThat(believed(descriptor(OTHER, 5, 601, address), false)).isNull();
        assertThat(believed(descriptor(OTHER, Hearsay.MAX_EPOCH, 600, address), false))
                .isNotNull();
    }

    @Test
    void a_descriptor_without_addresses_leads_nowhere() {
        assertThat(believed(descriptor(OTHER, 5, 0), false)).isNull();
    }
}
