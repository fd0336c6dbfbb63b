package io.chaski.core;

import java.util.List;

/**
 * Why a topic has found nobody, or that it has. Immutable.
 *
 * @param topic name of the topic
 * @param paired whether the topic has a neighbour
 * @param findings what was tried and how it went, most telling first
 */
public record Diagnosis(String topic, boolean paired, List<Finding> findings) {

    /** Copies the list. */
    public Diagnosis {
        findings = List.copyOf(findings);
    }

    /** Which rung of the ladder a finding is about. */
    public enum Kind {
        /** The topic has neighbours; nothing is wrong. */
        PAIRED,
        /** This node does not subscribe to the topic. */
        NOT_SUBSCRIBED,
        /** No member can be reached, but a relay carries the topic. */
        RELAYED,
        /** No member can be reached, and no relay has room: for anybody, or for one more topic of this node. */
        RELAY_FULL,
        /** No bootstrap address is configured: the node waits for others to dial it. */
        NO_BOOTSTRAP,
        /** A bootstrap address refuses connections. */
        BOOTSTRAP_REFUSED,
        /** A bootstrap address does not answer. */
        BOOTSTRAP_SILENT,
        /** A bootstrap address is being dialled; how that ends is not known yet. */
        BOOTSTRAP_PENDING,
        /** A bootstrap node belongs to another cluster. */
        OTHER_CLUSTER,
        /** A bootstrap node speaks another protocol version. */
        OTHER_VERSION,
        /** Nobody with an edge, if there is an edge at all, knows a member of the topic. */
        NO_MEMBER_KNOWN,
        /** Members are known, but none could be dialled yet. */
        DIAL_REFUSED,
        /**
         * No bootstrap node with an edge answers over UDP; everything still works over TCP. Not said of a node that has
         * no UDP port itself, or that has an identity and so asks nobody over UDP.
         */
        UDP_DEAD
    }

    /**
     * One thing that was found out.
     *
     * @param kind which rung
     * @param detail a sentence with the address or the number it is about
     */
    public record Finding(Kind kind, String detail) {}
}
