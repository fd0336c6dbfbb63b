package io.chaski.streamer.internal.durable;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a log knows besides its messages: how far consumers are, and what was kept and given up. All of it is in the head of
 * each segment, so that older segments can be removed; at most 2 MiB. One thread changes it.
 */
final class Positions {

    /** A node rarely has more applications than these that are away and want everything. */
    static final int MAX_CONSUMERS = 256;

    /** 64 publishers for each of so many consumers; half a megabyte in each head. */
    static final int MAX_CURSORS = 16_384;

    /** Sources long gone; what is forgotten here may be fetched and given up once more. */
    static final int MAX_TRIMMED_SOURCES = 4_096;

    /** Messages of a source come almost in order. */
    static final int MAX_TRIMMED_INTERVALS = 16;

    /** Those that were trimmed last are the last. */
    private final LinkedHashMap<Source, Sequences> trimmed = new LinkedHashMap<>();

    private final TreeMap<String, TreeMap<Source, Long>> cursors = new TreeMap<>();
    private int cursorCount;

    /** The same, to be changed. */
    Positions copy() {
        Positions copy = new Positions();
        copy.trimmed.putAll(trimmed);
        cursors.forEach((consumer, bySource) -> copy.cursors.put(consumer, new TreeMap<>(bySource)));
        copy.cursorCount = cursorCount;
        return copy;
    }

    // ---- what was given up

    Sequences trimmed(Source source) {
        return trimmed.getOrDefault(source, Sequences.NONE);
    }

    Set<Source> trimmedSources() {
        return trimmed.keySet();
    }

    void trim(Source source, Sequences sequences) {
        Sequences all = trimmed(source).plus(sequences);
        trimmed.remove(source); // so that it becomes the last
        trimmed.put(source, all.withAtMost(MAX_TRIMMED_INTERVALS));
        if (trimmed.size() > MAX_TRIMMED_SOURCES) {
            trimmed.remove(trimmed.keySet().iterator().next());
        }
    }

    // ---- how far consumers are

    Set<String> consumers() {
        return Set.copyOf(cursors.keySet());
    }

    Map<Source, Long> cursor(String consumer) {
        return Map.copyOf(cursors.getOrDefault(consumer, new TreeMap<>()));
    }

    /** Whether an entry would change nothing. */
    boolean knows(LogEntry entry) {
        if (entry instanceof CursorMove move) {
            Long known = cursors.getOrDefault(move.consumer(), new TreeMap<>()).get(move.source());
            return move.sequence() == 0 ? known == null : known != null && known >= move.sequence();
        }
        return entry instanceof ConsumerEnd end && !cursors.containsKey(end.consumer());
    }

    /** Why an entry must be refused; null if it need not. */
    @Nullable
    String objection(LogEntry entry) {
        if (!(entry instanceof CursorMove move) || move.sequence() == 0) {
            return null;
        }
        if (!cursors.containsKey(move.consumer()) && cursors.size() >= MAX_CONSUMERS) {
            return "there are " + MAX_CONSUMERS + " consumers";
        }
        boolean isKnown = cursors.getOrDefault(move.consumer(), new TreeMap<>()).containsKey(move.source());
        return !isKnown && cursorCount >= MAX_CURSORS ? "there are " + MAX_CURSORS + " cursors" : null;
    }

    void apply(LogEntry entry) {
        if (entry instanceof ConsumerEnd end) {
            TreeMap<Source, Long> gone = cursors.remove(end.consumer());
            cursorCount -= gone == null ? 0 : gone.size();
        } else if (entry instanceof CursorMove move && move.sequence() == 0) {
            forget(move);
        } else if (entry instanceof CursorMove move) {
            TreeMap<Source, Long> bySource = cursors.computeIfAbsent(move.consumer(), consumer -> new TreeMap<>());
            int before = bySource.size();
            bySource.merge(move.source(), move.sequence(), Math::max);
            cursorCount += bySource.size() - before;
        }
    }

    private void forget(CursorMove move) {
        TreeMap<Source, Long> bySource = cursors.get(move.consumer());
        if (bySource != null && bySource.remove(move.source()) != null) {
            cursorCount--;
        }
    }

    // ---- bytes

    int lengthBytes() {
        int length = 2 * Integer.BYTES;
        for (Sequences sequences : trimmed.values()) {
            length += 3 * Long.BYTES + Short.BYTES + sequences.size() * 2 * Long.BYTES;
        }
        for (String consumer : cursors.keySet()) {
            length += Fields.nameBytes(consumer) + Integer.BYTES;
        }
        return length + cursorCount * 4 * Long.BYTES;
    }

    void writeTo(ByteBuffer out) {
        out.putInt(trimmed.size());
        trimmed.forEach((source, sequences) -> {
            Fields.writeSource(out, source);
            out.putShort((short) sequences.size());
            for (Sequences.Interval interval : sequences.intervals()) {
                out.putLong(interval.first()).putLong(interval.last());
            }
        });
        out.putInt(cursors.size());
        cursors.forEach((consumer, bySource) -> {
            Fields.writeName(out, consumer);
            out.putInt(bySource.size());
            bySource.forEach((source, sequence) -> {
                Fields.writeSource(out, source);
                out.putLong(sequence);
            });
        });
    }

    static Positions readFrom(ByteBuffer in) {
        Positions positions = new Positions();
        for (int left = in.getInt(); left > 0; left--) {
            Source source = Fields.readSource(in);
            Sequences sequences = Sequences.NONE;
            for (int intervals = in.getShort(); intervals > 0; intervals--) {
                sequences = sequences.plus(in.getLong(), in.getLong());
            }
            positions.trimmed.put(source, sequences);
        }
        for (int left = in.getInt(); left > 0; left--) {
            String consumer = Fields.readName(in);
            TreeMap<Source, Long> bySource = new TreeMap<>();
            for (int sources = in.getInt(); sources > 0; sources--) {
                bySource.put(Fields.readSource(in), in.getLong());
            }
            positions.cursors.put(consumer, bySource);
            positions.cursorCount += bySource.size();
        }
        return positions;
    }
}
