package io.chaski.testkit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The last things that happened in a network, for the report of a failure. Thread-safe. */
final class EventLog {

    /** What a reader looks at before giving up. */
    static final int CAPACITY = 256;

    private final Deque<String> lines = new ArrayDeque<>();
    private final Supplier<Duration> now;
    private long forgotten;

    EventLog(Supplier<Duration> now) {
        this.now = now;
    }

    void add(String who, Object what) {
        String line = String.format(Locale.ROOT, "%10.6f s  %s  %s", now.get().toNanos() / 1e9, who, what);
        synchronized (lines) {
            if (lines.size() == CAPACITY) {
                lines.removeFirst();
                forgotten++;
            }
            lines.addLast(line);
        }
    }

    /** The lines, oldest first. */
    List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** All of it as one text that is never empty, saying how much is missing. */
    String text() {
        synchronized (lines) {
            return "(" + forgotten + " earlier)\n" + String.join("\n", lines);
        }
    }
}
