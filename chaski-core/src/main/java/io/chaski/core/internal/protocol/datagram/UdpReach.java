package io.chaski.core.internal.protocol.datagram;

import io.chaski.core.Address;
import io.chaski.core.internal.protocol.Peer;
import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.edge.EdgeContext;
import io.chaski.core.internal.protocol.edge.Edges;
import io.chaski.core.internal.wire.Datagram.StatusReply;
import io.chaski.core.internal.wire.Datagram.StatusRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether UDP works at all: asks each bootstrap node to which an edge stands, when the edge comes up and
 * then only while it has not answered. A node without an edge proves nothing, it may be gone. Confined to the node's
 * event loop.
 */
public final class UdpReach {

    /** A firewall may be opened; one packet in half a minute is nothing. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final EdgeContext context;
    private final Edges edges;

    /** At most one for each bootstrap address. */
    private final Map<Peer, Question> asked = new LinkedHashMap<>();

    /**
     * Nobody was asked yet.
     *
     * @param context the node
     * @param edges say who is at a bootstrap address
     */
    public UdpReach(EdgeContext context, Edges edges) {
        this.context = context;
        this.edges = edges;
    }

    private final class Question {
        private final Peer peer;
        private final long token = context.random().nextLong();
        private final Timers.Timer next = context.timers().timer(this::onSilence);
        private int tries;
        private boolean isAnswered;
        private boolean isSilent;
        private long silentNanos;

        Question(Peer peer) {
            this.peer = peer;
        }

        void ask() {
            StatusRequest request = new StatusRequest(token, context.local().cluster());
            if (context.ask(peer.remoteAddress(), request)) {
                tries++;
                next.armAt(context.nowNanos() + Retries.waitNanos(tries));
            }
        }

        void startOver() {
            tries = 0;
            isAnswered = false;
            isSilent = false;
            ask();
        }

        private void onSilence() {
            if (tries < Retries.TRIES) {
                ask();
            } else {
                silentNanos = isSilent ? silentNanos : context.nowNanos();
                isSilent = true;
                tries = Retries.TRIES - 1; // from now on one at a time
                next.armAt(context.nowNanos() + context.jittered(AGAIN_NANOS));
            }
        }

        void onReply() {
            isAnswered = true;
            isSilent = false;
            next.cancel();
        }
    }

    /**
     * An edge is up.
     *
     * @param peer the new peer
     */
    public void onPeerUp(Peer peer) {
        for (Address bootstrap : context.bootstrap()) {
            boolean isThere = bootstrap.transport() == Address.Transport.TCP && edges.dialledAt(bootstrap) == peer;
            if (isThere && !asked.containsKey(peer)) {
                Question question = new Question(peer);
                asked.put(peer, question);
                question.ask();
            }
        }
    }

    /**
     * An edge is down.
     *
     * @param peer who is gone
     */
    public void onPeerDown(Peer peer) {
        Question question = asked.remove(peer);
        if (question != null) {
            question.next.cancel();
        }
    }

    /** What was true of the old network is not known of the new one. */
    public void onNetworkChanged() {
        asked.values().forEach(Question::startOver);
    }

    /**
     * Takes an answer.
     *
     * @param reply any
     * @return whether it answers a question of this class
     */
    boolean take(StatusReply reply) {
        for (Question question : asked.values()) {
            if (question.token == reply.token() && !question.isAnswered) {
                question.onReply();
                return true;
            }
        }
        return false;
    }

    /**
     * Tells how many nodes are asked whether UDP reaches them.
     *
     * @param audience hears it
     */
    public void tellTables(TableAudience audience) {
        audience.hear(
                "bootstraps asked over UDP", asked.size(), context.bootstrap().size());
    }

    /**
     * What is known of UDP.
     *
     * @param asked number of bootstrap nodes with an edge that were asked
     * @param answered how many of them have answered
     * @param silent those that were asked in vain
     */
    public record Report(int asked, int answered, List<Silent> silent) {
        /** Copies the list. */
        public Report {
            silent = List.copyOf(silent);
        }
    }

    /**
     * A node that does not answer.
     *
     * @param address where it was asked
     * @param sinceNanos when that was given up the first time
     */
    public record Silent(Address address, long sinceNanos) {}

    /** What is known now. */
    public Report report() {
        List<Question> questions = asked.values().stream()
                .filter(question -> question.tries > 0 || question.isAnswered)
                .toList();
        List<Silent> silent = questions.stream()
                .filter(question -> question.isSilent)
                .map(question -> new Silent(question.peer.remoteAddress(), question.silentNanos))
                .toList();
        long answered =
                questions.stream().filter(question -> question.isAnswered).count();
        return new Report(questions.size(), (int) answered, silent);
    }
}
