package io.chaski.core.internal.runtime;

import io.chaski.core.NodeEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the node's events to the log, so that operators see what peers do although no application listens. What a peer
 * can provoke comes at most once in ten seconds for each kind, host and reason; the next line says how many were left
 * out. Text of peers is escaped, and payloads never appear. Called by one thread at a time.
 */
final class EventLog implements Consumer<NodeEvent> {

    static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Hosts can be made up; whoever needs more lines than this a time has seen enough of them. */
    static final int MAX_KINDS = 256;

    /** A name is for people; the rest of a longer one tells them nothing. */
    private static final int MAX_TEXT = 128;

    private static final int FIRST_PRINTABLE = 0x20;
    private static final int LAST_PRINTABLE = 0x7e;

    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    private final String nodeName;
    private final LongSupplier nanoTime;
    private final Map<String, Line> lines = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Line> eldest) {
            return size() > MAX_KINDS;
        }
    };

    /** When a kind of line was last written, and how many were not written since. */
    private static final class Line {
        private long writtenNanos;
        private long leftOut;
    }

    /**
     * A log for one node.
     *
     * @param nodeName label of the node; the application's own, so it is not escaped
     * @param nanoTime the monotonic clock
     */
    EventLog(String nodeName, LongSupplier nanoTime) {
        this.nodeName = nodeName;
        this.nanoTime = nanoTime;
    }

    @Override
    public void accept(NodeEvent event) {
        if (event instanceof NodeEvent.EdgeUp up) {
            LOG.info(
                    "node {}: edge to {} ({}) is up",
                    nodeName,
                    escaped(up.name()),
                    up.peer().shortForm());
        } else if (event instanceof NodeEvent.EdgeDown down) {
            LOG.info("node {}: edge to {} is down: {}", nodeName, down.peer().shortForm(), down.reason());
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
        } else if (event instanceof NodeEvent.LimitReached limit) {
            warn("limit", limit.what(), "limit reached: " + limit.limit() + " " + limit.what());
        } else {
            LOG.debug("node {}: {}", nodeName, escaped(event.toString()));
        }
    }

    private void warn(String kind, String detail, String what) {
        long nowNanos = nanoTime.getAsLong();
        String key = kind + ' ' + detail;
        @Nullable Line line = lines.get(key);
        if (line == null) {
            line = new Line();
            lines.put(key, line);
        } else if (nowNanos - line.writtenNanos < INTERVAL_NANOS) {
            line.leftOut++;
            return;
        }
        if (line.leftOut == 0) {
            LOG.warn("node {}: {}", nodeName, what);
        } else {
            LOG.warn("node {}: {} ({} more like this were not logged)", nodeName, what, line.leftOut);
        }
        line.writtenNanos = nowNanos;
        line.leftOut = 0;
    }

    /**
     * Text of a peer as it may stand in a log: printable ASCII, everything else as its number, and no braces that a
     * log or its viewer would look things up for.
     */
    static String escaped(String text) {
        StringBuilder safe = new StringBuilder(Math.min(text.length(), MAX_TEXT));
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isPlain = c >= FIRST_PRINTABLE && c <= LAST_PRINTABLE && c != '\\' && c != '$' && c != '{';
            String next = isPlain ? String.valueOf(c) : String.format("\\u%04x", (int) c);
            if (safe.length() + next.length() > MAX_TEXT) {
                return safe.append("...").toString();
            }
            safe.append(next);
        }
        return safe.toString();
    }
}
