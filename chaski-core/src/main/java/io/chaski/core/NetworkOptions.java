package io.chaski.core;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Where a node listens and whom it asks first. Immutable.
 *
 * @param listen addresses to listen on; empty for a node that only dials
 * @param unixUsers numbers of users of this machine, besides the node's own and root, whose processes may connect to the
 *     UNIX sockets that it listens on
 * @param advertise addresses that others are told; empty to tell those it listens on
 * @param bootstrap addresses of nodes to begin with; when none answers the node carries on and keeps trying. With
 *     manual topology, edges to all of them are made and kept
 * @param root whether it keeps registrations for others and takes a favourite port
 * @param relay whether it carries topics it does not subscribe to, for subscribers that cannot reach each other
 * @param topology who decides which edges exist
 * @param udp whether to take a UDP port beside each TCP port; all but best-effort messages works without it
 * @param lan discovery on the LAN; contradicts manual topology
 * @param insecure whether it may listen off loopback without an identity, in clear text and open to everybody
 */
public record NetworkOptions(
        List<Address> listen,
        Set<Integer> unixUsers,
        List<Address> advertise,
        List<Address> bootstrap,
        boolean root,
        boolean relay,
        Topology topology,
        boolean udp,
        LanOptions lan,
        boolean insecure) {

    /** Loopback, so that nobody opens a door by accident; port 0, so that any number of nodes starts side by side. */
    public static final List<Address> DEFAULT_LISTEN = List.of(Address.tcp("127.0.0.1", 0));

    /** Ports that a root with port 0 tries first: those of python-chaski's roots, where others look. */
    public static final List<Integer> ROOT_PORTS = List.of(8511, 8512, 8513, 8514, 8515, 8516);

    /** A descriptor has room for IPv4, IPv6, a UNIX socket and one more. */
    public static final int MAX_ADDRESSES = 4;

    /** Far more than anybody needs; each is dialled for as long as it is down. */
    public static final int MAX_BOOTSTRAP = 64;

    /** Whoever has more users than this means everybody, and listens on loopback. */
    public static final int MAX_UNIX_USERS = 64;

    /**
     * Checks the options against each other.
     *
     * @throws ConfigurationException if they contradict each other, saying which
     */
    public NetworkOptions {
        listen = List.copyOf(listen);
        unixUsers = Set.copyOf(unixUsers);
        advertise = List.copyOf(advertise);
        bootstrap = List.copyOf(bootstrap);
        Objects.requireNonNull(topology, "topology");
        require(listen.size() <= MAX_ADDRESSES, "listen takes at most " + MAX_ADDRESSES + " addresses: " + listen);
        require(
                unixUsers.size() <= MAX_UNIX_USERS,
                "unixUsers takes at most " + MAX_UNIX_USERS + " users, not " + unixUsers.size());
        require(
                unixUsers.stream().allMatch(user -> user >= 0),
                "unixUsers takes the numbers of users, 0 or more: " + unixUsers);
        require(
                advertise.size() <= MAX_ADDRESSES,
                "advertise takes at most " + MAX_ADDRESSES + " addresses: " + advertise);
        require(
                bootstrap.size() <= MAX_BOOTSTRAP,
                "bootstrap takes at most " + MAX_BOOTSTRAP + " addresses, not " + bootstrap.size());
        require(
                !listen.isEmpty() || advertise.isEmpty(),
                "advertise says where to reach a node that listens nowhere: " + advertise);
        require(!listen.isEmpty() || !root, "a root must listen, or nobody finds it");
        require(
                !lan.enabled() || topology != Topology.MANUAL,
                "lanDiscovery dials whom it hears, and manual topology only whom the program names");
        requirePorts("advertise", advertise);
        requirePorts("bootstrap", bootstrap);
    }

    private static void requirePorts(String option, List<Address> addresses) {
        for (Address address : addresses) {
            require(
                    address.transport() != Address.Transport.TCP || address.port() != 0,
                    option + " needs a port: " + address);
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new ConfigurationException(message);
        }
    }
}
