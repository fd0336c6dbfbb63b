package io.chaski.core.internal.runtime;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.NodeEvent;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.Computation;
import io.chaski.core.internal.protocol.DatagramCipher;
import io.chaski.core.internal.protocol.LinkIdentity;
import io.chaski.core.internal.protocol.NodeProtocol;
import io.chaski.core.internal.protocol.Outbox;
import io.chaski.core.internal.protocol.Source;
import io.chaski.core.internal.protocol.TopicRef;
import io.chaski.core.internal.protocol.proof.OriginKeys;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Beacon;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.DatagramSink;
import io.chaski.core.internal.wire.EdgeFrame;
import io.chaski.core.internal.wire.Frame;
import io.chaski.core.internal.wire.PayloadView;
import io.chaski.core.internal.wire.StreamFrame;
import io.chaski.core.security.PeerIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Connects the protocol's link numbers with connections: carries its outputs out and brings it what the connections
 * hear. Confined to the loop.
 */
final class Links implements Outbox, Transports.Acceptor, Transports.DatagramHandler, Transports.LanHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Links.class);

    private final Turn turn;
    private final Transports transports;
    private final List<Transports.Datagrams> datagrams;
    private final List<Address> datagramAddresses;
    private final Transports.Lan lan;
    private final Application application;
    private final Consumer<String> publishable;
    private final Computations computations;
    private final @Nullable OriginKeys originKeys;
    private final LogLimiter log;
    private final LinkTable<Link> links = new LinkTable<>();

    /** Links with frames that were queued in this turn. */
    private final ArrayList<Link> unflushed = new ArrayList<>();

    private @Nullable NodeProtocol protocol;

    Links(
            Turn turn,
            Transports transports,
            List<Transports.Datagrams> datagrams,
            List<Address> datagramAddresses,
            Transports.Lan lan,
            Application application,
            Consumer<String> publishable,
            Computations computations,
            @Nullable OriginKeys originKeys,
            LogLimiter log) {
        this.turn = turn;
        this.transports = transports;
        this.datagrams = List.copyOf(datagrams);
        this.datagramAddresses = List.copyOf(datagramAddresses);
        this.lan = lan;
        this.application = application;
        this.publishable = publishable;
        this.computations = computations;
        this.originKeys = originKeys;
        this.log = log;
    }

    void use(NodeProtocol theProtocol) {
        protocol = theProtocol;
    }

    /** Sends what the inputs of this turn have queued: one system call for each connection. */
    void flush() {
        // A flush may make the protocol send more; that is for the next turn, so that no connection holds the loop.
        int count = unflushed.size();
        for (int i = 0; i < count; i++) {
            Link link = unflushed.get(i);
            link.isUnflushed = false;
            Connection connection = link.connection;
            if (connection != null) {
                connection.flush();
            }
        }
        unflushed.subList(0, count).clear();
    }

    // ---- what others bring

    @Override
    public @Nullable ConnectionHandler onAccepted(Connection connection) {
        try {
            int number = protocol().onAccepted(connection.remote(), turn.begin());
            if (number == NodeProtocol.REFUSED) {
                return null;
            }
            Link link = new Link(number);
            link.connection = connection;
            links.put(number, link);
            return link;
        } catch (Throwable bug) { // the loop's last line of defence
            Address from = connection.remote();
            log.write(LOG, Level.ERROR, "accept", from.host(), "accepting a connection from " + from + " failed", bug);
            return null;
        }
    }

    @Override
    public void onOtherUser() {
        protocol().onOtherUser();
    }

    @Override
    public void onDatagram(Address from, Datagram datagram, int bytes) {
        try {
            protocol().onDatagram(from, datagram, bytes, turn.begin());
        } catch (Throwable bug) { // the loop's last line of defence
            log.write(LOG, Level.ERROR, "datagram", from.host(), "handling a datagram failed", bug);
        }
    }

    @Override
    public void onRejected(DatagramSink.Rejection why) {
        try {
            protocol().onDatagramRejected(why);
        } catch (Throwable bug) { // the loop's last line of defence
            log.write(LOG, Level.ERROR, "datagram", "", "counting a rejected datagram failed", bug);
        }
    }

    @Override
    public void onBeacon(Address from, Beacon beacon) {
        try {
            protocol().onBeacon(from, beacon, turn.begin());
        } catch (Throwable bug) { // the loop's last line of defence
            log.write(LOG, Level.ERROR, "beacon", from.host(), "handling a beacon failed", bug);
        }
    }

    @Override
    public void onRejected(Beacon.Rejection why) {
        try {
            protocol().onBeaconRejected(why);
        } catch (Throwable bug) { // the loop's last line of defence
            log.write(LOG, Level.ERROR, "beacon", "", "counting a rejected beacon failed", bug);
        }
    }

    // ---- what the protocol causes

    @Override
    public void send(int number, Frame frame) {
        Connection connection = toSendOn(number);
        if (connection != null) {
            connection.send(frame);
        }
    }

    @Override
    public void sendData(int number, int source, long seq, int hop, int hopLimit, int flags, ArrayPayload body) {
        Connection connection = toSendOn(number);
        if (connection != null) {
            connection.sendData(source, seq, hop, hopLimit, flags, body);
        }
    }

    @Override
    public boolean isWritable(int number) {
        Link link = links.get(number);
        return link != null && link.connection != null && link.connection.isWritable();
    }

    @Override
    public @Nullable Address local(int number) {
        Link link = links.get(number);
        return link == null || link.connection == null ? null : link.connection.local();
    }

    @Override
    public boolean datagram(Address to, Datagram datagram) {
        if (datagrams.isEmpty()) {
            return false;
        }
        datagrams.get(portFor(to)).send(to, datagram);
        return true;
    }

    @Override
    public boolean hasLan() {
        return lan.isUsed();
    }

    @Override
    public void beacon(long cluster, long token) {
        lan.send(cluster, token);
    }

    @Override
    public DatagramCipher.@Nullable Factory datagramCiphers() {
        return datagrams.isEmpty() ? null : AesGcm::new;
    }

    @Override
    public void dial(int number, Address address) {
        Link link = new Link(number);
        links.put(number, link);
        link.dial = transports.dial(address, link);
    }

    @Override
    public void close(int number) {
        Link link = links.get(number);
        if (link != null) {
            link.forget();
            link.close();
        }
    }

    @Override
    public void deliver(Source source, long seq, int hop, boolean isProved, ArrayPayload body) {
        application.deliver(source, seq, hop, isProved, body);
    }

    @Override
    public @Nullable OriginKeys originKeys() {
        return originKeys;
    }

    @Override
    public boolean compute(Computation computation) {
        computations.start(computation);
        return false;
    }

    @Override
    public void gap(Source source, long from, long to) {
        application.gap(source, from, to);
    }

    @Override
    public void datagramReceived(NodeId from, ArrayPayload payload) {
        application.datagramReceived(from, payload);
    }

    @Override
    public @Nullable LinkIdentity identity(int number) {
        Link link = links.get(number);
        return link == null || link.connection == null ? null : link.connection.identity();
    }

    @Override
    public void identified(NodeId peer, PeerIdentity identity) {
        application.identified(peer, identity);
    }

    @Override
    public void emit(NodeEvent event) {
        application.emit(event);
    }

    @Override
    public long room(TopicRef topic) {
        return application.room(topic);
    }

    @Override
    public long capacity(TopicRef topic) {
        return application.capacity(topic);
    }

    @Override
    public void onPublishable(TopicRef topic) {
        publishable.accept(topic.name());
    }

    private NodeProtocol protocol() {
        NodeProtocol present = protocol;
        if (present == null) {
            throw new IllegalStateException("an input came before the protocol was made");
        }
        return present;
    }

    private @Nullable Connection toSendOn(int number) {
        Link link = links.get(number);
        if (link == null || link.connection == null) {
            return null; // it went down in this turn; the protocol hears of it in the next
        }
        if (!link.isUnflushed) {
            link.isUnflushed = true;
            unflushed.add(link);
            turn.touch();
        }
        return link.connection;
    }

    /** Index of the UDP port with the family of the address; a dual-stack port serves both. */
    private int portFor(Address to) {
        boolean v6 = to.host().indexOf(':') >= 0;
        for (int i = 0; i < datagramAddresses.size(); i++) {
            if (datagramAddresses.get(i).host().indexOf(':') >= 0 == v6) {
                return i;
            }
        }
        return 0;
    }

    /** One link: from the dial or the accept until it is closed. */
    private final class Link implements ConnectionHandler, Transports.Dialler {

        private final int number;
        private @Nullable Connection connection;
        private Transports.@Nullable Dial dial;
        private boolean isUnflushed;
        private boolean isClosed;

        Link(int number) {
            this.number = number;
        }

        void forget() {
            isClosed = true;
            links.remove(number);
        }

        void close() {
            if (dial != null && connection == null) {
                dial.cancel();
            }
            if (connection != null) {
                connection.close();
            }
        }

        @Override
        public ConnectionHandler onConnected(Connection connected) {
            connection = connected;
            try {
                protocol().onDialed(number, connected.remote(), turn.begin());
            } catch (Throwable bug) { // the loop's last line of defence
                fail(bug);
            }
            return this;
        }

        @Override
        public void onRefused(CloseReason reason) {
            if (isClosed) {
                return;
            }
            forget();
            try {
                protocol().onDialRefused(number, reason, turn.begin());
            } catch (Throwable bug) { // the loop's last line of defence
                log.write(LOG, Level.ERROR, "dial", "", "handling a refused dial failed", bug);
            }
        }

        @Override
        public void onSecured() {
            if (isClosed) {
                return;
            }
            try {
                protocol().onSecured(number, turn.begin());
            } catch (Throwable bug) { // the loop's last line of defence
                fail(bug);
            }
        }

        @Override
        public void onDistrusted(CloseReason reason) {
            if (isClosed) {
                return;
            }
            try {
                protocol().onDistrusted(number, reason, turn.begin());
            } catch (Throwable bug) { // the loop's last line of defence
                fail(bug);
            }
        }

        @Override
        public void onFailed(DialFailure failure) {
            if (isClosed) {
                return;
            }
            forget();
            try {
                protocol().onDialFailed(number, failure, turn.begin());
            } catch (Throwable bug) { // the loop's last line of defence
                log.write(LOG, Level.ERROR, "dial", "", "handling a failed dial failed", bug);
            }
        }

        @Override
        public void onFrame(Frame frame) {
            if (isClosed) {
                return;
            }
            try {
                protocol().onFrame(number, frame, frame instanceof StreamFrame ? turn.nowOfTurn() : turn.begin());
            } catch (Throwable bug) { // the loop's last line of defence
                fail(bug);
            }
        }

        @Override
        public void onData(int source, long seq, int hop, int hopLimit, int flags, PayloadView body) {
            if (isClosed) {
                return;
            }
            try {
                protocol().onData(number, source, seq, hop, hopLimit, flags, body, turn.nowOfTurn());
            } catch (Throwable bug) { // the loop's last line of defence
                fail(bug);
            }
        }

        @Override
        public void onBytes() {
            if (isClosed) {
                return;
            }
            try {
                protocol().onBytes(number, turn.nowOfTurn());
            } catch (Throwable bug) { // the loop's last line of defence
                fail(bug);
            }
        }

        @Override
        public void onSkipped(int type) {
            if (isClosed) {
                return;
            }
            LOG.debug("link {}: frame of unknown type {} skipped", number, type);
            try {
                protocol().onSkipped(number, turn.nowOfTurn());
            } catch (Throwable bug) { // the loop's last line of defence
                fail(bug);
            }
        }

        @Override
        public void onUndecodable(CloseReason reason, String detail) {
            if (isClosed) {
                return;
            }
            try {
                protocol().onUndecodable(number, reason, detail, turn.begin());
            } catch (Throwable bug) { // the loop's last line of defence
                fail(bug);
            }
        }

        @Override
        public void onWritability(boolean writable) {
            if (isClosed) {
                return;
            }
            try {
                protocol().onWritability(number, writable, turn.begin());
            } catch (Throwable bug) { // the loop's last line of defence
                fail(bug);
            }
        }

        @Override
        public void onClosed(CloseReason reason) {
            if (isClosed) {
                return;
            }
            forget();
            reportDown(reason);
        }

        /** A bug of ours costs the edge on which it showed, not the node. */
        private void fail(Throwable bug) {
            log.write(LOG, Level.ERROR, "input", host(), "an input of " + host() + " failed; the edge is closed", bug);
            if (isClosed) {
                return;
            }
            forget();
            if (connection != null) {
                connection.send(new EdgeFrame.Goodbye(CloseReason.INTERNAL, 0, "internal error"));
            }
            close();
            reportDown(CloseReason.INTERNAL);
        }

        private String host() {
            Connection known = connection;
            return known == null ? "nobody" : known.remote().host();
        }

        private void reportDown(CloseReason reason) {
            try {
                protocol().onLinkDown(number, reason, turn.begin());
            } catch (Throwable bug) { // the loop's last line of defence
                log.write(LOG, Level.ERROR, "end", host(), "handling the end of a link to " + host() + " failed", bug);
            }
        }
    }
}
