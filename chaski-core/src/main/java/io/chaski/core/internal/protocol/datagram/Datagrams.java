package io.chaski.core.internal.protocol.datagram;

import io.chaski.core.Address;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.protocol.edge.EdgeContext;
import io.chaski.core.internal.protocol.edge.Edges;
import io.chaski.core.internal.protocol.edge.SealedDatagrams;
import io.chaski.core.internal.protocol.find.Discovery;
import io.chaski.core.internal.wire.ArrayPayload;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Datagram.EdgeMessage;
import io.chaski.core.internal.wire.Datagram.FindReply;
import io.chaski.core.internal.wire.Datagram.FindRequest;
import io.chaski.core.internal.wire.Datagram.SealedMessage;
import io.chaski.core.internal.wire.Datagram.StatusReply;
import io.chaski.core.internal.wire.Datagram.StatusRequest;
import io.chaski.core.internal.wire.Datagram.TopicStatus;
import io.chaski.core.internal.wire.DatagramSink.Rejection;
import io.chaski.core.internal.wire.Descriptor;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Answers datagrams. Questions are padded to the largest size, so no answer is larger than its question; a question
 * changes nothing here, because its source may be forged. What carries the token of an edge counts towards a limit of
 * that edge, everything else towards those of strangers. A node with an identity reads nothing but {@link SealedDatagrams},
 * and answers nobody. Confined to the node's event loop.
 */
public final class Datagrams implements Datagram.Handler {

    /** Largest payload of a best-effort message: what a packet holds beside the token. */
    public static final int MAX_MESSAGE_BYTES = 1_152;

    /** Most topics in a status report. */
    private static final int MAX_TOPICS = 32;

    /** Counters of packets that were dropped unread. Made once, because a flood of them must cost nothing. */
    private static final Map<Rejection, String> REJECTED = new EnumMap<>(Rejection.class);

    static {
        for (Rejection why : Rejection.values()) {
            REJECTED.put(why, "datagram.rejected." + why.name().toLowerCase(Locale.ROOT));
        }
    }

    /** Members in an answer, if they fit. */
    private static final int MAX_MEMBERS = 8;

    private static final int MEMBERS_BYTES = 1_100;
    private static final int DESCRIPTOR_BYTES = 48;
    private static final int ADDRESS_BYTES = 8;
    private static final int BYTES_PER_CHAR = 3;

    private final EdgeContext context;
    private final Edges edges;
    private final Discovery discovery;
    private final Probes probes;
    private final UdpReach reach;
    private final UdpFinder finder;
    private final Supplier<List<TopicStatus>> topics;
    private final SourceLimits limits = new SourceLimits();
    private Address from = Address.inproc("nobody");
    private int bytes;

    /**
     * Nothing is answered yet.
     *
     * @param context the node
     * @param edges for status and messages
     * @param discovery for look-ups
     * @param probes hear answers
     * @param reach hears answers
     * @param finder hears answers
     * @param topics pairing of each topic
     */
    public Datagrams(
            EdgeContext context,
            Edges edges,
            Discovery discovery,
            Probes probes,
            UdpReach reach,
            UdpFinder finder,
            Supplier<List<TopicStatus>> topics) {
        this.context = context;
        this.edges = edges;
        this.discovery = discovery;
        this.probes = probes;
        this.reach = reach;
        this.finder = finder;
        this.topics = topics;
    }

    /**
     * A datagram came.
     *
     * @param sender its source, which may be forged
     * @param datagram what it says
     * @param size of the packet in bytes
     */
    public void receive(Address sender, Datagram datagram, int size) {
        if (datagram instanceof SealedMessage sealed) {
            onSealedMessage(sealed);
            return;
        }
        if (isSecured()) {
            context.counters().increment("datagram.in-clear");
            return;
        }
        Peer peer =
                datagram instanceof EdgeMessage message ? edges.byToken(message.tokenHigh(), message.tokenLow()) : null;
        if (peer != null && !edges.takeDatagram(peer)) {
            context.counters().increment("datagram.edge-over-limit");
            return;
        }
        if (peer == null && !limits.admit(sender, context.nowNanos())) {
            context.counters().increment("datagram.over-limit");
            return;
        }
        from = sender;
        bytes = size;
        datagram.deliverTo(this);
    }

    /**
     * Tells how many hosts have sent datagrams.
     *
     * @param audience hears it
     */
    public void tellTables(TableAudience audience) {
        audience.hear("hosts heard over UDP", limits.hosts(), SourceLimits.MAX_HOSTS);
    }

    /**
     * A packet came that is none of ours; it is counted and forgotten.
     *
     * @param why which rule it breaks
     */
    public void reject(Rejection why) {
        context.counters().increment(Objects.requireNonNull(REJECTED.get(why), "every rejection has a counter"));
    }

    /**
     * Sends a best-effort message to a peer.
     *
     * @param peer an edge that is up
     * @param payload at most {@value #MAX_MESSAGE_BYTES} bytes
     * @return false if the payload does not fit, or the peer has no address for datagrams or has given no key
     */
    public boolean send(Peer peer, ArrayPayload payload) {
        Edges.DatagramTarget target = payload.size() <= MAX_MESSAGE_BYTES ? edges.datagramTarget(peer) : null;
        if (target == null) {
            return false;
        }
        Datagram message = isSecured()
                ? edges.sealedDatagrams().seal(peer, payload)
                : new EdgeMessage(target.tokenHigh(), target.tokenLow(), payload);
        return message != null && context.outbox().datagram(target.address(), message);
    }

    @Override
    public void onStatusRequest(StatusRequest request) {
        if (isPaddedQuestion(request.cluster())) {
            List<TopicStatus> all = topics.get();
            StatusReply reply = new StatusReply(
                    request.token(),
                    context.self(),
                    context.local().epoch(),
                    context.local().name(),
                    context.local().root(),
                    true,
                    edges.report().reconnecting().size(),
                    edges.all().size(),
                    all.subList(0, Math.min(MAX_TOPICS, all.size())));
            context.outbox().datagram(from, reply);
        }
    }

    @Override
    public void onStatusReply(StatusReply reply) {
        if (!probes.take(reply) && !reach.take(reply)) {
            context.counters().increment("datagram.unasked");
        }
    }

    @Override
    public void onFindRequest(FindRequest request) {
        if (isPaddedQuestion(request.cluster())) {
            List<Descriptor> fitting = new ArrayList<>();
            int room = MEMBERS_BYTES;
            for (Descriptor member : discovery.lookUp(request.topicHash(), MAX_MEMBERS)) {
                room -= largestSize(member);
                if (room >= 0) {
                    fitting.add(member);
                }
            }
            context.outbox().datagram(from, new FindReply(request.request(), request.topicHash(), fitting));
        }
    }

    @Override
    public void onFindReply(FindReply reply) {
        if (!finder.take(from, reply)) {
            context.counters().increment("datagram.unasked");
        }
    }

    @Override
    public void onEdgeMessage(EdgeMessage message) {
        Peer peer = edges.byToken(message.tokenHigh(), message.tokenLow());
        if (peer == null) {
            context.counters().increment("datagram.unknown-token");
        } else {
            context.outbox().datagramReceived(peer.id(), message.payload());
        }
    }

    @Override
    public void onSealedMessage(SealedMessage message) {
        edges.sealedDatagrams().receive(message);
    }

    private boolean isSecured() {
        return context.settings().edge().isSecured();
    }

    private boolean isPaddedQuestion(String cluster) {
        if (bytes < Datagram.MAX_BYTES) {
            context.counters().increment("datagram.unpadded");
            return false;
        }
        if (!cluster.equals(context.local().cluster())) {
            context.counters().increment("datagram.other-cluster");
            return false;
        }
        return true;
    }

    /** No less than a descriptor takes on the wire. */
    private static int largestSize(Descriptor descriptor) {
        int size = DESCRIPTOR_BYTES;
        for (Address address : descriptor.addresses()) {
            size += ADDRESS_BYTES + BYTES_PER_CHAR * address.host().length();
        }
        int words = descriptor.topics().hashes().size()
                + descriptor.topics().bloom().size();
        return size + words * Long.BYTES;
    }
}
