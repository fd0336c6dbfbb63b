package io.chaski.core;

import java.util.List;

/**
 * Whether a node takes part in discovery on its LAN: it says that it is there, by multicast over UDP, and dials others of
 * its cluster that say so. Immutable.
 *
 * @param enabled whether it takes part
 * @param interfaces names of the network interfaces; empty for those that the node listens on, loopback not among them
 */
public record LanOptions(boolean enabled, List<String> interfaces) {

    /** A beacon shows to everybody on a LAN that a node is there, so nobody sends one by accident. */
    public static final LanOptions OFF = new LanOptions(false, List.of());

    /** On the interfaces that the node listens on. */
    public static final LanOptions ON = new LanOptions(true, List.of());

    /** A machine has a few networks that people use. */
    public static final int MAX_INTERFACES = 8;

    /**
     * Checks the options against each other.
     *
     * @throws IllegalArgumentException if interfaces are named of a node that takes no part, one has no name, or there are
     *     too many
     */
    public LanOptions {
        interfaces = List.copyOf(interfaces);
        if (!enabled && !interfaces.isEmpty()) {
            throw new IllegalArgumentException("lanDiscovery is off, and has interfaces: " + interfaces);
        }
        if (interfaces.size() > MAX_INTERFACES || interfaces.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    "lanDiscovery takes names of interfaces, at most " + MAX_INTERFACES + ": " + interfaces);
        }
    }

    /**
     * On certain interfaces.
     *
     * @param interfaces their names, at least one
     * @throws IllegalArgumentException if there is none, one has no name, or there are too many
     */
    public static LanOptions on(List<String> interfaces) {
        if (interfaces.isEmpty()) {
            throw new IllegalArgumentException("lanDiscovery needs the name of an interface, or none of these words");
        }
        return new LanOptions(true, interfaces);
    }
}
