package io.chaski.core.internal.protocol.datagram;

import io.chaski.core.Address;
import io.chaski.core.ProbeResult;
import io.chaski.core.ProbeResult.ProbedTopic;
import io.chaski.core.internal.protocol.NodeProtocol.Probed;
import io.chaski.core.internal.protocol.TableAudience;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.edge.EdgeContext;
import io.chaski.core.internal.protocol.edge.Edges;
import io.chaski.core.internal.protocol.edge.Greeting;
import io.chaski.core.internal.wire.Datagram;
import io.chaski.core.internal.wire.Datagram.StatusReply;
import io.chaski.core.internal.wire.Descriptor;
import io.chaski.core.internal.wire.EdgeFrame.Hello;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Asks remote addresses what they are: over UDP, three times at growing intervals, and by a greeting over a connection
 * when half of the time has passed in silence, or at once if nobody can be asked over UDP. Confined to the
 * node's event loop; the map is never iterated.
 */
public final class Probes {

    /** A node that asks more than this at a time is not looking for anybody in particular. */
    public static final int MAX = 64;

    private final EdgeContext context;
    private final Edges edges;
    private final Map<Long, Probe> byToken = new HashMap<>();

    /**
     * No probes yet.
     *
     * @param context the node
     * @param edges greet those who do not answer over UDP
     */
    public Probes(EdgeContext context, Edges edges) {
        this.context = context;
        this.edges = edges;
    }

    private final class Probe implements Greeting {
        private final Address address;
        private final Probed done;
        private final long token = context.random().nextLong();
        private final Timers.Timer retry = context.timers().timer(this::ask);
        private final Timers.Timer fallback = context.timers().timer(this::greet);
        private final Timers.Timer deadline = context.timers().timer(this::fail);
        private int tries;
        private boolean isDone;

        Probe(Address address, Probed done) {
            this.address = address;
            this.done = done;
        }

        void start(long deadlineNanos) {
            long now = context.nowNanos();
            deadline.armAt(deadlineNanos);
            if (address.transport() == Address.Transport.TCP && isSent()) {
                askAgainLater();
                fallback.armAt(now + (deadlineNanos - now) / 2);
            } else {
                greet();
            }
        }

        private boolean isSent() {
            return context.ask(
                    address, new Datagram.StatusRequest(token, context.local().cluster()));
        }

        private void ask() {
            if (isSent()) {
                askAgainLater();
            }
        }

        private void askAgainLater() {
            if (++tries < Retries.TRIES) {
                retry.armAt(context.nowNanos() + Retries.waitNanos(tries));
            }
        }

        private void greet() {
            edges.greet(address, this);
        }

        @Override
        public void onHello(Hello hello) {
            if (end()) {
                done.onAnswer(said(hello));
            }
        }

        /** An answer over UDP may still come. */
        @Override
        public void onNobody() {
            if (tries == 0) {
                fail();
            }
        }

        private void fail() {
            if (end()) {
                done.onNoAnswer();
            }
        }

        boolean end() {
            if (isDone) {
                return false;
            }
            isDone = true;
            byToken.remove(token);
            retry.cancel();
            fallback.cancel();
            deadline.cancel();
            return true;
        }

        private ProbeResult said(Hello hello) {
            Descriptor self = hello.descriptor();
            List<ProbedTopic> topics = self.topics().hashes().stream()
                    .map(hash -> new ProbedTopic(hash, OptionalInt.empty()))
                    .toList();
            return new ProbeResult(
                    address,
                    self.id(),
                    self.epoch(),
                    hello.name(),
                    hello.cluster(),
                    self.root(),
                    true,
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    topics,
                    false);
        }

        ProbeResult said(StatusReply reply) {
            List<ProbedTopic> topics = reply.topics().stream()
                    .map(topic -> new ProbedTopic(topic.topicHash(), OptionalInt.of(topic.neighbours())))
                    .toList();
            return new ProbeResult(
                    address,
                    reply.node(),
                    reply.epoch(),
                    reply.name(),
                    context.local().cluster(),
                    reply.root(),
                    reply.serving(),
                    OptionalInt.of(reply.reconnecting()),
                    OptionalInt.of(reply.edges()),
                    topics,
                    true);
        }
    }

    /**
     * Asks.
     *
     * @param address whom
     * @param deadlineNanos when to give up
     * @param done hears the outcome
     */
    public void probe(Address address, long deadlineNanos, Probed done) {
        if (byToken.size() >= MAX) {
            context.counters().increment("probe.refused-here");
            context.later(done::onTooMany);
            return;
        }
        Probe probe = new Probe(address, done);
        byToken.put(probe.token, probe);
        probe.start(deadlineNanos);
    }

    /**
     * Tells how many probes are under way.
     *
     * @param audience hears it
     */
    public void tellTables(TableAudience audience) {
        audience.hear("probes of addresses", byToken.size(), MAX);
    }

    /** Takes an answer; false if it answers no question of this class. */
    boolean take(StatusReply reply) {
        Probe probe = byToken.get(reply.token());
        if (probe == null || !probe.end()) {
            return false;
        }
        probe.done.onAnswer(probe.said(reply));
        return true;
    }
}
