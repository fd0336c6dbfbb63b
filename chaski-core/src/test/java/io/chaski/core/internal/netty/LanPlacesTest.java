package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chaski.core.Address;
import io.chaski.core.internal.netty.LanPlaces.Place;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LanPlacesTest {

    private static final Address HERE = Address.tcp("127.0.0.1", 8511);

    private static List<Place> ofIPv4(List<String> names, Address... listening) throws IOException {
        return LanPlaces.choose(names, List.of(listening)).stream()
                .filter(place -> !place.isV6())
                .toList();
    }

    @Test
    void who_listens_on_loopback_or_nowhere_has_none() throws IOException {
        assertThat(LanPlaces.choose(List.of(), List.of(HERE, Address.tcp("::1", 8511), Address.tcp("localhost", 8511))))
                .isEmpty();
        assertThat(LanPlaces.choose(List.of(), List.of())).isEmpty();
        assertThat(LanPlaces.choose(List.of(), List.of(Address.unix("/run/x"), Address.inproc("x"))))
                .isEmpty();
    }

    /** Who listens on all addresses of IPv6 is reached by IPv4 too. */
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void who_listens_everywhere_has_every_interface_but_loopback(String everywhere) throws IOException {
        List<Place> places = ofIPv4(List.of(), HERE, Address.tcp(everywhere, 8512));
        List<String> expected = NetworkInterface.networkInterfaces()
                .filter(LanPlacesTest::isOnALan)
                .limit(LanPlaces.MAX / 2)
                .map(NetworkInterface::getName)
                .toList();

        assertThat(places).extracting(place -> place.network().getName()).containsAll(expected);
        assertThat(places).allSatisfy(place -> {
            assertThat(place.port()).isEqualTo(8512);
            assertThat(place.source()).isNull();
            assertThat(place.network().isLoopback()).isFalse();
        });
    }

    private static boolean isOnALan(NetworkInterface network) {
        try {
            return network.isUp()
                    && !network.isLoopback()
                    && network.supportsMulticast()
                    && network.inetAddresses().anyMatch(address -> address.getAddress().length == 4);
        } catch (IOException gone) {
            return false;
        }
    }

    @Test
    void a_named_interface_counts_even_if_it_is_loopback() throws IOException {
        NetworkInterface loopback = Multicast.loopback();
        List<Place> places = ofIPv4(List.of(loopback.getName()), Address.tcp("10.0.0.7", 1), HERE);

        assertThat(places).singleElement().satisfies(place -> {
            assertThat(place.network()).isEqualTo(loopback);
            assertThat(place.port()).isEqualTo(8511);
            assertThat(place.source()).isEqualTo(InetAddress.getLoopbackAddress());
        });
    }

    @Test
    void on_a_named_interface_where_it_does_not_listen_a_node_only_hears() throws IOException {
        List<Place> places = ofIPv4(List.of(Multicast.loopback().getName()), Address.tcp("10.0.0.7", 1));

        assertThat(places).singleElement().extracting(Place::port).isEqualTo(0);
    }

    @Test
    void an_interface_that_is_not_there_is_named() {
        assertThatThrownBy(() -> LanPlaces.choose(List.of("nowhere7"), List.of(HERE)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nowhere7");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, true", "127.255.1.2, true", "126.255.255.255, false", "128.0.0.0, false", "::1, false"})
    void what_is_in_the_network_of_the_interface_is_on_the_link(String address, boolean expected) throws IOException {
        Place place = ofIPv4(List.of(Multicast.loopback().getName()), HERE).get(0);
        // Whether IPv6 is there is a matter of the machine: only the IPv4 network is looked at.
        Place ofIPv4 = new Place(
                place.network(),
                false,
                place.networks().stream()
                        .filter(each -> each.getAddress().getAddress().length == 4)
                        .toList(),
                null,
                1);

        assertThat(ofIPv4.isOnLink(Multicast.group(address, 1).getAddress())).isEqualTo(expected);
    }
}
