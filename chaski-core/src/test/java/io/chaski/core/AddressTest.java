package io.chaski.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parsing and printing of X-32; dialling is in the tests of the transports. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AddressTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8511, TCP, 127.0.0.1, 8511, 127.0.0.1:8511",
        "host.example:0, TCP, host.example, 0, host.example:0",
        "HOST.Example:1, TCP, host.example, 1, host.example:1",
        "[::1]:8511, TCP, ::1, 8511, [::1]:8511",
        "[FE80::1%enP2p1s0]:65535, TCP, fe80::1%enP2p1s0, 65535, [fe80::1%enP2p1s0]:65535",
        "[fe80::1%4]:1, TCP, fe80::1%4, 1, [fe80::1%4]:1",
        "ChaskiNode@127.0.0.1:8511, TCP, 127.0.0.1, 8511, 127.0.0.1:8511",
        "*ChaskiNode@127.0.0.1:8511, TCP, 127.0.0.1, 8511, 127.0.0.1:8511",
        "ChaskiStreamer@host:1, TCP, host, 1, host:1",
        "*ChaskiStreamer@host:1, TCP, host, 1, host:1",
        "ChaskiRemote@host:1, TCP, host, 1, host:1",
        "ChaskiCA@[::1]:1, TCP, ::1, 1, [::1]:1",
        "*ChaskiCA@host:1, TCP, host, 1, host:1",
        "unix:/run/Chaski.sock, UNIX, /run/Chaski.sock, 0, unix:/run/Chaski.sock",
        "inproc:Mill 7, INPROC, Mill 7, 0, inproc:Mill 7"
    })
    void is_read_from_and_printed_as_text(
            String text, Address.Transport transport, String host, int port, String printed) {
        Address address = Address.parse(text);
        assertThat(address).isEqualTo(new Address(transport, host, port));
        assertThat(address).hasToString(printed);
        assertThat(Address.parse(printed)).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host",
                "host:",
                ":8511",
                "host:65536",
                "host:-1",
                "host:99999999999",
                "::1:8511",
                "[::1]",
                "[host]:1",
                "[fe80::1%]:1",
                "[fe80::1%eth0%eth1]:1",
                "[fe80::1%eth 0]:1",
                "[10.0.0.1%eth0:1",
                "10.0.0.1%eth0:1",
                "host%eth0:1",
                "ChaskiNode@",
                "Somebody@host:1",
                "**ChaskiNode@host:1",
                "http://host:1",
                "host:1/path",
                "ho st:1",
                "unix:",
                "inproc:"
            })
    void is_refused_with_its_text(String text) {
        assertThatThrownBy(() -> Address.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void knows_what_is_local() {
        assertThat(Address.parse("127.1.2.3:1").isLocal()).isTrue();
        assertThat(Address.parse("localhost:1").isLocal()).isTrue();
        assertThat(Address.parse("[::1]:1").isLocal()).isTrue();
        assertThat(Address.parse("unix:/a").isLocal()).isTrue();
        assertThat(Address.parse("inproc:a").isLocal()).isTrue();
        assertThat(Address.parse("0.0.0.0:1").isLocal()).isFalse();
        assertThat(Address.parse("[::]:1").isLocal()).isFalse();
        assertThat(Address.parse("10.0.0.7:1").isLocal()).isFalse();
        assertThat(Address.parse("host.example:1").isLocal()).isFalse();
        assertThat(Address.parse("[0:0:0:0:0:0:0:1]:1").isLocal()).isTrue();
        assertThat(Address.parse("[::ffff:7f00:1]:1").isLocal()).isTrue();
    }

    /** Which zones are the same is known to the machine alone, and may change. */
    @Test
    void is_another_one_in_another_zone() {
        Address zoned = Address.parse("[fe80::1%eth0]:1");
        assertThat(zoned)
                .isNotEqualTo(Address.parse("[fe80::1]:1"))
                .isNotEqualTo(Address.parse("[fe80::1%ETH0]:1"))
                .isNotEqualTo(Address.parse("[fe80::1%2]:1"))
                .isEqualTo(Address.tcp("fe80::1%eth0", 1))
                .hasSameHashCodeAs(Address.tcp("fe80::1%eth0", 1));
        assertThat(zoned.withPort(2)).hasToString("[fe80::1%eth0]:2");
        assertThat(zoned.isLocal()).isFalse();
        assertThat(Address.parse("[::1%lo]:1").isLocal()).isTrue();
    }

    @Test
    void takes_no_name_for_a_loopback_address_whatever_it_begins_with() {
        assertThat(Address.parse("127.evil.example:1").isLocal()).isFalse();
        assertThat(Address.parse("127.0.0.1.evil.example:1").isLocal()).isFalse();
    }
}
