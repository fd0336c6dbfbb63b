package io.chaski.core.internal.protocol.edge;

import io.chaski.core.internal.protocol.NodeProtocol.PingFailure;
import io.chaski.core.internal.protocol.NodeProtocol.Ponged;
import io.chaski.core.internal.protocol.Timers;
import io.chaski.core.internal.protocol.TokenBucket;
import io.chaski.core.internal.wire.EdgeFrame.Ping;
import io.chaski.core.internal.wire.EdgeFrame.Pong;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pings of one edge: any number may be under way at once. Those of the application are paced, so that they never
 * exceed what the peer tolerates ({@link ControlBudget}, {@link Link#ECHO_BYTES_PER_SECOND}). Confined to the node's
 * event loop.
 */
final class Pings {

    /** Fields of a PING in front of its filler, the type included. */
    private static final int HEADER_BYTES = 1 + 2 * Long.BYTES;

    private static final long DEADLINE_NANOS = Edges.PING_DEADLINE.toNanos();

    /** Half of {@link ControlBudget#FRAMES} at once and as much again in its window leaves room for liveness. */
    private static final long BURST = 90;

    private static final long PER_SECOND = 8;

    private final EdgeContext context;
    private final Edge edge;
    private final TokenBucket frames = new TokenBucket(PER_SECOND, BURST);
    private final TokenBucket bytes = new TokenBucket(Link.ECHO_BYTES_PER_SECOND, Link.ECHO_BYTES_PER_SECOND);
    private final Map<Long, Sent> sent = new LinkedHashMap<>();
    private final Deque<Wish> waiting = new ArrayDeque<>();
    private final Timers.Timer pace;
    private final Timers.Timer deadline;
    private long lastToken;

    private record Sent(long atNanos, @Nullable Ponged done) {}

    private record Wish(int size, Ponged done) {}

    Pings(EdgeContext context, Edge edge) {
        this.context = context;
        this.edge = edge;
        this.pace = context.timers().timer(this::sendWaiting);
        this.deadline = context.timers().timer(this::expire);
    }

    /** Measures for the application. */
    void measure(int size, Ponged done) {
        // The API checks both, and nodes with another largest frame than ours do not shake hands.
        assert size <= Edges.MAX_PING_BYTES && size <= context.settings().edge().maxFrame() - HEADER_BYTES : size;
        if (sent.size() + waiting.size() >= Edges.MAX_PINGS) {
            context.counters().increment("ping.refused-here");
            done.onFailed(PingFailure.TOO_MANY);
            return;
        }
        waiting.add(new Wish(size, done));
        sendWaiting();
    }

    /** Asks for life on one connection. */
    void probe(Link link, long topicLinksHash) {
        if (sent.size() < Edges.MAX_PINGS) {
            send(link, topicLinksHash, 0, null);
        }
    }

    /** Takes an answer; false if nobody asked. */
    boolean onPong(Pong pong) {
        Sent ping = sent.remove(pong.token());
        if (ping == null) {
            return false;
        }
        long rttNanos = context.nowNanos() - ping.atNanos;
        edge.latency().add(rttNanos); // the deadline stays armed, and looks when it comes for whom it is meant
        if (ping.done != null) {
            ping.done.onPong(rttNanos);
        }
        return true;
    }

    /** The edge is down. */
    void failAll() {
        pace.cancel();
        deadline.cancel();
        List<Sent> lost = new ArrayList<>(sent.values());
        List<Wish> unsent = new ArrayList<>(waiting);
        sent.clear();
        waiting.clear();
        lost.forEach(ping -> fail(ping.done, PingFailure.CLOSED));
        unsent.forEach(wish -> wish.done.onFailed(PingFailure.CLOSED));
    }

    private void sendWaiting() {
        long now = context.nowNanos();
        while (true) {
            Wish wish = waiting.peekFirst();
            if (wish == null) {
                return;
            }
            long waitNanos = Math.max(frames.nanosUntil(1, now), bytes.nanosUntil(wish.size, now));
            if (waitNanos > 0) {
                pace.armAt(now + waitNanos);
                return;
            }
            frames.tryTake(1, now);
            bytes.tryTake(wish.size, now);
            waiting.removeFirst();
            send(edge.current(), edge.linkHash(), wish.size, wish.done);
        }
    }

    private void send(Link link, long topicLinksHash, int size, @Nullable Ponged done) {
        long token = ++lastToken;
        sent.put(token, new Sent(context.nowNanos(), done));
        context.outbox().send(link.number, new Ping(token, topicLinksHash, size));
        if (!deadline.isArmed()) {
            armDeadline();
        }
    }

    private void expire() {
        Iterator<Sent> oldest = sent.values().iterator();
        List<Sent> expired = new ArrayList<>();
        while (oldest.hasNext()) {
            Sent ping = oldest.next();
            if (context.nowNanos() - ping.atNanos < DEADLINE_NANOS) {
                break;
            }
            oldest.remove();
            expired.add(ping);
        }
        armDeadline();
        expired.forEach(ping -> fail(ping.done, PingFailure.NO_ANSWER));
    }

    private void armDeadline() {
        Iterator<Sent> oldest = sent.values().iterator();
        if (oldest.hasNext()) {
            deadline.armAt(oldest.next().atNanos + DEADLINE_NANOS);
        } else {
            deadline.cancel();
        }
    }

    private static void fail(@Nullable Ponged done, PingFailure why) {
        if (done != null) {
            done.onFailed(why);
        }
    }
}
