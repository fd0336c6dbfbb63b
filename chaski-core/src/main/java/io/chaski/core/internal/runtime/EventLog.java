package io.chaski.core.internal.runtime;

import static io.chaski.core.internal.runtime.LogLimiter.escaped;

import io.chaski.core.NodeEvent;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes the node's events to the log, so that operators see what peers do although no application listens. What a peer
 * can provoke is {@linkplain LogLimiter limited}, text of peers is escaped, and payloads never appear. Called by one thread at a time.
 */
final class EventLog implements Consumer<NodeEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    private final String nodeName;
    private final LogLimiter limiter;

    /**
     * A log for one node.
     *
     * @param nodeName label of the node; the application's own, so it is not escaped
     * @param nanoTime the monotonic clock
     */
    EventLog(String nodeName, LongSupplier nanoTime) {
        this.nodeName = nodeName;
        this.limiter = new LogLimiter(nodeName, nanoTime);
    }

    @Override
    public void accept(NodeEvent event) {
        if (event instanceof NodeEvent.EdgeUp up) {
            String peer = up.peer().shortForm();
            limiter.write(
                    LOG,
                    Level.INFO,
                    "up",
                    up.peer().toString(),
                    "edge to " + escaped(up.name()) + " (" + peer + ") is up");
        } else if (event instanceof NodeEvent.EdgeDown down) {
            String peer = down.peer().shortForm();
            limiter.write(
                    LOG, Level.INFO, "down", down.peer().toString(), "edge to " + peer + " is down: " + down.reason());
        } else if (event instanceof NodeEvent.Isolated isolated) {
            warn("isolated", isolated.topic(), "topic " + isolated.topic() + " has lost its last neighbour");
        } else {
            warnOfPeer(event);
        }
    }

    private void warnOfPeer(NodeEvent event) {
        if (event instanceof NodeEvent.Violation violation) {
            String where = violation.remote().host();
            String what =
                    violation.remote() + " broke a rule, " + violation.reason() + ": " + escaped(violation.detail());
            warn("violation", where + violation.reason(), what);
        } else if (event instanceof NodeEvent.HandshakeFailed failed) {
            String what = "no handshake with " + failed.remote() + ": " + failed.reason();
            warn("handshake", failed.remote().host() + failed.reason(), what);
        } else if (event instanceof NodeEvent.DuplicateId duplicate) {
            String what = duplicate.remote() + " presents the id of this node or of a live peer";
            warn("duplicate", duplicate.remote().host(), what);
        } else if (event instanceof NodeEvent.TwoKeys keys) {
            String what = "two keys speak for " + keys.peer().shortForm() + ", the newer one at " + keys.remote();
            warn("keys", keys.peer().toString(), what);
        } else if (event instanceof NodeEvent.DeniedByPeer denied) {
            String what = denied.peer().shortForm() + " does not let this node take part in topic " + denied.topic();
            warn("denied", denied.topic(), what);
        } else if (event instanceof NodeEvent.UnprovedMessage unproved) {
            String what = "a message of " + unproved.origin().shortForm() + " in topic " + unproved.topic() + " that "
                    + unproved.neighbour().shortForm() + " sent is not known to be its own: " + unproved.problem();
            warn("proof", unproved.topic(), what);
        } else if (event instanceof NodeEvent.RevocationsOverdue overdue) {
            warn("overdue", "", "the revocation list that was due at " + overdue.nextUpdate() + " has not come");
        } else if (event instanceof NodeEvent.OwnRootDropped dropped) {
            warn(
                    "own-root",
                    "",
                    "set " + dropped.number() + " of roots leaves out that of this node's own certificate");
        } else if (event instanceof NodeEvent.Equivocation twice) {
            String what = "two messages under number " + twice.sequence() + " of "
                    + twice.origin().shortForm() + " in topic " + twice.topic();
            warn("equivocation", twice.topic(), what);
        } else {
            warnOfLoss(event);
        }
    }

    private void warnOfLoss(NodeEvent event) {
        if (event instanceof NodeEvent.GapDetected detected) {
            String what = detected.gap().count() + " messages of "
                    + detected.gap().origin().shortForm() + " are missing in topic " + detected.topic();
            warn("gap", detected.topic(), what);
        } else if (event instanceof NodeEvent.Dropped dropped) {
            String what = "a full queue gave up " + dropped.messages() + " messages of topic " + dropped.topic();
            warn("dropped", dropped.topic(), what);
        } else if (event instanceof NodeEvent.DecodeFailed failed) {
            // The detail is for the event: a codec of the application may quote the payload in it.
            String what =
                    "a message of " + failed.origin().shortForm() + " in topic " + failed.topic() + " cannot be read";
            warn("decode", failed.topic(), what);
        } else if (event instanceof NodeEvent.ClockSkew skew) {
            String what = "the clock of " + skew.peer().shortForm() + " differs by " + skew.differenceMillis() + " ms";
            warn("clock", "", what);
        } else if (event instanceof NodeEvent.EpochRaised raised) {
            warn("epoch", "", "a later incarnation of this node was seen; it goes on as " + raised.epoch());
        } else if (event instanceof NodeEvent.Lagged late) {
            warn("lag", "", "the event loop was " + late.lag().toMillis() + " ms late");
        } else if (event instanceof NodeEvent.LimitReached limit) {
            warn("limit", limit.what(), "limit reached: " + limit.limit() + " " + escaped(limit.what()));
        } else {
            LOG.debug("node {}: {}", nodeName, escaped(event.toString()));
        }
    }

    private void warn(String kind, String detail, String what) {
        limiter.write(LOG, Level.WARN, kind, detail, what);
    }
}
