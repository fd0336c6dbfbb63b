package io.chaski.core.internal.protocol;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.Diagnosis;
import io.chaski.core.Diagnosis.Finding;
import io.chaski.core.Diagnosis.Kind;
import io.chaski.core.Diagnosis.Rung;
import io.chaski.core.Diagnosis.State;
import io.chaski.core.Diagnosis.Step;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.datagram.Beacons;
import io.chaski.core.internal.protocol.datagram.UdpReach;
import io.chaski.core.internal.protocol.edge.EdgeReport;
import io.chaski.core.internal.protocol.find.Discovery;
import io.chaski.core.internal.protocol.topic.TopicReport;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.TopicSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says why a topic has found nobody, rung by rung: one object for each question, which looks at what the state machines
 * remember anyway. Confined to the node's event loop.
 */
final class Diagnostics {

    /** Members that are told apart; a reader is helped by a few. */
    private static final int LOOK_AT = 8;

    private final ProtocolContext context;
    private final String topic;
    private final TopicReport topics;
    private final Discovery discovery;
    private final EdgeReport edges;
    private final Beacons.Report lan;
    private final UdpReach.Report udp;
    private final Map<NodeId, Descriptor> known = new LinkedHashMap<>();
    private final int neighbours;

    Diagnostics(
            ProtocolContext context,
            String topic,
            TopicReport topics,
            Discovery discovery,
            EdgeReport edges,
            Beacons.Report lan,
            UdpReach.Report udp) {
        this.context = context;
        this.topic = topic;
        this.topics = topics;
        this.discovery = discovery;
        this.edges = edges;
        this.lan = lan;
        this.udp = udp;
        this.neighbours = Math.max(0, topics.neighbours(topic));
        long topicHash = TopicSummary.hashOf(topic);
        // First those with an edge: a look-up leaves out who listens nowhere, because nobody else could use that.
        put(context.peers().all().stream()
                .map(Peer::descriptor)
                .filter(peer -> peer.topics().mayContain(topicHash))
                .toList());
        put(discovery.lookUpOthers(topicHash, LOOK_AT));
        put(topics.lost(topic));
    }

    private void put(Collection<Descriptor> members) {
        for (Descriptor member : members) {
            if (known.size() < LOOK_AT) {
                known.putIfAbsent(member.id(), member);
            }
        }
    }

    Diagnosis diagnose() {
        Rung bootstrap = bootstrap();
        return new Diagnosis(
                topic,
                isPaired(),
                List.of(subscription(), bootstrap, lan(), lookUp(bootstrap.state()), members(), relay(), udp()));
    }

    private boolean isPaired() {
        return neighbours > 0;
    }

    private Rung subscription() {
        if (topics.isSubscribed(topic)) {
            return new Rung(Step.SUBSCRIPTION, State.GOOD, "this node subscribes", List.of());
        }
        List<Finding> findings =
                isPaired() ? List.of() : List.of(now(Kind.NOT_SUBSCRIBED, "this node does not subscribe to the topic"));
        return new Rung(Step.SUBSCRIPTION, State.UNUSED, "this node does not subscribe", findings);
    }

    // ---- bootstrap nodes

    private Rung bootstrap() {
        List<Address> addresses = context.bootstrap();
        if (addresses.isEmpty()) {
            List<Finding> findings =
                    isPaired() ? List.of() : List.of(now(Kind.NO_BOOTSTRAP, "this node waits for others to dial it"));
            return new Rung(Step.BOOTSTRAP, State.UNUSED, "no bootstrap address is configured", findings);
        }
        List<Finding> missing = new ArrayList<>();
        for (Address address : addresses) {
            if (!edges.isUp(address) && !edges.leadsToSelf(address)) {
                missing.add(missing(address));
            }
        }
        int reached = addresses.size() - missing.size();
        boolean isWaiting = missing.stream().anyMatch(finding -> finding.kind() == Kind.BOOTSTRAP_PENDING);
        State notReached = isWaiting ? State.TRYING : State.FAILED;
        String summary = reached + " of " + addresses.size() + " addresses lead to a node with an edge, or to this one";
        return new Rung(Step.BOOTSTRAP, reached > 0 ? State.GOOD : notReached, summary, missing);
    }

    private Finding missing(Address address) {
        CloseReason refusal = edges.refusal(address);
        DialFailure failure = edges.dialFailure(address);
        if (refusal == CloseReason.CLUSTER) {
            return of(Kind.OTHER_CLUSTER, address, "belongs to another cluster");
        } else if (refusal == CloseReason.VERSION) {
            return of(Kind.OTHER_VERSION, address, "speaks another protocol version");
        } else if (refusal != null || failure == DialFailure.REFUSED) {
            return of(Kind.BOOTSTRAP_REFUSED, address, reason(refusal, failure));
        } else if (failure == DialFailure.UNRESOLVED) {
            return of(Kind.BOOTSTRAP_UNRESOLVED, address, reason(null, failure));
        } else if (failure != null) {
            return of(Kind.BOOTSTRAP_SILENT, address, reason(null, failure));
        }
        return new Finding(Kind.BOOTSTRAP_PENDING, Optional.of(address), Optional.empty(), "is being dialled");
    }

    private static String reason(@Nullable CloseReason refusal, @Nullable DialFailure failure) {
        if (refusal != null) {
            return "the connection ended before it was an edge: " + refusal;
        }
        return failure == DialFailure.REFUSED ? "refuses connections" : "cannot be reached: " + failure;
    }

    // ---- the LAN

    private Rung lan() {
        if (!lan.isOn()) {
            return new Rung(Step.LAN, State.UNUSED, "discovery on the LAN is off, or has no interface", List.of());
        }
        String others = "beacons of other clusters: " + lan.ofOthers();
        if (lan.candidates().isEmpty()) {
            List<Finding> findings =
                    isPaired() ? List.of() : List.of(now(Kind.LAN_SILENT, "nobody was heard, " + others));
            boolean isWaiting = lan.isEager() && lan.ofOthers() == 0;
            return new Rung(Step.LAN, isWaiting ? State.TRYING : State.FAILED, others, findings);
        }
        String summary =
                "addresses heard: " + lan.candidates().size() + ", with an edge: " + lan.connected() + ", " + others;
        if (lan.connected() > 0) {
            return new Rung(Step.LAN, State.GOOD, summary, List.of());
        }
        List<Finding> findings =
                lan.candidates().stream().limit(LOOK_AT).map(this::heard).toList();
        boolean isWaiting = findings.stream().anyMatch(finding -> finding.kind() == Kind.LAN_PENDING);
        return new Rung(Step.LAN, isWaiting ? State.TRYING : State.FAILED, summary, findings);
    }

    private Finding heard(Address address) {
        CloseReason refusal = edges.refusal(address);
        DialFailure failure = edges.dialFailure(address);
        return refusal == null && failure == null
                ? new Finding(Kind.LAN_PENDING, Optional.of(address), Optional.empty(), "was not dialled yet")
                : of(Kind.LAN_REFUSED, address, reason(refusal, failure));
    }

    // ---- members

    private Rung lookUp(State bootstrap) {
        int peers = context.peers().all().size();
        if (!known.isEmpty()) {
            String atLeast = known.size() == LOOK_AT ? " or more" : "";
            return new Rung(Step.LOOK_UP, State.GOOD, "members known: " + known.size() + atLeast, List.of());
        }
        Discovery.Progress progress = discovery.progress(TopicSummary.hashOf(topic));
        String summary = "edges: " + peers + ", " + (progress == null ? "not looking" : told(progress));
        if (isPaired() || peers == 0 && bootstrap != State.GOOD) {
            return new Rung(Step.LOOK_UP, State.UNUSED, summary, List.of());
        }
        if (progress != null && progress.attempts() <= 1) { // the second begins when the first could have been answered
            Finding asked = now(Kind.LOOK_UP_PENDING, "nobody could have answered yet, edges: " + peers);
            return new Rung(Step.LOOK_UP, State.TRYING, summary, List.of(asked));
        }
        Finding nobody = now(Kind.NO_MEMBER_KNOWN, "nobody with an edge knows a member, edges: " + peers);
        return new Rung(Step.LOOK_UP, State.FAILED, summary, List.of(nobody));
    }

    private String told(Discovery.Progress progress) {
        long agoMillis =
                Duration.ofNanos(context.nowNanos() - progress.askedNanos()).toMillis();
        return "attempts: " + progress.attempts() + ", the last " + agoMillis + " ms ago, answers: "
                + progress.answers();
    }

    private Rung members() {
        if (isPaired()) {
            Finding paired = now(Kind.PAIRED, "neighbours: " + neighbours);
            return new Rung(Step.MEMBERS, State.GOOD, "neighbours: " + neighbours, List.of(paired));
        } else if (known.isEmpty()) {
            return new Rung(Step.MEMBERS, State.UNUSED, "no member is known", List.of());
        }
        List<Finding> findings = known.values().stream().map(this::unlinked).toList();
        boolean isWaiting = findings.stream().anyMatch(Diagnostics::mayStillLink);
        String summary = "none of " + known.size() + " is linked";
        return new Rung(Step.MEMBERS, isWaiting ? State.TRYING : State.FAILED, summary, findings);
    }

    private static boolean mayStillLink(Finding finding) {
        return finding.kind() == Kind.DIAL_PENDING || finding.kind() == Kind.NOT_LINKED;
    }

    private Finding unlinked(Descriptor member) {
        String who = "node " + member.id().shortForm();
        Peer peer = context.peers().get(member.id());
        if (peer != null) {
            return topics.isDenied(topic, peer)
                    ? now(Kind.FORBIDDEN, who + " has an edge, and a policy denies it the topic")
                    : now(Kind.NOT_LINKED, who + " has an edge and no link yet");
        }
        for (Address address : member.addresses()) {
            CloseReason refusal = edges.refusal(address);
            DialFailure failure = edges.dialFailure(address);
            if (refusal != null || failure != null) {
                return of(Kind.DIAL_REFUSED, address, who + " " + reason(refusal, failure));
            }
        }
        Optional<Address> first = member.addresses().stream().findFirst();
        return new Finding(Kind.DIAL_PENDING, first, Optional.empty(), who + " was not dialled yet");
    }

    private Rung relay() {
        Optional<NodeId> relay = topics.carriedBy(topic);
        if (relay.isPresent()) {
            String who = "node " + relay.get().shortForm() + " carries the topic";
            return new Rung(Step.RELAY, State.GOOD, who, List.of(now(Kind.RELAYED, who)));
        } else if (topics.isRelayRefused(topic)) {
            Finding full = now(Kind.RELAY_FULL, "no relay that is known has room to carry the topic");
            return new Rung(Step.RELAY, State.FAILED, "no relay has room", List.of(full));
        }
        return new Rung(Step.RELAY, State.UNUSED, "nobody carries the topic", List.of());
    }

    // ---- UDP

    private Rung udp() {
        if (udp.asked() == 0) {
            return new Rung(Step.UDP, State.UNUSED, "no bootstrap node was asked", List.of());
        } else if (udp.answered() > 0) {
            return new Rung(Step.UDP, State.GOOD, udp.answered() + " of " + udp.asked() + " answer", List.of());
        } else if (udp.silent().isEmpty()) {
            return new Rung(Step.UDP, State.TRYING, "waiting for an answer", List.of());
        }
        List<Finding> silent = udp.silent().stream()
                .map(each -> new Finding(
                        Kind.UDP_DEAD,
                        Optional.of(each.address()),
                        Optional.of(Duration.ofNanos(context.nowNanos() - each.sinceNanos())),
                        "has an edge and does not answer over UDP; TCP carries everything"))
                .toList();
        return new Rung(Step.UDP, State.FAILED, "none of " + udp.asked() + " answers", silent);
    }

    // ---- findings

    private static Finding now(Kind kind, String detail) {
        return new Finding(kind, Optional.empty(), Optional.empty(), detail);
    }

    /** About the last dial of an address. */
    private Finding of(Kind kind, Address address, String detail) {
        return new Finding(kind, Optional.of(address), edges.outcomeAge(address), detail);
    }
}
