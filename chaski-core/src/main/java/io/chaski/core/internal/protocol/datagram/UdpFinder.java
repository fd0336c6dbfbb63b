package io.chaski.core.internal.protocol.datagram;

import io.chaski.core.Address;
import io.chaski.core.NodeId;
import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TokenBucket;
import io.chaski.core.internal.protocol.edge.EdgeContext;
import io.chaski.core.internal.protocol.edge.EdgeReport;
import io.chaski.core.internal.protocol.edge.Edges;
import io.chaski.core.internal.protocol.edge.HeardAddresses;
import io.chaski.core.internal.protocol.find.Discovery;
import io.chaski.core.internal.wire.Datagram.FindReply;
import io.chaski.core.internal.wire.Datagram.FindRequest;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.IpLiteral;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks bootstrap addresses who subscribes to a topic, over UDP and only while no edge stands to them: it is being
 * dialled, or cannot be had. The same question goes over that edge as soon as it is up, so nothing depends on an
 * answer here. A search asks from its second attempt on, about a second after the first, when an edge that can be had
 * is up; so this finds members through a node that takes no more edges.
 *
 * <p>An answer counts if it carries the random id of a question, comes from the address that was asked and names the
 * topic. Its members are hearsay like those that an edge brings, their loopback addresses kept only if the bootstrap
 * itself was asked over loopback. Confined to the node's event loop.
 */
public final class UdpFinder implements Discovery.Beside {

    /** Questions under way: ten topics at three bootstraps. Whatever is beyond waits for its edge. */
    static final int MAX = 32;

    /**
     * Packets a second, and as many at once: never more than 48 in a second, because a node hears
     * {@value SourceLimits#PER_HOST} a second of one host and all questions may go to one.
     */
    static final int PER_SECOND = 24;

    private final EdgeContext context;
    private final Edges edges;
    private final Discovery discovery;
    private final TokenBucket budget = new TokenBucket(PER_SECOND, PER_SECOND);
    private final Map<NodeId, Question> byId = new LinkedHashMap<>();

    /**
     * Nothing was asked yet.
     *
     * @param context the node
     * @param edges say which bootstrap addresses have an edge
     * @param discovery hears of members
     */
    public UdpFinder(EdgeContext context, Edges edges, Discovery discovery) {
        this.context = context;
        this.edges = edges;
        this.discovery = discovery;
    }

    private final class Question {
        private final NodeId id = NodeId.random(context.random());
        private final Address bootstrap;
        private final long topicHash;
        private final Timers.Timer next = context.timers().timer(this::onSilence);
        private int tries;

        Question(Address bootstrap, long topicHash) {
            this.bootstrap = bootstrap;
            this.topicHash = topicHash;
        }

        /** False if this node has no UDP port, or does not ask over it. */
        boolean ask() {
            FindRequest request = new FindRequest(id, context.local().cluster(), topicHash);
            return context.ask(bootstrap, request);
        }

        void waitForAnswer() {
            tries++;
            next.armAt(context.nowNanos() + Retries.waitNanos(tries));
        }

        private void onSilence() {
            if (tries == Retries.TRIES || !discovery.isLookingFor(topicHash) || !needsUdp(bootstrap)) {
                end();
                return;
            }
            if (isWithinBudget()) {
                ask();
            }
            waitForAnswer(); // above the budget this try counts as lost, so that a question ends in time
        }

        void end() {
            next.cancel();
            byId.remove(id);
        }

        boolean isAnsweredBy(Address from, FindReply reply) {
            return reply.topicHash() == topicHash
                    && from.port() == bootstrap.port()
                    && isSameHost(from.host(), bootstrap.host());
        }
    }

    /** Literal addresses only: a datagram is not worth a name server's time, and the edge finds the name out. */
    @Override
    public void ask(Address bootstrap, long topicHash) {
        boolean isLiteral = bootstrap.transport() == Address.Transport.TCP && IpLiteral.parse(bootstrap.host()) != null;
        if (!isLiteral || !needsUdp(bootstrap) || isAsked(bootstrap, topicHash)) {
            return;
        }
        if (byId.size() >= MAX || !isWithinBudget()) {
            context.counters().increment("datagram.find-over-budget");
            return;
        }
        Question question = new Question(bootstrap, topicHash);
        if (question.ask()) {
            byId.put(question.id, question);
            question.waitForAnswer();
        }
    }

    /**
     * Takes an answer.
     *
     * @param from where it says it comes from
     * @param reply any
     * @return false if it answers no question of this class
     */
    boolean take(Address from, FindReply reply) {
        Question question = byId.get(reply.request());
        if (question == null || !question.isAnsweredBy(from, reply)) {
            return false;
        }
        question.end();
        List<Descriptor> members = reply.members().stream()
                .map(member -> HeardAddresses.clear(member, from))
                // The bootstrap is being dialled already, and a second dial would only make a duplicate.
                .filter(member -> !member.addresses().contains(question.bootstrap))
                .toList();
        discovery.onAnswer(question.topicHash, members);
        return true;
    }

    /**
     * Tells how many questions are under way.
     *
     * @param audience hears it
     */
    public void tellTables(TableAudience audience) {
        audience.hear("look-ups over UDP", byId.size(), MAX);
    }

    private boolean needsUdp(Address bootstrap) {
        EdgeReport report = edges.report();
        return !report.isUp(bootstrap) && !report.leadsToSelf(bootstrap);
    }

    private boolean isAsked(Address bootstrap, long topicHash) {
        return byId.values().stream()
                .anyMatch(question -> question.topicHash == topicHash && question.bootstrap.equals(bootstrap));
    }

    private boolean isWithinBudget() {
        return budget.tryTake(1, context.nowNanos());
    }

    private static boolean isSameHost(String one, String other) {
        IpLiteral literal = IpLiteral.parse(one);
        return literal != null && literal.equals(IpLiteral.parse(other));
    }
}
