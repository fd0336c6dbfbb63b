package io.chaski.core.internal.runtime;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.internal.wire.Beacon;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.DatagramSink;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Ways to other nodes: TCP, UDP, UNIX domain sockets and in-process connections, or their simulation. Binding is done
 * by the thread that starts the node; everything else happens on the node's loop, callbacks included.
 */
public interface Transports {

    /**
     * Takes an address. Nobody is accepted until {@link Listener#accept} says where to.
     *
     * @param address port 0 asks for a free port
     * @throws IOException if the address is taken or not of this machine; the message names it
     */
    Listener listen(Address address) throws IOException;

    /**
     * As above, for a UNIX socket that processes of other users may connect to. Where there are no users, as in a
     * simulation, it is the same.
     *
     * @param address of a UNIX socket
     * @param users their numbers, besides the owner of the socket file and root
     * @throws IOException also if users are to be told apart and the operating system does not say who connects
     */
    default Listener listen(Address address, Set<Integer> users) throws IOException {
        return listen(address);
    }

    /**
     * Takes a UDP port.
     *
     * @param address a TCP-form address with the number of the UDP port
     * @throws IOException if the port is taken
     */
    Datagrams datagrams(Address address) throws IOException;

    /**
     * Takes part in discovery on the LAN. A simulation has no LAN.
     *
     * @param interfaces names of interfaces; empty for those that the node listens on, loopback not among them
     * @param listening where the node listens, with the ports that were taken
     * @throws IOException if there is no such interface, or what belongs to discovery cannot be had
     */
    default Lan lan(List<String> interfaces, List<Address> listening) throws IOException {
        return Lan.NONE;
    }

    /**
     * Connects. Names are resolved off the loop.
     *
     * @param address where to
     * @param dialler hears the outcome in a later step of the loop, unless the dial is given up before
     */
    Dial dial(Address address, Dialler dialler);

    /**
     * Closes everything: listeners and datagrams at once, connections when what was sent is written, at most
     * {@link TransportLimits#closeTimeoutNanos()} later. Called on the loop, once.
     *
     * @param done called on the loop when all is closed
     */
    void close(Runnable done);

    /** An address that is listened on. */
    interface Listener {
        /** The address with the port that was taken. */
        Address address();

        /**
         * Begins to accept. Thread-safe.
         *
         * @param acceptor decides about each connection
         */
        void accept(Acceptor acceptor);

        /** Gives the address back. Used when a start fails half-way; otherwise {@link Transports#close} does it. */
        void close();
    }

    /** Decides about connections that others open. */
    @FunctionalInterface
    interface Acceptor {
        /**
         * A connection was opened.
         *
         * @param connection takes frames already; they are dropped if it is refused
         * @return who hears what it brings; null to close it without a word
         */
        @Nullable
        ConnectionHandler onAccepted(Connection connection);

        /** A process of a user that may not connect was turned away; there was no connection for it. */
        default void onOtherUser() {}
    }

    /** Hears how a dial ended; exactly one method is called, once. */
    interface Dialler {
        /**
         * The connection stands.
         *
         * @param connection the new connection
         * @return who hears what it brings
         */
        ConnectionHandler onConnected(Connection connection);

        /**
         * A connection stood, but not between two nodes that believe each other.
         *
         * @param reason TLS or UNTRUSTED
         */
        default void onRefused(CloseReason reason) {
            onFailed(DialFailure.HANDSHAKE);
        }

        /**
         * No connection.
         *
         * @param failure why
         */
        void onFailed(DialFailure failure);
    }

    /** A dial that is under way. */
    @FunctionalInterface
    interface Dial {
        /** Gives up; the dialler hears nothing any more. Does nothing after the outcome. Called on the loop. */
        void cancel();
    }

    /** A UDP port. */
    interface Datagrams {
        /**
         * Begins to receive. Thread-safe.
         *
         * @param handler hears what arrives
         */
        void receive(DatagramHandler handler);

        /**
         * Sends, perhaps in vain. Called on the loop.
         *
         * @param to literal address and UDP port; a name is dropped, because resolving it could block
         * @param datagram what to send
         */
        void send(Address to, Datagram datagram);

        /** Gives the port back, as {@link Listener#close()} does. */
        void close();
    }

    /** Hears datagrams. */
    interface DatagramHandler {
        /**
         * A datagram.
         *
         * @param from literal address and port of the sender
         * @param datagram what came
         * @param bytes its length on the wire
         */
        void onDatagram(Address from, Datagram datagram, int bytes);

        /**
         * A packet that is no datagram of ours.
         *
         * @param why for the counter
         */
        void onRejected(DatagramSink.Rejection why);
    }

    /** Beacons on the LAN. */
    interface Lan {
        /** No LAN. */
        Lan NONE = new Lan() {
            @Override
            public boolean isUsed() {
                return false;
            }

            @Override
            public void receive(LanHandler handler) {
                // nothing will come
            }

            @Override
            public void send(long cluster, long token) {
                // nobody hears it
            }

            @Override
            public void close() {
                // nothing is open
            }
        };

        /** Whether there is an interface at all. */
        boolean isUsed();

        /**
         * Begins to receive. Thread-safe.
         *
         * @param handler hears what arrives
         */
        void receive(LanHandler handler);

        /**
         * Says where the node listens, perhaps in vain. Called on the loop.
         *
         * @param cluster see {@link Beacon}
         * @param token see {@link Beacon}
         */
        void send(long cluster, long token);

        /** Hears and says nothing any more; {@link Transports#close} does that too. */
        void close();
    }

    /** Hears beacons. */
    interface LanHandler {
        /**
         * A beacon from the LAN.
         *
         * @param from literal address and port of the sender
         * @param beacon what it says
         */
        void onBeacon(Address from, Beacon beacon);

        /**
         * A packet that is no beacon that counts.
         *
         * @param why for the counter
         */
        void onRejected(Beacon.Rejection why);
    }
}
