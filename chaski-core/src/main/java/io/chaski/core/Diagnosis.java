package io.chaski.core;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Why a topic has found nobody, or that it has: every rung of the ladder that a node climbs to find members, how far it
 * has come, and what went wrong last. {@link #toString()} is a report of several lines that people can read, for a log
 * or a bug report: it names nodes and addresses, no payloads and no keys. Immutable.
 *
 * @param topic name of the topic
 * @param paired whether the topic has a neighbour
 * @param rungs one of each {@link Step}, in their order
 */
public record Diagnosis(String topic, boolean paired, List<Rung> rungs) {

    private static final double NANOS_PER_SECOND = 1e9;

    /** Copies the list. */
    public Diagnosis {
        Objects.requireNonNull(topic, "topic");
        rungs = List.copyOf(rungs);
    }

    /** What there is to say, over all rungs, in their order; of a topic that has found nobody never empty. */
    public List<Finding> findings() {
        return rungs.stream().flatMap(rung -> rung.findings().stream()).toList();
    }

    /**
     * How far the node has come on one rung.
     *
     * @param step which one
     * @throws java.util.NoSuchElementException if it is not in {@link #rungs()}, which has all of them in what a node
     *     says
     */
    public Rung rung(Step step) {
        return rungs.stream().filter(rung -> rung.step() == step).findFirst().orElseThrow();
    }

    /** The rungs, in the order in which they are climbed. */
    public enum Step {
        /** The node wants to be a member. */
        SUBSCRIPTION,
        /** It has an edge to somebody whom it was told to begin with. */
        BOOTSTRAP,
        /** With discovery on the LAN, it has an edge to somebody it has heard of there. */
        LAN,
        /** It knows members: by itself, from nodes with an edge, or from those they have asked. */
        LOOK_UP,
        /** It has a link to one of them. */
        MEMBERS,
        /** Without a link, somebody carries the topic for it. */
        RELAY,
        /** UDP, which makes some of this faster and nothing of it possible. */
        UDP
    }

    /** How far a node has come on one rung. */
    public enum State {
        /** It holds. */
        GOOD,
        /** It is being tried, and nothing is known yet. */
        TRYING,
        /** It does not hold; the findings say why. Where that can help, the node keeps trying. */
        FAILED,
        /** Not used: not needed, not configured, or a rung below does not hold. */
        UNUSED
    }

    /** What was found out. */
    public enum Kind {
        /** The topic has neighbours; nothing is wrong. */
        PAIRED,
        /** This node does not subscribe to the topic. */
        NOT_SUBSCRIBED,
        /** No bootstrap address is configured: the node waits for others to dial it. */
        NO_BOOTSTRAP,
        /** A bootstrap address refuses connections, or closed one before it was an edge; the detail says with which reason. */
        BOOTSTRAP_REFUSED,
        /** A bootstrap address does not answer, or cannot be dialled. */
        BOOTSTRAP_SILENT,
        /** The name of a bootstrap address has no address. */
        BOOTSTRAP_UNRESOLVED,
        /** A bootstrap address is being dialled; how that ends is not known yet. */
        BOOTSTRAP_PENDING,
        /** A bootstrap node belongs to another cluster. */
        OTHER_CLUSTER,
        /** A bootstrap node speaks another protocol version. */
        OTHER_VERSION,
        /** No beacon of this cluster has come from the LAN; the detail says how many of others have. */
        LAN_SILENT,
        /** Somebody was heard on the LAN and could not be dialled: refused, silent, or closed before it was an edge. */
        LAN_REFUSED,
        /** Somebody was heard on the LAN, and it is not known yet how dialling it ends. */
        LAN_PENDING,
        /** Members have just been asked for, about a second ago at most; nobody could have answered yet. */
        LOOK_UP_PENDING,
        /** Nobody with an edge, if there is an edge at all, knows a member of the topic. */
        NO_MEMBER_KNOWN,
        /** A member is known and could not be dialled: refused, silent, or closed before it was an edge. */
        DIAL_REFUSED,
        /** A member is known, and it is not known yet how dialling it ends. */
        DIAL_PENDING,
        /** An edge to a member stands, and it has not agreed to a link yet: it was just met, or it is full. */
        NOT_LINKED,
        /** An edge to a member stands, and a policy that this node follows denies it the topic. */
        FORBIDDEN,
        /** No member can be reached, but a relay carries the topic. */
        RELAYED,
        /** No member can be reached, and no relay has room: for anybody, or for one more topic of this node. */
        RELAY_FULL,
        /**
         * A bootstrap node with an edge does not answer over UDP, and none of the others does; everything still works
         * over TCP. Not said of a node that has no UDP port itself, or that has an identity and so asks nobody over UDP.
         */
        UDP_DEAD
    }

    /**
     * One rung.
     *
     * @param step which one
     * @param state how far the node has come
     * @param summary that in words and numbers, in half a line
     * @param findings what there is to say; those of a rung that holds are no failures of it
     */
    public record Rung(Step step, State state, String summary, List<Finding> findings) {
        /** Copies the list. */
        public Rung {
            Objects.requireNonNull(step, "step");
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(summary, "summary");
            findings = List.copyOf(findings);
        }
    }

    /**
     * One thing that was found out.
     *
     * @param kind what
     * @param address which address it is about, empty for none
     * @param age how long ago it was found out, on the monotonic clock of the node; empty for what is so now
     * @param detail the rest in words
     */
    public record Finding(Kind kind, Optional<Address> address, Optional<Duration> age, String detail) {
        /** Checks that nothing is missing. */
        public Finding {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(address, "address");
            Objects.requireNonNull(age, "age");
            Objects.requireNonNull(detail, "detail");
        }

        /** In one line, {@code BOOTSTRAP_REFUSED 10.0.0.7:8511, 1.5 s ago: refuses connections} for example. */
        @Override
        public String toString() {
            String where = address.map(each -> " " + each).orElse("");
            String when = age.map(each -> String.format(Locale.ROOT, ", %.1f s ago", each.toNanos() / NANOS_PER_SECOND))
                    .orElse("");
            return kind + where + when + ": " + detail;
        }
    }

    /** The whole report, a line for each rung and each finding, without a line end after the last. */
    @Override
    public String toString() {
        StringBuilder report = new StringBuilder("topic ").append(topic);
        report.append(paired ? " is paired" : " has found nobody");
        for (Rung rung : rungs) {
            report.append(String.format("%n  %-12s %-7s %s", rung.step(), rung.state(), rung.summary()));
            for (Finding finding : rung.findings()) {
                report.append(String.format("%n    %s", finding));
            }
        }
        return report.toString();
    }
}
