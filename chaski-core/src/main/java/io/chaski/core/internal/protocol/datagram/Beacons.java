package io.chaski.core.internal.protocol.datagram;

import io.chaski.core.Address;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.edge.EdgeContext;
import io.chaski.core.internal.protocol.edge.EdgeReport;
import io.chaski.core.internal.protocol.edge.Edges;
import io.chaski.core.internal.wire.Beacon;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Finds other nodes of the cluster on the LAN, if the node takes part in that: says now and then that it is there, and
 * takes what others say for addresses that may be worth a dial. Nothing in a beacon is believed: whoever is dialled has
 * to greet as a node of the cluster, with its certificate where there are identities, and then a probe asks whether it
 * belongs to the same component. Like all hearsay, such dials have a budget of eight at once and one a second.
 *
 * <p>A node that has no links in the control overlay, or one, tries a candidate each second. One that has more asks only
 * whether there is another component, some four times a minute: the LAN must not become a full mesh. Confined to the
 * node's event loop.
 */
public final class Beacons {

    /** Packets a second of one host: many nodes of one machine that start together. The machine itself has no limit. */
    static final int PER_HOST = 20;

    /** Packets a second of all hosts: a thousand nodes say 125. */
    static final int IN_ALL = 500;

    /** As ZRE does it: newcomers are heard quickly, and a LAN of a thousand nodes is not busy with this. */
    static final long EAGER_NANOS = TimeUnit.SECONDS.toNanos(1);

    static final int EAGER_BEACONS = 10;
    static final long PATIENT_NANOS = TimeUnit.SECONDS.toNanos(8);

    static final long PROBE_LONELY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The same as for lost members: this heals a partition as fast as that does. */
    static final long PROBE_SETTLED_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** Nodes that start together must not all dial at the first beacon. */
    private static final long FIRST_PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** With fewer links a node is lonely: pairs must find others as well. */
    private static final int ENOUGH_LINKS = 2;

    private final EdgeContext context;
    private final Edges edges;
    private final Overlay overlay;
    private final long cluster;
    private final SourceLimits limits = new SourceLimits(PER_HOST, IN_ALL);
    private final Neighbourhood neighbourhood;
    private final Timers.Timer beaconTimer;
    private final Timers.Timer probeTimer;
    private boolean isOn;
    private long token;
    private int sent;
    private long ofOthers;

    /** The control overlay, which decides whether somebody new is of use. */
    public interface Overlay {
        /** Number of its links. */
        int links();

        /**
         * Dials an address on hearsay, and asks whoever is there whether the two belong together.
         *
         * @param address a literal one
         */
        void probe(Address address);
    }

    /**
     * Says nothing yet; see {@link #start}.
     *
     * @param context the node
     * @param edges say who is connected
     * @param overlay probes candidates
     */
    public Beacons(EdgeContext context, Edges edges, Overlay overlay) {
        this.context = context;
        this.edges = edges;
        this.overlay = overlay;
        this.cluster = Beacon.hashOf(context.local().cluster());
        this.neighbourhood = new Neighbourhood(this::ledNowhere);
        this.beaconTimer = context.timers().timer(this::say);
        this.probeTimer = context.timers().timer(this::probe);
    }

    // ---- saying

    /** Begins, if this node takes part at all. */
    public void start() {
        isOn = context.outbox().hasLan();
        if (isOn) {
            token = context.random().nextLong();
            beaconTimer.armAt(context.nowNanos() + context.jittered(FIRST_PROBE_NANOS));
        }
    }

    /** Says nothing any more. */
    public void stop() {
        isOn = false;
        beaconTimer.cancel();
        probeTimer.cancel();
    }

    /** On another network nobody has heard of this node. */
    public void onNetworkChanged() {
        if (isOn) {
            sent = 0;
            beaconTimer.armAt(context.nowNanos() + context.jittered(FIRST_PROBE_NANOS));
        }
    }

    private void say() {
        context.outbox().beacon(cluster, token);
        sent = Math.min(sent + 1, EAGER_BEACONS);
        long pause = sent < EAGER_BEACONS ? EAGER_NANOS : PATIENT_NANOS;
        beaconTimer.armAt(context.nowNanos() + context.jittered(pause));
    }

    // ---- hearing

    /**
     * A beacon came.
     *
     * @param from source of the packet, on this LAN and perhaps forged
     * @param beacon what it says
     */
    public void onBeacon(Address from, Beacon beacon) {
        if (!isOn) {
            return;
        }
        Address address = from.withPort(beacon.port());
        if (!limits.admit(from, context.nowNanos())) {
            context.counters().increment("lan.over-limit");
        } else if (beacon.token() == token || edges.report().leadsToSelf(address)) {
            context.counters().increment("lan.own");
        } else if (beacon.cluster() != cluster) {
            ofOthers++;
            context.counters().increment("lan.other-cluster");
        } else {
            hear(address);
        }
    }

    private void hear(Address address) {
        if (!neighbourhood.hear(address, context.nowNanos())) {
            context.counters().increment("lan.no-room");
            return;
        }
        context.counters().increment("lan.heard");
        if (!probeTimer.isArmed()) {
            armProbe(isLonely() ? FIRST_PROBE_NANOS : PROBE_SETTLED_NANOS);
        } else if (isLonely() && probeTimer.deadlineNanos() - context.nowNanos() > 2 * PROBE_LONELY_NANOS) {
            armProbe(PROBE_LONELY_NANOS); // it was armed in better times
        }
    }

    private void armProbe(long pauseNanos) {
        probeTimer.armAt(context.nowNanos() + context.jittered(pauseNanos));
    }

    /**
     * A packet came that is no beacon that counts.
     *
     * @param why which rule it breaks
     */
    public void reject(Beacon.Rejection why) {
        context.counters()
                .increment(
                        switch (why) {
                            case MALFORMED -> "lan.malformed";
                            case OFF_LINK -> "lan.off-link";
                        });
    }

    // ---- asking

    private void probe() {
        neighbourhood.expire(context.nowNanos());
        Address candidate = neighbourhood.next(address -> !isConnected(address));
        if (candidate != null) {
            context.counters().increment("lan.probes");
            overlay.probe(candidate);
        }
        if (!neighbourhood.isEmpty()) {
            armProbe(isLonely() ? PROBE_LONELY_NANOS : PROBE_SETTLED_NANOS);
        }
    }

    private boolean isLonely() {
        return overlay.links() < ENOUGH_LINKS;
    }

    /** Whether an edge stands to whoever was dialled there, or to somebody who says that this is his address. */
    private boolean isConnected(Address address) {
        return edges.report().isUp(address)
                || context.peers().all().stream()
                        .anyMatch(peer -> peer.descriptor().addresses().contains(address));
    }

    private boolean ledNowhere(Address address) {
        EdgeReport report = edges.report();
        return report.dialFailure(address) != null || report.refusal(address) != null;
    }

    // ---- looking

    /**
     * What is known.
     *
     * @param isOn whether this node takes part
     * @param isEager whether it has come lately, so that others may not have heard of it yet
     * @param candidates addresses that beacons of this cluster have named
     * @param connected how many of them have an edge
     * @param ofOthers beacons of other clusters that came since the start
     */
    public record Report(boolean isOn, boolean isEager, List<Address> candidates, int connected, long ofOthers) {
        /** Copies the list. */
        public Report {
            candidates = List.copyOf(candidates);
        }
    }

    /** What is known now. */
    public Report report() {
        neighbourhood.expire(context.nowNanos());
        List<Address> candidates = neighbourhood.all();
        int connected = (int) candidates.stream().filter(this::isConnected).count();
        return new Report(isOn, sent < EAGER_BEACONS, candidates, connected, ofOthers);
    }
}
