package io.chaski.core.internal.runtime;

import io.chaski.core.Address;
import io.chaski.core.LanOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the addresses of a node: TCP first, then UDP with the same number. Ports are bound directly, never probed and
 * then bound, so that nodes that start together cannot take each other's. Confined to the thread that starts the node.
 */
final class Ports {

    /** Free TCP ports tried until one is found whose UDP twin is free too; then the node does without UDP. */
    private static final int TWIN_ATTEMPTS = 16;

    private static final Logger LOG = LoggerFactory.getLogger(Ports.class);

    private final Transports transports;
    private final RuntimeSettings settings;
    private final List<Transports.Listener> listeners = new ArrayList<>();
    private final List<Transports.Datagrams> datagrams = new ArrayList<>();
    private final List<Address> datagramAddresses = new ArrayList<>();
    private Transports.Lan lan = Transports.Lan.NONE;

    private Ports(Transports transports, RuntimeSettings settings) {
        this.transports = transports;
        this.settings = settings;
    }

    /**
     * Takes all addresses or none.
     *
     * @throws IOException if one of them cannot be taken, naming it
     */
    static Ports take(Transports transports, RuntimeSettings settings) throws IOException {
        Ports ports = new Ports(transports, settings);
        try {
            for (Address address : settings.listen()) {
                ports.take(address);
            }
            ports.takeLan();
        } catch (IOException | RuntimeException | Error failure) {
            ports.giveBack();
            throw failure;
        }
        return ports;
    }

    List<Transports.Listener> listeners() {
        return listeners;
    }

    List<Transports.Datagrams> datagrams() {
        return datagrams;
    }

    List<Address> datagramAddresses() {
        return datagramAddresses;
    }

    Transports.Lan lan() {
        return lan;
    }

    List<Address> addresses() {
        return listeners.stream().map(Transports.Listener::address).toList();
    }

    void giveBack() {
        listeners.forEach(Transports.Listener::close);
        datagrams.forEach(Transports.Datagrams::close);
        lan.close();
    }

    /** Interfaces that were named must be there; without a name it is what can be had. */
    private void takeLan() throws IOException {
        LanOptions wanted = settings.lan();
        if (!wanted.enabled()) {
            return;
        }
        try {
            lan = transports.lan(wanted.interfaces(), addresses());
        } catch (IOException failure) {
            if (!wanted.interfaces().isEmpty()) {
                throw failure;
            }
            LOG.warn("node {} does without discovery on the LAN: {}", settings.nodeName(), failure.getMessage());
            return;
        }
        if (!lan.isUsed()) {
            LOG.warn(
                    "node {} listens on no network for discovery on the LAN, only on {}: name an interface if that is meant",
                    settings.nodeName(),
                    addresses());
        }
    }

    private void take(Address address) throws IOException {
        if (address.transport() == Address.Transport.UNIX) {
            listeners.add(transports.listen(address, settings.unixUsers()));
        } else if (address.transport() != Address.Transport.TCP) {
            listeners.add(transports.listen(address));
        } else if (address.port() != 0) {
            takeWithTwinIfFree(transports.listen(address));
        } else if (!takePreferred(address)) {
            takeAny(address);
        }
    }

    private boolean takePreferred(Address address) {
        for (int port : settings.preferredPorts()) {
            try {
                if (takeWithTwin(transports.listen(address.withPort(port)))) {
                    return true;
                }
            } catch (IOException taken) {
                LOG.debug("preferred port {} is taken: {}", port, taken.toString());
            }
        }
        return false;
    }

    private void takeAny(Address address) throws IOException {
        for (int attempt = 1; attempt < TWIN_ATTEMPTS; attempt++) {
            if (takeWithTwin(transports.listen(address))) {
                return;
            }
        }
        takeWithTwinIfFree(transports.listen(address));
    }

    private void takeWithTwinIfFree(Transports.Listener listener) {
        if (takeTwin(listener)) {
            return;
        }
        LOG.warn("UDP port of {} is taken: the node works over TCP alone", listener.address());
        listeners.add(listener);
    }

    private boolean takeWithTwin(Transports.Listener listener) {
        if (takeTwin(listener)) {
            return true;
        }
        listener.close();
        return false;
    }

    private boolean takeTwin(Transports.Listener listener) {
        if (settings.udp()) {
            try {
                datagrams.add(transports.datagrams(listener.address()));
                datagramAddresses.add(listener.address());
            } catch (IOException taken) {
                LOG.debug("no UDP port beside {}: {}", listener.address(), taken.toString());
                return false;
            } catch (RuntimeException | Error failure) {
                listener.close(); // it is not among those that are given back yet
                throw failure;
            }
        }
        listeners.add(listener);
        return true;
    }
}
