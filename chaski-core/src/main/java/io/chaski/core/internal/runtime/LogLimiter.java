package io.chaski.core.internal.runtime;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * The way into the log for whatever a peer can provoke: a line comes at most once in ten seconds for each kind and
 * detail, which is the host and the reason where there are such, and {@value #MOST_OF_KIND} lines of a kind come at most
 * in that time, because hosts and ids can be made up. The next line of a kind says how many were left out. Thread-safe.
 */
public final class LogLimiter {

    static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** More than a node has neighbours in a few topics; who needs more lines in ten seconds has seen enough of them. */
    static final int MOST_OF_KIND = 32;

    /** Details that are remembered of a kind; of one that is forgotten the next line may come early, and is counted. */
    private static final int MAX_DETAILS = 256;

    private static final long NOT_NOW = -1;

    /** A name is for people; the rest of a longer one tells them nothing. */
    private static final int MAX_TEXT = 128;

    private static final int FIRST_PRINTABLE = 0x20;
    private static final int LAST_PRINTABLE = 0x7e;

    private final String nodeName;
    private final LongSupplier nanoTime;

    /** Bounded: kinds are words in the code. */
    private final Map<String, Kind> kinds = new HashMap<>();

    /**
     * Nothing written yet.
     *
     * @param nodeName begins every line; the application's own word, so it is not escaped
     * @param nanoTime the monotonic clock
     */
    public LogLimiter(String nodeName, LongSupplier nanoTime) {
        this.nodeName = nodeName;
        this.nanoTime = nanoTime;
    }

    /** Lines of one kind. */
    private static final class Kind {
        private final Map<String, Line> lines = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Line> eldest) {
                if (size() <= MAX_DETAILS) {
                    return false;
                }
                leftOut += eldest.getValue().leftOut;
                return true;
            }
        };

        private long sinceNanos;
        private int written;
        private long leftOut;
    }

    /** When a line was last written, and how many like it were not written since. */
    private static final class Line {
        private long writtenNanos;
        private boolean isWritten;
        private long leftOut;
    }

    /**
     * Writes a line, or counts that it was left out.
     *
     * @param log where to
     * @param level how bad it is
     * @param kind a word for what happens; one of a fixed set
     * @param detail host, reason, topic: what makes it another case of the same
     * @param what the line; text of peers in it is {@linkplain #escaped escaped}
     */
    public void write(Logger log, Level level, String kind, String detail, String what) {
        write(log, level, kind, detail, what, null);
    }

    /**
     * As above, with the failure behind it.
     *
     * @param log where to
     * @param level how bad it is
     * @param kind a word for what happens; one of a fixed set
     * @param detail host, reason, topic: what makes it another case of the same
     * @param what the line; text of peers in it is {@linkplain #escaped escaped}
     * @param failure printed with its stack, null if there is none
     */
    public void write(Logger log, Level level, String kind, String detail, String what, @Nullable Throwable failure) {
        if (!log.isEnabledForLevel(level)) {
            return;
        }
        long leftOut = admit(kind, detail);
        if (leftOut == NOT_NOW) {
            return;
        }
        String more = leftOut == 0 ? "" : " (" + leftOut + " more like this were not logged)";
        log.atLevel(level).setCause(failure).log("node {}: {}{}", nodeName, what, more);
    }

    /** How many lines were left out before this one, or that this one is left out as well. */
    private synchronized long admit(String kindName, String detail) {
        long nowNanos = nanoTime.getAsLong();
        Kind kind = kinds.computeIfAbsent(kindName, unused -> new Kind());
        Line line = kind.lines.computeIfAbsent(detail, unused -> new Line());
        if (line.isWritten && nowNanos - line.writtenNanos < INTERVAL_NANOS) {
            line.leftOut++;
            return NOT_NOW;
        }
        if (kind.written == 0 || nowNanos - kind.sinceNanos >= INTERVAL_NANOS) {
            kind.sinceNanos = nowNanos;
            kind.written = 0;
        }
        if (kind.written == MOST_OF_KIND) {
            kind.leftOut++;
            return NOT_NOW;
        }
        kind.written++;
        long leftOut = kind.leftOut + line.leftOut;
        kind.leftOut = 0;
        line.leftOut = 0;
        line.isWritten = true;
        line.writtenNanos = nowNanos;
        return leftOut;
    }

    /**
     * Text of a peer as it may stand in a log: printable ASCII, everything else as its number, and no braces that a
     * log or its viewer would look things up for.
     *
     * @param text as the peer said it
     */
    public static String escaped(String text) {
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
