package io.chaski.core.internal.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chaski.core.Address;
import io.chaski.core.internal.netty.LanPlaces.Place;
import io.chaski.core.internal.runtime.Transports;
import io.chaski.core.internal.wire.Beacon;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beacons over multicast on loopback. Other programs of the machine may say something too, so tests look for their own. */
@ExtendWith(NoLeaks.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class NettyLanTest {

    private static final int PORT = 8511;

    private final long cluster = Beacon.hashOf("NettyLanTest " + System.nanoTime());
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<Beacon.Rejection> rejected = new CopyOnWriteArrayList<>();
    private final NetworkInterface loopback;
    private Station near;
    private Station far;

    NettyLanTest() throws IOException {
        loopback = Multicast.loopback();
    }

    @BeforeEach
    void open() throws IOException {
        assumeTrue(
                Multicast.isHeard(loopback, Beacon.GROUP_V4),
                "this machine does not deliver IPv4 multicast on its loopback interface");
        near = new Station("near");
        far = new Station("far");
    }

    @AfterEach
    void close() throws InterruptedException {
        if (near != null) {
            near.close();
            far.close();
        }
    }

    private Transports.Lan hear(Station station) throws IOException {
        Transports.Lan lan = station.transports().lan(List.of(loopback.getName()), List.of());
        lan.receive(recorder(station == near ? "near" : "far"));
        return lan;
    }

    private Transports.LanHandler recorder(String who) {
        return new Transports.LanHandler() {
            @Override
            public void onBeacon(Address from, Beacon beacon) {
                if (beacon.cluster() == cluster) {
                    heard.add(who + " heard " + from.host() + " port " + beacon.port() + " token " + beacon.token());
                }
            }

            @Override
            public void onRejected(Beacon.Rejection why) {
                rejected.add(why);
            }
        };
    }

    @Test
    void a_beacon_is_heard_by_every_node_of_the_machine_the_sender_too() throws IOException {
        hear(far);
        Transports.Lan lan =
                near.transports().lan(List.of(loopback.getName()), List.of(Address.tcp("127.0.0.1", PORT)));
        lan.receive(recorder("near"));
        near.onLoop(() -> lan.send(cluster, 7));

        await().atMost(Station.PATIENCE)
                .untilAsserted(() -> assertThat(heard)
                        .containsExactlyInAnyOrder(
                                "near heard 127.0.0.1 port 8511 token 7", "far heard 127.0.0.1 port 8511 token 7"));
    }

    @Test
    void one_who_listens_elsewhere_says_nothing_and_hears() throws IOException {
        Transports.Lan silent = hear(far);
        Transports.Lan lan =
                near.transports().lan(List.of(loopback.getName()), List.of(Address.tcp("127.0.0.1", PORT)));
        far.onLoop(() -> silent.send(cluster, 6));
        near.onLoop(() -> lan.send(cluster, 7));

        await().atMost(Station.PATIENCE)
                .untilAsserted(() -> assertThat(heard).containsExactly("far heard 127.0.0.1 port 8511 token 7"));
    }

    /** Who listens on all addresses says so by IPv4 as well. */
    private static boolean isOfIPv6(String beacon) {
        return beacon.contains(":");
    }

    @Test
    void beacons_of_IPv6_come_from_an_address_that_can_be_dialled() throws IOException {
        Optional<NetworkInterface> lan6 = NetworkInterface.networkInterfaces()
                .filter(each -> each.inetAddresses().anyMatch(address -> address instanceof Inet6Address))
                .filter(each -> Multicast.isHeard(each, Beacon.GROUP_V6))
                .findFirst();
        assumeTrue(lan6.isPresent(), "this machine has no interface with IPv6 multicast");
        List<String> names = List.of(lan6.get().getName());
        far.transports().lan(names, List.of()).receive(recorder("far"));
        Address listening = near.listen(Address.tcp("::", 0));
        Transports.Lan lan = near.transports().lan(names, List.of(listening));
        near.onLoop(() -> lan.send(cluster, 7));
        await().atMost(Station.PATIENCE).until(() -> heard.stream().anyMatch(NettyLanTest::isOfIPv6));

        String ofIPv6 =
                heard.stream().filter(NettyLanTest::isOfIPv6).findFirst().orElseThrow();
        assertThat(ofIPv6).startsWith("far heard ").endsWith(" port " + listening.port() + " token 7");
        far.connect(Address.tcp(ofIPv6.split(" ", -1)[2], listening.port()));
        near.accepted();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20, 22, 1_200, 60_000})
    void packets_that_are_no_beacons_are_counted_and_the_port_goes_on(int bytes) throws IOException {
        hear(far);
        Transports.Lan lan =
                near.transports().lan(List.of(loopback.getName()), List.of(Address.tcp("127.0.0.1", PORT)));
        try (MulticastSocket stranger = new MulticastSocket()) {
            stranger.setNetworkInterface(loopback);
            stranger.send(
                    new DatagramPacket(new byte[bytes], bytes, Multicast.group(Beacon.GROUP_V4, Beacon.GROUP_PORT)));
        }
        await().atMost(Station.PATIENCE).until(() -> rejected.contains(Beacon.Rejection.MALFORMED));
        near.onLoop(() -> lan.send(cluster, 7));

        await().atMost(Station.PATIENCE).until(() -> !heard.isEmpty());
    }

    @Test
    void a_beacon_from_another_network_is_counted() throws IOException {
        List<Place> places =
                LanPlaces.choose(List.of(loopback.getName()), List.of(Address.tcp("127.0.0.1", PORT))).stream()
                        .filter(place -> !place.isV6())
                        .map(place -> new Place(place.network(), false, List.of(), place.source(), place.port()))
                        .toList();
        Transports.Lan lan = open(places, true);
        try {
            lan.receive(recorder("near"));
            near.onLoop(() -> lan.send(cluster, 7));

            await().atMost(Station.PATIENCE).until(() -> rejected.contains(Beacon.Rejection.OFF_LINK));
            assertThat(heard).isEmpty();
        } finally {
            lan.close();
        }
    }

    private Transports.Lan open(List<Place> places, boolean mustHaveAll) throws IOException {
        return NettyLan.open(((NettyTransports) near.transports()).loop(), Sockets.best(), places, mustHaveAll);
    }

    @Test
    void a_place_that_cannot_be_had_does_not_keep_it_from_the_others() throws IOException {
        Place good = new Place(loopback, false, loopback.getInterfaceAddresses(), null, PORT);
        InetAddress elsewhere = InetAddress.getByName("2001:db8::7"); // an address for documents: of no machine
        Place bad = new Place(loopback, true, loopback.getInterfaceAddresses(), elsewhere, PORT);
        assertThatThrownBy(() -> open(List.of(good, bad), true)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> open(List.of(bad), false)).isInstanceOf(IOException.class);

        for (List<Place> places : List.of(List.of(bad, good), List.of(good, bad))) {
            heard.clear();
            Transports.Lan lan = open(places, false);
            try {
                lan.receive(recorder("near"));
                near.onLoop(() -> lan.send(cluster, 7));

                await().atMost(Station.PATIENCE).until(() -> !heard.isEmpty());
            } finally {
                lan.close();
            }
        }
    }

    @Test
    void a_closed_one_hears_nothing_and_can_be_opened_again() throws IOException {
        hear(far).close();
        Transports.Lan lan =
                near.transports().lan(List.of(loopback.getName()), List.of(Address.tcp("127.0.0.1", PORT)));
        near.onLoop(() -> lan.send(cluster, 7));
        hear(near);
        near.onLoop(() -> lan.send(cluster, 8));

        await().atMost(Station.PATIENCE).until(() -> heard.contains("near heard 127.0.0.1 port 8511 token 8"));
        assertThat(heard).noneMatch(each -> each.startsWith("far"));
    }

    @Test
    void without_an_interface_it_is_not_used() throws IOException {
        assertThat(near.transports()
                        .lan(List.of(), List.of(Address.tcp("127.0.0.1", PORT)))
                        .isUsed())
                .isFalse();
        assertThatThrownBy(() -> near.transports().lan(List.of("nowhere7"), List.of()))
                .isInstanceOf(IOException.class);
    }
}
