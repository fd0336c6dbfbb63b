package io.chaski.core.internal.protocol;

import io.chaski.core.Address;
import io.chaski.core.CloseReason;
import io.chaski.core.Diagnosis;
import io.chaski.core.Diagnosis.Finding;
import io.chaski.core.Diagnosis.Kind;
import io.chaski.core.NodeEvent.DialFailure;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.datagram.UdpReach;
import io.chaski.core.internal.protocol.edge.EdgeReport;
import io.chaski.core.internal.protocol.topic.Topics;
import io.chaski.core.internal.wire.TopicSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says why a topic has found nobody, rung by rung. Stateless. */
final class Diagnostics {

    private static final int LOOK_AT = 8;

    private Diagnostics() {}

    static Diagnosis diagnose(String topic, ProtocolContext context, Topics topics, EdgeReport edges, UdpReach udp) {
        int neighbours = topics.report().neighbours(topic);
        List<Finding> findings = new ArrayList<>();
        if (neighbours > 0) {
            findings.add(new Finding(Kind.PAIRED, neighbours + " neighbours"));
        } else {
            if (!topics.report().isSubscribed(topic)) {
                findings.add(new Finding(Kind.NOT_SUBSCRIBED, "this node does not subscribe to the topic"));
            }
            relay(topic, topics, findings);
            bootstraps(context, edges, findings);
            members(topic, context, topics, edges, findings);
        }
        if (udp.silent() > 0) {
            String who = udp.silent() + " bootstrap nodes with an edge do not answer over UDP";
            findings.add(new Finding(Kind.UDP_DEAD, who + "; TCP carries everything"));
        }
        return new Diagnosis(topic, neighbours > 0, findings);
    }

    private static void relay(String topic, Topics topics, List<Finding> findings) {
        Optional<NodeId> relay = topics.report().carriedBy(topic);
        if (relay.isPresent()) {
            findings.add(new Finding(
                    Kind.RELAYED,
                    "no member can be reached; node " + relay.get().shortForm() + " carries the topic"));
        } else if (topics.report().isRelayRefused(topic)) {
            findings.add(new Finding(Kind.RELAY_FULL, "no relay that is known has room to carry the topic"));
        }
    }

    private static void bootstraps(ProtocolContext context, EdgeReport edges, List<Finding> findings) {
        if (context.bootstrap().isEmpty()) {
            findings.add(new Finding(Kind.NO_BOOTSTRAP, "no bootstrap address is configured"));
        }
        for (Address address : context.bootstrap()) {
            if (!edges.isUp(address) && !edges.leadsToSelf(address)) {
                bootstrap(address, edges, findings);
            }
        }
    }

    private static void bootstrap(Address address, EdgeReport edges, List<Finding> findings) {
        CloseReason refusal = edges.refusal(address);
        DialFailure failure = edges.dialFailure(address);
        if (refusal == CloseReason.CLUSTER) {
            findings.add(new Finding(Kind.OTHER_CLUSTER, address + " belongs to another cluster"));
        } else if (refusal == CloseReason.VERSION) {
            findings.add(new Finding(Kind.OTHER_VERSION, address + " speaks another protocol version"));
        } else if (refusal != null) {
            findings.add(new Finding(Kind.BOOTSTRAP_REFUSED, address + " closed the connection: " + refusal));
        } else if (failure == DialFailure.REFUSED) {
            findings.add(new Finding(Kind.BOOTSTRAP_REFUSED, address + " refuses connections"));
        } else if (failure != null) {
            findings.add(new Finding(Kind.BOOTSTRAP_SILENT, address + " does not answer: " + failure));
        } else {
            findings.add(new Finding(Kind.BOOTSTRAP_PENDING, address + " is being dialled"));
        }
    }

    private static void members(
            String topic, ProtocolContext context, Topics topics, EdgeReport edges, List<Finding> findings) {
        int known = topics.discovery()
                .lookUpOthers(TopicSummary.hashOf(topic), LOOK_AT)
                .size();
        int peers = context.peers().all().size();
        if (known > 0) {
            findings.add(new Finding(
                    Kind.DIAL_REFUSED,
                    known + " members are known and none is linked; " + edges.failures()
                            + " of the last dials failed"));
        } else if (peers > 0 || findings.isEmpty()) {
            findings.add(new Finding(Kind.NO_MEMBER_KNOWN, peers + " edges stand and nobody knows a member"));
        }
    }
}
